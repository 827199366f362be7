#include "app/inventory/key_jobs.h"
#include "core/files.h"
#include "tests/app/inventory_support.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using wrapping::KeySpec;

/// Two SoftHSM tokens of one module, and an NSS token.
class Backup : public ::testing::Test {
protected:
    Backup() {
        m_store.addToken("Site A");
        m_store.addToken("Site B");
    }

    [[nodiscard]] app::TokenStation siteA() const { return {m_store.profile(), pkcs11::TokenSelector::parse("Site A")}; }
    [[nodiscard]] app::TokenStation siteB() const { return {m_store.profile(), pkcs11::TokenSelector::parse("Site B")}; }
    [[nodiscard]] app::TokenStation nss() const { return {m_nss.profile(), pkcs11::TokenSelector::parse(NssStore::label)}; }

    Json generate(const app::TokenStation& on, KeySpec spec, std::optional<wrapping::KeyUsage> usage = std::nullopt) {
        return m_person.run(app::makeGenerateKeyJob({on, spec, usage, m_label}, m_person.context()));
    }

    [[nodiscard]] app::BackupRequest request(const app::TokenStation& from, const app::TokenStation& to) const {
        app::BackupRequest request;
        request.from = from;
        request.to = to;
        request.key = selector();
        request.transportKeyBits = 2048;
        request.stateFolder = m_state.path();
        return request;
    }
    Json backUp(const app::TokenStation& from, const app::TokenStation& to,
                std::optional<std::string> sha1Reason = std::nullopt) {
        app::BackupRequest wish = request(from, to);
        wish.allowSha1Reason = std::move(sha1Reason);
        return m_person.run(app::makeBackupJob(wish, m_person.context()));
    }
    [[nodiscard]] pkcs11::KeySelector selector() const {
        pkcs11::KeySelector key;
        key.label = m_label;
        return key;
    }
    std::vector<std::string> labelsOn(const app::TokenStation& station) {
        std::vector<std::string> labels;
        const Json listed = m_person.run(app::makeListKeysJob({station}, m_person.context()));
        for (const Json& key : listed["keys"]) {
            labels.push_back(key["label"].get<std::string>());
        }
        return labels;
    }
    /// The copy is like the original, and shown to be the same.
    static void expectGoodCopy(const Json& result) {
        EXPECT_EQ(result["copy"]["checkValue"], result["key"]["checkValue"]);
        EXPECT_EQ(result["copy"]["id"], result["key"]["id"]);
        EXPECT_EQ(result["copy"]["label"], result["key"]["label"]);
        EXPECT_EQ(result["copy"]["attributes"]["sensitive"], true);
        EXPECT_EQ(result["copy"]["attributes"]["extractable"], true);
        EXPECT_EQ(result["copy"]["origin"], "restored from a backup in this run");
    }

    pkcs11::ObjectLabel m_label{"payments"};
    const std::string m_reason = "both tokens know SHA-1 only";
    SoftHsmStore m_store;
    NssStore m_nss;
    TemporaryFolder m_state{"keyconvoy-state-"};
    Operator m_person;
};

TEST_F(Backup, OfAnAesKeyBetweenTwoTokensOfOneModule) {
    generate(siteA(), KeySpec::SymmetricDefault);
    const Json result = backUp(siteA(), siteB(), m_reason);
    expectGoodCopy(result);
    EXPECT_EQ(result["route"]["wrappingAlgorithm"], "RSAES_OAEP_SHA_1");
    EXPECT_EQ(result["route"]["sha1Reason"], m_reason);
    EXPECT_THAT(result["shownBy"].get<std::string>(), HasSubstr("AES-CMAC"));
    EXPECT_THAT(labelsOn(siteB()), ::testing::ElementsAre("payments"));
}

