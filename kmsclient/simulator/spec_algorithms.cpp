#include "kmsclient/simulator/spec_algorithms.h"

#include "kmsclient/simulator/api_error.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

using wrapping::KeySpec;
using wrapping::KeyUsage;
using wrapping::MaterialKind;
using NameView = std::string_view;

constexpr std::array<NameView, 1> symmetricEncryption{"SYMMETRIC_DEFAULT"};
constexpr std::array<NameView, 2> rsaEncryption{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"};
constexpr std::array<NameView, 6> rsaSigning{"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384",
                                             "RSASSA_PKCS1_V1_5_SHA_512", "RSASSA_PSS_SHA_256",
                                             "RSASSA_PSS_SHA_384",        "RSASSA_PSS_SHA_512"};
constexpr std::array<NameView, 1> ecdsa256{"ECDSA_SHA_256"};
constexpr std::array<NameView, 1> ecdsa384{"ECDSA_SHA_384"};
constexpr std::array<NameView, 1> ecdsa512{"ECDSA_SHA_512"};
constexpr std::array<NameView, 2> edwardsSigning{"ED25519_PH_SHA_512", "ED25519_SHA_512"};
constexpr std::array<NameView, 1> ecdh{"ECDH"};
constexpr std::array<NameView, 1> hmac224{"HMAC_SHA_224"};
constexpr std::array<NameView, 1> hmac256{"HMAC_SHA_256"};
constexpr std::array<NameView, 1> hmac384{"HMAC_SHA_384"};
constexpr std::array<NameView, 1> hmac512{"HMAC_SHA_512"};

}  // namespace

Names encryptionAlgorithms(const KeyRecord& key) {
    if (key.usage != KeyUsage::EncryptDecrypt) {
        return {};
    }
    return isSymmetric(key) ? Names{symmetricEncryption} : Names{rsaEncryption};
}

Names signingAlgorithms(const KeyRecord& key) {
    if (key.usage != KeyUsage::SignVerify) {
        return {};
    }
    switch (key.spec) {
        case KeySpec::Rsa2048:
        case KeySpec::Rsa3072:
        case KeySpec::Rsa4096: return rsaSigning;
        case KeySpec::EccNistP256:
        case KeySpec::EccSecgP256k1: return ecdsa256;
        case KeySpec::EccNistP384: return ecdsa384;
        case KeySpec::EccNistP521: return ecdsa512;
        case KeySpec::EccNistEdwards25519: return edwardsSigning;
        case KeySpec::SymmetricDefault:
        case KeySpec::Hmac224:
        case KeySpec::Hmac256:
        case KeySpec::Hmac384:
        case KeySpec::Hmac512: return {};
    }
    return {};
}

Names macAlgorithms(const KeyRecord& key) {
    switch (key.spec) {
        case KeySpec::Hmac224: return hmac224;
        case KeySpec::Hmac256: return hmac256;
        case KeySpec::Hmac384: return hmac384;
        case KeySpec::Hmac512: return hmac512;
        case KeySpec::SymmetricDefault:
        case KeySpec::Rsa2048:
        case KeySpec::Rsa3072:
        case KeySpec::Rsa4096:
        case KeySpec::EccNistP256:
        case KeySpec::EccNistP384:
        case KeySpec::EccNistP521:
        case KeySpec::EccSecgP256k1:
        case KeySpec::EccNistEdwards25519: return {};
    }
    return {};
}

Names keyAgreementAlgorithms(const KeyRecord& key) {
    return key.usage == KeyUsage::KeyAgreement ? Names{ecdh} : Names{};
}

void addNames(Json& reply, const char* member, Names names) {
    if (!names.empty()) {
        reply[member] = std::vector<std::string>(names.begin(), names.end());
    }
}

void requireAlgorithm(const KeyRecord& key, Names offered, std::string_view algorithm) {
    if (std::ranges::find(offered, algorithm) == offered.end()) {
        throw ApiError{"InvalidKeyUsageException", "Algorithm " + std::string{algorithm} + " is incompatible with key spec " +
                                                       std::string{nameOf(wrapping::keySpecNames, key.spec)} + "."};
    }
}

}  // namespace keyconvoy::kms::simulator
