#pragma once

#include "core/bytes.h"
#include "pkcs11/token.h"

/// Check values computed off the token, from an opened throw-away key, for the comparison with the token's own.
namespace keyconvoy::wrapping::qualification {

enum class MacHash : std::uint8_t { Sha1, Sha224, Sha256, Sha384, Sha512 };

/// AES-CMAC (NIST SP 800-38B), 16 octets; the key has 16, 24 or 32.
[[nodiscard]] Bytes aesCmac(ByteView key, ByteView message);
/// HMAC (FIPS 198-1), as long as the digest.
[[nodiscard]] Bytes hmac(MacHash hash, ByteView key, ByteView message);
/// AES-ECB of one 16-octet block.
[[nodiscard]] Bytes aesEncryptBlock(ByteView key, ByteView block);

/// True when the key has this check value. A key whose length is no digest's is compared with every HMAC.
[[nodiscard]] bool hasCheckValue(ByteView key, const pkcs11::CheckValue& expected);

}  // namespace keyconvoy::wrapping::qualification