TEST_F(Backup, AsksAboutThrowAwayKeysAndTheTransportKeysFingerprint) {
    generate(siteA(), KeySpec::SymmetricDefault);
    const Json result = backUp(siteA(), siteB(), m_reason);
    EXPECT_THAT(m_person.textOf("qualification.throw-away-keys"), HasSubstr("AES-256"));
    const auto fingerprint = Fingerprint::parse(result["transportKey"]["fingerprint"].get<std::string>());
    ASSERT_TRUE(fingerprint);
    EXPECT_THAT(m_person.textOf("backup.transport-key"), HasSubstr(fingerprint->hexGroups()));
    EXPECT_THAT(m_person.textOf("backup.transport-key"), HasSubstr(fingerprint->words()));
    EXPECT_TRUE(m_person.wasAsked("token.pin"));
    EXPECT_TRUE(m_person.wasAsked("backup-token.pin"));
    EXPECT_GE(result["throwAwayKeys"].size(), 2U);  // one of the qualification, one that went the whole way
}

TEST_F(Backup, OfAnHmacKeyOnNssToSoftHsmFallsBackToSha1WithAReason) {
    generate(nss(), KeySpec::Hmac224);
    const Json result = backUp(nss(), siteA(), "the backup token knows SHA-1 only");
    expectGoodCopy(result);
    EXPECT_EQ(result["route"]["wrappingAlgorithm"], "RSAES_OAEP_SHA_1");
    EXPECT_THAT(result["shownBy"].get<std::string>(), HasSubstr("HMAC"));
}

