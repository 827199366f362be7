#include "app/inventory/key_jobs.h"
#include "app/station/token_jobs.h"
#include "tests/app/inventory_support.h"
#include "tests/support/token_shim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using ::testing::HasSubstr;
using wrapping::KeySpec;
using wrapping::WrappingAlgorithm;
using wrapping::qualification::Combination;

Combination combination(KeySpec spec, WrappingAlgorithm algorithm) {
    return {spec, {algorithm, wrapping::WrappingKeySpec::Rsa2048}};
}
const Combination aesSha1 = combination(KeySpec::SymmetricDefault, WrappingAlgorithm::RsaesOaepSha1);
const Combination aesSha256 = combination(KeySpec::SymmetricDefault, WrappingAlgorithm::RsaesOaepSha256);

class Qualify : public ::testing::Test {
protected:
    Json qualify(std::vector<Combination> combinations, bool again = false) {
        app::QualifyRequest request{stationOf(m_token), std::move(combinations), m_state.path() / "qualifications", again};
        return m_person.run(app::makeQualifyJob(std::move(request), m_person.context()));
    }
    [[nodiscard]] bool tokenIsEmpty() {
        return m_person.run(app::makeListKeysJob({stationOf(m_token)}, m_person.context()))["keys"].empty();
    }

    SoftHsmToken m_token;
    TemporaryFolder m_state{"keyconvoy-state-"};
    Operator m_person;
};

TEST_F(Qualify, NamesTheThrowAwayKeysFirstAndTheirIdsAndTimesAfterwards) {
    const Json result = qualify({aesSha1});
    EXPECT_THAT(m_person.textOf("qualification.throw-away-keys"), HasSubstr("AES-256"));
    const Json row = result["results"][0];
    EXPECT_EQ(row["qualified"], true);
    EXPECT_EQ(row["reused"], false);
    ASSERT_EQ(row["throwAwayKeys"].size(), 1U);
    EXPECT_EQ(row["throwAwayKeys"][0]["id"].get<std::string>().size(), 32U);
    EXPECT_LE(row["throwAwayKeys"][0]["generatedAt"], row["throwAwayKeys"][0]["destroyedAt"]);
    EXPECT_EQ(result["token"], "software");
    EXPECT_TRUE(tokenIsEmpty());
}

TEST_F(Qualify, SaysWhatThisTokenCannotDoAndWhy) {
    const Json result = qualify({aesSha1, aesSha256});
    EXPECT_EQ(result["results"][0]["qualified"], true);
    EXPECT_EQ(result["results"][1]["qualified"], false);
    EXPECT_EQ(result["results"][1]["recipe"], nullptr);
    EXPECT_EQ(result["results"][1]["attempts"][0]["code"], "CKR_ARGUMENTS_BAD");
    EXPECT_THAT(findingsOf(result), HasSubstr("warning: "));
}

TEST_F(Qualify, GivesTypedResultsThatAgreeWithTheJson) {
    const auto job = app::makeQualifyJob({stationOf(m_token), {aesSha1, aesSha256}, m_state.path() / "qualifications", false},
                                         m_person.context());
    const Json result = m_person.run(*job);
    const auto results = job->results();
    ASSERT_EQ(results.size(), 2U);
    for (std::size_t i = 0; i < results.size(); ++i) {
        EXPECT_EQ(results[i].chosen.has_value(), result["results"][i]["qualified"].get<bool>());
        EXPECT_EQ(toEnglish(results[i].explanation), result["results"][i]["reason"]);
    }
    EXPECT_TRUE(job->findings().empty());
}

TEST_F(Qualify, ASurveyOfTheTokenHasWhatIsKeptAndNeedsNoLogin) {
    EXPECT_TRUE(app::surveyToken(stationOf(m_token), m_state.path() / "qualifications").qualifications.empty());
    qualify({aesSha1, aesSha256});
    m_person.asked.clear();
    const app::TokenSurvey survey = app::surveyToken(stationOf(m_token), m_state.path() / "qualifications");
    EXPECT_TRUE(m_person.asked.empty());
    EXPECT_EQ(survey.details.token.label, m_token.label());
    ASSERT_EQ(survey.qualifications.size(), 2U);
    EXPECT_EQ(survey.qualifications[0].combination, aesSha1);
    EXPECT_TRUE(survey.qualifications[0].chosen);
    EXPECT_FALSE(survey.qualifications[1].chosen);
}

TEST_F(Qualify, TriesOnlyWhatWasAskedForAndAdvisesFromTheRecord) {
    const Json alone = qualify({aesSha256});
    EXPECT_EQ(alone["results"][0]["throwAwayKeys"].size(), 1U);
    EXPECT_EQ(alone["results"][0]["attempts"].size(), 2U) << "the two sources of the one algorithm";
    EXPECT_THAT(
        alone["results"][0]["whatToDo"].get<std::string>(),
        HasSubstr("find out whether this one can do RSAES_OAEP_SHA_1: keyconvoy token qualify --key-spec SYMMETRIC_DEFAULT "
                  "--wrapping-algorithm RSAES_OAEP_SHA_1 --wrapping-key-spec RSA_2048"));
    EXPECT_EQ(std::distance(std::filesystem::directory_iterator{m_state.path() / "qualifications"}, {}), 1);

    qualify({aesSha1});
    EXPECT_THAT(qualify({aesSha256})["results"][0]["whatToDo"].get<std::string>(),
                HasSubstr("use RSAES_OAEP_SHA_1, which this token was shown to do, with --allow-sha1 REASON"));
}

