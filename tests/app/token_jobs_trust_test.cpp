#include "app/inventory/key_jobs.h"
#include "app/station/token_jobs.h"
#include "tests/app/inventory_support.h"
#include "wrapping/opening/open_envelope.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using ::testing::HasSubstr;

class Trust : public ::testing::Test {
protected:
    Trust() { writeNewFile(file(), m_der); }

    [[nodiscard]] std::filesystem::path file() const { return m_folder.path() / "WrappingPublicKey.bin"; }
    Json trust(const app::TokenStation& station, std::optional<Fingerprint> pinned = std::nullopt) {
        return m_person.run(app::makeTrustJob({station, file(), pinned, pkcs11::ObjectLabel{"KMS 2027"}}, m_person.context()));
    }
    void replaceFile(ByteView content) {
        std::filesystem::remove(file());
        writeNewFile(file(), content);
    }

    TemporaryFolder m_folder{"keyconvoy-trust-"};
    Bytes m_der = wrapping::opening::publicKeyDer(*wrapping::opening::generateRsaKeyPair(2048));
    Operator m_person;
};

TEST_F(Trust, PutsTheKeyOnTheTokenAsTrustedAfterItsFingerprintWasConfirmed) {
    const SoftHsmToken token;
    const Fingerprint fingerprint = Fingerprint::of(m_der);
    const Json result = trust(stationOf(token), fingerprint);
    EXPECT_EQ(result["wrappingKeySha256"], fingerprint.hex());
    EXPECT_EQ(result["key"]["attributes"]["trusted"], true);
    EXPECT_THAT(m_person.textOf("trust.fingerprint"), HasSubstr(fingerprint.hexGroups()));
    EXPECT_THAT(m_person.textOf("trust.fingerprint"), HasSubstr(fingerprint.words()));
    EXPECT_FALSE(m_person.wasAsked("token.pin"));

    const Json listed = m_person.run(app::makeListKeysJob({stationOf(token)}, m_person.context()));
    ASSERT_EQ(listed["keys"].size(), 1U);
    EXPECT_EQ(listed["keys"][0]["label"], "KMS 2027");
    EXPECT_EQ(listed["keys"][0]["attributes"]["trusted"], true);
}

TEST_F(Trust, AsksForTheOfficersPinWithTheWarning) {
    const SoftHsmToken token;
    trust(stationOf(token));
    const auto question = std::ranges::find(m_person.asked, app::QuestionKind::SecurityOfficerPin, &app::Question::kind);
    ASSERT_NE(question, m_person.asked.end());
    EXPECT_THAT(toEnglish(question->text), HasSubstr("erase everything"));
}

TEST_F(Trust, AnotherKeyThanThePinnedOneIsRefusedBeforeTheTokenIsTouched) {
    const SoftHsmToken token;
    const Failure failure = failureOf([&] { trust(stationOf(token), Fingerprint::of(asBytes("another"))); });
    EXPECT_EQ(failure.kind, ErrorKind::Integrity);
    EXPECT_TRUE(m_person.seen.empty());
}

TEST_F(Trust, AnsweredWithNoNobodyLogsInAndNothingIsStored) {
    const SoftHsmToken token;
    m_person.sayNoTo = "trust.fingerprint";
    EXPECT_EQ(failureOf([&] { trust(stationOf(token)); }).kind, ErrorKind::Cancelled);
    EXPECT_EQ(m_person.asked.size(), 1U);
    EXPECT_TRUE(m_person.run(app::makeListKeysJob({stationOf(token)}, m_person.context()))["keys"].empty());
}

TEST_F(Trust, AWrongOfficersPinIsTriedOnce) {
    const SoftHsmToken token;
    m_person.officer = "00000000";
    EXPECT_EQ(failureOf([&] { trust(stationOf(token)); }).code, "CKR_PIN_INCORRECT");
    EXPECT_EQ(std::ranges::count(m_person.asked, app::QuestionKind::SecurityOfficerPin, &app::Question::kind), 1);
}

TEST_F(Trust, BadFilesAreRefusedBeforeTheTokenIsTouched) {
    const SoftHsmToken token;
    const Bytes truncated{m_der.begin(), m_der.end() - 1};
    Bytes longer = m_der;
    longer.push_back(0);
    const Bytes small = wrapping::opening::publicKeyDer(*wrapping::opening::generateRsaKeyPair(1024));
    for (const Bytes& content : {truncated, longer, small, Bytes{}, Bytes{0x30, 0x00}}) {
        replaceFile(content);
        const Failure failure = failureOf([&] { trust(stationOf(token)); });
        EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
        EXPECT_THAT(toEnglish(failure.place), HasSubstr("WrappingPublicKey.bin"));
    }
    std::filesystem::remove(file());
    EXPECT_EQ(failureOf([&] { trust(stationOf(token)); }).kind, ErrorKind::NotFound);
    EXPECT_TRUE(m_person.seen.empty());
}

/// NSS softokn has no security officer: CKR_USER_TYPE_INVALID.
TEST_F(Trust, OnATokenWithoutASecurityOfficerIsAClearError) {
    const NssToken token;
    const Failure failure = failureOf([&] { trust(stationOf(token)); });
    EXPECT_THAT(failure.code, HasSubstr("CKR_"));
}

}  // namespace
}  // namespace keyconvoy::tests
