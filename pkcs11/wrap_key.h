#pragma once

#include "pkcs11/object.h"
#include "pkcs11/session.h"
#include "pkcs11/token.h"

#include <optional>

namespace keyconvoy::pkcs11 {

/// The RSA public key on the token that wraps: a session object made from `expected`, gone with this, or one found on the token.
class WrappingObject {
public:
    WrappingObject(const Session& session, const WrappingKey& key);

    /// Reads modulus and exponent from the token. Throws Integrity when they are not `expected`.
    [[nodiscard]] RsaPublicKey readBack() const;
    [[nodiscard]] CK_OBJECT_HANDLE handle() const noexcept { return m_handle; }
    [[nodiscard]] bool trusted() const;  ///< CKA_TRUSTED as the token states it

private:
    const Session& m_session;
    const RsaPublicKey& m_expected;
    std::optional<ObjectGuard> m_made;
    CK_OBJECT_HANDLE m_handle;
};

/// Wraps `target` exactly as the recipe says. Throws Refused when the target is not extractable or wants a trusted wrapping key.
[[nodiscard]] WrappedKey wrapKey(const Session& session, CK_OBJECT_HANDLE target, const WrappingKey& key,
                                 const WrapRecipe& recipe);

/// The same for a throw-away key, under a wrapping key that must not be trusted.
[[nodiscard]] Bytes wrapThrowAwayKey(const Session& session, CK_OBJECT_HANDLE target, const RsaPublicKey& ownKey,
                                     const WrapRecipe& recipe);

/// Parameters of CKM_RSA_PKCS_OAEP, for wrapping and unwrapping.
[[nodiscard]] CK_RSA_PKCS_OAEP_PARAMS oaepParameters(const WrapRecipe& recipe);
/// CKM_AES_KEY_WRAP_KWP or CKM_AES_KEY_WRAP_PAD.
[[nodiscard]] CK_MECHANISM_TYPE innerMechanism(WrapMethod method);

inline constexpr CK_ULONG temporaryAesBits = 256;  ///< of CKM_RSA_AES_KEY_WRAP

}  // namespace keyconvoy::pkcs11
