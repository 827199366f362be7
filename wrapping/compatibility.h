#pragma once

#include "core/error.h"
#include "wrapping/key_spec.h"
#include "wrapping/wrapping_algorithm.h"

#include <cstddef>
#include <optional>
#include <string>

/// What KMS accepts for which key spec: one table that the client asks before it touches a token and that the simulator enforces.
namespace keyconvoy::wrapping {

/// How material is to be wrapped, in KMS's words.
struct WrappingChoice {
    WrappingAlgorithm algorithm = WrappingAlgorithm::RsaesOaepSha256;
    WrappingKeySpec keySpec = WrappingKeySpec::Rsa4096;
    friend bool operator==(const WrappingChoice&, const WrappingChoice&) = default;
};

/// KMS API, GetParametersForImport: symmetric and HMAC material by RSAES_OAEP only, RSA private keys by RSA_AES_KEY_WRAP only,
/// elliptic-curve keys by either where they fit.
[[nodiscard]] bool accepts(KeySpec keySpec, WrappingChoice choice);
/// The rule that forbids it, for a person; absent when KMS accepts it.
[[nodiscard]] std::optional<Text> whyRefused(KeySpec keySpec, WrappingChoice choice);
/// KMS's own words for the refusal (ValidationException).
[[nodiscard]] std::string refusalAsKms(KeySpec keySpec, WrappingChoice choice);

/// Longest plaintext for RSAES-OAEP (RFC 8017, 7.1.1): k - 2 hLen - 2.
[[nodiscard]] std::size_t longestOaepPlaintext(WrappingChoice choice);

/// How long the plaintext material may be, in bytes, as KMS takes it: raw for symmetric and HMAC, PKCS#8 for private keys.
struct PlaintextRange {
    std::size_t smallest = 0;
    std::size_t largest = 0;
};
[[nodiscard]] PlaintextRange plaintextRange(KeySpec keySpec);

/// Whether a token key of this type can be imported as this key spec: the type to generate, or for HMAC any length in range.
[[nodiscard]] bool takes(KeySpec keySpec, const pkcs11::KeyType& type);
/// The plaintext's length where the type fixes it (AES, generic secrets); absent for private keys, whose encoding is the token's.
[[nodiscard]] std::optional<std::size_t> exactPlaintextBytes(const pkcs11::KeyType& type);

}  // namespace keyconvoy::wrapping
