#include "wrapping/on_token_wrap.h"

#include "tests/support/token_fixture.h"
#include "wrapping/envelope_layout.h"
#include "wrapping/opening/open_envelope.h"
#include "wrapping/qualification/check_values.h"
#include "wrapping/qualification/private_key_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::wrapping {
namespace {

using opening::PkeyPtr;
using pkcs11::OaepHash;
using pkcs11::OaepSource;
using pkcs11::WrapMethod;
using testing::HasSubstr;
using tests::TestToken;
using tests::TokenKind;

struct Case {
    TokenKind token;
    KeySpec keySpec;
    WrappingAlgorithm algorithm;
    WrapMethod method;
};

std::string nameOfCase(const Case& each) {
    std::string name = each.token == TokenKind::SoftHsm ? "SoftHsm_" : "Nss_";
    name += nameOf(keySpecNames, each.keySpec);
    return name.append("_").append(nameOf(wrappingAlgorithmNames, each.algorithm));
}

std::ostream& operator<<(std::ostream& out, const Case& each) {
    return out << nameOfCase(each);
}

/// A wrapping key whose private half the test keeps: it plays KMS.
class KmsPair {
public:
    explicit KmsPair(WrappingKeySpec spec)
        : m_pair{opening::generateRsaKeyPair(static_cast<int>(modulusBytes(spec) * 8))},
          m_publicKey{WrappingPublicKey::fromDer(opening::publicKeyDer(*m_pair), KC_TEXT("Tests", "the test's wrapping key"))} {}

    [[nodiscard]] const WrappingPublicKey& publicKey() const { return m_publicKey; }
    [[nodiscard]] std::optional<SecretBytes> open(const EncryptedKeyMaterial& material) const {
        return opening::openEnvelope(*m_pair, material.plan.choice, material.blob);
    }

private:
    PkeyPtr m_pair;
    WrappingPublicKey m_publicKey;
};

pkcs11::GeneratedKey generate(pkcs11::Token& token, KeySpec spec) {
    return token.generate({.type = tokenKeyType(spec),
                           .label = pkcs11::ObjectLabel{"target"},
                           .lifetime = pkcs11::KeyLifetime::SessionObject,
                           .purpose = tokenKeyPurpose(spec, usualUsage(spec))});
}

WrapPlan planOf(KeySpec keySpec, WrappingAlgorithm algorithm, WrapMethod method,
                WrappingKeySpec wrapping = WrappingKeySpec::Rsa2048) {
    return {.keySpec = keySpec,
            .choice = {algorithm, wrapping},
            .recipe = {.method = method, .hash = hashOf(algorithm), .source = OaepSource::DataSpecified}};
}

class OnTokenWrapTest : public testing::TestWithParam<Case> {};

TEST_P(OnTokenWrapTest, OpensslOpensTheBlobToExactlyTheTokensKey) {
    const Case& each = GetParam();
    TestToken store{each.token};
    pkcs11::Token token = store.openLoggedIn();
    const auto target = generate(token, each.keySpec);
    const bool tooShort = each.keySpec == KeySpec::EccNistP521 && familyOf(each.algorithm) == WrappingFamily::RsaesOaep;
    const WrappingKeySpec wrapping = tooShort ? WrappingKeySpec::Rsa3072 : WrappingKeySpec::Rsa2048;
    const KmsPair kms{wrapping};

    const auto material = wrapOnToken(token, target.key, planOf(each.keySpec, each.algorithm, each.method, wrapping),
                                      kms.publicKey(), std::nullopt);

    EXPECT_EQ(material.wrappingKey, kms.publicKey().fingerprint());
    const auto plaintext = kms.open(material);
    ASSERT_TRUE(plaintext);
    EXPECT_EQ(material.blob.size(), blobBytes(material.plan.choice, plaintext->size()));
    const pkcs11::KeyType type = tokenKeyType(each.keySpec);
    if (exactPlaintextBytes(type)) {
        const auto checkValue = token.checkValue(target.key).value;
        ASSERT_TRUE(checkValue);
        EXPECT_EQ(plaintext->size(), exactPlaintextBytes(type));
        EXPECT_TRUE(qualification::hasCheckValue(plaintext->view(), *checkValue));
    } else {
        const auto fault = qualification::faultOfPrivateKey(plaintext->view(), type, token.publicKey(target.key));
        EXPECT_FALSE(fault) << toEnglish(*fault);
    }
}

constexpr auto oaep1 = WrappingAlgorithm::RsaesOaepSha1;
constexpr auto oaep256 = WrappingAlgorithm::RsaesOaepSha256;
constexpr auto keyWrap1 = WrappingAlgorithm::RsaAesKeyWrapSha1;
constexpr auto keyWrap256 = WrappingAlgorithm::RsaAesKeyWrapSha256;

INSTANTIATE_TEST_SUITE_P(Tokens, OnTokenWrapTest,
                         testing::Values(Case{TokenKind::SoftHsm, KeySpec::SymmetricDefault, oaep1, WrapMethod::Oaep},
                                         Case{TokenKind::SoftHsm, KeySpec::Hmac224, oaep1, WrapMethod::Oaep},
                                         Case{TokenKind::SoftHsm, KeySpec::Hmac256, oaep1, WrapMethod::Oaep},
                                         Case{TokenKind::SoftHsm, KeySpec::Hmac384, oaep1, WrapMethod::Oaep},
                                         Case{TokenKind::SoftHsm, KeySpec::Hmac512, oaep1, WrapMethod::Oaep},
                                         Case{TokenKind::SoftHsm, KeySpec::EccNistP384, keyWrap1, WrapMethod::TwoStepPad},
                                         Case{TokenKind::SoftHsm, KeySpec::EccSecgP256k1, keyWrap1, WrapMethod::TwoStepPad},
                                         Case{TokenKind::Nss, KeySpec::SymmetricDefault, oaep1, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::SymmetricDefault, oaep256, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::Hmac224, oaep256, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::Hmac256, oaep256, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::Hmac384, oaep256, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::Hmac512, oaep256, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::Rsa2048, keyWrap256, WrapMethod::TwoStepKwp},
                                         Case{TokenKind::Nss, KeySpec::Rsa2048, keyWrap1, WrapMethod::TwoStepKwp},
                                         Case{TokenKind::Nss, KeySpec::Rsa3072, keyWrap256, WrapMethod::TwoStepKwp},
                                         Case{TokenKind::Nss, KeySpec::Rsa4096, keyWrap256, WrapMethod::TwoStepKwp},
                                         Case{TokenKind::Nss, KeySpec::EccNistP256, oaep256, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::EccNistP384, oaep256, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::EccNistP521, oaep256, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::EccNistP256, oaep1, WrapMethod::Oaep},
                                         Case{TokenKind::Nss, KeySpec::EccNistP256, keyWrap256, WrapMethod::TwoStepKwp},
                                         Case{TokenKind::Nss, KeySpec::EccNistP384, keyWrap256, WrapMethod::TwoStepKwp},
                                         Case{TokenKind::Nss, KeySpec::EccNistP521, keyWrap256, WrapMethod::TwoStepKwp}),
                         [](const auto& each) { return nameOfCase(each.param); });

class OnTokenWrapRulesTest : public testing::Test {
protected:
    OnTokenWrapRulesTest() { tests::prepareProcess(); }