TEST_F(Backup, WithoutAReasonSha1IsRefusedAndSaid) {
    generate(nss(), KeySpec::SymmetricDefault);
    const Failure failure = failureOf([&] { backUp(nss(), siteA()); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("the backup token does not unwrap it"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("--allow-sha1"));
    EXPECT_TRUE(labelsOn(siteA()).empty());
}

TEST_F(Backup, OfASigningKeyPairOnSoftHsm) {
    generate(siteA(), KeySpec::EccNistP384);
    const Json result = backUp(siteA(), siteB(), m_reason);
    expectGoodCopy(result);
    EXPECT_EQ(result["copy"]["publicKey"], result["key"]["publicKey"]);
    EXPECT_THAT(result["shownBy"].get<std::string>(), HasSubstr("a signature by the restored private key"));
    EXPECT_EQ(result["copy"]["attributes"]["sign"], true);
}

TEST_F(Backup, OfAKeyPairThatMayNotSignIsShownByASessionCopy) {
    generate(siteA(), KeySpec::EccNistP384, wrapping::KeyUsage::KeyAgreement);
    const Json result = backUp(siteA(), siteB(), m_reason);
    expectGoodCopy(result);
    EXPECT_THAT(result["shownBy"].get<std::string>(), HasSubstr("session copy"));
    EXPECT_NE(result["copy"]["attributes"]["sign"], true);
    EXPECT_THAT(labelsOn(siteB()), ::testing::ElementsAre("payments", "payments"));  // private and public half, nothing else
}

TEST_F(Backup, OfAnEcKeyOnNssToSoftHsm) {
    generate(nss(), KeySpec::EccNistP256);
    expectGoodCopy(backUp(nss(), siteA(), m_reason));
}

TEST_F(Backup, OfAnRsaKeyOnNssToSoftHsm) {
    generate(nss(), KeySpec::Rsa2048);
    expectGoodCopy(backUp(nss(), siteA(), m_reason));
}

TEST_F(Backup, OfAnAesKeyOnSoftHsmToNss) {
    generate(siteA(), KeySpec::SymmetricDefault);
    expectGoodCopy(backUp(siteA(), nss(), m_reason));
}

TEST_F(Backup, OfAnEcKeyOnSoftHsmToNss) {
    generate(siteA(), KeySpec::EccNistP384);
    expectGoodCopy(backUp(siteA(), nss(), m_reason));
}

/// SoftHSM 2.6.1 pads private keys before it wraps them, so its blob of an RSA key is not RFC 5649: declared, not worked around.
TEST_F(Backup, OfAnRsaKeyOnSoftHsmIsRefusedWithTheReason) {
    generate(siteA(), KeySpec::Rsa2048);
    const Failure failure = failureOf([&] { backUp(siteA(), siteB(), m_reason); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("this pair of tokens cannot do it"));
    EXPECT_TRUE(labelsOn(siteB()).empty());
}

TEST_F(Backup, OnRecordItAllowsDestroyingTheOriginal) {
    generate(siteA(), KeySpec::SymmetricDefault);
    backUp(siteA(), siteB(), m_reason);
    app::GiveUpKeyRequest destroy{siteA(), selector(), std::nullopt, m_state.path()};
    EXPECT_EQ(m_person.run(app::makeDestroyKeyJob(destroy, m_person.context()))["destroyed"], true);
    app::GiveUpKeyRequest destroyTheLast{siteB(), selector(), std::nullopt, m_state.path()};
    EXPECT_EQ(failureOf([&] { m_person.run(app::makeDestroyKeyJob(destroyTheLast, m_person.context())); }).kind,
              ErrorKind::Refused);
}

/// SoftHSM 2.6.1 unwraps RSA keys rightly, but pads them before it wraps them.
TEST_F(Backup, FromWhichNoKmsKeyCanGetTheMaterialBackIsSaidAndDoesNotCount) {
    generate(nss(), KeySpec::Rsa2048);
    const Json result = backUp(nss(), siteA(), m_reason);
    EXPECT_THAT(m_person.textOf("qualification.throw-away-keys"), HasSubstr("on Site A, for RSA_2048"));
    EXPECT_THAT(result["findings"].dump(), HasSubstr("no KMS key can ever get the material from this copy"));
    EXPECT_EQ(result["record"]["canBeWrapped"], false);
    app::GiveUpKeyRequest destroy{nss(), selector(), std::nullopt, m_state.path()};
    EXPECT_THAT(toEnglish(failureOf([&] { m_person.run(app::makeDestroyKeyJob(destroy, m_person.context())); }).cause),
                HasSubstr("is no way back"));
    destroy.acceptLossReason = "test key";
    EXPECT_EQ(m_person.run(app::makeDestroyKeyJob(destroy, m_person.context()))["destroyed"], true);
}

TEST_F(Backup, FromWhichTheMaterialCanBeImportedSaysSo) {
    generate(siteA(), KeySpec::EccNistP384);
    const Json result = backUp(siteA(), nss(), m_reason);
    EXPECT_EQ(result["record"]["canBeWrapped"], true);
    EXPECT_THAT(result["findings"].dump(), Not(HasSubstr("no KMS key can ever get")));
}

/// SoftHSM 2.6.1 does not report the length of a key that it has unwrapped.
TEST_F(Backup, IsBackedUpOnwardWithTheLengthThatIsOnRecord) {
    for (const KeySpec spec : {KeySpec::SymmetricDefault, KeySpec::Hmac384}) {
        m_label = pkcs11::ObjectLabel{std::string{nameOf(wrapping::keySpecNames, spec)}};
        generate(siteA(), spec);
        backUp(siteA(), siteB(), m_reason);
        expectGoodCopy(backUp(siteB(), nss(), m_reason));
        app::GiveUpKeyRequest destroy{siteB(), selector(), std::nullopt, m_state.path()};
        EXPECT_EQ(m_person.run(app::makeDestroyKeyJob(destroy, m_person.context()))["destroyed"], true);
    }
}

TEST_F(Backup, WhoseLengthNobodyTellsIsRefusedWithThatReason) {
    generate(siteA(), KeySpec::SymmetricDefault);
    backUp(siteA(), siteB(), m_reason);
    std::filesystem::remove_all(m_state.path() / "backups");
    const Failure failure = failureOf([&] { backUp(siteB(), nss(), m_reason); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("does not report the length of this key (AES)"));
}

TEST_F(Backup, ThatCannotBePutOnRecordIsRefusedBeforeACopyIsMade) {
    generate(siteA(), KeySpec::SymmetricDefault);
    writeNewFile(m_state.path() / "taken", asBytes("a file where the folder is to be"));
    app::BackupRequest wish = request(siteA(), siteB());
    wish.allowSha1Reason = m_reason;
    wish.stateFolder = m_state.path() / "taken";
    EXPECT_EQ(failureOf([&] { m_person.run(app::makeBackupJob(wish, m_person.context())); }).kind, ErrorKind::Unavailable);
    EXPECT_TRUE(labelsOn(siteB()).empty());
}

TEST_F(Backup, AgainIsRefusedBeforeAnythingIsMadeAndSaysThatTheCopyIsThere) {
    generate(siteA(), KeySpec::SymmetricDefault);
    backUp(siteA(), siteB(), m_reason);
    m_person.asked.clear();
    const Failure failure = failureOf([&] { backUp(siteA(), siteB(), m_reason); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("was backed up to this token already"));
    EXPECT_THAT(toEnglish(failure.remedy), Not(HasSubstr("remove")));
    EXPECT_FALSE(m_person.wasAsked("backup.transport-key"));
    EXPECT_EQ(labelsOn(siteB()).size(), 1U);
}

TEST_F(Backup, ACopyThatIsNotOnRecordIsNotCalledOne) {
    generate(siteA(), KeySpec::SymmetricDefault);
    backUp(siteA(), siteB(), m_reason);
    std::filesystem::remove_all(m_state.path() / "backups");
    EXPECT_THAT(toEnglish(failureOf([&] { backUp(siteA(), siteB(), m_reason); }).cause), HasSubstr("not on record here"));
}

TEST_F(Backup, AnotherKeyOfTheSameLabelStandsInTheWay) {
    generate(siteA(), KeySpec::SymmetricDefault);
    generate(siteB(), KeySpec::SymmetricDefault);
    const Failure failure = failureOf([&] { backUp(siteA(), siteB(), m_reason); });
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("holds another object of the label"));
    EXPECT_FALSE(m_person.wasAsked("backup.transport-key"));
}

TEST_F(Backup, ToTheSameTokenIsRefused) {
    generate(siteA(), KeySpec::SymmetricDefault);
    const Failure failure = failureOf([&] { backUp(siteA(), siteA(), m_reason); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("the token that holds the key"));
}

TEST_F(Backup, OfASealedKeyIsRefused) {
    generate(siteA(), KeySpec::SymmetricDefault);
    m_person.run(app::makeSealKeyJob({siteA(), selector(), "test key", m_state.path()}, m_person.context()));
    const Failure failure = failureOf([&] { backUp(siteA(), siteB(), m_reason); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("EXTRACTABLE=F"));
}

TEST_F(Backup, AnsweredWithNoLeavesNothingOnTheSecondToken) {
    generate(siteA(), KeySpec::SymmetricDefault);
    for (const char* question : {"qualification.throw-away-keys", "backup.transport-key"}) {
        m_person.sayNoTo = question;
        EXPECT_EQ(failureOf([&] { backUp(siteA(), siteB(), m_reason); }).kind, ErrorKind::Cancelled);
        EXPECT_TRUE(labelsOn(siteB()).empty());
    }
}

TEST_F(Backup, OneModuleWithTwoSettingsIsRefused) {
    generate(siteA(), KeySpec::SymmetricDefault);
    SoftHsmStore other;
    other.addToken("Site C");
    const Failure failure = failureOf([&] {
        backUp(siteA(), {other.profile(), pkcs11::TokenSelector::parse("Site C")}, m_reason);
    });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("loaded already with other settings"));
}

TEST_F(Backup, AnEmptyReasonAndAnOddTransportKeyAreInvalid) {
    app::BackupRequest emptyReason = request(siteA(), siteB());
    emptyReason.allowSha1Reason = "";
    EXPECT_EQ(failureOf([&] { static_cast<void>(app::makeBackupJob(emptyReason, {})); }).kind, ErrorKind::InvalidInput);
    app::BackupRequest oddSize = request(siteA(), siteB());
    oddSize.transportKeyBits = 1024;
    EXPECT_EQ(failureOf([&] { static_cast<void>(app::makeBackupJob(oddSize, {})); }).kind, ErrorKind::InvalidInput);
}

}  // namespace
}  // namespace keyconvoy::tests
