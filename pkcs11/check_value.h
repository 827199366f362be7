#pragma once

#include "pkcs11/session.h"
#include "pkcs11/token.h"

namespace keyconvoy::pkcs11 {

/// The check value of a secret key, or why there is none. The token's own CKA_CHECK_VALUE is not used: for generic secrets
/// SoftHSM's is three bytes of a SHA-1 of the key. `known` is the type where the token does not report the key's length.
[[nodiscard]] CheckValueOutcome secretKeyCheckValue(const Session& session, CK_OBJECT_HANDLE key,
                                                    const std::optional<KeyType>& known);
[[nodiscard]] CheckValue publicKeyCheckValue(ByteView subjectPublicKeyInfo);

}  // namespace keyconvoy::pkcs11
