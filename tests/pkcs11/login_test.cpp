#include "pkcs11/login.h"

#include "core/error.h"
#include "tests/support/token_fixture.h"
#include "tests/support/token_shim.h"

#include <gtest/gtest.h>

namespace keyconvoy::pkcs11 {
namespace {

using namespace keyconvoy::tests;
using enum FinalTryConsent;

/// A SoftHSM token behind the shim, with a recording to see what was sent.
struct BentLogin {
    explicit BentLogin(ShimOptions options) : recording{fixture.folder() / "calls.jsonl"} {
        fixture.addToken("Login");
        options["record"] = recording.string();
        module = Module::load(shimmed(fixture.profile(), options));
        token = std::make_unique<Token>(Token::open(module, TokenSelector::parse("Login")));
    }
    [[nodiscard]] std::size_t loginsSent() const {
        std::size_t count = 0;
        for (const RecordedCall& call : readRecording(recording)) {
            count += call.function == "C_Login" ? 1U : 0U;
        }
        return count;
    }
    SoftHsmStore fixture;
    std::filesystem::path recording;
    std::shared_ptr<Module> module;
    std::unique_ptr<Token> token;
};

class LoginOnBoth : public testing::TestWithParam<TokenKind> {};

TEST_P(LoginOnBoth, LoginWithWrongPinIsAnOutcomeNotAnError) {
    TestToken fixture{GetParam()};
    Token token = fixture.open();
    EXPECT_EQ(token.loginState(), LoginState::NotLoggedIn);
    EXPECT_EQ(token.logIn(pinOf("00000000"), NotGiven), LoginOutcome::WrongPin);
    EXPECT_EQ(token.loginState(), LoginState::NotLoggedIn);
    EXPECT_EQ(token.logIn(pinOf(userPin), NotGiven), LoginOutcome::LoggedIn);
    EXPECT_EQ(token.loginState(), LoginState::LoggedInHere);
    token.logOut();
    EXPECT_EQ(token.loginState(), LoginState::NotLoggedIn);
}

TEST_P(LoginOnBoth, AnEmptyPinIsNotSent) {
    TestToken fixture{GetParam()};
    Token token = fixture.open();
    EXPECT_EQ(token.logIn(SecretBytes{}, NotGiven), LoginOutcome::PinNeeded);
    EXPECT_EQ(token.description().userPin, PinState::Fine) << "no try was used";
}

TEST_P(LoginOnBoth, APinPadThatIsNotThereIsNotUsed) {
    TestToken fixture{GetParam()};
    Token token = fixture.open();
    EXPECT_EQ(token.logInAtPinPad(NotGiven), LoginOutcome::PinNeeded);
    EXPECT_EQ(token.description().userPin, PinState::Fine);
}

TEST_P(LoginOnBoth, ALoginFoundFromOutsideIsUsedAndLeftAlone) {
    TestToken fixture{GetParam()};
    Token outside = fixture.openLoggedIn();
    Token token = fixture.open();
    EXPECT_EQ(token.loginState(), LoginState::LoggedInOutside);
    EXPECT_EQ(token.logIn(pinOf("00000000"), NotGiven), LoginOutcome::LoggedIn) << "nothing is sent, so no PIN can be wrong";
    token.logOut();
    EXPECT_EQ(token.loginState(), LoginState::LoggedInOutside);
    EXPECT_EQ(outside.loginState(), LoginState::LoggedInHere);
}

TEST_P(LoginOnBoth, EndsWithTheToken) {
    TestToken fixture{GetParam()};
    { const Token first = fixture.openLoggedIn(); }
    EXPECT_EQ(fixture.open().loginState(), LoginState::NotLoggedIn);
}

INSTANTIATE_TEST_SUITE_P(Tokens, LoginOnBoth, testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         testing::PrintToStringParamName());

TEST(LoginOnNss, WithoutAPinNeedsNone) {
    const NssStore store{""};
    Token token = Token::open(Module::load(store.profile()), TokenSelector::parse(NssStore::label));
    EXPECT_EQ(token.loginState(), LoginState::NotRequired);
    EXPECT_EQ(token.logIn(SecretBytes{}, NotGiven), LoginOutcome::LoggedIn);
    const GeneratedKey made = token.generate({.type = AesKey{256}, .label = ObjectLabel{"open"}});
    EXPECT_EQ(made.description.sensitive, true);
}

TEST(LoginOnSoftHsm, SaysThatOneTryFailed) {
    SoftHsmToken fixture;
    Token token = fixture.open();
    EXPECT_EQ(token.logIn(pinOf("1"), NotGiven), LoginOutcome::WrongPin);
    EXPECT_EQ(token.description().userPin, PinState::CountLow);
    EXPECT_EQ(token.logIn(pinOf(userPin), NotGiven), LoginOutcome::LoggedIn);
    EXPECT_EQ(token.description().userPin, PinState::Fine);
}

TEST(LoginOnSoftHsm, TheSecurityOfficerGetsOneTryPerProcess) {
    SoftHsmToken fixture;
    Token token = fixture.open();
    EXPECT_EQ(token.logInAsSecurityOfficer(pinOf("00000000"), NotGiven), LoginOutcome::WrongPin);
    try {
        static_cast<void>(token.logInAsSecurityOfficer(pinOf(officerPin), NotGiven));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Refused);
        EXPECT_NE(toEnglish(error.failure().cause).find("one try"), std::string::npos);
    }
    EXPECT_NE(toEnglish(securityOfficerLoginWarning()).find("erase"), std::string::npos);
}

TEST(LoginOnSoftHsm, UserAndSecurityOfficerAreNeverInTogether) {
    SoftHsmToken fixture;
    Token token = fixture.openLoggedIn();
    EXPECT_THROW(static_cast<void>(token.logInAsSecurityOfficer(pinOf(officerPin), NotGiven)), Error);
    token.logOut();
    EXPECT_EQ(token.logInAsSecurityOfficer(pinOf(officerPin), NotGiven), LoginOutcome::LoggedIn)
        << "the refusal above cost no try";
    EXPECT_THROW(static_cast<void>(token.logIn(pinOf(userPin), NotGiven)), Error);
}

TEST(LoginFlags, AFinalTryNeedsConsent) {
    BentLogin bent{{{"user-pin", "final-try"}}};
    EXPECT_EQ(bent.token->description().userPin, PinState::FinalTry);
    EXPECT_EQ(bent.token->logIn(pinOf(userPin), NotGiven), LoginOutcome::FinalTryNeedsConsent);
    EXPECT_EQ(bent.loginsSent(), 0U);
    EXPECT_EQ(bent.token->logIn(pinOf(userPin), Given), LoginOutcome::LoggedIn);
    EXPECT_EQ(bent.loginsSent(), 1U);
}

TEST(LoginFlags, ALockedPinIsNotTried) {
    BentLogin bent{{{"user-pin", "locked"}}};
    EXPECT_EQ(bent.token->description().userPin, PinState::Locked);
    EXPECT_EQ(bent.token->logIn(pinOf(userPin), Given), LoginOutcome::PinLocked);
    EXPECT_EQ(bent.loginsSent(), 0U);
}

TEST(LoginFlags, TheOfficersFinalTryNeedsConsentToo) {
    BentLogin bent{{{"so-pin", "final-try"}}};
    EXPECT_EQ(bent.token->logInAsSecurityOfficer(pinOf(officerPin), NotGiven), LoginOutcome::FinalTryNeedsConsent);
    EXPECT_EQ(bent.token->logInAsSecurityOfficer(pinOf(officerPin), Given), LoginOutcome::LoggedIn);
}

TEST(LoginFlags, AWrongPinIsSentOnce) {
    BentLogin bent{{}};
    EXPECT_EQ(bent.token->logIn(pinOf("00000000"), NotGiven), LoginOutcome::WrongPin);
    EXPECT_EQ(bent.loginsSent(), 1U);
}

TEST(PinPad, TakesThePinItselfAndIsSentNone) {
    BentLogin bent{{{"pin-pad", std::string{userPin}}}};
    EXPECT_TRUE(bent.token->description().pinPad);
    EXPECT_EQ(bent.token->logIn(pinOf(userPin), NotGiven), LoginOutcome::PinPadNeeded);
    EXPECT_EQ(bent.loginsSent(), 0U);
    EXPECT_EQ(bent.token->logInAtPinPad(NotGiven), LoginOutcome::LoggedIn);
    EXPECT_EQ(bent.token->loginState(), LoginState::LoggedInHere);
}

TEST(PinPad, TakesTheSecurityOfficersPinToo) {
    BentLogin bent{{{"pin-pad", std::string{officerPin}}}};
    EXPECT_EQ(bent.token->logInAsSecurityOfficer(pinOf(officerPin), NotGiven), LoginOutcome::PinPadNeeded);
    EXPECT_EQ(bent.loginsSent(), 0U);
    EXPECT_EQ(bent.token->logInAsSecurityOfficer(SecretBytes{}, NotGiven), LoginOutcome::LoggedIn);
}

TEST(PinPad, CancelledAtThePadIsAnOutcome) {
    BentLogin bent{{{"pin-pad", "cancel"}}};
    EXPECT_EQ(bent.token->logInAtPinPad(NotGiven), LoginOutcome::Cancelled);
    EXPECT_EQ(bent.token->loginState(), LoginState::NotLoggedIn);
}

TEST(VendorHelper, ThatLogsInWithTheSessionIsFoundAndNamed) {
    BentLogin bent{{{"logged-in", std::string{userPin}}}};
    EXPECT_EQ(bent.token->loginState(), LoginState::LoggedInOutside);
    EXPECT_EQ(bent.token->logIn(pinOf("00000000"), NotGiven), LoginOutcome::LoggedIn);
    EXPECT_EQ(bent.loginsSent(), 0U);
    EXPECT_EQ(bent.token->generate({.type = AesKey{256}, .label = ObjectLabel{"k"}}).description.sensitive, true);
}

TEST(LoginFailure, OfTheModuleIsAnError) {
    BentLogin bent{{{"fail", "C_Login:1:30"}}};
    try {
        static_cast<void>(bent.token->logIn(pinOf(userPin), NotGiven));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.failure().code, "CKR_DEVICE_ERROR");
        EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
    }
    EXPECT_EQ(bent.loginsSent(), 1U);
}

}  // namespace
}  // namespace keyconvoy::pkcs11
