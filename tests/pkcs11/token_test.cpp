#include "pkcs11/token.h"

#include "core/c_handle.h"
#include "core/error.h"
#include "core/hex.h"
#include "pkcs11/object.h"
#include "tests/pkcs11/opened_key.h"
#include "tests/pkcs11/raw_key.h"
#include "tests/support/token_shim.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

namespace keyconvoy::pkcs11 {
namespace {

using namespace keyconvoy::tests;

KeySelector byLabel(const std::string& label) {
    return {.label = ObjectLabel{label}, .id = {}, .objectClass = {}};
}

template <class Call>
Failure failureOf(Call call) {
    try {
        static_cast<void>(call());
        ADD_FAILURE() << "it succeeded";
    } catch (const Error& error) {
        return error.failure();
    }
    return {};
}

class TokenOnBoth : public testing::TestWithParam<TokenKind> {
protected:
    TestToken m_fixture{GetParam()};
};

// ------------------------------------------------------------------------------------------------------------ finding keys

TEST_P(TokenOnBoth, FindsAKeyByLabelByIdAndByUri) {
    Token token = m_fixture.openLoggedIn();
    const GeneratedKey made = token.generate({.type = EcKeyPair{}, .label = ObjectLabel{"pair"}});
    EXPECT_EQ(token.find(byLabel("pair")), made.key) << "the private half; known already";
    EXPECT_EQ(token.find({.label = {}, .id = made.description.id, .objectClass = {}}), made.key);
    EXPECT_EQ(token.find(KeyUri::parse(made.description.uri).key), made.key);
}

TEST_P(TokenOnBoth, TwoKeysOfOneLabelAreBothShownAndNeitherIsTaken) {
    Token token = m_fixture.openLoggedIn();
    const GeneratedKey made = token.generate({.type = AesKey{}, .label = ObjectLabel{"twin"}});
    const RawSession raw{m_fixture.module(), m_fixture.label()};
    raw.generateAes("twin", {CKA_SIGN});
    const Failure failure = failureOf([&] { return token.find(byLabel("twin")); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    ASSERT_EQ(failure.details.size(), 2U);
    bool madeIsShown = false;
    for (const FailureDetail& detail : failure.details) {
        EXPECT_EQ(toEnglish(detail.subject).find("AES"), 0U);
        const KeyUri uri = KeyUri::parse(toEnglish(detail.what));
        EXPECT_NO_THROW(static_cast<void>(token.find(uri.key))) << "its URI is enough to tell it from the other";
        madeIsShown = madeIsShown || uri.key.id == made.description.id;
    }
    EXPECT_TRUE(madeIsShown);
}

TEST_P(TokenOnBoth, AKeyOfAnEarlierRunIsNotGeneratedInThisOne) {
    { static_cast<void>(m_fixture.openLoggedIn().generate({.type = AesKey{}, .label = ObjectLabel{"old"}})); }
    Token token = m_fixture.openLoggedIn();
    const KeyReference key = token.find(byLabel("old"));
    EXPECT_EQ(token.origin(key), KeyOrigin::NotGeneratedInThisRun);
    EXPECT_EQ(token.describe(key).alwaysSensitive, true);
    EXPECT_EQ(token.describe(key).local, GetParam() == TokenKind::SoftHsm) << "as the token states it";
    EXPECT_TRUE(token.checkValue(key).value);
}

TEST_P(TokenOnBoth, AnUnknownKeyIsNotFoundAndTheAdviceFitsTheLogin) {
    Token token = m_fixture.open();
    EXPECT_NE(toEnglish(failureOf([&] { return token.find(byLabel("none")); }).remedy).find("log in"), std::string::npos);
    ASSERT_EQ(token.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    const Failure failure = failureOf([&] { return token.find(byLabel("none")); });
    EXPECT_EQ(failure.kind, ErrorKind::NotFound);
    EXPECT_EQ(toEnglish(failure.remedy).find("log in"), std::string::npos);
}

TEST_P(TokenOnBoth, SeveralKeysOfOneNameAreRefusedWithAllShown) {
    Token token = m_fixture.openLoggedIn();
    const RawSession raw{m_fixture.module(), m_fixture.label()};
    raw.generateAes("first", {CKA_ENCRYPT});
    static_cast<void>(token.generate({.type = AesKey{}, .label = ObjectLabel{"second"}}));
    const Failure failure = failureOf([&] { return token.find(KeySelector{}); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    std::string shown;
    for (const FailureDetail& detail : failure.details) {
        shown += toEnglish(detail.subject);
    }
    EXPECT_NE(shown.find("\"first\""), std::string::npos);
    EXPECT_NE(shown.find("\"second\""), std::string::npos);
}

TEST_P(TokenOnBoth, ListsObjectsAndKeys) {
    Token token = m_fixture.openLoggedIn();
    EXPECT_TRUE(token.objects().empty());
    static_cast<void>(token.generate({.type = AesKey{}, .label = ObjectLabel{"aes"}}));
    static_cast<void>(token.generate({.type = EcKeyPair{}, .label = ObjectLabel{"pair"}}));
    const auto objects = token.objects();
    ASSERT_EQ(objects.size(), 3U);
    EXPECT_TRUE(std::ranges::is_sorted(objects));
    EXPECT_EQ(std::ranges::count(objects, "pair", &ObjectSummary::label), 2);
    const auto keys = token.keys();
    ASSERT_EQ(keys.size(), 3U);
    const auto publicKey = std::ranges::find(keys, ObjectClass::PublicKey, &KeyDescription::objectClass);
    ASSERT_NE(publicKey, keys.end());
    EXPECT_EQ(publicKey->typeName, "EC P-256");
}

// ------------------------------------------------------------------------------------------------------------ check values

TEST_P(TokenOnBoth, AKeyWithoutSignOrEncryptHasNoCheckValueAndThatIsSaid) {
    Token token = m_fixture.openLoggedIn();
    const RawSession raw{m_fixture.module(), m_fixture.label()};
    raw.generateAes("mute", {CKA_WRAP});
    const CheckValueOutcome outcome = token.checkValue(token.find(byLabel("mute")));
    EXPECT_FALSE(outcome.value);
    EXPECT_NE(toEnglish(outcome.whyNot).find("neither SIGN nor ENCRYPT"), std::string::npos);
}

TEST_P(TokenOnBoth, AKeyThatOnlyEncryptsGetsAnEcbCheckValueAndSaysSo) {
    Token token = m_fixture.openLoggedIn();
    const RawSession raw{m_fixture.module(), m_fixture.label()};
    raw.generateAes("encrypting", {CKA_ENCRYPT});
    const CheckValueOutcome outcome = token.checkValue(token.find(byLabel("encrypting")));
    ASSERT_TRUE(outcome.value);
    EXPECT_EQ(outcome.value->method, CheckValueMethod::AesEcbZeroBlock);
    EXPECT_EQ(outcome.value->value.size(), 3U);
    EXPECT_EQ(describe(outcome.value->method), "AES-ECB of 16 zero bytes, first 3 bytes");
}

TEST_P(TokenOnBoth, AnHmacKeyOfAnotherLengthHasNoCheckValue) {
    Token token = m_fixture.openLoggedIn();
    const Token::ThrowAway key = token.generateThrowAway(GenericSecretKey{20});
    const CheckValueOutcome outcome = token.checkValue(key.key);
    EXPECT_FALSE(outcome.value);
    EXPECT_NE(toEnglish(outcome.whyNot).find("20 bytes"), std::string::npos);
}

TEST_P(TokenOnBoth, WhereCmacIsMissingEcbIsUsed) {
    Token bent = Token::open(Module::load(shimmed(m_fixture.profile(), {{"no-mechanism", "108a"}})), m_fixture.selector());
    ASSERT_EQ(bent.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    const GeneratedKey made = bent.generate({.type = AesKey{}, .label = ObjectLabel{"k"}});
    EXPECT_EQ(bent.checkValue(made.key).value.value().method, CheckValueMethod::AesEcbZeroBlock);
}

TEST_P(TokenOnBoth, WhereBothAreMissingThereIsNoneAndTheCodeIsNamed) {
    Token bent =
        Token::open(Module::load(shimmed(m_fixture.profile(), {{"no-mechanism", "108a,1081,251"}})), m_fixture.selector());
    ASSERT_EQ(bent.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    const GeneratedKey aes = bent.generate({.type = AesKey{}, .label = ObjectLabel{"aes"}});
    EXPECT_NE(toEnglish(bent.checkValue(aes.key).whyNot).find("CKR_MECHANISM_INVALID"), std::string::npos);
    const GeneratedKey hmac = bent.generate({.type = GenericSecretKey{32}, .label = ObjectLabel{"hmac"}});
    EXPECT_NE(toEnglish(bent.checkValue(hmac.key).whyNot).find("CKR_MECHANISM_INVALID"), std::string::npos);
}

// ------------------------------------------------------------------------------------------------ public key, MAC, signature

struct Verification {
    const EVP_MD* hash = nullptr;
    bool pss = false;
};

bool verifies(ByteView publicKeyDer, const Verification& how, ByteView message, ByteView signature) {
    const std::uint8_t* next = publicKeyDer.data();
    const CHandle<EVP_PKEY, EVP_PKEY_free> key{d2i_PUBKEY(nullptr, &next, static_cast<long>(publicKeyDer.size()))};
    const CHandle<EVP_MD_CTX, EVP_MD_CTX_free> context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* options = nullptr;
    if (!key || EVP_DigestVerifyInit(context.get(), &options, how.hash, nullptr, key.get()) != 1) {
        return false;
    }
    if (how.pss) {
        EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
    }
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

struct SignCase {
    KeyType type;
    SignatureScheme scheme;
    Verification verification;
};

TEST_P(TokenOnBoth, SignaturesVerifyWithOpenSsl) {
    Token token = m_fixture.openLoggedIn();
    std::vector<SignCase> cases{
        {RsaKeyPair{2048}, SignatureScheme::RsaPkcs1Sha256, {EVP_sha256()}},
        {RsaKeyPair{2048}, SignatureScheme::RsaPssSha256, {EVP_sha256(), true}},
        {EcKeyPair{EcCurve::P256}, SignatureScheme::EcdsaSha256, {EVP_sha256()}},
        {EcKeyPair{EcCurve::P384}, SignatureScheme::EcdsaSha384, {EVP_sha384()}},
        {EcKeyPair{EcCurve::P521}, SignatureScheme::EcdsaSha512, {EVP_sha512()}},
    };
    if (GetParam() == TokenKind::SoftHsm) {  // NSS has neither
        cases.push_back({EcKeyPair{EcCurve::Secp256k1}, SignatureScheme::EcdsaSha256, {EVP_sha256()}});
        cases.push_back({Ed25519KeyPair{}, SignatureScheme::Ed25519, {}});
    }
    int number = 0;
    for (const SignCase& c : cases) {
        const std::string label = describe(c.type) + " " + std::to_string(++number);
        const GeneratedKey made = token.generate({.type = c.type,
                                                  .label = ObjectLabel{label},
                                                  .lifetime = KeyLifetime::SessionObject,
                                                  .purpose = KeyPurpose::Signing});
        const Bytes message{1, 2, 3};
        const Bytes signature = token.sign(made.key, c.scheme, message);
        EXPECT_TRUE(verifies(token.publicKey(made.key), c.verification, message, signature)) << label;
        EXPECT_FALSE(verifies(token.publicKey(made.key), c.verification, Bytes{1, 2, 4}, signature)) << label;
    }
}

TEST_P(TokenOnBoth, AKeyThatMayNotSignDoesNot) {
    Token token = m_fixture.openLoggedIn();
    const GeneratedKey made = token.generate({.type = EcKeyPair{}, .label = ObjectLabel{"quiet"}});
    EXPECT_EQ(failureOf([&] { return token.sign(made.key, SignatureScheme::EcdsaSha256, Bytes{1}); }).kind, ErrorKind::Refused);
}

TEST_P(TokenOnBoth, MacsAreThoseOfTheWrappedKey) {
    Token token = m_fixture.openLoggedIn();
    const Token::ThrowAway key = token.generateThrowAway(GenericSecretKey{48});
    const WrapRecipe recipe{.method = WrapMethod::Oaep, .hash = OaepHash::Sha1};
    const auto opened = openBlob(recipe, token.wrapThrowAway(key.key, ownRsaPublicKey(), recipe));
    ASSERT_TRUE(opened);
    EXPECT_EQ(token.checkValue(key.key).value, checkValueOf(GenericSecretKey{48}, opened->view()));
    const GeneratedKey kept = token.generate({.type = GenericSecretKey{32}, .label = ObjectLabel{"mac"}});
    EXPECT_EQ(token.mac(kept.key, HmacHash::Sha256, Bytes(1000, 7)).size(), 32U);
    const Bytes zeros(16);
    const Bytes mac = token.mac(kept.key, HmacHash::Sha256, zeros);
    EXPECT_EQ(Bytes(mac.begin(), mac.begin() + 5), token.checkValue(kept.key).value.value().value);
}

TEST_P(TokenOnBoth, ASecretKeyHasNoPublicKey) {
    Token token = m_fixture.openLoggedIn();
    const GeneratedKey made = token.generate({.type = AesKey{}, .label = ObjectLabel{"aes"}});
    EXPECT_EQ(failureOf([&] { return token.publicKey(made.key); }).kind, ErrorKind::InvalidInput);
}

// ------------------------------------------------------------------------------------------------------ seal and destroy

TEST_P(TokenOnBoth, SealingIsReadBackAndItsEnforcementIsTriedNotBelieved) {
    Token token = m_fixture.openLoggedIn();
    const GeneratedKey made = token.generate({.type = EcKeyPair{}, .label = ObjectLabel{"sealed"}});
    const auto before = token.objects();
    EXPECT_EQ(token.enforcesExtractable(), GetParam() == TokenKind::SoftHsm) << "NSS wraps a key with EXTRACTABLE=F all the same";
    EXPECT_EQ(token.objects(), before) << "the throw-away key is gone";
    token.seal(made.key);
    EXPECT_EQ(token.describe(made.key).extractable, false);
}

TEST_P(TokenOnBoth, ATokenThatFailsWhileSealingIsTriedIsNotSaidToEnforce) {
    Token bent = Token::open(Module::load(shimmed(m_fixture.profile(), {{"fail", "C_WrapKey:2:30"}})), m_fixture.selector());
    ASSERT_EQ(bent.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    EXPECT_EQ(failureOf([&] { return bent.enforcesExtractable(); }).code, "CKR_DEVICE_ERROR");
}

TEST_P(TokenOnBoth, DestroysBothHalvesAndTheReference) {
    Token token = m_fixture.openLoggedIn();
    const GeneratedKey other = token.generate({.type = EcKeyPair{}, .label = ObjectLabel{"other"}});
    const auto before = token.objects();
    const GeneratedKey made = token.generate({.type = EcKeyPair{}, .label = ObjectLabel{"doomed"}});
    token.destroy(made.key);
    EXPECT_EQ(token.objects(), before);
    EXPECT_EQ(failureOf([&] { return token.describe(made.key); }).kind, ErrorKind::Internal);
    EXPECT_EQ(token.describe(other.key).label, "other");
}

TEST_P(TokenOnBoth, AFoundPairIsDestroyedWithItsPublicHalf) {
    { static_cast<void>(m_fixture.openLoggedIn().generate({.type = EcKeyPair{}, .label = ObjectLabel{"old"}})); }
    Token token = m_fixture.openLoggedIn();
    token.destroy(token.find(byLabel("old")));
    EXPECT_TRUE(token.objects().empty());
}

INSTANTIATE_TEST_SUITE_P(Tokens, TokenOnBoth, testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         testing::PrintToStringParamName());

// ------------------------------------------------------------------------------------------------- trusted wrapping keys

TEST(TrustedWrappingKey, IsPutThereByTheSecurityOfficerAndWrapsAMarkedKey) {
    SoftHsmToken fixture;
    Token token = fixture.open();
    ASSERT_EQ(token.logInAsSecurityOfficer(pinOf(officerPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    const KeyDescription trusted = token.storeTrustedWrappingKey(ownRsaPublicKey(), ObjectLabel{"blessed"});
    EXPECT_EQ(trusted.trusted, true);
    EXPECT_EQ(trusted.wrap, true);
    EXPECT_EQ(trusted.tokenObject, true);
    token.logOut();
    ASSERT_EQ(token.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);

    const RawSession raw{fixture.module(), fixture.label()};
    raw.generateAes("target", {CKA_SIGN, CKA_WRAP_WITH_TRUSTED});
    const KeyReference target = token.find(byLabel("target"));

    const WrapRecipe recipe{.method = WrapMethod::Oaep, .hash = OaepHash::Sha1};
    const WrappingKey plain{.expected = ownRsaPublicKey(), .onToken = {}};
    EXPECT_EQ(failureOf([&] { return token.wrap(target, plain, recipe); }).kind, ErrorKind::Refused);
    const WrappingKey blessed{.expected = ownRsaPublicKey(), .onToken = KeyUri::parse(trusted.uri).key};
    const auto opened = openBlob(recipe, token.wrap(target, blessed, recipe).blob);
    ASSERT_TRUE(opened);
    EXPECT_EQ(checkValueOf(AesKey{}, opened->view()), token.checkValue(target).value);
}

class UntrustedUser : public testing::TestWithParam<TokenKind> {};

TEST_P(UntrustedUser, CannotBlessAWrappingKeyAndLeavesNothing) {
    TestToken fixture{GetParam()};
    Token token = fixture.openLoggedIn();
    const Failure failure = failureOf([&] { return token.storeTrustedWrappingKey(ownRsaPublicKey(), ObjectLabel{"blessed"}); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_NE(toEnglish(failure.remedy).find("security officer"), std::string::npos);
    EXPECT_TRUE(token.objects().empty());
}

INSTANTIATE_TEST_SUITE_P(Tokens, UntrustedUser, testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         testing::PrintToStringParamName());

// ------------------------------------------------------------------------------------------------------------- promise 1

class PromiseOne : public testing::TestWithParam<TokenKind> {};

TEST_P(PromiseOne, NoCallOfOursReadsKeyMaterial) {
    TestToken fixture{GetParam()};
    const TemporaryFolder folder{"keyconvoy-recording-"};
    const auto recording = folder.path() / "calls.jsonl";
    const bool nss = GetParam() == TokenKind::Nss;
    {
        Token token = Token::open(Module::load(shimmed(fixture.profile(), {{"record", recording.string()}})), fixture.selector());
        ASSERT_EQ(token.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
        const WrappingKey key{.expected = ownRsaPublicKey(), .onToken = {}};
        const GeneratedKey aes = token.generate({.type = AesKey{}, .label = ObjectLabel{"aes"}});
        static_cast<void>(token.checkValue(aes.key));
        static_cast<void>(token.wrap(aes.key, key, {.method = WrapMethod::Oaep, .hash = OaepHash::Sha1}));
        const GeneratedKey pair = token.generate({.type = EcKeyPair{EcCurve::P384}, .label = ObjectLabel{"pair"}});
        static_cast<void>(
            token.wrap(pair.key, key, {.method = nss ? WrapMethod::TwoStepKwp : WrapMethod::TwoStepPad, .hash = OaepHash::Sha1}));
        static_cast<void>(token.keys());
        static_cast<void>(token.publicKey(pair.key));
        token.seal(aes.key);
        token.destroy(aes.key);
        token.destroy(pair.key);
    }
    const auto calls = readRecording(recording);
    EXPECT_GT(std::ranges::count(calls, "C_GetAttributeValue", &RecordedCall::function), 5);
    EXPECT_EQ(std::ranges::count(calls, "C_WrapKey", &RecordedCall::function), 3);
    EXPECT_EQ(promiseOneViolations(calls, {toHex(ownRsaPublicKey().modulus)}), std::vector<std::string>{});
    EXPECT_EQ(promiseOneViolations(calls, {}).size(), 3U) << "the check itself sees wraps under keys that were not given";
}

TEST_P(PromiseOne, TheRecordingShowsADeliberateRead) {
    TestToken fixture{GetParam()};
    const TemporaryFolder folder{"keyconvoy-recording-"};
    const auto recording = folder.path() / "calls.jsonl";
    const auto module = Module::load(shimmed(fixture.profile(), {{"record", recording.string()}}));
    Token token = Token::open(module, fixture.selector());
    ASSERT_EQ(token.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    const RawSession raw{module, fixture.label()};
    const CK_OBJECT_HANDLE key = raw.generateAes("open", {CKA_ENCRYPT}, false);
    Bytes value(32);
    CK_ATTRIBUTE attribute{CKA_VALUE, value.data(), value.size()};
    static_cast<void>(raw.get().functions().C_GetAttributeValue(raw.get().handle(), key, &attribute, 1));
    EXPECT_EQ(promiseOneViolations(readRecording(recording), {}).size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Tokens, PromiseOne, testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         testing::PrintToStringParamName());

}  // namespace
}  // namespace keyconvoy::pkcs11
