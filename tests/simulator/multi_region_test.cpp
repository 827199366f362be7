#include "core/base64.h"
#include "tests/simulator/kms.h"

#include <cmath>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Multi-Region keys with imported material, from the first import to the last rotation.
namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

const Bytes first = filled(32, 0x41);
const Bytes second = filled(32, 0x42);
const Bytes third = filled(32, 0x43);

Json asNew(Json more = Json::object()) {
    more["ImportType"] = "NEW_KEY_MATERIAL";
    return forEver(std::move(more));
}

Json existing(const std::string& materialId) {
    return forEver({{"ImportType", "EXISTING_KEY_MATERIAL"}, {"KeyMaterialId", materialId}});
}

std::vector<std::string> membersOf(const Json& materials, const char* member) {
    std::vector<std::string> values;
    for (const Json& entry : materials) {
        values.push_back(entry.value(member, ""));
    }
    return values;
}

class MultiRegion : public testing::Test {
protected:
    /// A primary in us-east-1 that holds the first material.
    std::string primary() {
        std::string id = m_kms.createPrimary();
        m_kms.mustImport(id, first, forEver({{"KeyMaterialDescription", "first material"}}));
        return id;
    }
    /// The same with a replica in eu-west-1 that holds it too.
    std::string inTwoRegions() {
        std::string id = primary();
        m_kms.replicate(id, "eu-west-1").mustImport(id, first, forEver());
        return id;
    }
    [[nodiscard]] std::vector<std::string> states(const KmsCaller& kms, const std::string& id) const {
        return membersOf(kms.materials(id), "KeyMaterialState");
    }

    Kms m_kms;
    KmsCaller m_replica = m_kms.in("eu-west-1");
};

TEST_F(MultiRegion, KeyIdsAreMarkedAndTheSameInEveryRegion) {
    const std::string id = primary();
    EXPECT_THAT(id, testing::MatchesRegex("mrk-[0-9a-f]{32}"));
    m_kms.replicate(id, "eu-west-1");
    EXPECT_EQ(m_replica.metadata(id).at("Arn"), "arn:aws:kms:eu-west-1:000000000000:key/" + id);
    EXPECT_EQ(m_replica.metadata(id).at("MultiRegion"), true);
}

TEST_F(MultiRegion, MetadataListsTheRelatedKeys) {
    const std::string id = primary();
    const Json placeOfPrimary{{"Arn", m_kms.arn(id)}, {"Region", "us-east-1"}};
    const Json placeOfReplica{{"Arn", m_replica.arn(id)}, {"Region", "eu-west-1"}};
    EXPECT_EQ(m_kms.metadata(id).at("MultiRegionConfiguration"),
              Json({{"MultiRegionKeyType", "PRIMARY"}, {"PrimaryKey", placeOfPrimary}, {"ReplicaKeys", Json::array()}}));
    m_kms.replicate(id, "eu-west-1");
    EXPECT_EQ(m_kms.metadata(id).at("MultiRegionConfiguration"), Json({{"MultiRegionKeyType", "PRIMARY"},
                                                                       {"PrimaryKey", placeOfPrimary},
                                                                       {"ReplicaKeys", Json::array({placeOfReplica})}}));
    EXPECT_EQ(m_replica.metadata(id).at("MultiRegionConfiguration"), Json({{"MultiRegionKeyType", "REPLICA"},
                                                                           {"PrimaryKey", placeOfPrimary},
                                                                           {"ReplicaKeys", Json::array({placeOfReplica})}}));
    EXPECT_FALSE(m_kms.metadata(m_kms.createKey()).contains("MultiRegionConfiguration"));
}

