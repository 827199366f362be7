#include "core/hex.h"
#include "tests/support/token_fixture.h"
#include "tests/support/token_shim.h"
#include "wrapping/qualification/qualification.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

/// Tokens that lie, made by a module that stands before a real one.
namespace keyconvoy::wrapping::qualification {
namespace {

using pkcs11::OaepSource;
using pkcs11::WrapMethod;
using testing::HasSubstr;
using tests::ShimOptions;
using tests::TokenKind;

constexpr auto oaep1 = WrappingAlgorithm::RsaesOaepSha1;
constexpr auto oaep256 = WrappingAlgorithm::RsaesOaepSha256;
constexpr auto keyWrap1 = WrappingAlgorithm::RsaAesKeyWrapSha1;
constexpr auto keyWrap256 = WrappingAlgorithm::RsaAesKeyWrapSha256;
constexpr const char* kwpMissing = "210b";

class BentToken {
public:
    BentToken(TokenKind kind, const ShimOptions& options)
        : m_store{kind},
          m_module{pkcs11::Module::load(tests::shimmed(m_store.profile(), options))},
          m_token{pkcs11::Token::open(m_module, m_store.selector())} {
        EXPECT_EQ(m_token.logIn(tests::pinOf(tests::userPin), pkcs11::FinalTryConsent::NotGiven), pkcs11::LoginOutcome::LoggedIn);
    }

    [[nodiscard]] Result run(KeySpec keySpec, WrappingAlgorithm algorithm) {
        return qualify(m_token, {keySpec, {algorithm, WrappingKeySpec::Rsa2048}}, systemNow, account);
    }
    [[nodiscard]] pkcs11::Token& token() { return m_token; }

