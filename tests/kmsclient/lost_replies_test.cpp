#include "tests/kmsclient/simulator_fixture.h"

/// Changes that were carried out and whose replies were lost, and changes that never arrived: each ends in what is true.
namespace keyconvoy::kms {
namespace {

using tests::fails;
using tests::failureOf;
using tests::Fault;

class LostReplyTest : public SimulatedKmsTest {
protected:
    using SimulatedKmsTest::SimulatedKmsTest;
    /// The next call of this operation is carried out, and its reply lost.
    void loseReplyTo(const std::string& operation) {
        begin();
        m_proxy.inject(Fault::CutAfterRequest, operation);
    }
};

TEST_F(LostReplyTest, ToCreateKeyTheKeyIsFoundByItsMark) {
    static_cast<void>(createKey());  // one that looks alike
    loseReplyTo("CreateKey");
    const KeyMetadataReply reply = m_client.createKey({});
    EXPECT_TRUE(wasSettled());
    EXPECT_EQ(count("CreateKey"), 1);
    EXPECT_EQ(m_client.listKeys().entries.size(), 2U);
    EXPECT_EQ(m_client.describeKey(reply.metadata.arn).metadata.keyState, KeyState::PendingImport);
}

TEST_F(LostReplyTest, ToCreateKeyWithAnAnswerOfAnInternalFailureTheKeyIsFoundToo) {
    begin();
    m_proxy.inject(Fault::ServerError, "CreateKey");
    static_cast<void>(createKey());
    EXPECT_EQ(count("CreateKey"), 1);
    EXPECT_EQ(m_client.listKeys().entries.size(), 1U);
}

TEST_F(LostReplyTest, ToCreateKeyThatNeverArrivedLeavesItOpenAndMakesNone) {
    static_cast<void>(m_client.createKey({}));  // another call's key, by its mark
    begin();
    m_proxy.inject(Fault::Nothing, "CreateKey");
    const auto failure = failureOf([&] { return m_client.createKey({}); });
    ASSERT_TRUE(fails(failure, ErrorKind::Unavailable, "may or may not have been carried out"));
    EXPECT_TRUE(failure->outcomeUnknown);
    EXPECT_EQ(failure->details.size(), 1U) << "the mark alone: a key that carries another is not named";
    EXPECT_EQ(count("CreateKey"), 1);
    EXPECT_EQ(m_client.listKeys().entries.size(), 1U);
}

TEST_F(LostReplyTest, ToTheImportOfNewMaterialItIsConfirmed) {
    const std::string key = createKey();
    static_cast<void>(import(key, 1));
    loseReplyTo("ImportKeyMaterial");
    const auto reply = import(key, 2, ImportType::NewKeyMaterial);
    EXPECT_TRUE(wasSettled());
    EXPECT_EQ(count("ImportKeyMaterial"), 2);
    const KeyRotations materials = m_client.listKeyRotations(key, true);
    ASSERT_EQ(materials.rotations.size(), 2U);
    EXPECT_EQ(materials.rotations.back().keyMaterialId, reply.keyMaterialId);
}

TEST_F(LostReplyTest, ToTheImportOfTheSameMaterialItIsRepeated) {
    const std::string key = createKey();
    loseReplyTo("ImportKeyMaterial");
    EXPECT_EQ(import(key, 1).facts.attempts, 2);
    EXPECT_FALSE(wasSettled());
    EXPECT_EQ(m_client.describeKey(key).metadata.keyState, KeyState::Enabled);
}

TEST_F(LostReplyTest, ToTheDeletionOfPendingMaterialItIsSeenToBeGone) {
    const std::string key = createKey();
    const std::string pending = pendingMaterial(key);
    loseReplyTo("DeleteImportedKeyMaterial");
    EXPECT_EQ(m_client.deleteImportedKeyMaterial(key, pending).keyMaterialId, pending);
    EXPECT_EQ(m_client.listKeyRotations(key, true).rotations.size(), 1U);
}

TEST_F(LostReplyTest, ToRotateKeyOnDemandTheRotationIsSeenAndNotAskedForAgain) {
    const std::string key = createKey();
    const std::string pending = pendingMaterial(key);
    loseReplyTo("RotateKeyOnDemand");
    EXPECT_EQ(m_client.rotateKeyOnDemand(key).keyId, key);
    EXPECT_TRUE(wasSettled());
    EXPECT_EQ(count("RotateKeyOnDemand"), 1);
    EXPECT_EQ(current(key), pending);
}

TEST_F(LostReplyTest, ToRotateKeyOnDemandThatNeverArrivedItIsAskedForAgain) {
    const std::string key = createKey();
    const std::string pending = pendingMaterial(key);
    begin();
    m_proxy.inject(Fault::Nothing, "RotateKeyOnDemand");
    EXPECT_EQ(m_client.rotateKeyOnDemand(key).keyId, key);
    EXPECT_FALSE(wasSettled());
    EXPECT_EQ(count("RotateKeyOnDemand"), 2);
    EXPECT_EQ(current(key), pending);
    EXPECT_EQ(m_client.listKeyRotations(key, false).rotations.size(), 1U);
}

TEST_F(LostReplyTest, ToRotateKeyOnDemandWithoutAnyLookItStaysOpen) {
    const std::string key = createKey();
    static_cast<void>(pendingMaterial(key));
    begin();
    m_proxy.inject(Fault::CutAfterRequest, "RotateKeyOnDemand");
    m_proxy.inject(Fault::Nothing, "GetKeyRotationStatus", 20);
    const auto failure = failureOf([&] { return m_client.rotateKeyOnDemand(key); });
    ASSERT_TRUE(fails(failure, ErrorKind::Unavailable, "look with GetKeyRotationStatus, ListKeyRotations"));
    EXPECT_TRUE(failure->outcomeUnknown);
    EXPECT_EQ(count("RotateKeyOnDemand"), 1);
}

TEST_F(LostReplyTest, ToAnAliasCallTheAliasIsLookedUp) {
    const std::string key = createKey();
    loseReplyTo("CreateAlias");
    m_client.createAlias("alias/a", key);
    EXPECT_EQ(count("CreateAlias"), 2);
    EXPECT_TRUE(wasSettled());
    loseReplyTo("DeleteAlias");
    m_client.deleteAlias("alias/a");
    EXPECT_EQ(count("DeleteAlias"), 2);
    EXPECT_TRUE(m_client.listAliases().entries.empty());
}

TEST_F(LostReplyTest, ToCreateAliasOfAnAliasOfAnotherKeyIsARefusal) {
    const std::string key = createKey();
    m_client.createAlias("alias/a", createKey());
    begin();
    m_proxy.inject(Fault::Nothing, "CreateAlias");
    const auto failure = failureOf([&] { return m_client.createAlias("alias/a", key); });
    ASSERT_TRUE(fails(failure, ErrorKind::Refused, "AlreadyExistsException"));
    EXPECT_FALSE(failure->outcomeUnknown);
}

TEST_F(LostReplyTest, ToTheEndOfAKeyItsStateTells) {
    const std::string key = createKey();
    loseReplyTo("ScheduleKeyDeletion");
    const ScheduledDeletion deletion = m_client.scheduleKeyDeletion(key, 7);
    EXPECT_EQ(deletion.keyState, KeyState::PendingDeletion);
    EXPECT_EQ(count("ScheduleKeyDeletion"), 2);
    loseReplyTo("CancelKeyDeletion");
    EXPECT_EQ(m_client.cancelKeyDeletion(key).keyId, key);
    EXPECT_EQ(count("CancelKeyDeletion"), 2);
}

TEST_F(LostReplyTest, ToADeletionThatSomebodyElseScheduledOtherwiseIsARefusal) {
    const std::string key = createKey();
    static_cast<void>(m_client.scheduleKeyDeletion(key, 30));
    m_proxy.inject(Fault::Nothing, "ScheduleKeyDeletion");
    const auto failure = failureOf([&] { return m_client.scheduleKeyDeletion(key, 7); });
    ASSERT_TRUE(fails(failure, ErrorKind::Refused, "KMSInvalidStateException"));
    EXPECT_FALSE(failure->outcomeUnknown);
}

TEST_F(LostReplyTest, ToWhatMayBeDoneTwiceItIsDoneTwice) {
    const std::string key = createKey();
    static_cast<void>(import(key, 1));
    m_client.createAlias("alias/a", createKey());
    const auto twice = [&](const char* operation, const auto& change) {
        loseReplyTo(operation);
        const ReplyFacts facts = change();
        EXPECT_EQ(facts.attempts, 2) << operation;
        EXPECT_EQ(count(operation), 2) << operation;
    };
    twice("DisableKey", [&] { return m_client.disableKey(key); });
    twice("EnableKey", [&] { return m_client.enableKey(key); });
    twice("TagResource", [&] { return m_client.tagResource(key, {{.key = "k", .value = "v"}}); });
    twice("UntagResource", [&] { return m_client.untagResource(key, {"k"}); });
    twice("PutKeyPolicy", [&] { return m_client.putKeyPolicy(key, "{}"); });
    twice("UpdateKeyDescription", [&] { return m_client.updateKeyDescription(key, "d"); });
    twice("UpdateAlias", [&] { return m_client.updateAlias("alias/a", m_client.describeKey("alias/a").metadata.keyId); });
}

class RunningRotationTest : public LostReplyTest {
protected:
    RunningRotationTest() : LostReplyTest{std::vector<std::string>{"--rotation-delay", "1h"}} {}
};

TEST_F(RunningRotationTest, IsSeenByItsStart) {
    const std::string key = createKey();
    static_cast<void>(pendingMaterial(key));
    loseReplyTo("RotateKeyOnDemand");
    EXPECT_EQ(m_client.rotateKeyOnDemand(key).keyId, key);
    EXPECT_TRUE(wasSettled());
    EXPECT_EQ(count("RotateKeyOnDemand"), 1);
    EXPECT_TRUE(m_client.getKeyRotationStatus(key).onDemandRotationStartDate);
}

}  // namespace
}  // namespace keyconvoy::kms
