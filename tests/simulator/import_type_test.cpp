#include "core/base64.h"
#include "tests/simulator/row.h"

#include <array>

/// ImportType, KeyMaterialId and KeyMaterialDescription of ImportKeyMaterial.
namespace keyconvoy::tests {

namespace {

const Bytes first = filled(32, 0x41);
const Bytes second = filled(32, 0x42);
const Bytes third = filled(32, 0x43);
const std::string neverSeen(64, 'a');

Json asNew(Json more = Json::object()) {
    more["ImportType"] = "NEW_KEY_MATERIAL";
    return forEver(std::move(more));
}
Json asExisting(Json more = Json::object()) {
    more["ImportType"] = "EXISTING_KEY_MATERIAL";
    return forEver(std::move(more));
}

std::string unexpected(const std::string& expectedId) {
    return "Imported key material does not have the expected identifier (" + expectedId + ").";
}

void omittedAtFirst(Kms& kms) {
    const std::string id = kms.createKey();
    const std::string materialId = kms.mustImport(id, first, forEver());
    EXPECT_EQ(materialId.size(), 64U);
    EXPECT_EQ(kms.metadata(id).at("CurrentKeyMaterialId"), materialId);
}

void omittedLater(Kms& kms) {
    const std::string id = kms.createKey();
    const std::string materialId = kms.mustImport(id, first, forEver());
    EXPECT_EQ(kms.mustImport(id, first, forEver()), materialId);
    expectError(kms.import(id, second, forEver()), "IncorrectKeyMaterialException", unexpected(materialId));
}

void existingWithEqualBytes(Kms& kms) {
    const std::string id = kms.createKey();
    const std::string materialId = kms.mustImport(id, first, forEver());
    EXPECT_EQ(kms.mustImport(id, first, asExisting()), materialId);
    EXPECT_EQ(kms.mustImport(id, first, asExisting({{"KeyMaterialId", materialId}})), materialId);
    EXPECT_EQ(kms.mustImport(id, first, forEver({{"KeyMaterialId", materialId}})), materialId);
}

void existingWithOtherBytes(Kms& kms) {
    const std::string id = kms.createKey();
    const std::string materialId = kms.mustImport(id, first, forEver());
    expectError(kms.import(id, second, asExisting()), "IncorrectKeyMaterialException", unexpected(materialId));
}

void existingWithIdOfOtherBytes(Kms& kms) {
    const std::string id = kms.createKey();
    const std::string materialId = kms.mustImport(id, first, forEver());
    expectError(kms.import(id, second, asExisting({{"KeyMaterialId", materialId}})), "IncorrectKeyMaterialException",
                unexpected(materialId));
}

void idNeverImported(Kms& kms) {
    const std::string id = kms.createKey();
    kms.mustImport(id, first, forEver());
    expectError(kms.import(id, first, asExisting({{"KeyMaterialId", neverSeen}})), "IncorrectKeyMaterialException",
                unexpected(neverSeen));
}

/// Not known of AWS without the ID; with it the earlier material is taken.
void existingNonCurrent(Kms& kms) {
    const std::string id = kms.createKey();
    const std::string firstId = kms.mustImport(id, first, forEver());
    const std::string secondId = kms.mustImport(id, second, asNew());
    kms.must("RotateKeyOnDemand", {{"KeyId", id}});
    expectError(kms.import(id, first, asExisting()), "IncorrectKeyMaterialException", unexpected(secondId));
    EXPECT_EQ(kms.mustImport(id, first, asExisting({{"KeyMaterialId", firstId}})), firstId);
}

void newAlreadyAssociated(Kms& kms) {
    const std::string id = kms.createKey();
    const auto refused = [&](const Bytes& bytes, const std::string& materialId) {
        expectError(kms.import(id, bytes, asNew()), "IncorrectKeyMaterialException",
                    "Key material (id: " + materialId +
                        ") being imported as NEW_KEY_MATERIAL is already associated with KMS key " + kms.arn(id) + ".");
    };
    const std::string firstId = kms.mustImport(id, first, forEver());
    refused(first, firstId);
    using namespace std::chrono_literals;
    const std::string secondId =
        kms.mustImport(id, second, {{"ImportType", "NEW_KEY_MATERIAL"}, {"ValidTo", seconds(kms.now() + 1h)}});
    refused(second, secondId);
    kms.advance(2h);  // an expired pending material stays associated
    refused(second, secondId);
    EXPECT_EQ(kms.state(id), "Enabled");
}

void newWhilePending(Kms& kms) {
    const std::string id = kms.createKey();
    kms.mustImport(id, first, forEver());
    const std::string pending = kms.mustImport(id, second, asNew());
    const RawReply reply = kms.import(id, third, asNew());
    const std::string text = Json::parse(reply.body).at("message");
    const std::string start = "New key material (id: ";
    ASSERT_GT(text.size(), start.size() + 64);
    expectError(reply, "KMSInvalidStateException",
                start + text.substr(start.size(), 64) + ") cannot be imported into KMS key " + kms.arn(id) +
                    ", because another key material (id: " + pending + ") is pending rotation.");
    EXPECT_NE(text.substr(start.size(), 64), pending);
}

void newWithId(Kms& kms) {
    const std::string id = kms.createKey();
    expectError(kms.import(id, first, asNew({{"KeyMaterialId", neverSeen}})), "ValidationException",
                "Input parameter keyMaterialId cannot be used with NEW_KEY_MATERIAL importType.");
}

void onlyForSymmetricKeys(Kms& kms) {
    const auto refused = [&](const std::string& spec, const Json& more, const std::string& member) {
        expectError(kms.import(kms.createKey(spec), first, forEver(more)), "ValidationException",
                    "Input parameter " + member + " cannot be used with " + spec + " imported keys.");
    };
    refused("HMAC_256", {{"ImportType", "NEW_KEY_MATERIAL"}}, "importType");
    refused("HMAC_256", {{"KeyMaterialId", neverSeen}}, "keyMaterialId");
    refused("HMAC_256", {{"KeyMaterialDescription", "x"}}, "keyMaterialDescription");
    refused("RSA_2048", {{"ImportType", "EXISTING_KEY_MATERIAL"}}, "importType");
    refused("ECC_NIST_P256", {{"KeyMaterialDescription", "x"}}, "keyMaterialDescription");
}

void descriptionIsKept(Kms& kms) {
    const std::string id = kms.createKey();
    kms.mustImport(id, first, forEver({{"KeyMaterialDescription", "first material"}}));
    kms.mustImport(id, first, forEver());
    EXPECT_EQ(kms.materials(id).at(0).at("KeyMaterialDescription"), "first material");
    kms.mustImport(id, first, forEver({{"KeyMaterialDescription", "another"}}));
    EXPECT_EQ(kms.materials(id).at(0).at("KeyMaterialDescription"), "another");
}

void descriptionOfDeletedPending(Kms& kms) {
    const std::string id = kms.createKey();
    kms.mustImport(id, first, forEver());
    const std::string pending = kms.mustImport(id, second, asNew({{"KeyMaterialDescription", "next"}}));
    EXPECT_EQ(kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}, {"KeyMaterialId", pending}}).at("KeyMaterialId"), pending);
    EXPECT_EQ(kms.materials(id).size(), 1U);
    EXPECT_EQ(kms.mustImport(id, second, asNew()), pending);
    EXPECT_FALSE(kms.materials(id).at(1).contains("KeyMaterialDescription"));
}

