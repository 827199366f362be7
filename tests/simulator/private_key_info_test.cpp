#include "kmsclient/simulator/private_key_info.h"

#include "tests/simulator/key_material.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

namespace keyconvoy::tests {

namespace {

using kms::simulator::parsePrivateKeyInfo;
using wrapping::KeySpec;

class PrivateKeyInfo : public testing::Test {
protected:
    PrivateKeyInfo() { kms::simulator::prepareMemory(); }
};

bool accepts(KeySpec spec, ByteView octets) {
    return parsePrivateKeyInfo(spec, octets) != nullptr;
}

Bytes pkcs8(const EVP_PKEY& key) {
    return encoded(key, "PrivateKeyInfo");
}

void setText(EVP_PKEY& key, const char* parameter, const char* value) {
    ASSERT_EQ(EVP_PKEY_set_utf8_string_param(&key, parameter, value), 1);
}

TEST_F(PrivateKeyInfo, OfEachSpecIsTaken) {
    EXPECT_TRUE(accepts(KeySpec::Rsa2048, pkcs8(*rsaKey(2048))));
    EXPECT_TRUE(accepts(KeySpec::EccNistP256, pkcs8(*ecKey("P-256"))));
    EXPECT_TRUE(accepts(KeySpec::EccNistP384, pkcs8(*ecKey("P-384"))));
    EXPECT_TRUE(accepts(KeySpec::EccNistP521, pkcs8(*ecKey("P-521"))));
    EXPECT_TRUE(accepts(KeySpec::EccSecgP256k1, pkcs8(*ecKey("secp256k1"))));
    EXPECT_TRUE(accepts(KeySpec::EccNistEdwards25519, pkcs8(*ed25519Key())));
}

TEST_F(PrivateKeyInfo, GivesTheKeyThatWentIn) {
    const PkeyPtr key = ecKey("P-384");
    const PkeyPtr parsed = parsePrivateKeyInfo(KeySpec::EccNistP384, pkcs8(*key));
    ASSERT_NE(parsed, nullptr);
    EXPECT_EQ(spkiOf(*parsed), spkiOf(*key));
}

TEST_F(PrivateKeyInfo, OfAnotherSpecIsRefused) {
    const Bytes rsa = pkcs8(*rsaKey(2048));
    const Bytes p256 = pkcs8(*ecKey("P-256"));
    EXPECT_FALSE(accepts(KeySpec::Rsa3072, rsa));
    EXPECT_FALSE(accepts(KeySpec::EccNistP256, rsa));
    EXPECT_FALSE(accepts(KeySpec::EccNistP384, p256));
    EXPECT_FALSE(accepts(KeySpec::EccSecgP256k1, p256));
    EXPECT_FALSE(accepts(KeySpec::Rsa2048, p256));
    EXPECT_FALSE(accepts(KeySpec::EccNistEdwards25519, p256));
    EXPECT_FALSE(accepts(KeySpec::Rsa2048, pkcs8(*rsaKey(2047))));
}

TEST_F(PrivateKeyInfo, InBerIsTakenButForEd25519) {
    EXPECT_TRUE(accepts(KeySpec::Rsa2048, withIndefiniteLength(pkcs8(*rsaKey(2048)))));
    EXPECT_TRUE(accepts(KeySpec::EccNistP256, withIndefiniteLength(pkcs8(*ecKey("P-256")))));
    EXPECT_FALSE(accepts(KeySpec::EccNistEdwards25519, withIndefiniteLength(pkcs8(*ed25519Key()))));
}

TEST_F(PrivateKeyInfo, WithMoreOrFewerOctetsIsRefused) {
    const std::array<std::pair<KeySpec, Bytes>, 3> keys{{{KeySpec::Rsa2048, pkcs8(*rsaKey(2048))},
                                                         {KeySpec::EccNistP256, pkcs8(*ecKey("P-256"))},
                                                         {KeySpec::EccNistEdwards25519, pkcs8(*ed25519Key())}}};
    for (const auto& [spec, der] : keys) {
        Bytes longer = der;
        longer.push_back(0);
        EXPECT_FALSE(accepts(spec, longer));
        EXPECT_FALSE(accepts(spec, ByteView{der}.first(der.size() - 1)));
        EXPECT_FALSE(accepts(spec, {}));
    }
}

TEST_F(PrivateKeyInfo, EveryFormOfThePublicPointIsTakenOrNone) {
    for (const char* format : {OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_UNCOMPRESSED, OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_COMPRESSED,
                               OSSL_PKEY_EC_POINT_CONVERSION_FORMAT_HYBRID}) {
        const PkeyPtr key = ecKey("P-256");
        setText(*key, OSSL_PKEY_PARAM_EC_POINT_CONVERSION_FORMAT, format);
        EXPECT_TRUE(accepts(KeySpec::EccNistP256, pkcs8(*key))) << format;
    }
    const PkeyPtr key = ecKey("P-256");
    ASSERT_EQ(EVP_PKEY_set_int_param(key.get(), OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 0), 1);
    const Bytes without = pkcs8(*key);
    EXPECT_EQ(without.size(), 67U);
    const PkeyPtr parsed = parsePrivateKeyInfo(KeySpec::EccNistP256, without);
    ASSERT_NE(parsed, nullptr);
    EXPECT_EQ(spkiOf(*parsed), spkiOf(*key));
}

TEST_F(PrivateKeyInfo, WithExplicitCurveParametersIsRefused) {
    const PkeyPtr key = ecKey("P-256");
    setText(*key, OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT);
    EXPECT_FALSE(accepts(KeySpec::EccNistP256, pkcs8(*key)));
}

TEST_F(PrivateKeyInfo, WithAPrivateValueShortOfTheCurvesLengthIsRefused) {
    const PkeyPtr key = ecKey("P-256");
    ASSERT_EQ(EVP_PKEY_set_int_param(key.get(), OSSL_PKEY_PARAM_EC_INCLUDE_PUBLIC, 0), 1);
    // SEQUENCE, version, algorithm (21), OCTET STRING { SEQUENCE { version, OCTET STRING of 32 } }
    Bytes der = pkcs8(*key);
    constexpr std::size_t valueStart = 35;
    ASSERT_EQ(der.at(valueStart - 1), 32);
    der.at(valueStart) = 0;
    EXPECT_TRUE(accepts(KeySpec::EccNistP256, der));
    der.erase(der.begin() + valueStart);
    for (const std::size_t length : {valueStart - 1, valueStart - 6, valueStart - 8, std::size_t{1}}) {
        --der.at(length);
    }
    EXPECT_FALSE(accepts(KeySpec::EccNistP256, der));
}

TEST_F(PrivateKeyInfo, WithAForeignPublicPointIsRefused) {
    Bytes der = pkcs8(*ecKey("P-256"));
    const Bytes other = pkcs8(*ecKey("P-256"));
    std::copy(other.end() - 64, other.end(), der.end() - 64);
    EXPECT_FALSE(accepts(KeySpec::EccNistP256, der));
}

TEST_F(PrivateKeyInfo, WithThreePrimesIsRefused) {
    EXPECT_FALSE(accepts(KeySpec::Rsa2048, pkcs8(*rsaKey(2048, 3))));
}

TEST_F(PrivateKeyInfo, WithRsaPartsThatDoNotFitIsRefused) {
    Bytes der = pkcs8(*rsaKey(2048));
    der.back() ^= 1U;  // the coefficient, q^-1 mod p
    EXPECT_FALSE(accepts(KeySpec::Rsa2048, der));
}

TEST_F(PrivateKeyInfo, OfAnotherVersionIsRefused) {
    Bytes der = pkcs8(*ecKey("P-256"));
    const std::size_t version = der.at(1) == 0x81 ? 5 : 4;
    ASSERT_EQ(der.at(version), 0);
    der.at(version) = 1;
    EXPECT_FALSE(accepts(KeySpec::EccNistP256, der));
}

TEST_F(PrivateKeyInfo, InAnyOtherStructureIsRefused) {
    const PkeyPtr rsa = rsaKey(2048);
    const PkeyPtr p256 = ecKey("P-256");
    EXPECT_FALSE(accepts(KeySpec::Rsa2048, encoded(*rsa, "type-specific")));       // PKCS#1
    EXPECT_FALSE(accepts(KeySpec::EccNistP256, encoded(*p256, "type-specific")));  // SEC 1
    EXPECT_FALSE(accepts(KeySpec::Rsa2048, encoded(*rsa, "PrivateKeyInfo", "PEM")));
    EXPECT_FALSE(accepts(KeySpec::Rsa2048, encoded(*rsa, "EncryptedPrivateKeyInfo", "DER", "password")));
    EXPECT_FALSE(accepts(KeySpec::EccNistP256, encoded(*p256, "EncryptedPrivateKeyInfo", "DER", "password")));
}

TEST_F(PrivateKeyInfo, OfEd25519WithItsPublicKeyIsRefused) {
    const PkeyPtr key = ed25519Key();
    Bytes der = pkcs8(*key);
    ASSERT_EQ(der.size(), 48U);
    // RFC 5958: version 1, publicKey [1]
    Bytes longer = der;
    longer.at(1) = 0x51;
    longer.at(4) = 1;
    longer.insert(longer.end(), {0x81, 0x21, 0x00});
    const Bytes spki = spkiOf(*key);
    longer.insert(longer.end(), spki.end() - 32, spki.end());
    EXPECT_FALSE(accepts(KeySpec::EccNistEdwards25519, longer));
}

}  // namespace

}  // namespace keyconvoy::tests