    template <class Call>
    Failure failureOf(Call call) {
        try {
            call();
        } catch (const Error& error) {
            return error.failure();
        }
        ADD_FAILURE() << "nothing was thrown";
        return {};
    }
    Failure refusal(pkcs11::KeyReference key, const WrapPlan& plan, const KmsPair& kms) {
        return failureOf([&] { static_cast<void>(wrapOnToken(m_token, key, plan, kms.publicKey(), std::nullopt)); });
    }

    TestToken m_store{TokenKind::Nss};
    pkcs11::Token m_token = m_store.openLoggedIn();
    const KmsPair m_kms{WrappingKeySpec::Rsa2048};
};

TEST_F(OnTokenWrapRulesTest, ImpossibleCombinationsAreRefusedBeforeTheTokenIsTouched) {
    pkcs11::Token other = m_store.open();
    const auto foreign = generate(m_token, KeySpec::SymmetricDefault).key;  // `other` would not know it
    const WrapPlan plan = planOf(KeySpec::SymmetricDefault, keyWrap256, WrapMethod::TwoStepKwp);
    const Failure failure =
        failureOf([&] { static_cast<void>(wrapOnToken(other, foreign, plan, m_kms.publicKey(), std::nullopt)); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_EQ(toEnglish(failure.place), "wrapping for the key spec SYMMETRIC_DEFAULT by RSA_AES_KEY_WRAP_SHA_256 under RSA_2048");
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("RSAES_OAEP_* only"));
}

TEST_F(OnTokenWrapRulesTest, AWrappingKeyOfAnotherSizeIsRefused) {
    const auto key = generate(m_token, KeySpec::SymmetricDefault).key;
    const Failure failure =
        refusal(key, planOf(KeySpec::SymmetricDefault, oaep256, WrapMethod::Oaep, WrappingKeySpec::Rsa4096), m_kms);
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_EQ(toEnglish(failure.cause), "the wrapping public key is RSA_2048");
}

TEST_F(OnTokenWrapRulesTest, ARecipeForAnotherAlgorithmIsRefused) {
    const auto key = generate(m_token, KeySpec::EccNistP256).key;
    WrapPlan otherHash = planOf(KeySpec::EccNistP256, oaep256, WrapMethod::Oaep);
    otherHash.recipe.hash = OaepHash::Sha1;
    EXPECT_EQ(refusal(key, otherHash, m_kms).kind, ErrorKind::Refused);
    EXPECT_EQ(refusal(key, planOf(KeySpec::EccNistP256, oaep256, WrapMethod::TwoStepKwp), m_kms).kind, ErrorKind::Refused);
    EXPECT_EQ(refusal(key, planOf(KeySpec::EccNistP256, keyWrap256, WrapMethod::Oaep), m_kms).kind, ErrorKind::Refused);
}

TEST_F(OnTokenWrapRulesTest, ATokenKeyOfAnotherTypeIsRefused) {
    const auto key = generate(m_token, KeySpec::Hmac256).key;
    const Failure failure = refusal(key, planOf(KeySpec::SymmetricDefault, oaep256, WrapMethod::Oaep), m_kms);
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("the token key \"target\" is "));
    EXPECT_EQ(refusal(key, planOf(KeySpec::Hmac384, oaep256, WrapMethod::Oaep), m_kms).kind, ErrorKind::Refused);
}

TEST_F(OnTokenWrapRulesTest, ASealedKeyIsRefusedEvenWhereTheTokenWouldWrapIt) {
    const auto key = generate(m_token, KeySpec::SymmetricDefault).key;
    m_token.seal(key);
    const Failure failure = refusal(key, planOf(KeySpec::SymmetricDefault, oaep256, WrapMethod::Oaep), m_kms);
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("CKA_EXTRACTABLE"));
}