void secondMaterialForHmac(Kms& kms) {
    const std::string id = kms.createKey("HMAC_256");
    EXPECT_EQ(kms.mustImport(id, first, forEver()), "");
    const RawReply reply = kms.import(id, second, forEver());
    EXPECT_EQ(Json::parse(reply.body).at("__type"), "IncorrectKeyMaterialException");
    EXPECT_THAT(Json::parse(reply.body).at("message").get<std::string>(),
                testing::MatchesRegex("Imported key material does not have the expected identifier \\([0-9a-f]{64}\\)\\."));
    EXPECT_EQ(kms.mustImport(id, first, forEver()), "");
}

void newAtFirst(Kms& kms) {
    const std::string id = kms.createKey();
    const std::string materialId = kms.mustImport(id, first, asNew());
    EXPECT_EQ(kms.metadata(id).at("CurrentKeyMaterialId"), materialId);
    EXPECT_EQ(kms.state(id), "Enabled");
}

/// A multi-Region key with its material in us-east-1 and eu-west-1; gives its ID.
std::string inTwoRegions(const Kms& kms) {
    std::string id = kms.createPrimary();
    kms.mustImport(id, first, forEver());
    kms.replicate(id, "eu-west-1").mustImport(id, first, forEver());
    return id;
}

void pendingOnReplica(Kms& kms) {
    const std::string id = inTwoRegions(kms);
    const std::string pending = kms.mustImport(id, second, asNew());
    EXPECT_EQ(kms.in("eu-west-1").mustImport(id, second, asExisting()), pending);
}

