#pragma once

#include "core/bytes.h"
#include "kmsclient/simulator/crypto.h"

/// Private keys made and encoded by OpenSSL.
namespace keyconvoy::tests {

using kms::simulator::PkeyPtr;

[[nodiscard]] PkeyPtr rsaKey(std::size_t bits, std::size_t primes = 2);
[[nodiscard]] PkeyPtr ecKey(const char* curve);
[[nodiscard]] PkeyPtr ed25519Key();
/// SubjectPublicKeyInfo, DER.
[[nodiscard]] Bytes spkiOf(const EVP_PKEY& key);
/// As OpenSSL encodes it: structure "PrivateKeyInfo" (PKCS#8) or "type-specific" (PKCS#1, SEC 1), output "DER" or "PEM".
[[nodiscard]] Bytes encoded(const EVP_PKEY& key, const char* structure, const char* output = "DER",
                            const char* password = nullptr);
/// The same SEQUENCE with an indefinite length: BER, not DER.
[[nodiscard]] Bytes withIndefiniteLength(ByteView der);

}  // namespace keyconvoy::tests
