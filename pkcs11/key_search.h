#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/session.h"
#include "pkcs11/token.h"

#include <optional>

namespace keyconvoy::pkcs11 {

/// The one secret or private key that matches. Throws NotFound, or Refused when several match, with the URI of each;
/// `state` decides the advice.
[[nodiscard]] CK_OBJECT_HANDLE findKey(const Session& session, const KeySelector& selector, const CK_TOKEN_INFO& token,
                                       LoginState state);

/// The public object of a private key, by its CKA_ID; nothing when there is none or more than one.
[[nodiscard]] std::optional<CK_OBJECT_HANDLE> findPublicHalf(const Session& session, CK_OBJECT_HANDLE privateKey);

[[nodiscard]] std::optional<CK_OBJECT_CLASS> classOf(const Session& session, CK_OBJECT_HANDLE object);

/// Throws Integrity when the token still finds this object, which it said it destroyed.
void checkGone(const Session& session, CK_OBJECT_HANDLE object, CK_OBJECT_CLASS objectClass, ByteView id);

}  // namespace keyconvoy::pkcs11