/// The HSM's audit log names the key, so must the account of a run that the token did not live to see the end of.
TEST_F(Qualify, ATokenThatGoesAwayMidwayLeavesTheIdsOfItsThrowAwayKeys) {
    app::TokenStation station = stationOf(m_token);
    station.module = shimmed(station.module, {{"fail", "C_WrapKey:2:32"}});
    const Combination hmacSha1 = combination(KeySpec::Hmac256, WrappingAlgorithm::RsaesOaepSha1);
    app::QualifyRequest request{station, {aesSha1, hmacSha1}, m_state.path() / "qualifications", false};
    const Failure failure = failureOf([&] { m_person.run(app::makeQualifyJob(std::move(request), m_person.context())); });
    EXPECT_EQ(failure.code, "CKR_DEVICE_REMOVED");
    ASSERT_EQ(failure.details.size(), 2U) << "the one of the combination that was done, and the one of the other";
    EXPECT_THAT(toEnglish(failure.details[0].subject), HasSubstr("throw-away key (AES-256)"));
    EXPECT_THAT(toEnglish(failure.details[1].subject), HasSubstr("throw-away key (generic secret, 32 bytes)"));
    for (const FailureDetail& detail : failure.details) {
        EXPECT_THAT(toEnglish(detail.what), ::testing::ContainsRegex("with the ID [0-9a-f]+, "));
    }
}

/// A no for the moment, which another run must not take for one for ever.
TEST_F(Qualify, AFaultThatMayPassIsNotKept) {
    app::TokenStation station = stationOf(m_token);
    station.module = shimmed(station.module, {{"fail", "C_WrapKey:all:5"}});  // CKR_GENERAL_ERROR
    app::QualifyRequest request{station, {aesSha1}, m_state.path() / "qualifications", false};
    const Json result = m_person.run(app::makeQualifyJob(std::move(request), m_person.context()));
    EXPECT_EQ(result["results"][0]["attempts"][0]["code"], "CKR_GENERAL_ERROR");
    EXPECT_EQ(result["results"][0]["qualified"], false);
    EXPECT_TRUE(app::surveyToken(station, m_state.path() / "qualifications").qualifications.empty());
}

TEST_F(Qualify, OtherSettingsOfTheModuleAreAnotherToken) {
    app::TokenStation station = stationOf(m_token);
    station.module = shimmed(station.module, {{"no-mechanism", "9"}});  // CKM_RSA_PKCS_OAEP
    app::QualifyRequest request{station, {aesSha1}, m_state.path() / "qualifications", false};
    m_person.run(app::makeQualifyJob(std::move(request), m_person.context()));
    app::TokenStation other = stationOf(m_token);
    other.module = shimmed(other.module, {});
    EXPECT_TRUE(app::surveyToken(other, m_state.path() / "qualifications").qualifications.empty());
}

TEST_F(Qualify, AnsweredWithNoTouchesNothing) {
    m_person.sayNoTo = "qualification.throw-away-keys";
    EXPECT_EQ(failureOf([&] { qualify({aesSha1}); }).kind, ErrorKind::Cancelled);
    EXPECT_FALSE(std::filesystem::exists(m_state.path() / "qualifications"));
}

TEST_F(Qualify, AResultThatStillHoldsIsReusedWithoutALogin) {
    const Json first = qualify({aesSha1});
    m_person.asked.clear();
    const Json second = qualify({aesSha1});
    EXPECT_TRUE(m_person.asked.empty());
    EXPECT_EQ(second["results"][0]["reused"], true);
    EXPECT_EQ(second["results"][0]["date"], first["results"][0]["date"]);
}

TEST_F(Qualify, OnlyWhatIsNotKeptIsNamedAndRun) {
    qualify({aesSha1});
    m_person.asked.clear();
    const Json result = qualify({aesSha1, combination(KeySpec::Hmac256, WrappingAlgorithm::RsaesOaepSha1)});
    EXPECT_THAT(m_person.textOf("qualification.throw-away-keys"), HasSubstr("HMAC_256"));
    EXPECT_THAT(m_person.textOf("qualification.throw-away-keys"), ::testing::Not(HasSubstr("SYMMETRIC_DEFAULT")));
    EXPECT_EQ(result["results"][0]["reused"], true);
    EXPECT_EQ(result["results"][1]["reused"], false);
}

TEST_F(Qualify, AgainRunsInSpiteOfAKeptResult) {
    qualify({aesSha1});
    EXPECT_EQ(qualify({aesSha1}, true)["results"][0]["reused"], false);
    EXPECT_TRUE(m_person.wasAsked("qualification.throw-away-keys"));
}

TEST_F(Qualify, ThatAResultCannotBeKeptIsAWarning) {
    writeNewFile(m_state.path() / "qualifications", asBytes("a file where a folder should be"));
    const Json result = qualify({aesSha1});
    EXPECT_EQ(result["results"][0]["qualified"], true);
    EXPECT_THAT(findingsOf(result), HasSubstr("could not be kept"));
}

TEST_F(Qualify, WhatKmsNeverTakesIsRefusedBeforeTheTokenIsTouched) {
    const Failure failure = failureOf([&] { qualify({combination(KeySpec::Rsa2048, WrappingAlgorithm::RsaesOaepSha256)}); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_TRUE(m_person.seen.empty());
}

TEST_F(Qualify, NothingToTryIsInvalid) {
    EXPECT_EQ(failureOf([&] { qualify({}); }).kind, ErrorKind::InvalidInput);
}

}  // namespace
}  // namespace keyconvoy::tests
