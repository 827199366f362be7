#include "app/ceremony/kms_key_job.h"

#include "app/ceremony/import_plan.h"
#include "core/hex.h"
#include "tests/integration/import_station.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::HasSubstr;
using wrapping::KeySpec;

class LookAtKmsKey : public ::testing::Test {
protected:
    std::unique_ptr<LookAtKmsKeyJob> lookAt(const kms::KeyIdentifier& key) {
        auto job = makeLookAtKmsKeyJob({m_station.kms(), key}, m_person.context());
        m_result = m_person.run(*job);
        return job;
    }

    ImportStation m_station;
    Operator m_person;
    Json m_result;
};

TEST_F(LookAtKmsKey, TellsStateSpecAndOriginAndChangesNothing) {
    const kms::KeyIdentifier key = m_station.createKey(KeySpec::EccNistP384);
    const auto job = lookAt(key);
    const kms::KeyMetadata seen = job->key();
    EXPECT_EQ(seen.arn, key.str());
    EXPECT_EQ(seen.keyState, kms::KeyState::PendingImport);
    EXPECT_EQ(m_result["key"]["keySpec"], "ECC_NIST_P384");
    EXPECT_EQ(m_result["key"]["origin"], "EXTERNAL");
    EXPECT_EQ(m_result["mode"], "rehearsal");
    const Details details = describeInFull(seen);
    EXPECT_TRUE(std::ranges::any_of(
        details, [&](const Detail& d) { return d.kind == DetailKind::Identifier && toEnglish(d.value) == key.str(); }));
    EXPECT_EQ(m_station.client().describeKey(key.str()).metadata.keyState, kms::KeyState::PendingImport);
}

TEST_F(LookAtKmsKey, AMismatchIsAProblemWithItsRemedyAndAFittingKeyIsNone) {
    const auto job = lookAt(m_station.createKey(KeySpec::Hmac256));
    ImportRequest request;
    request.key.generateWithLabel = pkcs11::ObjectLabel{"x"};
    const Findings wrong = importTargetFindings(job->key(), request);
    ASSERT_EQ(wrong.size(), 1U);
    EXPECT_EQ(wrong.front().level, FindingLevel::Problem);
    EXPECT_THAT(toEnglish(wrong.front().what), HasSubstr("HMAC_256"));
    EXPECT_FALSE(wrong.front().remedy.empty());
    request.keySpec = KeySpec::Hmac256;
    EXPECT_TRUE(importTargetFindings(job->key(), request).empty());
}

TEST_F(LookAtKmsKey, AKeyThatIsNotThereIsNotFound) {
    const Failure failure = failureOf([this] { lookAt(kms::KeyIdentifier::parse("1234abcd-12ab-34cd-56ef-1234567890ab")); });
    EXPECT_EQ(failure.kind, ErrorKind::NotFound);
}

TEST(ImportOutcomeOfAJob, SaysWhatTheResultSays) {
    const ImportStation station;
    TestToken token{TokenKind::Nss};
    Operator person;
    const auto job = makeImportJob(station.request(token, KeySpec::SymmetricDefault), person.context());
    const Json result = person.run(*job);
    ASSERT_TRUE(job->outcome());
    const ImportOutcome outcome = *job->outcome();
    EXPECT_EQ(outcome.kmsKey.arn, result["kms"]["keyArn"]);
    EXPECT_EQ(outcome.keyMaterialId, result["kms"]["keyMaterialId"].get<std::string>());
    EXPECT_EQ(outcome.wrappingKey.hex(), result["wrapping"]["wrappingKeySha256"]);
    EXPECT_EQ(toEnglish(outcome.recipe), result["wrapping"]["recipe"]);
    EXPECT_EQ(outcome.sha1Reason, std::nullopt);
    EXPECT_EQ(toRfc3339(*outcome.validTo), result["import"]["validTo"]);
    ASSERT_TRUE(outcome.checkValue.value);
    EXPECT_EQ(toHex(outcome.checkValue.value->value), result["key"]["checkValue"]["value"]);
    EXPECT_EQ(toString(outcome.check->result), result["check"]["result"]);
    EXPECT_TRUE(outcome.generated && outcome.created && outcome.token.software);
    EXPECT_EQ(outcome.mode, Mode::Rehearsal);
}

}  // namespace

}  // namespace keyconvoy::tests
