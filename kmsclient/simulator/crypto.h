#pragma once

#include "core/bytes.h"
#include "core/c_handle.h"
#include "core/secret_bytes.h"

#include <array>
#include <openssl/evp.h>
#include <optional>
#include <string>
#include <string_view>

/// The few primitives that several parts of the simulator need.
namespace keyconvoy::kms::simulator {

using PkeyPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContextPtr = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using DigestContextPtr = CHandle<EVP_MD_CTX, EVP_MD_CTX_free>;

/// Room for the private keys of a long run. Locked where the limits of this process allow it; a rehearsal's keys protect nothing.
void prepareMemory();

/// Throws CryptoError naming `operation` unless `outcome` is positive.
void checkCrypto(int outcome, std::string_view operation);

[[nodiscard]] Bytes randomBytes(std::size_t size);
[[nodiscard]] std::string randomUuid();  ///< version 4, RFC 4122

/// HMAC (RFC 2104) with a digest by OpenSSL's name, "SHA256".
[[nodiscard]] Bytes hmac(const char* digest, ByteView key, ByteView message);

/// AES-256-GCM: nonce (12) || tag (16) || ciphertext.
[[nodiscard]] Bytes sealGcm(ByteView key, ByteView associatedData, ByteView plaintext);
/// Nothing when it was not sealed with this key and these associated data.
[[nodiscard]] std::optional<Bytes> openGcm(ByteView key, ByteView associatedData, ByteView sealed);

}  // namespace keyconvoy::kms::simulator
