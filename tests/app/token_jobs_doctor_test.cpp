#include "app/rehearsal/simulator_process.h"
#include "app/station/doctor_checks.h"
#include "app/station/token_jobs.h"
#include "tests/app/inventory_support.h"
#include "tests/support/token_shim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class Doctor : public ::testing::Test {
protected:
    Json examine(app::DoctorRequest request) { return m_person.run(app::makeDoctorJob(std::move(request), m_person.context())); }
    Json examineToken(app::TokenStation token, bool logIn = false) { return examine({std::move(token), std::nullopt, logIn}); }
    Json examineKms(app::KmsStation kms) { return examine({std::nullopt, std::move(kms), false}); }
    static app::KmsStation simulated(const app::SimulatorProcess& simulator, app::Mode mode) {
        app::KmsStation station;
        station.client.region = simulator.region();
        station.client.endpointUrl = simulator.url();
        station.client.credentials = kms::ExplicitCredentials{simulator.accessKeyId(), simulator.secretAccessKey(), std::nullopt};
        station.mode = mode;
        return station;
    }

    Operator m_person;
};

TEST_F(Doctor, FindsAGoodTokenWithoutALogin) {
    const SoftHsmToken token;
    const Json result = examineToken(stationOf(token));
    EXPECT_EQ(result["ok"], true);
    EXPECT_TRUE(m_person.asked.empty());
    EXPECT_THAT(findingsOf(result), AllOf(HasSubstr("note: module loads"), HasSubstr("note: token found: Keyconvoy Test"),
                                          HasSubstr("warning: token: software"), HasSubstr("note: PIN: fine"),
                                          HasSubstr("note: mechanisms listed:")));
    EXPECT_EQ(result["tokenDetails"]["login"], "not logged in");
}

TEST_F(Doctor, GivesTypedFindingsThatAgreeWithTheJson) {
    const SoftHsmToken token;
    const auto job = app::makeDoctorJob({stationOf(token), std::nullopt, false}, m_person.context());
    const Json result = m_person.run(*job);
    ASSERT_EQ(job->findings().size(), result["findings"].size());
    for (std::size_t i = 0; i < job->findings().size(); ++i) {
        EXPECT_EQ(toEnglish(job->findings()[i].what), result["findings"][i]["what"]);
    }
}

TEST_F(Doctor, LogsInOnlyWhenAskedTo) {
    const SoftHsmToken token;
    const Json result = examineToken(stationOf(token), true);
    EXPECT_TRUE(m_person.wasAsked("token.pin"));
    EXPECT_EQ(result["tokenDetails"]["login"], "logged in");
    EXPECT_EQ(result["ok"], true);
}

TEST_F(Doctor, AWrongPinIsAFinding) {
    const SoftHsmToken token;
    m_person.pin = "00000000";
    const Json result = examineToken(stationOf(token), true);
    EXPECT_EQ(result["ok"], false);
    EXPECT_THAT(findingsOf(result), HasSubstr("problem: token Keyconvoy Test"));
    EXPECT_EQ(m_person.asked.size(), 1U);
}

TEST_F(Doctor, ALockedPinIsAProblemWithARemedy) {
    const SoftHsmToken token;
    const Json result = examineToken({shimmed(token.profile(), {{"user-pin", "locked"}}), token.selector()});
    EXPECT_EQ(result["ok"], false);
    EXPECT_THAT(findingsOf(result), HasSubstr("problem: PIN: locked"));
}

TEST_F(Doctor, AFailureOfOneCheckDoesNotStopTheOthers) {
    const app::SimulatorProcess simulator{KEYCONVOY_SIMULATOR, {}};
    app::TokenStation nowhere;
    nowhere.module.library = "/nowhere/libtoken.so";
    const Json result = examine({nowhere, simulated(simulator, app::Mode::Rehearsal), false});
    EXPECT_EQ(result["ok"], false);
    EXPECT_THAT(findingsOf(result),
                AllOf(HasSubstr("problem: PKCS#11 module /nowhere/libtoken.so"), HasSubstr("note: KMS answers")));
    for (const Json& finding : result["findings"]) {
        EXPECT_TRUE(finding["level"] != "problem" || !finding["remedy"].get<std::string>().empty()) << finding;
    }
}

