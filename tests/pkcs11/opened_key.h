#pragma once

#include "core/secret_bytes.h"
#include "pkcs11/token.h"

#include <openssl/evp.h>
#include <optional>
#include <string>

/// The other end of a wrap, by OpenSSL: an RSA key pair of the test's own and what comes out of a blob.
namespace keyconvoy::tests {

/// RSA-2048, made once per process.
[[nodiscard]] EVP_PKEY& ownRsaKey();
[[nodiscard]] const pkcs11::RsaPublicKey& ownRsaPublicKey();

/// The key in a blob, for its recipe; nothing when it does not open.
[[nodiscard]] std::optional<SecretBytes> openBlob(const pkcs11::WrapRecipe& recipe, ByteView blob);

/// What Token::checkValue should say of this key; by OpenSSL.
[[nodiscard]] pkcs11::CheckValue checkValueOf(const pkcs11::KeyType& type, ByteView key);

/// The DER SubjectPublicKeyInfo of a PKCS#8 private key, which must be one whole DER element.
[[nodiscard]] Bytes publicKeyOf(ByteView pkcs8);

}  // namespace keyconvoy::tests
