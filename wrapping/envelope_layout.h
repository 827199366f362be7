#pragma once

#include "core/bytes.h"
#include "wrapping/compatibility.h"

#include <cstddef>
#include <optional>

/// What an EncryptedKeyMaterial blob looks like from outside.
namespace keyconvoy::wrapping {

/// Exact length of the blob for a plaintext of this length: k for RSAES_OAEP, k + 8 ceil(n/8) + 8 for RSA_AES_KEY_WRAP (RFC
/// 5649, 4.1).
[[nodiscard]] std::size_t blobBytes(WrappingChoice choice, std::size_t plaintextBytes);

/// Throws Integrity when the length cannot be that of this key spec under this choice.
void checkBlobLength(ByteView blob, KeySpec keySpec, WrappingChoice choice);

/// Octets of the wrapped key, rounded up to 8 as RFC 5649 pads them; absent under RSAES_OAEP, which does not show them.
[[nodiscard]] std::optional<std::size_t> paddedPlaintextBytes(ByteView blob, WrappingChoice choice);

/// C1 (RSA part) and C2 (RFC 5649 part, empty for RSAES_OAEP); absent when the blob is too short or C2 is no multiple of 8.
struct EnvelopeParts {
    ByteView rsaPart;
    ByteView keyWrapPart;
};
[[nodiscard]] std::optional<EnvelopeParts> splitEnvelope(ByteView blob, WrappingChoice choice);

}  // namespace keyconvoy::wrapping
