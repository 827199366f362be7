#include "kmsclient/simulator/material.h"

#include "core/error.h"
#include "core/hex.h"
#include "kmsclient/simulator/private_key_info.h"

#include <algorithm>
#include <array>

namespace keyconvoy::kms::simulator {

namespace {

using wrapping::KeySpec;

struct OctetRange {
    KeySpec spec;
    std::size_t smallest;
    std::size_t largest;
};
/// KMS Developer Guide, "Importing key material": 256 bits for symmetric keys; HMAC keys from the spec's length to 1024 bits.
constexpr std::array<OctetRange, 5> octetRanges{{
    {KeySpec::SymmetricDefault, 32, 32},
    {KeySpec::Hmac224, 28, 128},
    {KeySpec::Hmac256, 32, 128},
    {KeySpec::Hmac384, 48, 128},
    {KeySpec::Hmac512, 64, 128},
}};

/// Null for key pairs.
const OctetRange* octetRange(KeySpec spec) {
    const auto* row = std::ranges::find(octetRanges, spec, &OctetRange::spec);
    return row == octetRanges.end() ? nullptr : row;
}

PkeyPtr generateKeyPair(KeySpec spec) {
    const char* curve = curveName(spec);
    PkeyPtr key;
    if (curve != nullptr) {
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve));
    } else if (spec == KeySpec::EccNistEdwards25519) {
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
    } else {
        key.reset(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", static_cast<std::size_t>(rsaBits(spec))));
    }
    if (key == nullptr) {
        throw CryptoError{"EVP_PKEY_Q_keygen"};
    }
    return key;
}

}  // namespace

std::optional<Material> parseMaterial(KeySpec spec, ByteView plaintext) {
    if (const OctetRange* range = octetRange(spec)) {
        if (plaintext.size() < range->smallest || plaintext.size() > range->largest) {
            return std::nullopt;
        }
        return Material{.octets = SecretBytes::copyOf(plaintext), .keyPair = nullptr};
    }
    PkeyPtr keyPair = parsePrivateKeyInfo(spec, plaintext);
    if (keyPair == nullptr) {
        return std::nullopt;
    }
    return Material{.octets = {}, .keyPair = std::move(keyPair)};
}

Material generateMaterial(KeySpec spec) {
    if (const OctetRange* range = octetRange(spec)) {
        return Material{.octets = SecretBytes::copyOf(randomBytes(range->smallest)), .keyPair = nullptr};
    }
    return Material{.octets = {}, .keyPair = generateKeyPair(spec)};
}

std::string keyMaterialId(const std::string& keyId, ByteView plaintext) {
    const DigestContextPtr context{EVP_MD_CTX_new()};
    std::array<std::uint8_t, 32> digest{};
    constexpr std::uint8_t separator = 0;
    checkCrypto(EVP_DigestInit_ex2(context.get(), EVP_sha256(), nullptr), "EVP_DigestInit_ex2");
    checkCrypto(EVP_DigestUpdate(context.get(), keyId.data(), keyId.size()), "EVP_DigestUpdate");
    checkCrypto(EVP_DigestUpdate(context.get(), &separator, 1), "EVP_DigestUpdate");
    checkCrypto(EVP_DigestUpdate(context.get(), plaintext.data(), plaintext.size()), "EVP_DigestUpdate");
    checkCrypto(EVP_DigestFinal_ex(context.get(), digest.data(), nullptr), "EVP_DigestFinal_ex");
    return toHex(digest);
}

}  // namespace keyconvoy::kms::simulator
