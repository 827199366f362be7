#pragma once

#include "pkcs11/session.h"
#include "pkcs11/token.h"

#include <optional>

namespace keyconvoy::pkcs11 {

/// C_SignInit and C_Sign in one go: `signature` is empty when the token refused to begin, with the code in `refusal`.
struct SignAttempt {
    std::optional<Bytes> signature;
    CK_RV refusal = CKR_OK;
};
[[nodiscard]] SignAttempt trySign(const Session& session, CK_MECHANISM mechanism, CK_OBJECT_HANDLE key, ByteView message);
/// The same, but a refusal throws.
[[nodiscard]] Bytes signWith(const Session& session, CK_MECHANISM mechanism, CK_OBJECT_HANDLE key, ByteView message);

[[nodiscard]] CK_MECHANISM_TYPE hmacMechanism(HmacHash hash);
/// The hash whose digest is as long as the key, as KMS's HMAC key specs have it.
[[nodiscard]] std::optional<HmacHash> hmacHashForKeyBytes(int keyBytes);

}  // namespace keyconvoy::pkcs11