TEST_F(Doctor, ReachesKmsAndTellsRegionEndpointCallerAndClock) {
    const app::SimulatorProcess simulator{KEYCONVOY_SIMULATOR, {}};
    const Json result = examineKms(simulated(simulator, app::Mode::Rehearsal));
    EXPECT_EQ(result["ok"], true) << findingsOf(result);
    EXPECT_EQ(result["kms"]["region"], simulator.region());
    EXPECT_EQ(result["kms"]["credentials"], "given");
    EXPECT_THAT(findingsOf(result), HasSubstr("access key " + simulator.accessKeyId() + "; source: given"));
    EXPECT_THAT(result.dump(), Not(HasSubstr(simulator.secretAccessKey())));
    EXPECT_EQ(result["kms"]["endpointUrl"], simulator.url());
    EXPECT_EQ(result["caller"]["account"], simulator.account());
    EXPECT_EQ(result["connection"]["tls"], "none (plain http)");
    EXPECT_THAT(findingsOf(result), AllOf(HasSubstr("the evidence agrees"), HasSubstr("this machine's clock is")));
}

TEST_F(Doctor, ASimulatorInPlaceOfProductionIsAProblem) {
    const app::SimulatorProcess simulator{KEYCONVOY_SIMULATOR, {}};
    const Json result = examineKms(simulated(simulator, app::Mode::Production));
    EXPECT_EQ(result["ok"], false);
    EXPECT_THAT(findingsOf(result), Not(HasSubstr("the evidence agrees")));
}

TEST_F(Doctor, AnEndpointWithoutAServerIsAProblem) {
    app::KmsStation station;
    station.client.region = "eu-central-1";
    station.client.endpointUrl = "http://127.0.0.1:1";
    station.client.credentials = kms::ExplicitCredentials{"AKIAEXAMPLE", "example", std::nullopt};
    station.mode = app::Mode::Rehearsal;
    const Json result = examineKms(station);
    EXPECT_EQ(result["ok"], false);
    EXPECT_THAT(findingsOf(result), HasSubstr("problem: "));
}

TEST_F(Doctor, WithNothingToLookAtIsInvalid) {
    EXPECT_EQ(failureOf([&] { examine({}); }).kind, ErrorKind::InvalidInput);
}

TEST(FindingOnClock, FiveMinutesAreTheLimit) {
    EXPECT_EQ(app::findingOnClock(std::chrono::seconds{-5}).level, FindingLevel::Note);
    EXPECT_EQ(app::findingOnClock(std::chrono::seconds{6}).level, FindingLevel::Warning);
    EXPECT_EQ(app::findingOnClock(std::chrono::seconds{300}).level, FindingLevel::Warning);
    EXPECT_EQ(app::findingOnClock(std::chrono::seconds{-301}).level, FindingLevel::Problem);
    EXPECT_EQ(toEnglish(app::findingOnClock(std::chrono::seconds{-301}).what),
              "this machine's clock is 301 s ahead of the server's");
}

TEST(FindingsOnToken, EveryProblemHasARemedy) {
    pkcs11::TokenDescription token;
    token.writeProtected = true;
    token.loginRequired = true;
    for (const pkcs11::PinState state :
         {pkcs11::PinState::Locked, pkcs11::PinState::ToBeChanged, pkcs11::PinState::NotInitialised}) {
        token.userPin = state;
        for (const Finding& finding : app::findingsOn(token, pkcs11::LoginState::LoggedInOutside)) {
            EXPECT_FALSE(finding.remedy.empty()) << toEnglish(finding.what);
        }
    }
}

}  // namespace
}  // namespace keyconvoy::tests
