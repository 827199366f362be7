#include "wrapping/key_spec.h"

#include "wrapping/wrapping_algorithm.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace keyconvoy::wrapping {
namespace {

TEST(KeySpec, EveryNameReadsBackAsItsValue) {
    for (const auto& row : keySpecNames) {
        SCOPED_TRACE(std::string{row.name});
        EXPECT_EQ(valueNamed(keySpecNames, row.name), row.value);
        EXPECT_EQ(nameOf(keySpecNames, row.value), row.name);
    }
    for (const auto& row : keyUsageNames) {
        EXPECT_EQ(valueNamed(keyUsageNames, row.name), row.value);
    }
}

TEST(KeySpec, OtherNamesAreNotTaken) {
    for (const char* name : {"", "symmetric_default", "ML_DSA_44", "SM2", "RSA_1024", "HMAC_256 "}) {
        EXPECT_EQ(valueNamed(keySpecNames, name), std::nullopt) << name;
    }
}

TEST(KeySpec, TheTypeToGenerateMapsBackToItsSpec) {
    for (const auto& row : keySpecNames) {
        SCOPED_TRACE(std::string{row.name});
        EXPECT_EQ(keySpecFor(tokenKeyType(row.value)), row.value);
    }
}

TEST(KeySpec, HmacKeysAreGeneratedExactlyAsLongAsTheSpec) {
    EXPECT_EQ(tokenKeyType(KeySpec::Hmac224), pkcs11::KeyType{pkcs11::GenericSecretKey{28}});
    EXPECT_EQ(tokenKeyType(KeySpec::Hmac256), pkcs11::KeyType{pkcs11::GenericSecretKey{32}});
    EXPECT_EQ(tokenKeyType(KeySpec::Hmac384), pkcs11::KeyType{pkcs11::GenericSecretKey{48}});
    EXPECT_EQ(tokenKeyType(KeySpec::Hmac512), pkcs11::KeyType{pkcs11::GenericSecretKey{64}});
}

TEST(KeySpec, TypesThatKmsDoesNotKnowHaveNoSpec) {
    EXPECT_EQ(keySpecFor(pkcs11::AesKey{128}), std::nullopt);
    EXPECT_EQ(keySpecFor(pkcs11::GenericSecretKey{20}), std::nullopt);
    EXPECT_EQ(keySpecFor(pkcs11::RsaKeyPair{1024}), std::nullopt);
}

TEST(KeySpec, UsagesAreThoseOfCreateKey) {
    const auto countOf = [](KeySpec spec) {
        return std::ranges::count_if(keyUsageNames, [spec](const auto& row) { return allows(spec, row.value); });
    };
    EXPECT_TRUE(allows(KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt));
    EXPECT_EQ(countOf(KeySpec::SymmetricDefault), 1);
    EXPECT_TRUE(allows(KeySpec::Hmac384, KeyUsage::GenerateVerifyMac));
    EXPECT_EQ(countOf(KeySpec::Hmac384), 1);
    EXPECT_TRUE(allows(KeySpec::Rsa3072, KeyUsage::EncryptDecrypt));
    EXPECT_TRUE(allows(KeySpec::Rsa3072, KeyUsage::SignVerify));
    EXPECT_EQ(countOf(KeySpec::Rsa3072), 2);
    EXPECT_TRUE(allows(KeySpec::EccNistP521, KeyUsage::KeyAgreement));
    EXPECT_EQ(countOf(KeySpec::EccNistP521), 2);
    EXPECT_FALSE(allows(KeySpec::EccSecgP256k1, KeyUsage::KeyAgreement));
    EXPECT_EQ(countOf(KeySpec::EccNistEdwards25519), 1);
}

TEST(KeySpec, TheUsualUsageIsAnAllowedOne) {
    for (const auto& row : keySpecNames) {
        EXPECT_TRUE(allows(row.value, usualUsage(row.value))) << row.name;
    }
}

TEST(KeySpec, OnlyPairsThatAreToSignMaySignOnTheToken) {
    EXPECT_EQ(tokenKeyPurpose(KeySpec::EccNistP256, KeyUsage::SignVerify), pkcs11::KeyPurpose::Signing);
    EXPECT_EQ(tokenKeyPurpose(KeySpec::EccNistP256, KeyUsage::KeyAgreement), pkcs11::KeyPurpose::CheckValueOnly);
    EXPECT_EQ(tokenKeyPurpose(KeySpec::Rsa2048, KeyUsage::EncryptDecrypt), pkcs11::KeyPurpose::CheckValueOnly);
    EXPECT_EQ(tokenKeyPurpose(KeySpec::Hmac256, KeyUsage::GenerateVerifyMac), pkcs11::KeyPurpose::CheckValueOnly);
}

TEST(KeySpec, StrengthsAreThoseOfSp80057) {
    EXPECT_EQ(strengthBits(KeySpec::SymmetricDefault), 256);
    EXPECT_EQ(strengthBits(KeySpec::Rsa2048), 112);
    EXPECT_EQ(strengthBits(KeySpec::Rsa3072), 128);
    EXPECT_EQ(strengthBits(KeySpec::EccNistP384), 192);
    EXPECT_EQ(strengthBits(WrappingKeySpec::Rsa2048), 112);
    EXPECT_EQ(strengthBits(WrappingKeySpec::Rsa3072), 128);
}

}  // namespace
}  // namespace keyconvoy::wrapping
