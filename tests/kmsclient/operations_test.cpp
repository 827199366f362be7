#include "kmsclient/operation.h"

#include "tests/kmsclient/kms_client_fixture.h"
#include "tests/kmsclient/simulator_fixture.h"

#include <set>

namespace keyconvoy::kms {
namespace {

using namespace std::chrono;

TEST(OperationTableTest, HasEachOperationOnceInTheOrderOfTheEnum) {
    std::set<std::string_view> names;
    std::size_t number = 0;
    for (const OperationFacts& row : operationTable()) {
        EXPECT_EQ(static_cast<std::size_t>(row.operation), number++) << row.name;
        EXPECT_TRUE(names.insert(row.name).second) << row.name;
        EXPECT_EQ(&factsOf(row.operation), &row);
        EXPECT_EQ(row.changes, !row.findOut.empty()) << row.name;
        EXPECT_EQ(row.repetition == Repetition::MayBeRefused, !row.refusedAs.empty()) << row.name;
        EXPECT_TRUE(row.changes || row.repetition == Repetition::Harmless) << row.name;
    }
    EXPECT_EQ(factsOf(Operation::AssumeRoleWithWebIdentity).name, "AssumeRoleWithWebIdentity");
    EXPECT_EQ(factsOf(Operation::GetParametersForImport).interval, 4s);
}

class SingleRegionTest : public SimulatedKmsTest {};

TEST_F(SingleRegionTest, TagsAreSetListedAndTakenAway) {
    const std::string key = createKey();
    m_client.tagResource(key, {{.key = "team", .value = "payments"}, {.key = "empty", .value = ""}});
    TagList tags = m_client.listResourceTags(key);
    EXPECT_EQ(std::ranges::count(tags.entries, Tag{.key = "team", .value = "payments"}), 1);
    EXPECT_EQ(std::ranges::count(tags.entries, Tag{.key = "empty", .value = ""}), 1);
    m_client.untagResource(key, {"team", "keyconvoy:request"});
    EXPECT_EQ(m_client.listResourceTags(key).entries, (std::vector<Tag>{{.key = "empty", .value = ""}}));
    EXPECT_TRUE(tests::fails(tests::failureOf([&] { return m_client.tagResource(key, {{.key = "aws:x", .value = ""}}); }),
                             ErrorKind::InvalidInput, "TagException"));
}

TEST_F(SingleRegionTest, AliasesAreMadeMovedListedAndTakenAway) {
    const std::string one = createKey();
    const std::string other = createKey();
    m_client.createAlias("alias/payments", one);
    EXPECT_EQ(m_client.describeKey("alias/payments").metadata.arn, one);
    m_client.updateAlias("alias/payments", other);
    EXPECT_EQ(m_client.describeKey("alias/payments").metadata.arn, other);
    EXPECT_TRUE(m_client.listAliases(one).entries.empty());
    const AliasList aliases = m_client.listAliases(other);
    ASSERT_EQ(aliases.entries.size(), 1U);
    EXPECT_EQ(aliases.entries.front().name, "alias/payments");
    EXPECT_TRUE(other.ends_with(*aliases.entries.front().targetKeyId));
    EXPECT_TRUE(tests::fails(tests::failureOf([&] { return m_client.createAlias("alias/payments", one); }), ErrorKind::Refused,
                             "AlreadyExistsException"));
    m_client.deleteAlias("alias/payments");
    EXPECT_TRUE(m_client.listAliases().entries.empty());
}

TEST_F(SingleRegionTest, AllPagesOfAListAreRead) {
    const std::string key = createKey();
    for (int i = 0; i < 51; ++i) {  // one more than KMS gives at once
        m_client.createAlias("alias/a" + std::to_string(i), key);
    }
    begin();
    EXPECT_EQ(m_client.listAliases().entries.size(), 51U);
    EXPECT_EQ(count("ListAliases"), 2);
}

TEST_F(SingleRegionTest, PolicyAndDescriptionAreReadAndChanged) {
    CreateKeyRequest request;
    request.policy = R"({"Version":"2012-10-17"})";
    request.policyLockoutCheck = PolicyLockoutCheck::Bypassed;
    request.description = "first";
    const std::string key = m_client.createKey(request).metadata.arn;
    EXPECT_EQ(m_client.getKeyPolicy(key).policy, request.policy);
    m_client.putKeyPolicy(key, "{}", PolicyLockoutCheck::Bypassed);
    EXPECT_EQ(m_client.getKeyPolicy(key).policy, "{}");
    m_client.updateKeyDescription(key, "second");
    EXPECT_EQ(m_client.describeKey(key).metadata.description, "second");
    EXPECT_TRUE(tests::fails(tests::failureOf([&] { return m_client.putKeyPolicy(key, "no JSON"); }), ErrorKind::InvalidInput,
                             "MalformedPolicyDocumentException"));
}

TEST_F(SingleRegionTest, AKeyIsDisabledEnabledAndItsDeletionScheduledAndCancelled) {
    const std::string key = createKey();
    static_cast<void>(import(key, 1));
    m_client.disableKey(key);
    EXPECT_EQ(m_client.describeKey(key).metadata.keyState, KeyState::Disabled);
    m_client.enableKey(key);
    EXPECT_EQ(m_client.describeKey(key).metadata.keyState, KeyState::Enabled);
    const ScheduledDeletion deletion = m_client.scheduleKeyDeletion(key, 7);
    EXPECT_EQ(deletion.keyState, KeyState::PendingDeletion);
    EXPECT_EQ(deletion.pendingWindowInDays, 7);
    EXPECT_EQ(deletion.deletionDate, m_client.describeKey(key).metadata.deletionDate);
    EXPECT_EQ(m_client.cancelKeyDeletion(key).keyId, key);
    EXPECT_EQ(m_client.describeKey(key).metadata.keyState, KeyState::Disabled);
}

TEST_F(SingleRegionTest, ARotationMakesThePendingMaterialCurrent) {
    const std::string key = createKey();
    const std::string pending = pendingMaterial(key);
    EXPECT_NE(current(key), pending);
    EXPECT_EQ(m_client.rotateKeyOnDemand(key).keyId, key);
    EXPECT_EQ(current(key), pending);
    EXPECT_FALSE(m_client.getKeyRotationStatus(key).onDemandRotationStartDate);
    EXPECT_TRUE(tests::fails(tests::failureOf([&] { return m_client.rotateKeyOnDemand(key); }), ErrorKind::Refused,
                             "KMSInvalidStateException"));
}

TEST_F(SingleRegionTest, KeysAreListed) {
    const std::string one = createKey();
    const std::string other = createKey();
    const KeyList keys = m_client.listKeys();
    EXPECT_EQ(keys.entries.size(), 2U);
    for (const std::string& made : {one, other}) {
        EXPECT_EQ(std::ranges::count(keys.entries, made, &KeyEntry::arn), 1);
    }
}

/// What the simulator does not know is compared with the API reference.
class MultiRegionTest : public KmsClientTest {
protected:
    const std::string m_mrk = "mrk-1234abcd12ab34cd56ef1234567890ab";
    [[nodiscard]] std::string arnIn(const std::string& region) const {
        return "arn:aws:kms:" + region + ":000000000001:key/" + m_mrk;
    }
    [[nodiscard]] std::string members(const std::string& region, const std::string& replicas, const std::string& primary) const {
        return R"({"KeyId":")" + m_mrk + R"(","Arn":")" + arnIn(region) +
               R"(","KeyUsage":"ENCRYPT_DECRYPT","KeyState":"Enabled","Origin":"EXTERNAL","KeySpec":"SYMMETRIC_DEFAULT","MultiRegion":true,)"
               R"("MultiRegionConfiguration":{"MultiRegionKeyType":"PRIMARY","PrimaryKey":{"Arn":")" +
               arnIn(primary) + R"(","Region":")" + primary + R"("},"ReplicaKeys":[)" + replicas + "]}}";
    }
    [[nodiscard]] std::string replica() const { return R"({"Arn":")" + arnIn("eu-west-1") + R"(","Region":"eu-west-1"})"; }
    [[nodiscard]] std::string described(const std::string& replicas, const std::string& primary = "us-east-1") const {
        return R"({"KeyMetadata":)" + members("us-east-1", replicas, primary) + "}";
    }
    [[nodiscard]] ReplicateKeyRequest request() const {
        ReplicateKeyRequest asked;
        asked.keyId = arnIn("us-east-1");
        asked.replicaRegion = "eu-west-1";
        return asked;
    }
    [[nodiscard]] std::string replicated() const {
        return R"({"ReplicaKeyMetadata":)" + members("eu-west-1", replica(), "us-east-1") + R"(,"ReplicaPolicy":"{}"})";
    }
};

