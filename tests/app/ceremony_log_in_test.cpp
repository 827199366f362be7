#include "app/ceremony/token_access.h"
#include "tests/app/inventory_support.h"
#include "tests/support/token_shim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// Opens a token and logs in, as every job begins.
class LogInJob final : public Job {
public:
    LogInJob(TokenStation station, RunContext context) : Job{std::move(context)}, m_token{std::move(station)} {
        setSteps({m_token.openStep(), m_token.logInStep()});
    }
    [[nodiscard]] Json result() const override { return Json::object(); }
    [[nodiscard]] pkcs11::LoginState state() const { return m_token.token().loginState(); }

private:
    TokenAccess m_token;
};

class SecurityOfficerJob final : public Job {
public:
    SecurityOfficerJob(TokenStation station, RunContext context) : Job{std::move(context)}, m_token{std::move(station)} {
        setSteps(
            {m_token.openStep(), makeSecurityOfficerLogInStep("token", [this]() -> pkcs11::Token& { return m_token.token(); })});
    }
    [[nodiscard]] Json result() const override { return Json::object(); }

private:
    TokenAccess m_token;
};

class LogIn : public ::testing::Test {
protected:
    [[nodiscard]] TokenStation bent(const ShimOptions& options) {
        m_token.emplace(TokenKind::SoftHsm);
        return {shimmed(m_token->profile(), options), m_token->selector()};
    }
    [[nodiscard]] TokenStation plain() {
        m_token.emplace(TokenKind::SoftHsm);
        return stationOf(*m_token);
    }
    [[nodiscard]] std::vector<std::string> askedFor() const {
        std::vector<std::string> ids;
        for (const Question& question : m_person.asked) {
            ids.push_back(question.id);
        }
        return ids;
    }

    Operator m_person;
    std::optional<TestToken> m_token;
};

TEST_F(LogIn, AsksForThePinOnceAndLogsIn) {
    LogInJob job{plain(), m_person.context()};
    m_person.run(job);
    EXPECT_THAT(askedFor(), ElementsAre("token.pin"));
    EXPECT_EQ(job.state(), pkcs11::LoginState::LoggedInHere);
    EXPECT_THAT(m_person.textOf("token.pin"), HasSubstr("Keyconvoy Test"));
}

TEST_F(LogIn, WithWrongPinEndsTheJobAndIsNotTriedAgain) {
    m_person.pin = "00000000";
    LogInJob job{plain(), m_person.context()};
    const Failure failure = failureOf([&] { m_person.run(job); });
    EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failure.code, "CKR_PIN_INCORRECT");
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("the PIN is wrong"));
    EXPECT_THAT(askedFor(), ElementsAre("token.pin"));
}

TEST_F(LogIn, WithEmptyPinSendsNothing) {
    m_person.pin = "";
    LogInJob job{plain(), m_person.context()};
    const Failure failure = failureOf([&] { m_person.run(job); });
    EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("nothing was sent to the token"));
}

TEST_F(LogIn, AtLockedTokenAsksNothing) {
    LogInJob job{bent({{"user-pin", "locked"}}), m_person.context()};
    const Failure failure = failureOf([&] { m_person.run(job); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_EQ(failure.code, "CKR_PIN_LOCKED");
    EXPECT_THAT(askedFor(), IsEmpty());
}

TEST_F(LogIn, BeforeTheFinalTryAsksForConsent) {
    LogInJob job{bent({{"user-pin", "final-try"}}), m_person.context()};
    m_person.run(job);
    EXPECT_THAT(askedFor(), ElementsAre("token.final-try", "token.pin"));
    EXPECT_EQ(m_person.asked.front().kind, QuestionKind::Consent);
}

TEST_F(LogIn, WithoutConsentToTheFinalTryIsCancelled) {
    m_person.sayNoTo = "token.final-try";
    LogInJob job{bent({{"user-pin", "final-try"}}), m_person.context()};
    EXPECT_EQ(failureOf([&] { m_person.run(job); }).kind, ErrorKind::Cancelled);
    EXPECT_THAT(askedFor(), ElementsAre("token.final-try"));
}

TEST_F(LogIn, AtAPinPadSaysWhatIsWaitedForAndAsksForNoPin) {
    LogInJob job{bent({{"pin-pad", std::string{userPin}}}), m_person.context()};
    m_person.run(job);
    EXPECT_THAT(askedFor(), ElementsAre("token.pin-pad"));
    EXPECT_THAT(m_person.textOf("token.pin-pad"), HasSubstr("the pad is waited for as long as it takes"));
    EXPECT_EQ(job.state(), pkcs11::LoginState::LoggedInHere);
}

TEST_F(LogIn, CancelledAtThePinPadIsCancelled) {
    LogInJob job{bent({{"pin-pad", "cancel"}}), m_person.context()};
    EXPECT_EQ(failureOf([&] { m_person.run(job); }).kind, ErrorKind::Cancelled);
}

TEST_F(LogIn, FoundLoggedInIsUsedAndSaidToBeOutside) {
    LogInJob job{bent({{"logged-in", std::string{userPin}}}), m_person.context()};
    m_person.run(job);
    EXPECT_THAT(askedFor(), IsEmpty());
    EXPECT_EQ(toEnglish(m_person.seen.back().details.at(0).value), "logged in outside");
}

TEST_F(LogIn, AtATokenThatRequiresNoneAsksNothing) {
    const NssStore store{""};
    LogInJob job{{store.profile(), {.label = std::string{NssStore::label}, .manufacturer = {}, .model = {}, .serial = {}}},
                 m_person.context()};
    m_person.run(job);
    EXPECT_THAT(askedFor(), IsEmpty());
}

TEST_F(LogIn, AsSecurityOfficerWarnsAndTriesOnce) {
    SecurityOfficerJob job{plain(), m_person.context()};
    m_person.run(job);
    EXPECT_THAT(askedFor(), ElementsAre("token.security-officer-pin"));
    EXPECT_THAT(m_person.textOf("token.security-officer-pin"), HasSubstr("erase everything"));
}

TEST_F(LogIn, AsSecurityOfficerWithWrongPinEndsTheJob) {
    m_person.officer = "00000000";
    SecurityOfficerJob job{plain(), m_person.context()};
    EXPECT_EQ(failureOf([&] { m_person.run(job); }).code, "CKR_PIN_INCORRECT");
}

TEST_F(LogIn, AsSecurityOfficerAtAPinPadTakesNoPinAndWarns) {
    SecurityOfficerJob job{bent({{"pin-pad", std::string{officerPin}}}), m_person.context()};
    m_person.run(job);
    EXPECT_THAT(askedFor(), ElementsAre("token.security-officer-pin-pad"));
    EXPECT_THAT(m_person.textOf("token.security-officer-pin-pad"), HasSubstr("erase everything"));
}

TEST_F(LogIn, AsSecurityOfficerBeforeTheFinalTryAsksForConsent) {
    SecurityOfficerJob job{bent({{"so-pin", "final-try"}}), m_person.context()};
    m_person.run(job);
    EXPECT_THAT(askedFor(), ElementsAre("token.security-officer-final-try", "token.security-officer-pin"));
}

}  // namespace

}  // namespace keyconvoy::tests
