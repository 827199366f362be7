#pragma once

#include "core/bytes.h"
#include "pkcs11/token.h"

#include <openssl/evp.h>

/// The other direction of the envelope, made with OpenSSL: what a good token would give.
namespace keyconvoy::tests {

[[nodiscard]] Bytes oaepEncrypt(EVP_PKEY& publicKey, pkcs11::OaepHash hash, pkcs11::OaepHash mgf1Hash, ByteView plaintext);
/// RFC 5649.
[[nodiscard]] Bytes keyWrapWithPadding(ByteView key, ByteView plaintext);
/// RFC 3394; the plaintext's length is a multiple of 8.
[[nodiscard]] Bytes keyWrap(ByteView key, ByteView plaintext);
/// C1 then C2.
[[nodiscard]] Bytes joined(ByteView first, ByteView second);
/// DER of an unencrypted PKCS#8.
[[nodiscard]] Bytes pkcs8Of(const EVP_PKEY& key);

}  // namespace keyconvoy::tests
