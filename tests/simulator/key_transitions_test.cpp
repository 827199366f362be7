#include "tests/simulator/row.h"

#include <array>

/// How a key of origin EXTERNAL gets from state to state.
namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::minutes replicationDelay{2};
const Bytes first = filled(32, 0x41);
const Bytes second = filled(32, 0x42);

std::string enabledKey(const Kms& kms) {
    std::string id = kms.createKey();
    kms.mustImport(id, first, forEver());
    return id;
}

std::string enabledPrimary(const Kms& kms) {
    std::string id = kms.createPrimary();
    kms.mustImport(id, first, forEver());
    return id;
}

Json expiring(const Kms& kms, Json more = Json::object()) {
    more["ValidTo"] = seconds(kms.now() + 1h);
    return more;
}

Json asNew(Json more) {
    more["ImportType"] = "NEW_KEY_MATERIAL";
    return more;
}

/// A key with an earlier and a current material; gives the earlier one's ID.
std::string rotate(const Kms& kms, const std::string& id) {
    const std::string earlier = kms.metadata(id).at("CurrentKeyMaterialId");
    kms.mustImport(id, second, asNew(forEver()));
    kms.must("RotateKeyOnDemand", {{"KeyId", id}});
    return earlier;
}

void created(Kms& kms) {
    const Json metadata = kms.metadata(kms.createKey());
    EXPECT_EQ(metadata.at("KeyState"), "PendingImport");
    EXPECT_EQ(metadata.at("Enabled"), false);
    EXPECT_FALSE(metadata.contains("CurrentKeyMaterialId"));
}

void imported(Kms& kms) {
    const Json metadata = kms.metadata(enabledKey(kms));
    EXPECT_EQ(metadata.at("KeyState"), "Enabled");
    EXPECT_EQ(metadata.at("Enabled"), true);
}

void importedButAnotherMissing(Kms& kms) {
    const std::string id = enabledKey(kms);
    const std::string earlier = rotate(kms, id);
    const std::string current = kms.metadata(id).at("CurrentKeyMaterialId");
    kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}, {"KeyMaterialId", earlier}});
    kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}, {"KeyMaterialId", current}});
    kms.mustImport(id, second, forEver({{"KeyMaterialId", current}}));
    EXPECT_EQ(kms.state(id), "PendingImport");
    kms.mustImport(id, first, forEver({{"KeyMaterialId", earlier}}));
    EXPECT_EQ(kms.state(id), "Enabled");
}

void reimported(Kms& kms) {
    const std::string id = enabledKey(kms);
    kms.mustImport(id, first, forEver());
    EXPECT_EQ(kms.state(id), "Enabled");
}

void disabledReimported(Kms& kms) {
    const std::string id = enabledKey(kms);
    kms.must("DisableKey", {{"KeyId", id}});
    kms.mustImport(id, first, forEver());
    EXPECT_EQ(kms.state(id), "Enabled");
}

/// Any permanently associated material: the current one, an earlier one; by deletion, by expiry.
void materialLost(Kms& kms) {
    const std::string deleted = enabledKey(kms);
    const std::string materialId = kms.metadata(deleted).at("CurrentKeyMaterialId");
    kms.must("DeleteImportedKeyMaterial", {{"KeyId", deleted}});
    EXPECT_EQ(kms.state(deleted), "PendingImport");
    EXPECT_EQ(kms.metadata(deleted).at("CurrentKeyMaterialId"), materialId);
    EXPECT_EQ(kms.materials(deleted).at(0).at("ImportState"), "PENDING_IMPORT");
    EXPECT_FALSE(kms.materials(deleted).at(0).contains("ExpirationModel"));

    const std::string rotated = enabledKey(kms);
    const std::string earlier = rotate(kms, rotated);
    kms.must("DeleteImportedKeyMaterial", {{"KeyId", rotated}, {"KeyMaterialId", earlier}});
    EXPECT_EQ(kms.state(rotated), "PendingImport");

    const std::string expired = kms.createKey();
    kms.mustImport(expired, first, expiring(kms));
    kms.must("DisableKey", {{"KeyId", expired}});
    kms.advance(2h);
    EXPECT_EQ(kms.state(expired), "PendingImport");
}

