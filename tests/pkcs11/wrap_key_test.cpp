#include "core/error.h"
#include "core/hex.h"
#include "tests/pkcs11/opened_key.h"
#include "tests/support/token_fixture.h"
#include "tests/support/token_shim.h"

#include <algorithm>
#include <gtest/gtest.h>

namespace keyconvoy::pkcs11 {
namespace {

using namespace keyconvoy::tests;

constexpr WrapRecipe oaepSha1{.method = WrapMethod::Oaep, .hash = OaepHash::Sha1};
constexpr WrapRecipe oaepSha256{.method = WrapMethod::Oaep, .hash = OaepHash::Sha256};
constexpr WrapRecipe padSha1{.method = WrapMethod::TwoStepPad, .hash = OaepHash::Sha1};
constexpr WrapRecipe kwpSha1{.method = WrapMethod::TwoStepKwp, .hash = OaepHash::Sha1};
constexpr WrapRecipe kwpSha256{.method = WrapMethod::TwoStepKwp, .hash = OaepHash::Sha256};
constexpr WrapRecipe nativeSha256{.method = WrapMethod::NativeRsaAesKeyWrap, .hash = OaepHash::Sha256};

struct WrapCase {
    TokenKind token;
    std::string name;
    KeyType type;
    WrapRecipe recipe;
    std::string refusal;  ///< the CKR code where this token cannot; empty where it can
};
std::ostream& operator<<(std::ostream& stream, const WrapCase& c) {
    return stream << c.name << " on " << c.token;
}

WrappingKey ownKey() {
    return {.expected = ownRsaPublicKey(), .onToken = std::nullopt};
}

GeneratedKey makeKey(Token& token, const KeyType& type, KeyLifetime lifetime = KeyLifetime::SessionObject) {
    return token.generate({.type = type, .label = ObjectLabel{"target"}, .lifetime = lifetime});
}

/// The code and kind that a call failed with; "" when it did not.
template <class Call>
std::string codeOf(Call call) {
    try {
        static_cast<void>(call());
    } catch (const Error& error) {
        EXPECT_FALSE(error.failure().place.empty());
        EXPECT_FALSE(error.failure().cause.empty());
        EXPECT_FALSE(error.failure().remedy.empty());
        return error.failure().code.empty() ? std::string{toString(error.kind())} : error.failure().code;
    }
    return "";
}

class Wrapping : public testing::TestWithParam<WrapCase> {};

TEST_P(Wrapping, GivesABlobThatOpensToTheTokensKeyOrTheKnownRefusal) {
    TestToken fixture{GetParam().token};
    Token token = fixture.openLoggedIn();
    const GeneratedKey made = makeKey(token, GetParam().type);
    const auto before = token.objects();
    if (!GetParam().refusal.empty()) {
        EXPECT_EQ(codeOf([&] { return token.wrap(made.key, ownKey(), GetParam().recipe); }), GetParam().refusal);
        EXPECT_EQ(token.objects(), before);
        return;
    }
    const WrappedKey wrapped = token.wrap(made.key, ownKey(), GetParam().recipe);
    EXPECT_EQ(wrapped.usedKey, ownRsaPublicKey());
    EXPECT_EQ(token.objects(), before) << "wrapping key and session AES key are gone";
    const auto key = openBlob(GetParam().recipe, wrapped.blob);
    ASSERT_TRUE(key);
    EXPECT_EQ(checkValueOf(GetParam().type, key->view()), token.checkValue(made.key).value);
}

std::vector<WrapCase> wrapCases() {
    using enum TokenKind;
    return {
        {SoftHsm, "AesOaepSha1", AesKey{256}, oaepSha1, ""},
        {SoftHsm, "Hmac224OaepSha1", GenericSecretKey{28}, oaepSha1, ""},
        {SoftHsm, "Hmac512OaepSha1", GenericSecretKey{64}, oaepSha1, ""},
        {SoftHsm, "AesOaepSha256", AesKey{256}, oaepSha256, "CKR_ARGUMENTS_BAD"},
        {SoftHsm, "P256OaepSha1", EcKeyPair{EcCurve::P256}, oaepSha1, "CKR_KEY_NOT_WRAPPABLE"},
        {SoftHsm, "P384TwoStepPad", EcKeyPair{EcCurve::P384}, padSha1, ""},
        {SoftHsm, "Secp256k1TwoStepPad", EcKeyPair{EcCurve::Secp256k1}, padSha1, ""},
        {SoftHsm, "Ed25519TwoStepPad", Ed25519KeyPair{}, padSha1, "CKR_KEY_NOT_WRAPPABLE"},
        {SoftHsm, "P384TwoStepKwp", EcKeyPair{EcCurve::P384}, kwpSha1, "CKR_MECHANISM_INVALID"},
        {SoftHsm, "P384Native", EcKeyPair{EcCurve::P384}, nativeSha256, "CKR_MECHANISM_INVALID"},
        {Nss, "AesOaepSha1", AesKey{256}, oaepSha1, ""},
        {Nss, "AesOaepSha256", AesKey{256}, oaepSha256, ""},
        {Nss, "Hmac224OaepSha256", GenericSecretKey{28}, oaepSha256, ""},
        {Nss, "Hmac384OaepSha256", GenericSecretKey{48}, oaepSha256, ""},
        {Nss, "P256OaepSha256", EcKeyPair{EcCurve::P256}, oaepSha256, ""},
        {Nss, "P384OaepSha256", EcKeyPair{EcCurve::P384}, oaepSha256, ""},
        {Nss, "P521OaepSha256IsTooLong", EcKeyPair{EcCurve::P521}, oaepSha256, "CKR_DATA_LEN_RANGE"},
        {Nss, "P256TwoStepKwp", EcKeyPair{EcCurve::P256}, kwpSha256, ""},
        {Nss, "P384TwoStepKwp", EcKeyPair{EcCurve::P384}, kwpSha256, ""},
        {Nss, "P521TwoStepKwp", EcKeyPair{EcCurve::P521}, kwpSha256, ""},
        {Nss, "Rsa2048TwoStepKwp", RsaKeyPair{2048}, kwpSha256, ""},
        {Nss, "Rsa2048TwoStepKwpSha1", RsaKeyPair{2048}, kwpSha1, ""},
        {Nss, "AesNative", AesKey{256}, nativeSha256, "CKR_MECHANISM_INVALID"},
    };
}

INSTANTIATE_TEST_SUITE_P(Tokens, Wrapping, testing::ValuesIn(wrapCases()), [](const auto& test) {
    return test.param.name + (test.param.token == TokenKind::SoftHsm ? "SoftHsm" : "Nss");
});

class WrapOnBoth : public testing::TestWithParam<TokenKind> {};

TEST_P(WrapOnBoth, RefusesAKeyThatIsNotExtractableAndSaysWhichBit) {
    TestToken fixture{GetParam()};
    Token token = fixture.openLoggedIn();
    const GeneratedKey made = makeKey(token, AesKey{256});
    token.seal(made.key);
    try {
        static_cast<void>(token.wrap(made.key, ownKey(), oaepSha1));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Refused);
        EXPECT_NE(toEnglish(error.failure().cause).find("CKA_EXTRACTABLE"), std::string::npos);
        EXPECT_NE(toEnglish(error.failure().remedy).find("nobody can turn that back on"), std::string::npos);
    }
}

TEST_P(WrapOnBoth, RefusesAWrappingKeyThatTheTokenDoesNotHave) {
    TestToken fixture{GetParam()};
    Token token = fixture.openLoggedIn();
    const GeneratedKey made = makeKey(token, AesKey{256});
    const WrappingKey missing{.expected = ownRsaPublicKey(),
                              .onToken = KeySelector{.label = ObjectLabel{"not there"}, .id = {}, .objectClass = {}}};
    EXPECT_EQ(codeOf([&] { return token.wrap(made.key, missing, oaepSha1); }), "not-found");
}

TEST_P(WrapOnBoth, ComparesAWrappingKeyOnTheTokenWithTheExpectedOne) {
    TestToken fixture{GetParam()};
    Token token = fixture.openLoggedIn();
    const GeneratedKey target = makeKey(token, AesKey{256});
    const BackupTransportKey other = token.makeBackupTransportKey(2048);
    const KeyDescription onToken = token.describe(other.privateKey);
    const WrappingKey wrong{.expected = ownRsaPublicKey(),
                            .onToken = KeySelector{.label = {}, .id = onToken.id, .objectClass = {}}};
    EXPECT_EQ(codeOf([&] { return token.wrap(target.key, wrong, oaepSha1); }), "integrity");
}

TEST_P(WrapOnBoth, NeverTakesAReferenceOfAnotherToken) {
    TestToken fixture{GetParam()};
    Token first = fixture.openLoggedIn();
    Token second = fixture.open();
    const GeneratedKey made = makeKey(first, AesKey{256}, KeyLifetime::TokenObject);
    EXPECT_EQ(codeOf([&] { return second.wrap(made.key, ownKey(), oaepSha1); }), "internal");
}

TEST_P(WrapOnBoth, WrapsAThrowAwayKeyUnderAKeyOfOurs) {
    TestToken fixture{GetParam()};
    Token token = fixture.openLoggedIn();
    const auto before = token.objects();
    const Token::ThrowAway made = token.generateThrowAway(AesKey{256});
    EXPECT_TRUE(made.label.starts_with("keyconvoy-throw-away-"));
    const Bytes blob = token.wrapThrowAway(made.key, ownRsaPublicKey(), oaepSha1);
    const auto key = openBlob(oaepSha1, blob);
    ASSERT_TRUE(key);
    EXPECT_EQ(checkValueOf(AesKey{256}, key->view()), token.checkValue(made.key).value);
    token.destroy(made.key);
    EXPECT_EQ(token.objects(), before);
    EXPECT_EQ(codeOf([&] { return token.wrapThrowAway(made.key, ownRsaPublicKey(), oaepSha1); }), "internal");
}

INSTANTIATE_TEST_SUITE_P(Tokens, WrapOnBoth, testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         testing::PrintToStringParamName());

// SoftHSM 2.6.1 pads the key to a multiple of 8 before RFC 5649: the blob opens, to a longer plaintext.
TEST(WrapOnSoftHsm, KeyWrapPadAddsZeroBytesToAP256Key) {
    SoftHsmToken fixture;
    Token token = fixture.openLoggedIn();
    const GeneratedKey made = makeKey(token, EcKeyPair{EcCurve::P256});
    const auto key = openBlob(padSha1, token.wrap(made.key, ownKey(), padSha1).blob);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->size() % 8, 0U);
    EXPECT_EQ(key->view().back(), 0U);
    EXPECT_TRUE(publicKeyOf(key->view()).empty()) << "one DER element would end before the zero bytes";
}