TEST_F(MultiRegion, ReplicaHasItsOwnPolicyTagsAndDescription) {
    const Json tags = Json::array({{{"TagKey", "site"}, {"TagValue", "B"}}});
    const std::string id = primary();
    m_kms.must("TagResource", {{"KeyId", id}, {"Tags", Json::array({{{"TagKey", "site"}, {"TagValue", "A"}}})}});
    m_kms.must("CreateAlias", {{"AliasName", "alias/orders"}, {"TargetKeyId", id}});
    m_kms.must("UpdateKeyDescription", {{"KeyId", id}, {"Description", "primary"}});
    const Json reply = m_kms.must("ReplicateKey", {{"KeyId", id}, {"ReplicaRegion", "eu-west-1"}, {"Tags", tags}});
    EXPECT_EQ(reply.at("ReplicaTags"), tags);
    EXPECT_THAT(reply.at("ReplicaPolicy").get<std::string>(), testing::HasSubstr("arn:aws:iam::000000000000:root"));
    EXPECT_EQ(m_replica.must("ListResourceTags", {{"KeyId", id}}).at("Tags"), tags);
    EXPECT_EQ(m_replica.must("ListAliases", Json::object()).at("Aliases"), Json::array());
    EXPECT_EQ(m_replica.metadata(id).at("Description"), "");
    EXPECT_FALSE(m_kms.must("ReplicateKey", {{"KeyId", id}, {"ReplicaRegion", "us-west-2"}}).contains("ReplicaTags"));
}

TEST_F(MultiRegion, ASecondReplicaInARegionExistsAlready) {
    const std::string id = primary();
    m_kms.replicate(id, "eu-west-1");
    const RawReply again = m_kms.call("ReplicateKey", {{"KeyId", id}, {"ReplicaRegion", "eu-west-1"}});
    EXPECT_EQ(Json::parse(again.body).at("__type"), "AlreadyExistsException");
}

// ------------------------------------------------------------------------------------------------------------- materials

TEST_F(MultiRegion, MaterialIsNeverCopied) {
    const std::string id = primary();
    m_kms.replicate(id, "eu-west-1");
    EXPECT_EQ(m_replica.state(id), "PendingImport");
    const Json listed = m_replica.materials(id);
    EXPECT_EQ(listed, Json::array({{{"KeyId", m_replica.arn(id)},
                                    {"KeyMaterialId", m_kms.metadata(id).at("CurrentKeyMaterialId")},
                                    {"KeyMaterialDescription", "first material"},
                                    {"ImportState", "PENDING_IMPORT"},
                                    {"KeyMaterialState", "CURRENT"}}}));
    m_replica.mustFail("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}}, "KMSInvalidStateException",
                       m_replica.arn(id) + " is pending import.");
}

TEST_F(MultiRegion, ReplicaTakesTheSameMaterialOnly) {
    const std::string id = primary();
    const std::string materialId = m_kms.metadata(id).at("CurrentKeyMaterialId");
    m_kms.replicate(id, "eu-west-1");
    expectError(m_replica.import(id, second, forEver()), "IncorrectKeyMaterialException",
                "Imported key material does not have the expected identifier (" + materialId + ").");
    EXPECT_EQ(m_replica.mustImport(id, first, forEver()), materialId);
    EXPECT_EQ(m_replica.state(id), "Enabled");
}

TEST_F(MultiRegion, TokenIsOfItsRegion) {
    const std::string id = primary();
    m_kms.replicate(id, "eu-west-1");
    const Parameters given = m_kms.parameters(id);
    m_replica.mustFail("ImportKeyMaterial",
                       forEver({{"KeyId", id},
                                {"ImportToken", toBase64(given.importToken)},
                                {"EncryptedKeyMaterial", toBase64(wrapFor(given, first))}}),
                       "InvalidImportTokenException");
}

TEST_F(MultiRegion, CiphertextOpensInEveryRegionThatHoldsTheMaterial) {
    const std::string id = inTwoRegions();
    const Json sealed = m_kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}}).at("CiphertextBlob");
    EXPECT_EQ(m_replica.must("Decrypt", {{"CiphertextBlob", sealed}}).at("KeyId"), m_replica.arn(id));
    m_kms.in("us-west-2").mustFail("Decrypt", {{"CiphertextBlob", sealed}}, "InvalidCiphertextException");
}

TEST_F(MultiRegion, ExpiryIsOfTheRegion) {
    const std::string id = inTwoRegions();
    m_replica.mustImport(id, first, {{"ValidTo", std::floor(seconds(m_kms.now() + 1h))}});
    EXPECT_EQ(m_kms.metadata(id).at("ExpirationModel"), "KEY_MATERIAL_DOES_NOT_EXPIRE");
    m_kms.advance(2h);
    EXPECT_EQ(m_replica.state(id), "PendingImport");
    EXPECT_EQ(m_kms.state(id), "Enabled");
}