void pendingMaterialLost(Kms& kms) {
    const std::string deleted = enabledKey(kms);
    const std::string pending = kms.mustImport(deleted, second, asNew(forEver()));
    kms.must("DeleteImportedKeyMaterial", {{"KeyId", deleted}, {"KeyMaterialId", pending}});
    EXPECT_EQ(kms.state(deleted), "Enabled");
    EXPECT_EQ(kms.materials(deleted).size(), 1U);

    const std::string expired = enabledKey(kms);
    kms.mustImport(expired, second, asNew(expiring(kms)));
    kms.advance(2h);
    EXPECT_EQ(kms.state(expired), "Enabled");
    EXPECT_EQ(kms.materials(expired).size(), 2U);
    kms.must("RotateKeyOnDemand", {{"KeyId", expired}});
    EXPECT_EQ(kms.state(expired), "PendingImport");
    kms.mustImport(expired, second, forEver());
    EXPECT_EQ(kms.state(expired), "Enabled");

    const std::string waiting = enabledPrimary(kms);
    kms.replicate(waiting, "eu-west-1");
    const std::string forAll = kms.mustImport(waiting, second, asNew(forEver()));
    EXPECT_EQ(kms.materials(waiting).at(1).at("KeyMaterialState"), "PENDING_MULTI_REGION_IMPORT_AND_ROTATION");
    kms.must("DeleteImportedKeyMaterial", {{"KeyId", waiting}, {"KeyMaterialId", forAll}});
    EXPECT_EQ(kms.state(waiting), "Enabled");
}

void deletionScheduled(Kms& kms) {
    const std::string disabled = enabledKey(kms);
    kms.must("DisableKey", {{"KeyId", disabled}});
    for (const std::string& id : {kms.createKey(), enabledKey(kms), disabled}) {
        const Json reply = kms.must("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 7}});
        EXPECT_EQ(reply.at("KeyState"), "PendingDeletion");
        EXPECT_NEAR(reply.at("DeletionDate").get<double>(), seconds(kms.now() + 7 * 24h), 60);
        EXPECT_EQ(kms.metadata(id).at("DeletionDate"), reply.at("DeletionDate"));
    }
}

/// The wait of a primary starts when its last replica is gone.
void primaryWithReplicasDeleted(Kms& kms) {
    const std::string id = enabledPrimary(kms);
    const KmsCaller there = kms.replicate(id, "eu-west-1");
    const Json reply = kms.must("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 10}});
    EXPECT_EQ(reply, Json({{"KeyId", kms.arn(id)}, {"KeyState", "PendingReplicaDeletion"}, {"PendingWindowInDays", 10}}));
    EXPECT_EQ(kms.metadata(id).at("PendingDeletionWindowInDays"), 10);
    EXPECT_FALSE(kms.metadata(id).contains("DeletionDate"));
    kms.advance(30 * 24h);
    EXPECT_EQ(kms.state(id), "PendingReplicaDeletion");
    const double replicaGone = there.must("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 7}}).at("DeletionDate");
    kms.advance(8 * 24h);
    EXPECT_EQ(kms.state(id), "PendingDeletion");
    EXPECT_FALSE(kms.metadata(id).contains("PendingDeletionWindowInDays"));
    EXPECT_NEAR(kms.metadata(id).at("DeletionDate").get<double>(), replicaGone + 10 * 86400, 0.01);
    kms.advance(10 * 24h);
    kms.mustFail("DescribeKey", {{"KeyId", id}}, "NotFoundException", "Key '" + kms.arn(id) + "' does not exist");
}

void deletionScheduledInAnyForm(Kms& kms) {
    deletionScheduled(kms);
    primaryWithReplicasDeleted(kms);
}

void deletionCancelled(Kms& kms) {
    const std::string whole = enabledKey(kms);
    const std::string empty = kms.createKey();
    for (const std::string& id : {whole, empty}) {
        kms.must("ScheduleKeyDeletion", {{"KeyId", id}});
        kms.must("CancelKeyDeletion", {{"KeyId", id}});
    }
    EXPECT_EQ(kms.state(whole), "Disabled");
    EXPECT_EQ(kms.state(empty), "PendingImport");
    const std::string primary = enabledPrimary(kms);
    kms.replicate(primary, "eu-west-1");
    kms.must("ScheduleKeyDeletion", {{"KeyId", primary}});
    kms.must("CancelKeyDeletion", {{"KeyId", primary}});
    EXPECT_EQ(kms.state(primary), "Disabled");
}

void materialLostBeforeDeletion(Kms& kms) {
    const std::string id = kms.createKey();
    kms.mustImport(id, first, expiring(kms));
    kms.must("ScheduleKeyDeletion", {{"KeyId", id}});
    kms.advance(2h);
    EXPECT_EQ(kms.state(id), "PendingDeletion");
    kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}});
    EXPECT_EQ(kms.state(id), "PendingDeletion");
}