// ------------------------------------------------------------------------------------------------------- behind the shim

struct Bent {
    explicit Bent(TokenKind kind, const ShimOptions& options)
        : fixture{kind},
          module{Module::load(shimmed(fixture.profile(), options))},
          token{Token::open(module, fixture.selector())} {
        EXPECT_EQ(token.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    }
    TestToken fixture;
    std::shared_ptr<Module> module;
    Token token;
};

TEST(WrapBehindShim, ReportsATokenThatIsPulledDuringTheWrap) {
    Bent bent{TokenKind::SoftHsm, {{"fail", "C_WrapKey:1:32"}}};
    const GeneratedKey made = makeKey(bent.token, AesKey{256});
    try {
        static_cast<void>(bent.token.wrap(made.key, ownKey(), oaepSha1));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
        EXPECT_EQ(error.failure().code, "CKR_DEVICE_REMOVED");
    }
}

class SessionKeyIsDestroyed : public testing::TestWithParam<std::string> {};

TEST_P(SessionKeyIsDestroyed, WhereverATwoStepWrapFails) {
    Bent bent{TokenKind::Nss, {{"fail", GetParam()}}};
    const GeneratedKey made = makeKey(bent.token, EcKeyPair{EcCurve::P256});
    const auto before = bent.token.objects();
    EXPECT_EQ(codeOf([&] { return bent.token.wrap(made.key, ownKey(), kwpSha256); }), "CKR_FUNCTION_FAILED");
    EXPECT_EQ(bent.token.objects(), before);
}

INSTANTIATE_TEST_SUITE_P(Points, SessionKeyIsDestroyed, testing::Values("C_WrapKey:1:6", "C_WrapKey:2:6", "C_GenerateKey:1:6"),
                         [](const auto& test) {
                             std::string name = test.param.substr(2);
                             std::ranges::replace(name, ':', '_');
                             return name;
                         });

TEST(WrapBehindShim, StopsWhenTheTokenReportsAnotherModulus) {
    const std::string other = toHex(Bytes(256, 0xc5));
    Bent bent{TokenKind::SoftHsm, {{"lie", "120:" + other}}};
    const GeneratedKey made = makeKey(bent.token, AesKey{256});
    EXPECT_EQ(codeOf([&] { return bent.token.wrap(made.key, ownKey(), oaepSha1); }), "integrity");
}

TEST(WrapBehindShim, NeverWrapsAThrowAwayKeyUnderATrustedKey) {
    Bent bent{TokenKind::SoftHsm, {{"lie", "86:01"}}};
    const Token::ThrowAway made = bent.token.generateThrowAway(AesKey{256});
    EXPECT_EQ(codeOf([&] { return bent.token.wrapThrowAway(made.key, ownRsaPublicKey(), oaepSha1); }), "integrity");
}

TEST(WrapBehindShim, RefusesAKeyThatWantsTrustedWrappingKeys) {
    Bent bent{TokenKind::SoftHsm, {{"lie", "210:01"}}};
    const GeneratedKey made = makeKey(bent.token, AesKey{256});
    EXPECT_EQ(codeOf([&] { return bent.token.wrap(made.key, ownKey(), oaepSha1); }), "refused");
    EXPECT_EQ(codeOf([&] { return bent.token.wrap(made.key, ownKey(), padSha1); }), "refused");
}

TEST(WrapBehindShim, TheRightNativeFormOpens) {
    Bent bent{TokenKind::Nss, {{"native", "right"}}};
    const GeneratedKey made = makeKey(bent.token, RsaKeyPair{2048});
    const auto key = openBlob(nativeSha256, bent.token.wrap(made.key, ownKey(), nativeSha256).blob);
    ASSERT_TRUE(key);
    EXPECT_EQ(checkValueOf(RsaKeyPair{2048}, key->view()), bent.token.checkValue(made.key).value);
}

class WrongNative : public testing::TestWithParam<std::string> {};

TEST_P(WrongNative, FormDoesNotOpenAsClaimed) {
    Bent bent{TokenKind::Nss, {{"native", GetParam()}}};
    const GeneratedKey made = makeKey(bent.token, EcKeyPair{EcCurve::P256});
    EXPECT_FALSE(openBlob(nativeSha256, bent.token.wrap(made.key, ownKey(), nativeSha256).blob));
}

INSTANTIATE_TEST_SUITE_P(Forms, WrongNative, testing::Values("sha1", "swapped", "pkcs7", "short"),
                         [](const auto& test) { return test.param; });

TEST(WrapBehindShim, ASha1BlobUnderASha256NameIsSeenOnlyByOpeningIt) {
    Bent bent{TokenKind::SoftHsm, {{"oaep", "sha1"}}};
    const GeneratedKey made = makeKey(bent.token, AesKey{256});
    const Bytes blob = bent.token.wrap(made.key, ownKey(), oaepSha256).blob;
    EXPECT_EQ(blob.size(), 256U);
    EXPECT_FALSE(openBlob(oaepSha256, blob));
    EXPECT_TRUE(openBlob(oaepSha1, blob));
}

}  // namespace
}  // namespace keyconvoy::pkcs11