TEST_F(MultiRegion, MaterialDeletedInOneRegionStaysInTheOthers) {
    const std::string id = inTwoRegions();
    m_kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}});
    EXPECT_EQ(m_kms.state(id), "PendingImport");
    EXPECT_EQ(m_replica.state(id), "Enabled");
}

TEST_F(MultiRegion, HmacAndKeyPairsAreReplicatedTheSameWay) {
    const std::string id = m_kms.createPrimary("HMAC_256");
    m_kms.mustImport(id, first, forEver());
    m_kms.replicate(id, "eu-west-1");
    EXPECT_EQ(m_replica.state(id), "PendingImport");
    EXPECT_FALSE(m_replica.metadata(id).contains("CurrentKeyMaterialId"));
    expectError(m_replica.import(id, first, forEver({{"ImportType", "EXISTING_KEY_MATERIAL"}})), "ValidationException",
                "Input parameter importType cannot be used with HMAC_256 imported keys.");
    m_replica.mustImport(id, first, forEver());
    const Json message{{"KeyId", id}, {"Message", "AA=="}, {"MacAlgorithm", "HMAC_SHA_256"}};
    EXPECT_EQ(m_replica.must("GenerateMac", message).at("Mac"), m_kms.must("GenerateMac", message).at("Mac"));
}

TEST_F(MultiRegion, MaterialOfKmsIsCopied) {
    const std::string id = m_kms.must("CreateKey", {{"MultiRegion", true}}).at("KeyMetadata").at("KeyId");
    m_kms.replicate(id, "eu-west-1");
    EXPECT_EQ(m_replica.state(id), "Enabled");
    const Json sealed = m_kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}}).at("CiphertextBlob");
    EXPECT_EQ(m_replica.must("Decrypt", {{"CiphertextBlob", sealed}}).at("Plaintext"), "AA==");
}

// --------------------------------------------------------------------------------------------------------------- rotation

TEST_F(MultiRegion, RotatesWhenEveryReplicaHoldsTheNewMaterial) {
    const std::string id = inTwoRegions();
    const KmsCaller west = m_kms.replicate(id, "us-west-2");
    west.mustImport(id, first, forEver());
    const std::string next = m_kms.mustImport(id, second, asNew({{"KeyMaterialDescription", "second material"}}));
    const char* const waiting = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";
    const auto refused = [&] {
        m_kms.mustFail("RotateKeyOnDemand", {{"KeyId", id}}, "KMSInvalidStateException",
                       "Cannot perform key material rotation: Key material has not been imported for replicas of the "
                       "Multi-Region key.");
    };
    for (const KmsCaller& there : {KmsCaller{m_kms}, m_replica, west}) {
        EXPECT_THAT(states(there, id), ElementsAre("CURRENT", waiting));
        EXPECT_EQ(there.materials(id).at(1).at("KeyMaterialDescription"), "second material");
        EXPECT_EQ(there.state(id), "Enabled");
    }
    refused();
    m_replica.mustImport(id, second, existing(next));
    EXPECT_THAT(states(m_kms, id), ElementsAre("CURRENT", waiting));
    refused();
    west.mustImport(id, second, existing(next));
    for (const KmsCaller& there : {KmsCaller{m_kms}, m_replica, west}) {
        EXPECT_THAT(states(there, id), ElementsAre("CURRENT", "PENDING_ROTATION"));
    }
    m_replica.mustFail("RotateKeyOnDemand", {{"KeyId", id}}, "UnsupportedOperationException",
                       m_replica.arn(id) + " is not a multi-region primary key.");
    m_kms.must("RotateKeyOnDemand", {{"KeyId", id}});
    for (const KmsCaller& there : {KmsCaller{m_kms}, m_replica, west}) {
        EXPECT_THAT(states(there, id), ElementsAre("NON_CURRENT", "CURRENT"));
        EXPECT_EQ(there.metadata(id).at("CurrentKeyMaterialId"), next);
        EXPECT_EQ(there.must("ListKeyRotations", {{"KeyId", id}}).at("Rotations").at(0).at("RotationType"), "ON_DEMAND");
    }
}

