#include "wrapping/compatibility.h"

#include "wrapping/envelope_layout.h"
#include "wrapping/on_token_wrap.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace keyconvoy::wrapping {
namespace {

std::vector<WrappingChoice> allChoices() {
    std::vector<WrappingChoice> choices;
    for (const auto& algorithm : wrappingAlgorithmNames) {
        for (const auto& keySpec : wrappingKeySpecNames) {
            choices.push_back({algorithm.value, keySpec.value});
        }
    }
    return choices;
}

WrappingChoice choice(const char* algorithm, const char* keySpec) {
    return {*valueNamed(wrappingAlgorithmNames, algorithm), *valueNamed(wrappingKeySpecNames, keySpec)};
}

/// Written out a second time, in another form than the table under test: all 4 algorithms by 3 sizes as "OAEP sizes, key-wrap
/// sizes".
struct Expected {
    const char* keySpec;
    const char* oaep;
    const char* keyWrap;
};
constexpr std::array<Expected, 13> expectations{{
    {"SYMMETRIC_DEFAULT", "2048 3072 4096", ""},
    {"HMAC_224", "2048 3072 4096", ""},
    {"HMAC_256", "2048 3072 4096", ""},
    {"HMAC_384", "2048 3072 4096", ""},
    {"HMAC_512", "2048 3072 4096", ""},
    {"RSA_2048", "", "2048 3072 4096"},
    {"RSA_3072", "", "2048 3072 4096"},
    {"RSA_4096", "", "2048 3072 4096"},
    {"ECC_NIST_P256", "2048 3072 4096", "2048 3072 4096"},
    {"ECC_NIST_P384", "2048 3072 4096", "2048 3072 4096"},
    {"ECC_NIST_P521", "3072 4096", "2048 3072 4096"},
    {"ECC_SECG_P256K1", "2048 3072 4096", "2048 3072 4096"},
    {"ECC_NIST_EDWARDS25519", "3072 4096", "2048 3072 4096"},
}};

TEST(Compatibility, AcceptsExactlyWhatKmsDocuments) {
    int seen = 0;
    for (const Expected& row : expectations) {
        for (const WrappingChoice& each : allChoices()) {
            const std::string_view sizes = familyOf(each.algorithm) == WrappingFamily::RsaesOaep ? row.oaep : row.keyWrap;
            const auto size = nameOf(wrappingKeySpecNames, each.keySpec).substr(4);
            SCOPED_TRACE(refusalAsKms(*valueNamed(keySpecNames, row.keySpec), each));
            EXPECT_EQ(accepts(*valueNamed(keySpecNames, row.keySpec), each), sizes.find(size) != std::string_view::npos);
            ++seen;
        }
    }
    EXPECT_EQ(seen, 13 * 4 * 3);
}

TEST(Compatibility, EveryRefusalNamesItsRuleAndEveryAcceptanceHasNone) {
    for (const auto& spec : keySpecNames) {
        for (const WrappingChoice& each : allChoices()) {
            const auto rule = whyRefused(spec.value, each);
            EXPECT_EQ(rule.has_value(), !accepts(spec.value, each));
            if (rule) {
                EXPECT_NE(toEnglish(*rule).find(spec.name), std::string::npos) << toEnglish(*rule);
                EXPECT_EQ(toEnglish(*rule).find('?'), std::string::npos) << toEnglish(*rule);
            }
        }
    }
}

TEST(Compatibility, RulesReadWell) {
    EXPECT_EQ(toEnglish(*whyRefused(KeySpec::SymmetricDefault, choice("RSA_AES_KEY_WRAP_SHA_256", "RSA_4096"))),
              "KMS takes SYMMETRIC_DEFAULT key material by RSAES_OAEP_* only, not by RSA_AES_KEY_WRAP_SHA_256");
    EXPECT_EQ(toEnglish(*whyRefused(KeySpec::Rsa2048, choice("RSAES_OAEP_SHA_256", "RSA_4096"))),
              "KMS takes RSA_2048 key material by RSA_AES_KEY_WRAP_* only, not by RSAES_OAEP_SHA_256");
    EXPECT_EQ(
        toEnglish(*whyRefused(KeySpec::EccNistP521, choice("RSAES_OAEP_SHA_1", "RSA_2048"))),
        "KMS takes ECC_NIST_P521 key material by RSAES_OAEP_SHA_1 only under a wrapping key of RSA_3072 or larger, not RSA_2048");
}

TEST(Compatibility, RefusesInTheWordsOfKms) {
    EXPECT_EQ(refusalAsKms(KeySpec::SymmetricDefault, choice("RSA_AES_KEY_WRAP_SHA_256", "RSA_2048")),
              "Wrapping algorithm RSA_AES_KEY_WRAP_SHA_256 and wrapping key spec RSA_2048 cannot be used to import a "
              "SYMMETRIC_DEFAULT key.");
    EXPECT_EQ(refusalAsKms(KeySpec::EccNistEdwards25519, choice("RSAES_OAEP_SHA_256", "RSA_2048")),
              "Wrapping algorithm RSAES_OAEP_SHA_256 and wrapping key spec RSA_2048 cannot be used to import a "
              "ECC_NIST_EDWARDS25519 key.");
}

TEST(Compatibility, TheLongestOaepPlaintextsAreThoseOfTheFormula) {
    EXPECT_EQ(longestOaepPlaintext(choice("RSAES_OAEP_SHA_1", "RSA_2048")), 214U);
    EXPECT_EQ(longestOaepPlaintext(choice("RSAES_OAEP_SHA_1", "RSA_3072")), 342U);
    EXPECT_EQ(longestOaepPlaintext(choice("RSAES_OAEP_SHA_1", "RSA_4096")), 470U);
    EXPECT_EQ(longestOaepPlaintext(choice("RSAES_OAEP_SHA_256", "RSA_2048")), 190U);
    EXPECT_EQ(longestOaepPlaintext(choice("RSAES_OAEP_SHA_256", "RSA_3072")), 318U);
    EXPECT_EQ(longestOaepPlaintext(choice("RSAES_OAEP_SHA_256", "RSA_4096")), 446U);
}

TEST(Compatibility, WhatIsAcceptedForOaepFits) {
    const std::vector<std::pair<KeySpec, std::size_t>> usualSizes{
        {KeySpec::SymmetricDefault, 32},   {KeySpec::Hmac512, 128},     {KeySpec::EccNistP256, 138},
        {KeySpec::EccNistP384, 185},       {KeySpec::EccNistP521, 241}, {KeySpec::EccSecgP256k1, 135},
        {KeySpec::EccNistEdwards25519, 48}};
    for (const auto& [spec, bytes] : usualSizes) {
        for (const WrappingChoice& each : allChoices()) {
            if (familyOf(each.algorithm) == WrappingFamily::RsaesOaep && accepts(spec, each)) {
                EXPECT_LE(bytes, longestOaepPlaintext(each)) << refusalAsKms(spec, each);
            }
        }
    }
}

TEST(Compatibility, PlaintextRangesHoldWhatTokensGive) {
    const auto holds = [](KeySpec spec, std::size_t bytes) {
        const PlaintextRange range = plaintextRange(spec);
        return bytes >= range.smallest && bytes <= range.largest;
    };
    EXPECT_TRUE(holds(KeySpec::SymmetricDefault, 32));
    EXPECT_FALSE(holds(KeySpec::SymmetricDefault, 31));
    EXPECT_FALSE(holds(KeySpec::SymmetricDefault, 33));
    EXPECT_FALSE(holds(KeySpec::Hmac384, 47));
    EXPECT_TRUE(holds(KeySpec::Hmac384, 48));
    EXPECT_TRUE(holds(KeySpec::Hmac384, 128));
    EXPECT_FALSE(holds(KeySpec::Hmac384, 129));
    for (const std::size_t bytes : {1216U, 1219U}) {
        EXPECT_TRUE(holds(KeySpec::Rsa2048, bytes));
        EXPECT_FALSE(holds(KeySpec::Rsa3072, bytes));
    }
    EXPECT_TRUE(holds(KeySpec::Rsa3072, 1792));
    EXPECT_TRUE(holds(KeySpec::Rsa4096, 2377));
    EXPECT_TRUE(holds(KeySpec::EccNistP256, 67));
    EXPECT_TRUE(holds(KeySpec::EccNistP256, 138));
    EXPECT_TRUE(holds(KeySpec::EccNistP521, 241));
    EXPECT_FALSE(holds(KeySpec::EccNistEdwards25519, 49));
}

TEST(Compatibility, ATokenKeyMustFitItsSpec) {
    EXPECT_TRUE(takes(KeySpec::SymmetricDefault, pkcs11::AesKey{256}));
    EXPECT_FALSE(takes(KeySpec::SymmetricDefault, pkcs11::AesKey{128}));
    EXPECT_FALSE(takes(KeySpec::SymmetricDefault, pkcs11::GenericSecretKey{32}));
    EXPECT_TRUE(takes(KeySpec::Hmac256, pkcs11::GenericSecretKey{32}));
    EXPECT_TRUE(takes(KeySpec::Hmac256, pkcs11::GenericSecretKey{100}));
    EXPECT_FALSE(takes(KeySpec::Hmac256, pkcs11::GenericSecretKey{31}));
    EXPECT_FALSE(takes(KeySpec::Hmac256, pkcs11::GenericSecretKey{129}));
    EXPECT_FALSE(takes(KeySpec::Hmac256, pkcs11::AesKey{256}));
    EXPECT_FALSE(takes(KeySpec::EccNistP256, pkcs11::EcKeyPair{pkcs11::EcCurve::Secp256k1}));
}

TEST(Compatibility, TheStrongestChoiceIsAccepted) {
    for (const auto& spec : keySpecNames) {
        const WrappingChoice strongest = strongestChoice(spec.value);
        SCOPED_TRACE(std::string{spec.name});
        EXPECT_TRUE(accepts(spec.value, strongest));
        EXPECT_EQ(hashOf(strongest.algorithm), pkcs11::OaepHash::Sha256);
        EXPECT_EQ(strongest.keySpec, WrappingKeySpec::Rsa4096);
    }
    EXPECT_EQ(strongestChoice(KeySpec::EccNistP256).algorithm, WrappingAlgorithm::RsaesOaepSha256);
    EXPECT_EQ(strongestChoice(KeySpec::Rsa2048).algorithm, WrappingAlgorithm::RsaAesKeyWrapSha256);
}

TEST(WrappingAlgorithm, FamilyAndHashMakeTheAlgorithmAgain) {
    for (const auto& row : wrappingAlgorithmNames) {
        EXPECT_EQ(algorithmOf(familyOf(row.value), hashOf(row.value)), row.value) << row.name;
        EXPECT_EQ(valueNamed(wrappingAlgorithmNames, row.name), row.value);
    }
    EXPECT_EQ(valueNamed(wrappingAlgorithmNames, "RSAES_PKCS1_V1_5"), std::nullopt);
    EXPECT_EQ(valueNamed(wrappingKeySpecNames, "SM2"), std::nullopt);
}

TEST(EnvelopeLayout, BlobLengthsAreExact) {
    EXPECT_EQ(blobBytes(choice("RSAES_OAEP_SHA_256", "RSA_3072"), 32), 384U);
    EXPECT_EQ(blobBytes(choice("RSA_AES_KEY_WRAP_SHA_256", "RSA_2048"), 1), 256U + 16U);
    EXPECT_EQ(blobBytes(choice("RSA_AES_KEY_WRAP_SHA_256", "RSA_2048"), 8), 256U + 16U);
    EXPECT_EQ(blobBytes(choice("RSA_AES_KEY_WRAP_SHA_256", "RSA_2048"), 67), 256U + 80U);
    EXPECT_EQ(blobBytes(choice("RSA_AES_KEY_WRAP_SHA_1", "RSA_4096"), 2375), 2896U);
}

TEST(EnvelopeLayout, SplitsOnlyWhatCanBeAnEnvelope) {
    const WrappingChoice oaep = choice("RSAES_OAEP_SHA_256", "RSA_2048");
    const WrappingChoice keyWrap = choice("RSA_AES_KEY_WRAP_SHA_256", "RSA_2048");
    EXPECT_TRUE(splitEnvelope(Bytes(256), oaep));
    for (const std::size_t size : {0U, 255U, 257U, 384U}) {
        EXPECT_FALSE(splitEnvelope(Bytes(size), oaep)) << size;
    }
    const Bytes blob(256 + 16);
    const auto parts = splitEnvelope(blob, keyWrap);
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->rsaPart.size(), 256U);
    EXPECT_EQ(parts->keyWrapPart.size(), 16U);
    for (const std::size_t size : {0U, 8U, 256U, 264U, 271U, 273U}) {
        EXPECT_FALSE(splitEnvelope(Bytes(size), keyWrap)) << size;
    }
}

TEST(EnvelopeLayout, ImpossibleLengthsAreAnIntegrityError) {
    const WrappingChoice keyWrap = choice("RSA_AES_KEY_WRAP_SHA_256", "RSA_2048");
    EXPECT_NO_THROW(checkBlobLength(Bytes(256 + 1224), KeySpec::Rsa2048, keyWrap));
    EXPECT_NO_THROW(checkBlobLength(Bytes(256), KeySpec::SymmetricDefault, choice("RSAES_OAEP_SHA_1", "RSA_2048")));
    for (const std::size_t size : {0U, 256U, 256U + 1223U, 256U + 1225U, 256U + 1800U}) {
        try {
            checkBlobLength(Bytes(size), KeySpec::Rsa2048, keyWrap);
            ADD_FAILURE() << size;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::Integrity) << size;
        }
    }
}

}  // namespace
}  // namespace keyconvoy::wrapping
