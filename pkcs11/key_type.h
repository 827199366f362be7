#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace keyconvoy::pkcs11 {

enum class EcCurve : std::uint8_t { P256, P384, P521, Secp256k1 };

struct AesKey {
    int sizeBits = 256;
    friend bool operator==(const AesKey&, const AesKey&) = default;
};
struct GenericSecretKey {  ///< for HMAC
    int sizeBytes = 32;
    friend bool operator==(const GenericSecretKey&, const GenericSecretKey&) = default;
};
struct RsaKeyPair {  ///< two primes, public exponent 65537
    int sizeBits = 2048;
    friend bool operator==(const RsaKeyPair&, const RsaKeyPair&) = default;
};
struct EcKeyPair {
    EcCurve curve = EcCurve::P256;
    friend bool operator==(const EcKeyPair&, const EcKeyPair&) = default;
};
struct Ed25519KeyPair {
    friend bool operator==(const Ed25519KeyPair&, const Ed25519KeyPair&) = default;
};

/// What to generate on a token, in PKCS#11's terms.
using KeyType = std::variant<AesKey, GenericSecretKey, RsaKeyPair, EcKeyPair, Ed25519KeyPair>;

/// "AES-256", "generic secret, 20 bytes", "RSA-2048", "EC P-384", "Ed25519".
[[nodiscard]] std::string describe(const KeyType& type);

}  // namespace keyconvoy::pkcs11