TEST_F(MultiRegion, WithoutReplicasNewMaterialIsReadyAtOnce) {
    const std::string id = primary();
    m_kms.mustImport(id, second, asNew());
    EXPECT_THAT(states(m_kms, id), ElementsAre("CURRENT", "PENDING_ROTATION"));
    m_kms.must("RotateKeyOnDemand", {{"KeyId", id}});
}

TEST_F(MultiRegion, PendingMaterialDeletedAtThePrimaryIsGoneEverywhere) {
    const std::string id = inTwoRegions();
    const std::string next = m_kms.mustImport(id, second, asNew());
    m_replica.mustImport(id, second, existing(next));
    m_kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}, {"KeyMaterialId", next}});
    EXPECT_EQ(m_kms.materials(id).size(), 1U);
    EXPECT_EQ(m_replica.materials(id).size(), 1U);
    m_kms.mustImport(id, third, asNew());  // the slot is free
}

TEST_F(MultiRegion, PendingMaterialDeletedAtAReplicaIsMissingThereOnly) {
    const std::string id = inTwoRegions();
    const std::string next = m_kms.mustImport(id, second, asNew());
    m_replica.mustImport(id, second, existing(next));
    m_replica.must("DeleteImportedKeyMaterial", {{"KeyId", id}, {"KeyMaterialId", next}});
    EXPECT_THAT(membersOf(m_kms.materials(id), "ImportState"), ElementsAre("IMPORTED", "IMPORTED"));
    EXPECT_THAT(membersOf(m_replica.materials(id), "ImportState"), ElementsAre("IMPORTED", "PENDING_IMPORT"));
    EXPECT_EQ(m_replica.state(id), "Enabled");
    EXPECT_EQ(Json::parse(m_kms.call("RotateKeyOnDemand", {{"KeyId", id}}).body).at("__type"), "KMSInvalidStateException");
}

TEST_F(MultiRegion, ALateReplicaNeedsEveryMaterial) {
    const std::string id = primary();
    const std::string earlier = m_kms.metadata(id).at("CurrentKeyMaterialId");
    const std::string current = m_kms.mustImport(id, second, asNew());
    m_kms.must("RotateKeyOnDemand", {{"KeyId", id}});
    m_kms.replicate(id, "eu-west-1");
    EXPECT_THAT(states(m_replica, id), ElementsAre("NON_CURRENT", "CURRENT"));
    m_replica.mustImport(id, second, existing(current));
    EXPECT_EQ(m_replica.state(id), "PendingImport");
    m_replica.mustImport(id, first, existing(earlier));
    EXPECT_EQ(m_replica.state(id), "Enabled");
}

/// As AWS was seen to do it: the rotation goes on, and the replica lacks its current material.
TEST(MultiRegionRotation, IsNotStoppedByADeletionAtAReplica) {
    kms::simulator::ServerOptions options;
    options.service.rotationDelay = 60s;
    Kms kms{options};
    const std::string id = kms.createPrimary();
    kms.mustImport(id, first, forEver());
    const KmsCaller replica = kms.replicate(id, "eu-west-1");
    replica.mustImport(id, first, forEver());
    const std::string next = kms.mustImport(id, second, asNew());
    replica.mustImport(id, second, existing(next));
    kms.must("RotateKeyOnDemand", {{"KeyId", id}});
    EXPECT_TRUE(replica.must("GetKeyRotationStatus", {{"KeyId", id}}).contains("OnDemandRotationStartDate"));
    replica.must("DeleteImportedKeyMaterial", {{"KeyId", id}, {"KeyMaterialId", next}});
    kms.advance(61s);
    EXPECT_EQ(kms.state(id), "Enabled");
    EXPECT_EQ(kms.metadata(id).at("CurrentKeyMaterialId"), next);
    EXPECT_EQ(replica.state(id), "PendingImport");
    EXPECT_FALSE(replica.must("GetKeyRotationStatus", {{"KeyId", id}}).contains("OnDemandRotationStartDate"));
}

