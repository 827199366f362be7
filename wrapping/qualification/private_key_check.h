#pragma once

#include "core/bytes.h"
#include "core/error.h"
#include "pkcs11/key_type.h"

#include <optional>

namespace keyconvoy::wrapping::qualification {

/// What is wrong with an opened throw-away private key, for a person; absent when it is exactly what KMS wants: one PKCS#8
/// PrivateKeyInfo (RFC 5208) with nothing behind it, a named curve, consistent (EVP_PKEY_check), and the private half of
/// `publicKeyDer` (SubjectPublicKeyInfo).
[[nodiscard]] std::optional<Text> faultOfPrivateKey(ByteView plaintext, const pkcs11::KeyType& type, ByteView publicKeyDer);

}  // namespace keyconvoy::wrapping::qualification
