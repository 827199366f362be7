#include "wrapping/qualification/qualification.h"

#include "tests/support/token_fixture.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

namespace keyconvoy::wrapping::qualification {
namespace {

using pkcs11::OaepSource;
using pkcs11::WrapMethod;
using testing::HasSubstr;
using tests::TestToken;
using tests::TokenKind;

constexpr auto oaep1 = WrappingAlgorithm::RsaesOaepSha1;
constexpr auto oaep256 = WrappingAlgorithm::RsaesOaepSha256;
constexpr auto keyWrap1 = WrappingAlgorithm::RsaAesKeyWrapSha1;
constexpr auto keyWrap256 = WrappingAlgorithm::RsaAesKeyWrapSha256;

Combination combination(KeySpec keySpec, WrappingAlgorithm algorithm, WrappingKeySpec wrapping = WrappingKeySpec::Rsa2048) {
    return {keySpec, {algorithm, wrapping}};
}

/// Every reading is a second later.
Clock tickingClock() {
    return [now = parseRfc3339("2026-11-21T12:00:00Z").value()]() mutable { return now += std::chrono::seconds{1}; };
}

/// What holds for every result, whatever it says.
void checkAccount(const Result& result, const pkcs11::Token& token) {
    EXPECT_EQ(result.token, identityOf(token));
    std::set<Bytes> ids;
    for (const ThrowAwayRecord& key : result.throwAwayKeys) {
        EXPECT_EQ(key.id.size(), 16U);
        EXPECT_FALSE(key.label.empty());
        EXPECT_GT(key.generatedAt, result.date);
        EXPECT_GT(key.destroyedAt, key.generatedAt) << "not destroyed";
        ids.insert(key.id);
    }
    EXPECT_EQ(ids.size(), result.throwAwayKeys.size());
    EXPECT_FALSE(result.explanation.empty());
    const auto qualified = std::ranges::find(result.attempts, true, &Attempt::qualified);
    EXPECT_EQ(result.chosen.has_value(), qualified != result.attempts.end());
    const Json json = toJson(result);
    EXPECT_EQ(toJson(resultFromJson(json, KC_TEXT("Tests", "round trip"))), json);
}

Result run(pkcs11::Token& token, const Combination& what) {
    const auto before = token.objects();
    std::vector<ThrowAwayRecord> account;
    Result result = qualify(token, what, tickingClock(), account);
    EXPECT_EQ(account.size(), result.throwAwayKeys.size());
    EXPECT_EQ(token.objects(), before) << "something was left on the token";
    checkAccount(result, token);
    return result;
}

struct Case {
    TokenKind token;
    Combination what;
    WrapMethod method;
};

std::string nameOfCombination(const Combination& what) {
    std::string name{nameOf(keySpecNames, what.keySpec)};
    name.append("_").append(nameOf(wrappingAlgorithmNames, what.choice.algorithm));
    return name.append("_").append(nameOf(wrappingKeySpecNames, what.choice.keySpec));
}

std::ostream& operator<<(std::ostream& out, const Case& each) {
    return out << each.token << " " << nameOfCombination(each.what);
}

std::string nameOfCase(const testing::TestParamInfo<Case>& each) {
    return (each.param.token == TokenKind::SoftHsm ? "SoftHsm_" : "Nss_") + nameOfCombination(each.param.what);
}

class QualifiesTest : public testing::TestWithParam<Case> {};

TEST_P(QualifiesTest, WhatTheTokenCanDo) {
    TestToken store{GetParam().token};
    pkcs11::Token token = store.openLoggedIn();
    const Result result = run(token, GetParam().what);
    ASSERT_TRUE(result.chosen) << toEnglish(result.explanation);
    EXPECT_EQ(result.chosen->method, GetParam().method);
    EXPECT_EQ(result.chosen->source, OaepSource::DataSpecified);
    EXPECT_THAT(toEnglish(result.explanation), HasSubstr("this token can wrap"));
}

INSTANTIATE_TEST_SUITE_P(
    Tokens, QualifiesTest,
    testing::Values(Case{TokenKind::SoftHsm, combination(KeySpec::SymmetricDefault, oaep1), WrapMethod::Oaep},
                    Case{TokenKind::SoftHsm, combination(KeySpec::Hmac224, oaep1), WrapMethod::Oaep},
                    Case{TokenKind::SoftHsm, combination(KeySpec::Hmac512, oaep1), WrapMethod::Oaep},
                    Case{TokenKind::SoftHsm, combination(KeySpec::EccNistP384, keyWrap1), WrapMethod::TwoStepPad},
                    Case{TokenKind::SoftHsm, combination(KeySpec::EccSecgP256k1, keyWrap1), WrapMethod::TwoStepPad},
                    Case{TokenKind::Nss, combination(KeySpec::SymmetricDefault, oaep1), WrapMethod::Oaep},
                    Case{TokenKind::Nss, combination(KeySpec::SymmetricDefault, oaep256), WrapMethod::Oaep},
                    Case{TokenKind::Nss, combination(KeySpec::SymmetricDefault, oaep256, WrappingKeySpec::Rsa4096),
                         WrapMethod::Oaep},
                    Case{TokenKind::Nss, combination(KeySpec::Hmac224, oaep256), WrapMethod::Oaep},
                    Case{TokenKind::Nss, combination(KeySpec::Hmac384, oaep256), WrapMethod::Oaep},
                    Case{TokenKind::Nss, combination(KeySpec::EccNistP256, oaep256), WrapMethod::Oaep},
                    Case{TokenKind::Nss, combination(KeySpec::EccNistP521, oaep256, WrappingKeySpec::Rsa3072), WrapMethod::Oaep},
                    Case{TokenKind::Nss, combination(KeySpec::EccNistP256, keyWrap256), WrapMethod::TwoStepKwp},
                    Case{TokenKind::Nss, combination(KeySpec::EccNistP384, keyWrap1), WrapMethod::TwoStepKwp},
                    Case{TokenKind::Nss, combination(KeySpec::EccNistP521, keyWrap256), WrapMethod::TwoStepKwp},
                    Case{TokenKind::Nss, combination(KeySpec::Rsa2048, keyWrap256), WrapMethod::TwoStepKwp},
                    Case{TokenKind::Nss, combination(KeySpec::Rsa2048, keyWrap1), WrapMethod::TwoStepKwp},
                    Case{TokenKind::Nss, combination(KeySpec::Rsa3072, keyWrap256), WrapMethod::TwoStepKwp},
                    Case{TokenKind::Nss, combination(KeySpec::Rsa4096, keyWrap256), WrapMethod::TwoStepKwp}),
    nameOfCase);

class SoftHsmQualificationTest : public testing::Test {
protected:
    TestToken m_store{TokenKind::SoftHsm};
    pkcs11::Token m_token = m_store.openLoggedIn();
};

TEST_F(SoftHsmQualificationTest, OaepWithSha256IsRefusedWithEachSource) {
    const Result result = run(m_token, combination(KeySpec::SymmetricDefault, oaep256));
    EXPECT_FALSE(result.chosen);
    ASSERT_EQ(result.attempts.size(), 2U) << "the standard's source and 0, which the code hints at";
    EXPECT_EQ(result.attempts[0].recipe.source, OaepSource::DataSpecified);
    EXPECT_EQ(result.attempts[1].recipe.source, OaepSource::Zero);
    EXPECT_EQ(result.attempts[0].code, "CKR_ARGUMENTS_BAD");
    EXPECT_THAT(toEnglish(result.explanation), HasSubstr("cannot wrap SYMMETRIC_DEFAULT keys by RSAES_OAEP_SHA_256"));
    EXPECT_EQ(result.throwAwayKeys.size(), 1U);
}

TEST_F(SoftHsmQualificationTest, Rsa2048IsRefusedInEachOfTwentyRuns) {
    for (int i = 0; i < 20; ++i) {
        const Result result = run(m_token, combination(KeySpec::Rsa2048, keyWrap1));
        ASSERT_FALSE(result.chosen) << "run " << i << ": " << toEnglish(result.explanation);
        ASSERT_EQ(result.attempts.size(), 3U);
        EXPECT_EQ(result.attempts[0].code, "CKR_MECHANISM_INVALID");
        EXPECT_EQ(result.attempts[1].code, "CKR_MECHANISM_INVALID");
        EXPECT_EQ(result.attempts[2].code, "") << "the token said CKR_OK: the fault is a silent one";
        EXPECT_THAT(toEnglish(result.attempts[2].reason),
                    HasSubstr("a secret of 20 bytes came back as 24, with zero bytes behind it"));
        EXPECT_THAT(toEnglish(result.explanation), HasSubstr("came back as 24"));
        EXPECT_EQ(result.throwAwayKeys.size(), 1U) << "no RSA key is needed to see it";
    }
}

TEST_F(SoftHsmQualificationTest, CurvesWhosePkcs8IsNoMultipleOfEightAreRefused) {
    for (const auto& [spec, tail] :
         {std::pair{KeySpec::EccNistP256, "zero bytes (5)"}, std::pair{KeySpec::EccNistP521, "zero bytes (6)"}}) {
        const Result result = run(m_token, combination(spec, keyWrap1));
        EXPECT_FALSE(result.chosen);
        EXPECT_THAT(toEnglish(result.explanation), HasSubstr(tail));
    }
}

TEST_F(SoftHsmQualificationTest, CurvesByOaepAreRefusedWithTheTokensCode) {
    const Result result = run(m_token, combination(KeySpec::EccNistP384, oaep1));
    EXPECT_FALSE(result.chosen);
    EXPECT_EQ(result.attempts.at(0).code, "CKR_KEY_NOT_WRAPPABLE");
    EXPECT_EQ(result.throwAwayKeys.size(), 1U);
}

TEST_F(SoftHsmQualificationTest, Ed25519IsGeneratedButNotWrapped) {
    const Result result = run(m_token, combination(KeySpec::EccNistEdwards25519, keyWrap1));
    EXPECT_FALSE(result.chosen);
    EXPECT_EQ(result.throwAwayKeys.size(), 1U);
}

TEST_F(SoftHsmQualificationTest, KeyWrapWithSha256IsRefusedWithItsCode) {
    const Result result = run(m_token, combination(KeySpec::EccNistP384, keyWrap256));
    EXPECT_FALSE(result.chosen);
    for (const Attempt& attempt : result.attempts) {
        EXPECT_EQ(attempt.recipe.hash, pkcs11::OaepHash::Sha256) << "only what was asked for is tried";
    }
}

TEST_F(SoftHsmQualificationTest, WhatKmsWouldNotTakeIsAnErrorBeforeAnyKeyIsMade) {
    try {
        std::vector<ThrowAwayRecord> account;
        static_cast<void>(qualify(m_token, combination(KeySpec::Rsa2048, oaep256), tickingClock(), account));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Refused);
        EXPECT_THAT(toEnglish(error.failure().cause), HasSubstr("RSA_AES_KEY_WRAP_* only"));
    }
}

TEST_F(SoftHsmQualificationTest, WithoutLoginItIsAnErrorAndNoJudgement) {
    m_token.logOut();
    try {
        std::vector<ThrowAwayRecord> account;
        const Result result = qualify(m_token, combination(KeySpec::SymmetricDefault, oaep1), tickingClock(), account);
        FAIL() << toEnglish(result.explanation);
    } catch (const Error& error) {
        EXPECT_EQ(error.failure().code, "CKR_USER_NOT_LOGGED_IN");
    }
}

TEST(NssQualification, ATokenThatCannotMakeTheKeySaysSo) {
    TestToken store{TokenKind::Nss};
    pkcs11::Token token = store.openLoggedIn();
    for (const KeySpec spec : {KeySpec::EccSecgP256k1, KeySpec::EccNistEdwards25519}) {
        const Result result = run(token, combination(spec, keyWrap256));
        EXPECT_FALSE(result.chosen);
        EXPECT_EQ(result.attempts.size(), 1U);
        EXPECT_THAT(result.attempts[0].code, testing::StartsWith("CKR_"));
        EXPECT_THAT(toEnglish(result.explanation), HasSubstr("cannot generate a throw-away"));
        EXPECT_TRUE(result.throwAwayKeys.empty());
    }
}

TEST(NssQualification, TheRsaProofRestsOnALengthThatIsNoMultipleOfEight) {
    TestToken store{TokenKind::Nss};
    pkcs11::Token token = store.openLoggedIn();
    const Result result = run(token, combination(KeySpec::Rsa2048, keyWrap256));
    ASSERT_TRUE(result.chosen);
    EXPECT_THAT(toEnglish(result.explanation), HasSubstr("no multiple of 8"));
    EXPECT_THAT(toEnglish(result.explanation),
                HasSubstr("(generic secret, 20 bytes) came back as exactly 20 bytes with the same HMAC-SHA-256"));
    EXPECT_GE(result.throwAwayKeys.size(), 2U);
    EXPECT_EQ(result.throwAwayKeys[0].typeName, "generic secret, 20 bytes");
    EXPECT_EQ(result.throwAwayKeys[1].typeName, "RSA-2048");
}

}  // namespace
}  // namespace keyconvoy::wrapping::qualification
