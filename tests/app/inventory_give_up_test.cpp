#include "app/inventory/backup_store.h"
#include "app/inventory/key_jobs.h"
#include "core/hex.h"
#include "tests/app/inventory_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class GiveUpKey : public ::testing::TestWithParam<TokenKind> {
protected:
    void SetUp() override {
        m_key = m_person.run(app::makeGenerateKeyJob(
            {stationOf(m_token), wrapping::KeySpec::SymmetricDefault, std::nullopt, pkcs11::ObjectLabel{"payments"}},
            m_person.context()));
        m_person.asked.clear();
    }

    [[nodiscard]] app::GiveUpKeyRequest request(std::optional<std::string> reason = std::nullopt) const {
        pkcs11::KeySelector selector;
        selector.label = pkcs11::ObjectLabel{"payments"};
        return {stationOf(m_token), selector, std::move(reason), m_state.path()};
    }
    Json seal(std::optional<std::string> reason = std::nullopt) {
        return m_person.run(app::makeSealKeyJob(request(std::move(reason)), m_person.context()));
    }
    Json destroy(std::optional<std::string> reason = std::nullopt) {
        return m_person.run(app::makeDestroyKeyJob(request(std::move(reason)), m_person.context()));
    }
    std::size_t keysLeft() { return m_person.run(app::makeListKeysJob({stationOf(m_token)}, m_person.context()))["keys"].size(); }

    [[nodiscard]] app::BackedUpKey backedUpKey() const {
        const Json& key = m_key.at("key");
        return {
            {m_key.at("tokenDetails").at("serial").get<std::string>(), m_key.at("tokenDetails").at("model").get<std::string>(),
             ""},
            fromHex(key.at("id").get<std::string>()).value(),
            {pkcs11::CheckValueMethod::AesCmacZeroBlock, fromHex(key.at("checkValue").at("value").get<std::string>()).value()}};
    }
    void putOnRecord(const app::BackedUpKey& key, const app::TokenName& backupToken) const {
        app::BackupStore{m_state.path()}.keep({key, "payments", "AES-256", backupToken, "equal check values", systemNow()});
    }

    TestToken m_token{GetParam()};
    TemporaryFolder m_state{"keyconvoy-state-"};
    Operator m_person;
    Json m_key;
};

TEST_P(GiveUpKey, IsRefusedWithoutABackupOnRecord) {
    for (const auto& action : {std::function<void()>{[&] { seal(); }}, std::function<void()>{[&] { destroy(); }}}) {
        const Failure failure = failureOf(action);
        EXPECT_EQ(failure.kind, ErrorKind::Refused);
        EXPECT_THAT(toEnglish(failure.cause), HasSubstr("no verified backup"));
        EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("--accept-loss"));
    }
    EXPECT_FALSE(m_person.wasAsked("key.seal"));
    EXPECT_FALSE(m_person.wasAsked("key.destroy"));
    EXPECT_EQ(keysLeft(), 1U);
}

TEST_P(GiveUpKey, AnAcceptedLossIsKeptInTheResult) {
    const Json result = destroy("test key of Officer A");
    EXPECT_EQ(result["acceptedLoss"], "test key of Officer A");
    EXPECT_EQ(result["destroyed"], true);
    EXPECT_THAT(m_person.textOf("key.destroy"), HasSubstr("test key of Officer A"));
    EXPECT_EQ(keysLeft(), 0U);
}

TEST_P(GiveUpKey, AnsweredWithNoTheKeyStays) {
    m_person.sayNoTo = "key.destroy";
    EXPECT_EQ(failureOf([&] { destroy("mistake"); }).kind, ErrorKind::Cancelled);
    EXPECT_EQ(keysLeft(), 1U);
}

TEST_P(GiveUpKey, ABackupOnRecordIsEnough) {
    putOnRecord(backedUpKey(), {"serial-2", "Model X", "Site B"});
    const Json result = destroy();
    EXPECT_EQ(result["acceptedLoss"], nullptr);
    EXPECT_EQ(result["backups"][0]["backupToken"]["label"], "Site B");
    EXPECT_EQ(keysLeft(), 0U);
}

TEST_P(GiveUpKey, ABackupOfAnotherKeyUnderTheSameIdDoesNotCount) {
    app::BackedUpKey other = backedUpKey();
    other.checkValue.value.front() ^= 1U;
    putOnRecord(other, {"serial-2", "Model X", "Site B"});
    EXPECT_EQ(failureOf([&] { destroy(); }).kind, ErrorKind::Refused);
}

TEST_P(GiveUpKey, ADestroyedKeyIsNoBackupOfAnyOtherAnyMore) {
    app::BackedUpKey original = backedUpKey();
    const app::TokenName here = original.token;
    original.token = {"serial-of-the-first", "Model X", "Site A"};
    putOnRecord(original, here);
    destroy("copy no longer needed");
    EXPECT_TRUE(app::BackupStore{m_state.path()}.find(original).empty());
}

TEST_P(GiveUpKey, SealSetsExtractableFalseAndSaysWhetherTheTokenEnforcesIt) {
    const Json result = seal("test key of Officer A");
    EXPECT_EQ(result["key"]["attributes"]["extractable"], false);
    const bool enforces = GetParam() == TokenKind::SoftHsm;  // NSS 3.87 wraps such keys all the same
    EXPECT_EQ(result["enforced"], enforces);
    EXPECT_THAT(findingsOf(result), enforces ? ::testing::Matcher<std::string>{Not(HasSubstr("no barrier"))}
                                             : HasSubstr("warning: this token wraps keys in spite"));
    EXPECT_EQ(keysLeft(), 1U);
}

TEST_P(GiveUpKey, SealingTwiceIsNoted) {
    seal("test key");
    EXPECT_THAT(findingsOf(seal("test key")), HasSubstr("sealed already"));
}

TEST_P(GiveUpKey, AnEmptyReasonIsInvalid) {
    EXPECT_EQ(failureOf([&] { destroy(""); }).kind, ErrorKind::InvalidInput);
}

INSTANTIATE_TEST_SUITE_P(Tokens, GiveUpKey, ::testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         ::testing::PrintToStringParamName());

}  // namespace
}  // namespace keyconvoy::tests