TEST_F(MultiRegionTest, AReplicaIsMade) {
    m_service.nextReply(200, described(""));
    m_service.nextReply(200, replicated());
    KmsClient client = this->client();
    const ReplicateKeyReply reply = client.replicateKey(request());
    EXPECT_EQ(reply.replicaArn, arnIn("eu-west-1"));
    ASSERT_TRUE(reply.replica && reply.replica->multiRegionConfiguration);
    EXPECT_EQ(reply.policy, "{}");
    EXPECT_EQ(m_service.requests().back().header("x-amz-target"), "TrentService.ReplicateKey");
}

TEST_F(MultiRegionTest, AReplicaWhoseReplyWasLostIsSeenAtThePrimary) {
    m_service.nextReply(200, described(""));
    m_service.next("");
    m_service.nextReply(400, fault("AlreadyExistsException"));
    m_service.nextReply(200, described(replica()));
    KmsClient client = this->client();
    const ReplicateKeyReply reply = client.replicateKey(request());
    EXPECT_EQ(reply.replicaArn, arnIn("eu-west-1"));
    EXPECT_FALSE(reply.replica);
    EXPECT_TRUE(hasFinding(client, "ReplicateKey got no reply but was carried out"));
}

TEST_F(MultiRegionTest, AReplicaThatWasThereBeforeIsNotTakenForOurs) {
    m_service.nextReply(200, described(replica()));
    m_service.next("");
    m_service.nextReply(400, fault("AlreadyExistsException"));
    m_service.nextReply(200, described(replica()));
    KmsClient client = this->client();
    const auto failure = failureOf([&] { return client.replicateKey(request()); });
    ASSERT_TRUE(fails(failure, ErrorKind::Refused, "AlreadyExistsException"));
    EXPECT_FALSE(failure->outcomeUnknown);
}

