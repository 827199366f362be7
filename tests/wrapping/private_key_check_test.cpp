#include "wrapping/qualification/private_key_check.h"

#include "core/hex.h"
#include "core/secret_bytes.h"
#include "tests/wrapping/openssl_wrap.h"
#include "wrapping/key_spec.h"
#include "wrapping/opening/open_envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>

namespace keyconvoy::wrapping::qualification {
namespace {

using opening::PkeyPtr;
using opening::publicKeyDer;
using pkcs11::EcCurve;
using pkcs11::EcKeyPair;
using pkcs11::KeyType;
using testing::HasSubstr;
using tests::joined;
using tests::pkcs8Of;

struct Case {
    const char* name;
    KeyType type;
    PkeyPtr (*make)();
};

std::ostream& operator<<(std::ostream& out, const Case& each) {
    return out << each.name;
}

const std::vector<Case>& allTypes() {
    static const std::vector<Case> cases{
        {"RSA_2048", pkcs11::RsaKeyPair{2048}, [] { return opening::generateRsaKeyPair(2048); }},
        {"P256", EcKeyPair{EcCurve::P256}, [] { return PkeyPtr{EVP_EC_gen("P-256")}; }},
        {"P384", EcKeyPair{EcCurve::P384}, [] { return PkeyPtr{EVP_EC_gen("P-384")}; }},
        {"P521", EcKeyPair{EcCurve::P521}, [] { return PkeyPtr{EVP_EC_gen("P-521")}; }},
        {"K1", EcKeyPair{EcCurve::Secp256k1}, [] { return PkeyPtr{EVP_EC_gen("secp256k1")}; }},
        {"Ed25519", pkcs11::Ed25519KeyPair{}, [] { return PkeyPtr{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")}; }},
    };
    return cases;
}

class PrivateKeyCheckTest : public testing::TestWithParam<Case> {
protected:
    static void SetUpTestSuite() { initialiseSecureHeap(); }

    static std::string faultOf(ByteView plaintext, const KeyType& type, ByteView publicKey) {
        const auto fault = faultOfPrivateKey(plaintext, type, publicKey);
        return fault ? toEnglish(*fault) : std::string{};
    }
    const PkeyPtr m_key = GetParam().make();
    const KeyType m_type = GetParam().type;
    const Bytes m_pkcs8 = pkcs8Of(*m_key);
    const Bytes m_public = publicKeyDer(*m_key);
};

TEST_P(PrivateKeyCheckTest, TheRightKeyHasNoFault) {
    EXPECT_EQ(faultOf(m_pkcs8, m_type, m_public), "");
}

TEST_P(PrivateKeyCheckTest, ZeroBytesBehindItAreNamed) {
    EXPECT_THAT(faultOf(joined(m_pkcs8, Bytes(5)), m_type, m_public), HasSubstr("zero bytes (5) follow the PKCS#8"));
    EXPECT_THAT(faultOf(joined(m_pkcs8, Bytes(1, 9)), m_type, m_public), HasSubstr("1 byte follows the PKCS#8"));
}

TEST_P(PrivateKeyCheckTest, ATruncatedKeyIsNone) {
    EXPECT_THAT(faultOf(ByteView{m_pkcs8}.first(m_pkcs8.size() - 1), m_type, m_public), HasSubstr("no PKCS#8"));
    EXPECT_THAT(faultOf({}, m_type, m_public), HasSubstr("no PKCS#8"));
}

TEST_P(PrivateKeyCheckTest, AnotherKeyIsNotTaken) {
    const PkeyPtr other = GetParam().make();
    EXPECT_THAT(faultOf(m_pkcs8, m_type, publicKeyDer(*other)), HasSubstr("does not belong"));
    EXPECT_THAT(faultOf(m_pkcs8, m_type, Bytes{0x30, 0x00}), HasSubstr("does not belong"));
}

TEST_P(PrivateKeyCheckTest, AnotherTypeIsNotTaken) {
    for (const Case& other : allTypes()) {
        if (other.type != m_type) {
            EXPECT_NE(faultOf(m_pkcs8, other.type, m_public), "") << other.name;
        }
    }
}

INSTANTIATE_TEST_SUITE_P(AllTypes, PrivateKeyCheckTest, testing::ValuesIn(allTypes()),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST(PrivateKeyCheck, ExplicitCurveParametersAreRefused) {
    initialiseSecureHeap();
    const PkeyPtr key{EVP_EC_gen("P-256")};
    EVP_PKEY_set_utf8_string_param(key.get(), OSSL_PKEY_PARAM_EC_ENCODING, OSSL_PKEY_EC_ENCODING_EXPLICIT);
    const auto fault = faultOfPrivateKey(pkcs8Of(*key), EcKeyPair{EcCurve::P256}, publicKeyDer(*key));
    ASSERT_TRUE(fault);
    EXPECT_THAT(toEnglish(*fault), HasSubstr("does not name its curve"));
}

TEST(PrivateKeyCheck, AnRsaKeyOfAnotherSizeIsRefused) {
    initialiseSecureHeap();
    const PkeyPtr key = opening::generateRsaKeyPair(2048);
    const auto fault = faultOfPrivateKey(pkcs8Of(*key), pkcs11::RsaKeyPair{3072}, publicKeyDer(*key));
    ASSERT_TRUE(fault);
    EXPECT_THAT(toEnglish(*fault), HasSubstr("2048 bits"));
}

TEST(PrivateKeyCheck, AnInconsistentRsaKeyIsRefused) {
    initialiseSecureHeap();
    const PkeyPtr key = opening::generateRsaKeyPair(2048);
    Bytes pkcs8 = pkcs8Of(*key);
    pkcs8.back() ^= 1U;  // the CRT coefficient: modulus and public exponent stay equal
    const auto fault = faultOfPrivateKey(pkcs8, pkcs11::RsaKeyPair{2048}, publicKeyDer(*key));
    ASSERT_TRUE(fault);
    EXPECT_THAT(toEnglish(*fault), HasSubstr("not consistent"));
}

}  // namespace
}  // namespace keyconvoy::wrapping::qualification