void deleted(Kms& kms) {
    const std::string id = enabledKey(kms);
    kms.must("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 7}});
    kms.advance(7 * 24h + 1min);
    kms.mustFail("DescribeKey", {{"KeyId", id}}, "NotFoundException", "Key '" + kms.arn(id) + "' does not exist");
}

void switched(Kms& kms) {
    const std::string id = enabledKey(kms);
    kms.must("DisableKey", {{"KeyId", id}});
    EXPECT_EQ(kms.state(id), "Disabled");
    kms.must("EnableKey", {{"KeyId", id}});
    EXPECT_EQ(kms.state(id), "Enabled");
}

void primaryMoved(Kms& kms) {
    const std::string id = enabledPrimary(kms);
    const KmsCaller there = kms.replicate(id, "eu-west-1");
    kms.advance(replicationDelay);
    there.mustImport(id, first, forEver());
    EXPECT_EQ(kms.call("UpdatePrimaryRegion", {{"KeyId", id}, {"PrimaryRegion", "eu-west-1"}}).body, "");
    EXPECT_EQ(kms.state(id), "Updating");
    EXPECT_EQ(there.state(id), "Updating");
    EXPECT_EQ(kms.metadata(id).at("Enabled"), false);
    kms.advance(replicationDelay);
    EXPECT_EQ(kms.state(id), "Enabled");
    EXPECT_EQ(there.state(id), "Enabled");
    EXPECT_EQ(there.metadata(id).at("MultiRegionConfiguration").at("MultiRegionKeyType"), "PRIMARY");
    EXPECT_EQ(kms.metadata(id).at("MultiRegionConfiguration").at("MultiRegionKeyType"), "REPLICA");
}

void replicated(Kms& kms) {
    const std::string id = enabledPrimary(kms);
    const Json reply = kms.must("ReplicateKey", {{"KeyId", id}, {"ReplicaRegion", "eu-west-1"}}).at("ReplicaKeyMetadata");
    EXPECT_EQ(reply.at("KeyState"), "Creating");
    EXPECT_EQ(reply.at("ExpirationModel"), "KEY_MATERIAL_DOES_NOT_EXPIRE");
    EXPECT_FALSE(reply.contains("CurrentKeyMaterialId"));
    const KmsCaller there = kms.in("eu-west-1");
    EXPECT_EQ(there.state(id), "Creating");
    kms.advance(replicationDelay);
    const Json metadata = there.metadata(id);
    EXPECT_EQ(metadata.at("KeyState"), "PendingImport");
    EXPECT_FALSE(metadata.contains("ExpirationModel"));
    EXPECT_EQ(metadata.at("CurrentKeyMaterialId"), kms.metadata(id).at("CurrentKeyMaterialId"));
}

constexpr std::array<Row, 14> rows{{
    {"Created", "CreateKey Origin=EXTERNAL: PendingImport, Enabled=false", &created},
    {"Imported", "PendingImport, import, every permanent material there: Enabled", &imported},
    {"ImportedButAnotherMissing", "PendingImport, import, another permanent material missing: stays", &importedButAnotherMissing},
    {"Reimported", "Enabled, reimport: Enabled", &reimported},
    {"DisabledReimported", "Disabled, reimport: Enabled", &disabledReimported},
    {"MaterialLost", "Enabled or Disabled, delete or expiry of CURRENT or NON_CURRENT material: PendingImport", &materialLost},
    {"PendingMaterialLost", "Enabled, delete or expiry of a PENDING_ROTATION material: no change", &pendingMaterialLost},
    {"DeletionScheduled",
     "any but PendingDeletion, ScheduleKeyDeletion: PendingDeletion (primary with replicas: PendingReplicaDeletion)",
     &deletionScheduledInAnyForm},
    {"DeletionCancelled", "PendingDeletion, CancelKeyDeletion: Disabled, or PendingImport when material is missing",
     &deletionCancelled},
    {"MaterialLostBeforeDeletion", "PendingDeletion, material deleted or expired: unchanged", &materialLostBeforeDeletion},
    {"Deleted", "PendingDeletion, waiting period over: gone", &deleted},
    {"Switched", "Enabled, EnableKey or DisableKey: Enabled or Disabled", &switched},
    {"PrimaryMoved", "UpdatePrimaryRegion: Updating, then back", &primaryMoved},
    {"Replicated", "ReplicateKey: Creating, then PendingImport", &replicated},
}};

using KeyTransitions = RowTest;

TEST_P(KeyTransitions, AreThoseOfKms) {
    kms::simulator::ServerOptions options;
    options.service.replicationDelay = replicationDelay;
    Kms kms{options};
    GetParam().check(kms);
}

INSTANTIATE_TEST_SUITE_P(Rows, KeyTransitions, testing::ValuesIn(rowsToMeet(rows)), &nameOfRow);

TEST(KeyTransitionRows, AreComplete) {
    expectRows(rows, 14, 0);
}

}  // namespace

}  // namespace keyconvoy::tests