TEST_F(MultiRegionTest, AReplicaInAnotherRegionThanAskedForIsRefused) {
    m_service.nextReply(200, described(""));
    m_service.nextReply(200, R"({"ReplicaKeyMetadata":)" + members("eu-west-2", "", "us-east-1") + "}");
    KmsClient client = this->client();
    const auto failure = failureOf([&] { return client.replicateKey(request()); });
    ASSERT_TRUE(fails(failure, ErrorKind::Integrity, "which is not in eu-west-1"));
    EXPECT_TRUE(failure->outcomeUnknown);
}

TEST_F(MultiRegionTest, ThePrimaryMovesAndALostReplyIsSettledByALook) {
    m_service.nextReply(200, "");
    KmsClient client = this->client();
    client.updatePrimaryRegion(arnIn("us-east-1"), "eu-west-1");
    EXPECT_EQ(m_service.requests().back().body, R"({"KeyId":")" + arnIn("us-east-1") + R"(","PrimaryRegion":"eu-west-1"})");
    m_service.next("");
    m_service.nextReply(400, fault("UnsupportedOperationException", "is not a multi-region primary key."));
    m_service.nextReply(200, described(replica(), "eu-west-1"));
    client.updatePrimaryRegion(arnIn("us-east-1"), "eu-west-1");
    EXPECT_TRUE(hasFinding(client, "UpdatePrimaryRegion got no reply but was carried out"));
}

}  // namespace
}  // namespace keyconvoy::kms