// ---------------------------------------------------------------------------------------------------------------- primary

TEST_F(MultiRegion, TheNewPrimaryTakesWhatOnlyPrimariesTake) {
    const std::string id = inTwoRegions();
    m_kms.must("UpdatePrimaryRegion", {{"KeyId", id}, {"PrimaryRegion", "eu-west-1"}});
    const std::string next = m_replica.mustImport(id, second, asNew());
    expectError(m_kms.import(id, third, asNew()), "ValidationException",
                "Input parameter ImportType NEW_KEY_MATERIAL cannot be used on replica Multi-Region keys");
    m_kms.mustImport(id, second, existing(next));
    m_replica.must("RotateKeyOnDemand", {{"KeyId", id}});
    EXPECT_EQ(m_kms.metadata(id).at("CurrentKeyMaterialId"), next);
    m_kms.mustFail("UpdatePrimaryRegion", {{"KeyId", id}, {"PrimaryRegion", "us-east-1"}}, "UnsupportedOperationException",
                   m_kms.arn(id) + " is not a multi-region primary key.");
}

TEST_F(MultiRegion, PrimaryMovesToAnEnabledReplicaOnly) {
    const std::string id = primary();
    const auto moveTo = [&](const char* region) {
        const RawReply reply = m_kms.call("UpdatePrimaryRegion", {{"KeyId", id}, {"PrimaryRegion", region}});
        return Json::parse(reply.body).at("__type").get<std::string>();
    };
    EXPECT_EQ(moveTo("eu-west-1"), "NotFoundException");
    EXPECT_EQ(moveTo("us-east-1"), "UnsupportedOperationException");
    EXPECT_EQ(moveTo("mars-north-1"), "ValidationException");
    m_kms.replicate(id, "eu-west-1");
    EXPECT_EQ(moveTo("eu-west-1"), "KMSInvalidStateException");
}

TEST_F(MultiRegion, ADeletedReplicaLeavesTheList) {
    const std::string id = inTwoRegions();
    m_replica.must("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 7}});
    EXPECT_EQ(m_replica.state(id), "PendingDeletion");
    EXPECT_EQ(m_kms.metadata(id).at("MultiRegionConfiguration").at("ReplicaKeys").size(), 1U);
    m_kms.advance(7 * 24h + 1min);
    EXPECT_EQ(m_kms.metadata(id).at("MultiRegionConfiguration").at("ReplicaKeys").size(), 0U);
    EXPECT_EQ(m_kms.state(id), "Enabled");
    m_kms.replicate(id, "eu-west-1");
    EXPECT_EQ(m_replica.state(id), "PendingImport");
}

// ---------------------------------------------------------------------------------------------------------------- Regions

TEST(Regions, HaveKeysAndAliasesOfTheirOwn) {
    const Kms kms;
    const KmsCaller there = kms.in("eu-west-1");
    const std::string here = kms.createKey();
    const std::string key = there.createKey();
    EXPECT_EQ(there.metadata(key).at("Arn"), "arn:aws:kms:eu-west-1:000000000000:key/" + key);
    kms.mustFail("DescribeKey", {{"KeyId", key}}, "NotFoundException", "Key '" + kms.arn(key) + "' does not exist");
    kms.mustFail("DescribeKey", {{"KeyId", there.arn(key)}}, "NotFoundException", "Invalid arn eu-west-1");
    kms.must("CreateAlias", {{"AliasName", "alias/orders"}, {"TargetKeyId", here}});
    there.must("CreateAlias", {{"AliasName", "alias/orders"}, {"TargetKeyId", key}});
    EXPECT_EQ(kms.metadata("alias/orders").at("KeyId"), here);
    EXPECT_EQ(there.metadata("alias/orders").at("KeyId"), key);
    EXPECT_EQ(there.must("ListKeys", Json::object()).at("Keys"), Json::array({{{"KeyId", key}, {"KeyArn", there.arn(key)}}}));
    there.mustFail("CreateAlias", {{"AliasName", "alias/other"}, {"TargetKeyId", here}}, "NotFoundException",
                   "Key '" + there.arn(here) + "' does not exist");
}

}  // namespace

}  // namespace keyconvoy::tests
