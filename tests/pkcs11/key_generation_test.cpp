#include "core/error.h"
#include "tests/support/token_fixture.h"
#include "tests/support/token_shim.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace keyconvoy::pkcs11 {
namespace {

using namespace keyconvoy::tests;

struct GenerationCase {
    TokenKind token;
    std::string name;
    KeyType type;
    std::string refusal;  ///< the CKR code where this token cannot
};
std::ostream& operator<<(std::ostream& stream, const GenerationCase& c) {
    return stream << c.name << " on " << c.token;
}

Failure failureOf(Token& token, const KeyRequest& request) {
    try {
        static_cast<void>(token.generate(request));
        ADD_FAILURE() << "it was generated";
    } catch (const Error& error) {
        return error.failure();
    }
    return {};
}

bool reports(const Findings& findings, std::string_view attribute) {
    return std::ranges::any_of(findings, [&](const Finding& finding) {
        return toEnglish(finding.what) == "the token does not report " + std::string{attribute};
    });
}

class Generation : public testing::TestWithParam<std::tuple<GenerationCase, KeyLifetime>> {};

TEST_P(Generation, MakesAKeyThatReadsBackAsAskedForOrTheKnownRefusal) {
    const auto& [c, lifetime] = GetParam();
    TestToken fixture{c.token};
    Token token = fixture.openLoggedIn();
    const KeyRequest request{.type = c.type, .label = ObjectLabel{"target"}, .lifetime = lifetime};
    const auto before = token.objects();
    if (!c.refusal.empty()) {
        EXPECT_EQ(failureOf(token, request).code, c.refusal);
        EXPECT_EQ(token.objects(), before);
        return;
    }
    const GeneratedKey made = token.generate(request);
    const KeyDescription& key = made.description;
    EXPECT_EQ(key.label, "target");
    EXPECT_EQ(key.id.size(), 16U);
    EXPECT_EQ(key.type, c.type);
    EXPECT_EQ(key.typeName, describe(c.type));
    EXPECT_EQ(key.tokenObject, lifetime == KeyLifetime::TokenObject);
    EXPECT_EQ(key.isPrivate, true);
    EXPECT_EQ(key.sensitive, true);
    EXPECT_EQ(key.extractable, true);
    EXPECT_EQ(key.alwaysSensitive, true);
    EXPECT_EQ(key.neverExtractable, false);
    EXPECT_EQ(key.decrypt, false);
    EXPECT_EQ(key.unwrap, false);
    EXPECT_EQ(key.derive, false);
    const bool nss = c.token == TokenKind::Nss;
    EXPECT_EQ(key.local, !nss) << "NSS says false of every key; that is recorded";
    EXPECT_EQ(reports(made.findings, "CKA_LOCAL"), nss);
    EXPECT_EQ(key.generationMechanism.has_value(), !nss);
    EXPECT_EQ(reports(made.findings, "CKA_KEY_GEN_MECHANISM"), nss);
    EXPECT_EQ(token.origin(made.key), KeyOrigin::GeneratedHere);
    EXPECT_TRUE(token.checkValue(made.key).value);
    token.destroy(made.key);
    EXPECT_EQ(token.objects(), before);
}

std::vector<GenerationCase> cases() {
    std::vector<GenerationCase> all;
    for (const TokenKind token : {TokenKind::SoftHsm, TokenKind::Nss}) {
        const bool nss = token == TokenKind::Nss;
        all.push_back({token, "Aes128", AesKey{128}, ""});
        all.push_back({token, "Aes256", AesKey{256}, ""});
        for (const int bytes : {28, 32, 48, 64}) {
            all.push_back({token, "Hmac" + std::to_string(bytes * 8), GenericSecretKey{bytes}, ""});
        }
        all.push_back({token, "Rsa2048", RsaKeyPair{2048}, ""});
        all.push_back({token, "P256", EcKeyPair{EcCurve::P256}, ""});
        all.push_back({token, "P384", EcKeyPair{EcCurve::P384}, ""});
        all.push_back({token, "P521", EcKeyPair{EcCurve::P521}, ""});
        all.push_back({token, "Secp256k1", EcKeyPair{EcCurve::Secp256k1}, nss ? "CKR_DOMAIN_PARAMS_INVALID" : ""});
        all.push_back({token, "Ed25519", Ed25519KeyPair{}, nss ? "CKR_MECHANISM_INVALID" : ""});
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(All, Generation,
                         testing::Combine(testing::ValuesIn(cases()),
                                          testing::Values(KeyLifetime::SessionObject, KeyLifetime::TokenObject)),
                         [](const auto& test) {
                             const GenerationCase& c = std::get<0>(test.param);
                             const bool stays = std::get<1>(test.param) == KeyLifetime::TokenObject;
                             return c.name + (stays ? "Token" : "Session") + (c.token == TokenKind::SoftHsm ? "SoftHsm" : "Nss");
                         });

class LargeRsa : public testing::TestWithParam<std::tuple<TokenKind, int>> {};

TEST_P(LargeRsa, IsGeneratedToo) {
    const auto& [kind, bits] = GetParam();
    TestToken fixture{kind};
    Token token = fixture.openLoggedIn();
    const GeneratedKey made =
        token.generate({.type = RsaKeyPair{bits}, .label = ObjectLabel{"large"}, .lifetime = KeyLifetime::SessionObject});
    EXPECT_EQ(made.description.type, KeyType{RsaKeyPair{bits}});
}

INSTANTIATE_TEST_SUITE_P(Sizes, LargeRsa,
                         testing::Combine(testing::Values(TokenKind::SoftHsm, TokenKind::Nss), testing::Values(3072, 4096)));

class GenerationOnBoth : public testing::TestWithParam<TokenKind> {};

TEST_P(GenerationOnBoth, RefusesALabelThatIsTakenByAnythingAtAll) {
    TestToken fixture{GetParam()};
    Token token = fixture.openLoggedIn();
    static_cast<void>(token.generate({.type = EcKeyPair{}, .label = ObjectLabel{"taken"}}));
    const auto before = token.objects();
    const Failure failure = failureOf(token, {.type = AesKey{}, .label = ObjectLabel{"taken"}});
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_NE(toEnglish(failure.cause).find("\"taken\""), std::string::npos);
    EXPECT_NE(toEnglish(failure.cause).find("EC P-256"), std::string::npos) << "what has it";
    EXPECT_EQ(token.objects(), before);
}

TEST_P(GenerationOnBoth, RefusesAnEmptyLabel) {
    TestToken fixture{GetParam()};
    Token token = fixture.openLoggedIn();
    EXPECT_EQ(failureOf(token, {.type = AesKey{}, .label = ObjectLabel{}}).kind, ErrorKind::InvalidInput);
}

TEST_P(GenerationOnBoth, NeedsALogin) {
    TestToken fixture{GetParam()};
    Token token = fixture.open();
    const Failure failure = failureOf(token, {.type = AesKey{}, .label = ObjectLabel{"k"}});
    EXPECT_EQ(failure.code, "CKR_USER_NOT_LOGGED_IN");
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
}

TEST_P(GenerationOnBoth, GivesASigningPairOnlyWhenAskedTo) {
    TestToken fixture{GetParam()};
    Token token = fixture.openLoggedIn();
    const GeneratedKey quiet = token.generate({.type = EcKeyPair{}, .label = ObjectLabel{"quiet"}});
    const GeneratedKey signing =
        token.generate({.type = EcKeyPair{}, .label = ObjectLabel{"signing"}, .purpose = KeyPurpose::Signing});
    EXPECT_EQ(quiet.description.sign, false);
    EXPECT_EQ(signing.description.sign, true);
}

TEST_P(GenerationOnBoth, SessionObjectsEndWithTheToken) {
    TestToken fixture{GetParam()};
    {
        Token token = fixture.openLoggedIn();
        static_cast<void>(token.generate({.type = AesKey{}, .label = ObjectLabel{"s"}, .lifetime = KeyLifetime::SessionObject}));
        static_cast<void>(token.generate({.type = AesKey{}, .label = ObjectLabel{"t"}}));
    }
    const auto objects = fixture.openLoggedIn().objects();
    ASSERT_EQ(objects.size(), 1U);
    EXPECT_EQ(objects.front().label, "t");
    EXPECT_TRUE(objects.front().tokenObject);
}

INSTANTIATE_TEST_SUITE_P(Tokens, GenerationOnBoth, testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         testing::PrintToStringParamName());

// ------------------------------------------------------------------------------------------------------- behind the shim

struct Lie {
    std::string name;
    ShimOptions options;
    std::string attribute;
};
std::ostream& operator<<(std::ostream& stream, const Lie& lie) {
    return stream << lie.name;
}

class HalfMade : public testing::TestWithParam<Lie> {};

TEST_P(HalfMade, KeysAreDestroyedAndTheDifferenceNamed) {
    SoftHsmToken fixture;
    {
        Token bent = Token::open(Module::load(shimmed(fixture.profile(), GetParam().options)), fixture.selector());
        ASSERT_EQ(bent.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
        for (const KeyType& type : {KeyType{AesKey{}}, KeyType{EcKeyPair{}}}) {
            const Failure failure = failureOf(bent, {.type = type, .label = ObjectLabel{"k"}});
            EXPECT_EQ(failure.kind, ErrorKind::Integrity);
            EXPECT_NE(toEnglish(failure.cause).find(GetParam().attribute), std::string::npos) << toEnglish(failure.cause);
        }
    }
    EXPECT_TRUE(fixture.openLoggedIn().objects().empty());
}

INSTANTIATE_TEST_SUITE_P(Differences, HalfMade,
                         testing::Values(Lie{"NotSensitive", {{"lie", "103:00"}}, "CKA_SENSITIVE"},
                                         Lie{"NotExtractable", {{"lie", "162:00"}}, "CKA_EXTRACTABLE"},
                                         Lie{"MayUnwrap", {{"lie", "107:01"}}, "CKA_UNWRAP"},
                                         Lie{"OtherLabel", {{"lie", "3:6162"}}, "CKA_LABEL"},
                                         Lie{"NotLocal", {{"lie", "163:00"}}, "CKA_LOCAL"},
                                         Lie{"OtherMechanism", {{"lie", "166:3713000000000000"}}, "CKA_KEY_GEN_MECHANISM"},
                                         Lie{"SensitiveNotReported", {{"missing", "103"}}, "CKA_SENSITIVE is not reported"}),
                         [](const auto& test) { return test.param.name; });

TEST(GenerationBehindShim, WhatATokenDoesNotReportIsAFindingWhereItMayBe) {
    SoftHsmToken fixture;
    Token bent = Token::open(Module::load(shimmed(fixture.profile(), {{"missing", "163,166"}})), fixture.selector());
    ASSERT_EQ(bent.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    const GeneratedKey made = bent.generate({.type = AesKey{}, .label = ObjectLabel{"k"}});
    EXPECT_TRUE(reports(made.findings, "CKA_LOCAL"));
    EXPECT_TRUE(reports(made.findings, "CKA_KEY_GEN_MECHANISM"));
    EXPECT_FALSE(made.description.local);
    EXPECT_EQ(made.description.sensitive, true) << "what stands behind the missing ones is still read";
}

TEST(GenerationBehindShim, ATokenPulledWhileGeneratingIsUnavailable) {
    SoftHsmToken fixture;
    Token bent = Token::open(Module::load(shimmed(fixture.profile(), {{"fail", "C_GenerateKey:1:32"}})), fixture.selector());
    ASSERT_EQ(bent.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    EXPECT_EQ(failureOf(bent, {.type = AesKey{}, .label = ObjectLabel{"k"}}).kind, ErrorKind::Unavailable);
}

}  // namespace
}  // namespace keyconvoy::pkcs11