    std::vector<ThrowAwayRecord> account;

private:
    tests::TestToken m_store;
    std::shared_ptr<pkcs11::Module> m_module;
    pkcs11::Token m_token;
};

std::string explanationOf(const Result& result) {
    return toEnglish(result.explanation);
}

TEST(LyingMechanismList, ATokenThatListsEverythingAndFailsGetsOnlyNo) {
    BentToken bent{TokenKind::Nss, {{"mechanisms", "everything"}, {"fail", "C_WrapKey:all:5"}}};
    ASSERT_GT(bent.token().mechanisms().size(), 5U);
    for (const auto& spec : keySpecNames) {
        for (const auto& algorithm : wrappingAlgorithmNames) {
            if (accepts(spec.value, {algorithm.value, WrappingKeySpec::Rsa2048})) {
                const Result result = bent.run(spec.value, algorithm.value);
                EXPECT_FALSE(result.chosen) << explanationOf(result);
                EXPECT_THAT(explanationOf(result),
                            testing::AnyOf(HasSubstr("this token cannot wrap"), HasSubstr("nothing can be shown about")));
            }
        }
    }
}

TEST(LyingMechanismList, SoftHsmThatListsEverythingStillCannotWrapRsa) {
    BentToken bent{TokenKind::SoftHsm, {{"mechanisms", "everything"}}};
    EXPECT_FALSE(bent.run(KeySpec::Rsa2048, keyWrap1).chosen);
    EXPECT_FALSE(bent.run(KeySpec::SymmetricDefault, oaep256).chosen);
    EXPECT_TRUE(bent.run(KeySpec::SymmetricDefault, oaep1).chosen);
}

TEST(LyingMechanismList, ATokenThatListsNothingAndWorksGetsYes) {
    BentToken bent{TokenKind::Nss, {{"mechanisms", "nothing"}}};
    ASSERT_TRUE(bent.token().mechanisms().empty());
    for (const auto& [spec, algorithm] : {std::pair{KeySpec::SymmetricDefault, oaep256}, std::pair{KeySpec::Hmac384, oaep256},
                                          std::pair{KeySpec::EccNistP256, keyWrap256}, std::pair{KeySpec::Rsa2048, keyWrap256}}) {
        const Result result = bent.run(spec, algorithm);
        EXPECT_TRUE(result.chosen) << explanationOf(result);
    }
}

TEST(NativeKeyWrap, ARightOneIsChosenFirst) {
    BentToken bent{TokenKind::Nss, {{"native", "right"}}};
    for (const KeySpec spec : {KeySpec::Rsa2048, KeySpec::EccNistP256}) {
        const Result result = bent.run(spec, keyWrap256);
        ASSERT_TRUE(result.chosen) << explanationOf(result);
        EXPECT_EQ(result.chosen->method, WrapMethod::NativeRsaAesKeyWrap);
        EXPECT_EQ(result.attempts.size(), 1U);
    }
}

TEST(NativeKeyWrap, ASha1BlobUnderASha256NameIsCaughtAndTheTwoStepWrapTaken) {
    BentToken bent{TokenKind::Nss, {{"native", "sha1"}}};
    const Result result = bent.run(KeySpec::Rsa2048, keyWrap256);
    ASSERT_TRUE(result.chosen);
    EXPECT_EQ(result.chosen->method, WrapMethod::TwoStepKwp);
    EXPECT_FALSE(result.attempts[0].qualified);
    EXPECT_EQ(result.attempts[0].code, "") << "the token said CKR_OK";
    EXPECT_EQ(toEnglish(result.attempts[0].reason), "the blob is a SHA-1 envelope although SHA-256 was asked");
}

TEST(NativeKeyWrap, ASha1BlobWithNothingBesideItIsARefusalThatNamesSha1) {
    BentToken bent{TokenKind::Nss, {{"native", "sha1"}, {"no-mechanism", kwpMissing}}};
    const Result result = bent.run(KeySpec::Rsa2048, keyWrap256);
    EXPECT_FALSE(result.chosen);
    EXPECT_THAT(explanationOf(result), HasSubstr("the blob is a SHA-1 envelope although SHA-256 was asked"));
    EXPECT_EQ(bent.run(KeySpec::Rsa2048, keyWrap1).chosen->method, WrapMethod::NativeRsaAesKeyWrap);
}

struct WrongForm {
    const char* form;
    const char* reason;
};

std::ostream& operator<<(std::ostream& out, const WrongForm& wrong) {
    return out << wrong.form;
}

class WrongNativeKeyWrapTest : public testing::TestWithParam<WrongForm> {};

TEST_P(WrongNativeKeyWrapTest, IsRefusedWithItsReason) {
    BentToken bent{TokenKind::Nss, {{"native", GetParam().form}, {"no-mechanism", kwpMissing}}};
    for (const KeySpec spec : {KeySpec::Rsa2048, KeySpec::EccNistP384}) {
        const Result result = bent.run(spec, keyWrap256);
        EXPECT_FALSE(result.chosen);
        EXPECT_THAT(toEnglish(result.attempts.at(0).reason), HasSubstr(GetParam().reason));
    }
}

INSTANTIATE_TEST_SUITE_P(Forms, WrongNativeKeyWrapTest,
                         testing::Values(WrongForm{"swapped", "the two parts of the blob are swapped"},
                                         WrongForm{"pkcs7", "by RFC 3394 (with padding of the token's own), not by RFC 5649"},
                                         WrongForm{"short", "no RFC 5649 key wrap"}),
                         [](const auto& each) { return std::string{each.param.form}; });

TEST(NssWithoutKwp, ItsPadMechanismIsNotWhatKmsWants) {
    BentToken bent{TokenKind::Nss, {{"no-mechanism", kwpMissing}}};
    const Result result = bent.run(KeySpec::Rsa2048, keyWrap256);
    EXPECT_FALSE(result.chosen);
    ASSERT_EQ(result.attempts.size(), 3U);
    EXPECT_EQ(result.attempts[2].recipe.method, WrapMethod::TwoStepPad);
    EXPECT_THAT(toEnglish(result.attempts[2].reason), HasSubstr("RFC 3394"));
}

TEST(WrongOaep, ASha1BlockUnderASha256NameIsCaught) {
    BentToken bent{TokenKind::Nss, {{"oaep", "sha1"}}};
    for (const KeySpec spec : {KeySpec::SymmetricDefault, KeySpec::Hmac256, KeySpec::EccNistP256}) {
        const Result result = bent.run(spec, oaep256);
        EXPECT_FALSE(result.chosen);
        ASSERT_EQ(result.attempts.size(), 1U) << "nothing hints at the parameters: the token said CKR_OK";
        EXPECT_EQ(toEnglish(result.attempts[0].reason), "the blob is a SHA-1 envelope although SHA-256 was asked");
    }
    EXPECT_TRUE(bent.run(KeySpec::SymmetricDefault, oaep1).chosen);
}

TEST(OaepSource, ATokenThatWantsZeroGetsItAndTheResultSaysSo) {
    BentToken bent{TokenKind::Nss, {{"oaep", "source-zero"}}};
    for (const auto& [spec, algorithm] :
         {std::pair{KeySpec::SymmetricDefault, oaep256}, std::pair{KeySpec::Rsa2048, keyWrap256}}) {
        const Result result = bent.run(spec, algorithm);
        ASSERT_TRUE(result.chosen) << explanationOf(result);
        EXPECT_EQ(result.chosen->source, OaepSource::Zero);
        EXPECT_THAT(explanationOf(result), HasSubstr("source 0"));
    }
}

/// Keys that were generated and not destroyed, by handle.
std::set<std::uint64_t> leftOver(const std::vector<tests::RecordedCall>& calls) {
    std::set<std::uint64_t> alive;
    for (const auto& call : calls) {
        if (call.function.starts_with("C_Generate") && call.result == 0) {
            alive.insert(call.key);
        }
        if (call.function == "C_DestroyObject") {
            alive.erase(call.object);
        }
    }
    return alive;
}

class FailingTokenTest : public testing::TestWithParam<const char*> {};

TEST_P(FailingTokenTest, ATokenThatIsGoneIsAnErrorAndNotANo) {
    const TemporaryFolder folder{"keyconvoy-recording-"};
    const auto recording = folder.path() / "calls";
    {
        BentToken bent{TokenKind::SoftHsm,
                       {{"fail", std::string{"C_WrapKey:all:"} + GetParam()}, {"record", recording.string()}}};
        try {
            const Result result = bent.run(KeySpec::EccNistP384, keyWrap1);
            FAIL() << explanationOf(result);
        } catch (const Error& error) {
            EXPECT_THAT(error.failure().code, testing::StartsWith("CKR_"));
            EXPECT_NE(error.kind(), ErrorKind::Internal);
        }
        ASSERT_EQ(bent.account.size(), 1U) << "the HSM's audit log names it, so must we";
        EXPECT_EQ(bent.account[0].id.size(), 16U);
        EXPECT_EQ(bent.account[0].label, "keyconvoy-throw-away-" + toHex(bent.account[0].id));
    }
    const auto calls = tests::readRecording(recording);
    EXPECT_TRUE(std::ranges::any_of(calls, [](const auto& call) { return call.function == "C_GenerateKeyPair"; }));
    EXPECT_TRUE(leftOver(calls).empty());
}

INSTANTIATE_TEST_SUITE_P(Codes, FailingTokenTest, testing::Values("32", "e0", "b3", "101"),
                         [](const auto& each) { return std::string{"Code_"} + each.param; });

TEST(ThrowAwayKeys, OneThatMayHaveBeenMadeWhenTheTokenWentIsInTheAccount) {
    BentToken bent{TokenKind::SoftHsm, {{"fail", "C_GenerateKey:all:32"}}};
    EXPECT_THROW(static_cast<void>(bent.run(KeySpec::SymmetricDefault, WrappingAlgorithm::RsaesOaepSha1)), Error);
    ASSERT_EQ(bent.account.size(), 1U);
    EXPECT_EQ(bent.account[0].destroyedAt, TimePoint{});
}

TEST(ThrowAwayKeys, AreAllDestroyedAfterYesAndAfterNo) {
    const TemporaryFolder folder{"keyconvoy-recording-"};
    const auto recording = folder.path() / "calls";
    {
        BentToken bent{TokenKind::Nss, {{"record", recording.string()}}};
        EXPECT_TRUE(bent.run(KeySpec::Rsa2048, keyWrap256).chosen);
        EXPECT_TRUE(bent.run(KeySpec::SymmetricDefault, oaep256).chosen);
        EXPECT_FALSE(bent.run(KeySpec::EccSecgP256k1, keyWrap256).chosen);
    }
    const auto calls = tests::readRecording(recording);
    EXPECT_GE(std::ranges::count_if(calls, [](const auto& call) { return call.function.starts_with("C_Generate"); }), 4);
    EXPECT_TRUE(leftOver(calls).empty());
}

}  // namespace
}  // namespace keyconvoy::wrapping::qualification
