#pragma once

#include "core/bytes.h"
#include "pkcs11/token.h"

namespace keyconvoy::app {

/// Whether `signature` (as Token::sign gives it) over `message` verifies under this DER SubjectPublicKeyInfo; OpenSSL decides,
/// not the token that signed. Throws InvalidInput when the public key cannot be read.
[[nodiscard]] bool verifySignature(ByteView publicKeyDer, pkcs11::SignatureScheme scheme, ByteView message, ByteView signature);

/// The scheme by which a key pair of this type shows that it has its private half; InvalidInput for a secret key.
[[nodiscard]] pkcs11::SignatureScheme signatureSchemeFor(const pkcs11::KeyType& type);

}  // namespace keyconvoy::app