void newOnReplica(Kms& kms) {
    expectError(kms.in("eu-west-1").import(inTwoRegions(kms), second, asNew()), "ValidationException",
                "Input parameter ImportType NEW_KEY_MATERIAL cannot be used on replica Multi-Region keys");
}

void descriptionOnReplica(Kms& kms) {
    expectError(kms.in("eu-west-1").import(inTwoRegions(kms), first, forEver({{"KeyMaterialDescription", "x"}})),
                "ValidationException", "Key material description can only be specified on primary Multi-Region keys");
}

constexpr std::array<Row, 18> rows{{
    {"OmittedAtFirst", "ImportType omitted, nothing ever imported: NEW", &omittedAtFirst},
    {"OmittedLater", "ImportType omitted, later: EXISTING", &omittedLater},
    {"ExistingWithEqualBytes", "EXISTING, bytes equal to an associated material: success, its KeyMaterialId",
     &existingWithEqualBytes},
    {"ExistingWithOtherBytes", "EXISTING without KeyMaterialId, bytes differ: IncorrectKeyMaterial, expected ID named",
     &existingWithOtherBytes},
    {"ExistingWithIdOfOtherBytes", "EXISTING with KeyMaterialId, bytes do not hash to it: the same", &existingWithIdOfOtherBytes},
    {"IdNeverImported", "KeyMaterialId well-formed but never imported: the same, the given ID named", &idNeverImported},
    {"PendingOnReplica", "EXISTING with bytes of the pending material on a replica: success", &pendingOnReplica},
    {"ExistingNonCurrent", "EXISTING with bytes of a NON_CURRENT material", &existingNonCurrent},
    {"NewAlreadyAssociated", "NEW, bytes already associated in any state: IncorrectKeyMaterial", &newAlreadyAssociated},
    {"NewWhilePending", "NEW while another material is pending: KMSInvalidState", &newWhilePending},
    {"NewWithId", "NEW + KeyMaterialId: ValidationException", &newWithId},
    {"NewOnReplica", "NEW on a replica: ValidationException", &newOnReplica},
    {"DescriptionOnReplica", "KeyMaterialDescription on a replica: ValidationException", &descriptionOnReplica},
    {"OnlyForSymmetricKeys", "any of the three on HMAC, RSA, ECC: ValidationException", &onlyForSymmetricKeys},
    {"DescriptionIsKept", "Description omitted at reimport: kept; a new one replaces it", &descriptionIsKept},
    {"DescriptionOfDeletedPending", "Description of a deleted pending material: gone", &descriptionOfDeletedPending},
    {"SecondMaterialForHmac", "Second, different material on HMAC or asymmetric: IncorrectKeyMaterial", &secondMaterialForHmac},
    {"NewAtFirst", "NEW with nothing imported: allowed", &newAtFirst},
}};

using ImportType = RowTest;

TEST_P(ImportType, FollowsKmssRules) {
    Kms kms;
    GetParam().check(kms);
}

INSTANTIATE_TEST_SUITE_P(Rows, ImportType, testing::ValuesIn(rowsToMeet(rows)), &nameOfRow);

TEST(ImportTypeRows, AreComplete) {
    expectRows(rows, 18, 0);
}

}  // namespace

}  // namespace keyconvoy::tests