TEST_F(OnTokenWrapRulesTest, AWrapWeakerThanTheKeyIsAFinding) {
    const auto key = generate(m_token, KeySpec::SymmetricDefault).key;
    const auto weak =
        wrapOnToken(m_token, key, planOf(KeySpec::SymmetricDefault, oaep256, WrapMethod::Oaep), m_kms.publicKey(), std::nullopt);
    EXPECT_EQ(weak.wrapStrengthBits, 112);
    EXPECT_EQ(weak.keyStrengthBits, 256);
    ASSERT_EQ(weak.findings.size(), 1U);
    EXPECT_EQ(weak.findings[0].level, FindingLevel::Warning);
    EXPECT_THAT(toEnglish(weak.findings[0].what),
                HasSubstr("RSA_2048 counts as 112 bits of security, the key spec SYMMETRIC_DEFAULT as 256"));
    EXPECT_FALSE(weak.findings[0].remedy.empty());

    const KmsPair strong{WrappingKeySpec::Rsa4096};
    const WrapPlan plan = planOf(KeySpec::SymmetricDefault, oaep256, WrapMethod::Oaep, WrappingKeySpec::Rsa4096);
    const auto best = wrapOnToken(m_token, key, plan, strong.publicKey(), std::nullopt);
    ASSERT_EQ(best.findings.size(), 1U);
    EXPECT_EQ(best.findings[0].level, FindingLevel::Note);
    EXPECT_TRUE(best.findings[0].remedy.empty()) << "KMS has no stronger wrapping key";
}

TEST_F(OnTokenWrapRulesTest, AWrapAsStrongAsTheKeyIsNoFinding) {
    const auto key = generate(m_token, KeySpec::EccNistP256).key;
    const KmsPair kms{WrappingKeySpec::Rsa3072};
    const WrapPlan plan = planOf(KeySpec::EccNistP256, oaep256, WrapMethod::Oaep, WrappingKeySpec::Rsa3072);
    EXPECT_TRUE(wrapOnToken(m_token, key, plan, kms.publicKey(), std::nullopt).findings.empty());
}

TEST_F(OnTokenWrapRulesTest, TheWrappingKeyLeavesNoTrace) {
    const auto key = generate(m_token, KeySpec::SymmetricDefault).key;
    const auto before = m_token.objects();
    static_cast<void>(
        wrapOnToken(m_token, key, planOf(KeySpec::SymmetricDefault, oaep256, WrapMethod::Oaep), m_kms.publicKey(), std::nullopt));
    EXPECT_EQ(m_token.objects(), before);
}

TEST(OnTokenWrapSilentFault, ABlobThatSoftHsmPaddedCannotBeToldFromOutside) {
    TestToken store{TokenKind::SoftHsm};
    pkcs11::Token token = store.openLoggedIn();
    const auto target = generate(token, KeySpec::EccNistP256);
    const KmsPair kms{WrappingKeySpec::Rsa2048};
    const WrapPlan plan = planOf(KeySpec::EccNistP256, keyWrap1, WrapMethod::TwoStepPad);
    const auto material = wrapOnToken(token, target.key, plan, kms.publicKey(), std::nullopt);
    const auto plaintext = kms.open(material);
    ASSERT_TRUE(plaintext);
    const auto fault =
        qualification::faultOfPrivateKey(plaintext->view(), tokenKeyType(KeySpec::EccNistP256), token.publicKey(target.key));
    ASSERT_TRUE(fault) << "this SoftHSM pads rightly; the qualification is what decides";
    EXPECT_THAT(toEnglish(*fault), HasSubstr("zero bytes (5) follow the PKCS#8"));
}

}  // namespace
}  // namespace keyconvoy::wrapping
