#include "kmsclient/wire.h"

#include "core/base64.h"
#include "tests/kmsclient/failure_matchers.h"

namespace keyconvoy::kms::wire {
namespace {

using tests::fails;
using tests::failureOf;

const Text place = KC_TEXT("Test", "KMS at host");
const std::string keyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
const std::string arn = "arn:aws:kms:us-east-1:000000000001:key/" + keyId;
const std::string materialId(64, 'a');

TEST(WireRequestTest, CreateKeySendsOnlyWhatIsSet) {
    CreateKeyRequest request;
    EXPECT_EQ(writeCreateKey(request), R"({"Origin":"EXTERNAL","KeySpec":"SYMMETRIC_DEFAULT","KeyUsage":"ENCRYPT_DECRYPT"})");
    request.keySpec = wrapping::KeySpec::EccNistP384;
    request.keyUsage = wrapping::KeyUsage::SignVerify;
    request.description = "é";
    request.policy = "{}";
    request.multiRegion = true;
    request.tags = {{.key = "k", .value = "v"}, {.key = "k2", .value = ""}};
    EXPECT_EQ(
        writeCreateKey(request),
        R"({"Origin":"EXTERNAL","KeySpec":"ECC_NIST_P384","KeyUsage":"SIGN_VERIFY","Description":"é","Policy":"{}","MultiRegion":true,)"
        R"("Tags":[{"TagKey":"k","TagValue":"v"},{"TagKey":"k2","TagValue":""}]})");
}

TEST(WireRequestTest, ATextThatIsNotUtf8IsRefused) {
    CreateKeyRequest request;
    request.description = "\xE9";
    EXPECT_TRUE(fails(failureOf([&] { return writeCreateKey(request); }), ErrorKind::InvalidInput, "not UTF-8"));
}

TEST(WireRequestTest, ImportKeyMaterialSendsEveryMember) {
    ImportKeyMaterialRequest request;
    request.keyId = keyId;
    request.importToken = {1, 2, 3};
    request.encryptedKeyMaterial = {0xFF, 0xFE};
    request.expirationModel = ExpirationModel::KeyMaterialDoesNotExpire;
    EXPECT_EQ(writeImportKeyMaterial(request),
              R"({"KeyId":")" + keyId +
                  R"(","ImportToken":"AQID","EncryptedKeyMaterial":"//4=","ExpirationModel":"KEY_MATERIAL_DOES_NOT_EXPIRE"})");
    request.expirationModel = ExpirationModel::KeyMaterialExpires;
    request.validTo = parseRfc3339("2027-06-17T12:00:00.999Z");
    request.importType = ImportType::NewKeyMaterial;
    request.keyMaterialDescription = "first";
    request.keyMaterialId = materialId;
    const std::string body = writeImportKeyMaterial(request);
    EXPECT_NE(body.find(R"("ExpirationModel":"KEY_MATERIAL_EXPIRES","ValidTo":1813233600,"ImportType":"NEW_KEY_MATERIAL",)"
                        R"("KeyMaterialDescription":"first","KeyMaterialId":")" +
                        materialId + "\"}"),
              std::string::npos)
        << body;
}

TEST(WireRequestTest, TheSafetyCheckIsBypassedOnlyWhenAsked) {
    CreateKeyRequest request;
    request.policy = "{}";
    EXPECT_EQ(writeCreateKey(request).find("Bypass"), std::string::npos);
    request.policyLockoutCheck = PolicyLockoutCheck::Bypassed;
    EXPECT_NE(writeCreateKey(request).find(R"("Policy":"{}","BypassPolicyLockoutSafetyCheck":true)"), std::string::npos);
}

TEST(WireRequestTest, ReplicateKeySendsOnlyWhatIsSet) {
    ReplicateKeyRequest request;
    request.keyId = keyId;
    request.replicaRegion = "eu-west-1";
    EXPECT_EQ(writeReplicateKey(request), R"({"KeyId":")" + keyId + R"(","ReplicaRegion":"eu-west-1"})");
    request.policy = "{}";
    request.description = "";
    request.tags = {{.key = "k", .value = "v"}};
    request.policyLockoutCheck = PolicyLockoutCheck::Bypassed;
    EXPECT_EQ(writeReplicateKey(request),
              R"({"KeyId":")" + keyId +
                  R"(","ReplicaRegion":"eu-west-1","Policy":"{}","BypassPolicyLockoutSafetyCheck":true,"Description":"",)"
                  R"("Tags":[{"TagKey":"k","TagValue":"v"}]})");
}

TEST(WireRequestTest, APageNamesTheMarkerOfTheOneBefore) {
    EXPECT_EQ(writePage({}, ""), "{}");
    EXPECT_EQ(writePage({.texts = {{"KeyId", "k"}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}}}, "m"),
              R"({"KeyId":"k","IncludeKeyMaterial":"ALL_KEY_MATERIAL","Marker":"m"})");
}

TEST(WireRequestTest, MembersOfEveryKindAreWritten) {
    EXPECT_EQ(writeMembers({.texts = {{"A", "a"}},
                            .blobs = {},
                            .numbers = {{"N", 7}},
                            .flags = {{"Off", false}, {"On", true}},
                            .textLists = {{"L", {"x", "y"}}},
                            .tags = {{.key = "k", .value = "v"}}}),
              R"({"A":"a","N":7,"On":true,"L":["x","y"],"Tags":[{"TagKey":"k","TagValue":"v"}]})");
}

std::string metadata(const std::string& more = "") {
    return R"({"KeyMetadata":{"AWSAccountId":"000000000001","KeyId":")" + keyId + R"(","Arn":")" + arn +
           R"(","Enabled":false,"Description":"","KeyUsage":"ENCRYPT_DECRYPT","KeyState":"PendingImport","Origin":"EXTERNAL","KeyManager":"CUSTOMER",)"
           R"("KeySpec":"SYMMETRIC_DEFAULT","EncryptionAlgorithms":["SYMMETRIC_DEFAULT"],"MultiRegion":false,"Unheard":{"Of":[1]})" +
           more + "}}";
}

TEST(WireReplyTest, KeyMetadataIsReadAndUnknownMembersArePassedOver) {
    const KeyMetadata key =
        readKeyMetadata(metadata(R"(,"ValidTo":1813233600,"ExpirationModel":"KEY_MATERIAL_EXPIRES","DeletionDate":1.0)"), place);
    EXPECT_EQ(key.keyId, keyId);
    EXPECT_EQ(key.arn, arn);
    EXPECT_EQ(key.accountId, "000000000001");
    EXPECT_EQ(key.keyState, KeyState::PendingImport);
    EXPECT_FALSE(key.enabled);
    EXPECT_FALSE(key.creationDate);
    EXPECT_EQ(key.validTo, parseRfc3339("2027-06-17T12:00:00Z"));
    EXPECT_EQ(key.deletionDate, TimePoint{std::chrono::seconds{1}});
    EXPECT_EQ(key.encryptionAlgorithms, std::vector<std::string>{"SYMMETRIC_DEFAULT"});
    EXPECT_TRUE(key.macAlgorithms.empty());
    EXPECT_FALSE(key.currentKeyMaterialId);
}

TEST(WireReplyTest, AStateThatIsNotKnownKeepsItsName) {
    std::string body = metadata();
    body.replace(body.find("PendingImport"), 13, "Resting");
    EXPECT_EQ(readKeyMetadata(body, place).keyState, KeyState::Unknown);
    EXPECT_EQ(readKeyMetadata(body, place).keyStateName, "Resting");
}

struct Number {
    const char* name;
    const char* text;
    const char* time;  ///< null when it is refused
    friend std::ostream& operator<<(std::ostream& out, const Number& row) { return out << row.name; }
};

class WireTimeTest : public testing::TestWithParam<Number> {};

TEST_P(WireTimeTest, IsReadFromAnyFormOfNumber) {
    const std::string body = metadata(R"(,"CreationDate":)" + std::string{GetParam().text});
    if (GetParam().time == nullptr) {
        EXPECT_TRUE(fails(failureOf([&] { return readKeyMetadata(body, place); }), ErrorKind::Integrity, "KMS at host"));
    } else {
        EXPECT_EQ(readKeyMetadata(body, place).creationDate, parseRfc3339(GetParam().time));
    }
}

INSTANTIATE_TEST_SUITE_P(Forms, WireTimeTest,
                         testing::Values(Number{"Integer", "1480632737", "2016-12-01T22:52:17Z"},
                                         Number{"Fraction", "1480632737.044", "2016-12-01T22:52:17.044Z"},
                                         Number{"Scientific", "1.480632737044E9", "2016-12-01T22:52:17.044Z"},
                                         Number{"SmallExponent", "1480632737044e-3", "2016-12-01T22:52:17.044Z"},
                                         Number{"Zero", "0", "1970-01-01T00:00:00Z"},
                                         Number{"ManyDigits", "1480632737.0440000001", "2016-12-01T22:52:17.044Z"},
                                         Number{"Text", "\"2016-12-01T22:52:17Z\"", nullptr}, Number{"Negative", "-1", nullptr},
                                         Number{"Huge", "1e300", nullptr}, Number{"BeyondDouble", "1e400", nullptr},
                                         Number{"HugeInteger", "18446744073709551615", nullptr}, Number{"Flag", "true", nullptr}),
                         tests::rowName);

TEST(WireReplyTest, ImportParametersComeWithAllFourMembers) {
    const std::string body =
        R"({"KeyId":")" + arn + R"(","ImportToken":"AQID","PublicKey":"BAU=","ParametersValidTo":1813233600.5})";
    const ImportParameters parameters = readImportParameters(body, place);
    EXPECT_EQ(parameters.keyId, arn);
    EXPECT_EQ(parameters.importToken, (Bytes{1, 2, 3}));
    EXPECT_EQ(parameters.publicKey, (Bytes{4, 5}));
    EXPECT_EQ(parameters.parametersValidTo, parseRfc3339("2027-06-17T12:00:00.5Z"));
    for (const char* member : {"KeyId", "ImportToken", "PublicKey", "ParametersValidTo"}) {
        std::string without = body;
        without.replace(without.find(member), 1, "_");
        EXPECT_TRUE(fails(failureOf([&] { return readImportParameters(without, place); }), ErrorKind::Integrity,
                          std::string{"lacks "} + member));
    }
}

TEST(WireReplyTest, WhatIsNoReplyIsRefusedWithPlaceAndRemedy) {
    const auto reading = [](const std::string& body) { return failureOf([&] { return readImportParameters(body, place); }); };
    const std::string good = R"({"KeyId":"k","ImportToken":"AQID","PublicKey":"BAU=","ParametersValidTo":1})";
    EXPECT_FALSE(reading(good));
    for (std::size_t length = 0; length < good.size(); ++length) {
        EXPECT_TRUE(fails(reading(good.substr(0, length)), ErrorKind::Integrity, "check the endpoint")) << length;
    }
    for (const char* body : {"<html>", "[]", "null", "7", R"({"KeyId":"k","KeyId":"l"})", R"({"KeyId":7})",
                             R"({"KeyId":"k","ImportToken":"A*ID","PublicKey":"BAU=","ParametersValidTo":1})",
                             R"({"KeyId":"k","ImportToken":"","PublicKey":"BAU=","ParametersValidTo":1})",
                             R"({"KeyId":"k","ImportToken":null,"PublicKey":"BAU=","ParametersValidTo":1})"}) {
        EXPECT_TRUE(fails(reading(body), ErrorKind::Integrity, "check the endpoint")) << body;
    }
}

TEST(WireReplyTest, ImportKeyMaterialMayBeEmptyOrWithoutMaterialId) {
    EXPECT_EQ(readImportKeyMaterial("", place).keyId, "");
    EXPECT_FALSE(readImportKeyMaterial("{}", place).keyMaterialId);
    EXPECT_EQ(readImportKeyMaterial(R"({"KeyId":")" + arn + R"(","KeyMaterialId":")" + materialId + "\"}", place).keyMaterialId,
              materialId);
    EXPECT_FALSE(readImportKeyMaterial(R"({"KeyMaterialId":""})", place).keyMaterialId);
    EXPECT_TRUE(fails(failureOf([] { return readImportKeyMaterial(R"({"KeyMaterialId":"xyz"})", place); }), ErrorKind::Integrity,
                      "64 hexadecimal digits"));
}

TEST(WireReplyTest, RotationsComeInPages) {
    const auto page = readRotations(
        R"({"Rotations":[{"KeyId":")" + arn + R"(","KeyMaterialId":")" + materialId +
            R"(","ImportState":"IMPORTED","KeyMaterialState":"CURRENT","ValidTo":1813233600},{}],"Truncated":true,"NextMarker":"n"})",
        place);
    ASSERT_EQ(page.entries.size(), 2U);
    EXPECT_EQ(page.entries[0].keyMaterialId, materialId);
    EXPECT_EQ(page.entries[0].importState, "IMPORTED");
    EXPECT_EQ(page.entries[0].validTo, parseRfc3339("2027-06-17T12:00:00Z"));
    EXPECT_FALSE(page.entries[1].keyMaterialId);
    EXPECT_EQ(page.nextMarker, "n");
    EXPECT_EQ(readRotations(R"({"Rotations":[],"Truncated":false})", place).nextMarker, "");
    EXPECT_TRUE(fails(failureOf([] { return readRotations(R"({"Rotations":[],"Truncated":true})", place); }),
                      ErrorKind::Integrity, "lacks NextMarker"));
    EXPECT_TRUE(
        fails(failureOf([] { return readRotations(R"({"Rotations":[7]})", place); }), ErrorKind::Integrity, "list of objects"));
}

TEST(WireReplyTest, TheRegionsOfAMultiRegionKeyAreRead) {
    EXPECT_FALSE(readKeyMetadata(metadata(), place).multiRegionConfiguration);
    const std::string configuration =
        R"(,"MultiRegionConfiguration":{"MultiRegionKeyType":"PRIMARY","PrimaryKey":{"Arn":"arn:p","Region":"us-east-1"},)"
        R"("ReplicaKeys":[{"Arn":"arn:r","Region":"eu-west-1"}]},"PendingDeletionWindowInDays":7)";
    const KeyMetadata key = readKeyMetadata(metadata(configuration), place);
    ASSERT_TRUE(key.multiRegionConfiguration);
    EXPECT_EQ(key.multiRegionConfiguration->keyType, "PRIMARY");
    EXPECT_EQ(key.multiRegionConfiguration->primary.arn, "arn:p");
    EXPECT_EQ(key.multiRegionConfiguration->primary.region, "us-east-1");
    ASSERT_EQ(key.multiRegionConfiguration->replicas.size(), 1U);
    EXPECT_EQ(key.multiRegionConfiguration->replicas[0].region, "eu-west-1");
    EXPECT_EQ(key.pendingDeletionWindowInDays, 7);
    const std::string broken = R"(,"MultiRegionConfiguration":{"MultiRegionKeyType":"PRIMARY","PrimaryKey":{"Arn":"arn:p"}})";
    EXPECT_TRUE(fails(failureOf([&] { return readKeyMetadata(metadata(broken), place); }), ErrorKind::Integrity, "lacks Region"));
}

TEST(WireReplyTest, AReplicaComesWithPolicyAndTags) {
    std::string body = metadata();
    body.replace(body.find("KeyMetadata"), 11, "ReplicaKeyMetadata");
    EXPECT_TRUE(readReplicateKey(body, place).tags.empty());
    body.insert(body.size() - 1, R"(,"ReplicaPolicy":"{}","ReplicaTags":[{"TagKey":"k","TagValue":"v"}])");
    const ReplicateKeyReply reply = readReplicateKey(body, place);
    EXPECT_EQ(reply.replicaArn, arn);
    EXPECT_EQ(reply.policy, "{}");
    EXPECT_EQ(reply.tags, (std::vector<Tag>{{.key = "k", .value = "v"}}));
}

TEST(WireReplyTest, ARunningRotationShowsItsStart) {
    const RotationStatus idle = readRotationStatus(R"({"KeyRotationEnabled":false,"KeyId":"k"})", place);
    EXPECT_FALSE(idle.automatic);
    EXPECT_FALSE(idle.onDemandRotationStartDate);
    const RotationStatus running = readRotationStatus(
        R"({"KeyRotationEnabled":true,"RotationPeriodInDays":365,"OnDemandRotationStartDate":1813233600})", place);
    EXPECT_EQ(running.rotationPeriodInDays, 365);
    EXPECT_EQ(running.onDemandRotationStartDate, parseRfc3339("2027-06-17T12:00:00Z"));
    for (const char* number : {"-1", "1.5", "\"7\"", "99999999999999999999"}) {
        EXPECT_TRUE(
            fails(failureOf([&] { return readRotationStatus(R"({"RotationPeriodInDays":)" + std::string{number} + "}", place); }),
                  ErrorKind::Integrity, "RotationPeriodInDays"))
            << number;
    }
}

TEST(WireReplyTest, AReplyWithoutMembersIsEmptyOrAnObject) {
    EXPECT_NO_THROW(checkNoMembers("", place));
    EXPECT_NO_THROW(checkNoMembers("{}", place));
    EXPECT_TRUE(fails(failureOf([] {
                          checkNoMembers("<html>", place);
                          return 0;
                      }),
                      ErrorKind::Integrity, "check the endpoint"));
}

TEST(WireReplyTest, TheOthersAreReadLikewise) {
    EXPECT_EQ(readBlob(R"({"KeyId":"k","Mac":"AQID"})", "Mac", place).blob, (Bytes{1, 2, 3}));
    EXPECT_TRUE(failureOf([] { return readBlob(R"({"KeyId":"k"})", "Mac", place); }));
    const DecryptReply decrypted =
        readDecrypt(R"({"KeyId":"k","Plaintext":"AQID","KeyMaterialId":")" + materialId + "\"}", place);
    EXPECT_EQ(decrypted.plaintext, (Bytes{1, 2, 3}));
    EXPECT_EQ(decrypted.keyMaterialId, materialId);
    const PublicKeyReply key =
        readPublicKey(R"({"KeyId":"k","PublicKey":"AQID","KeySpec":"RSA_2048","KeyUsage":"SIGN_VERIFY"})", place);
    EXPECT_EQ(key.publicKey, (Bytes{1, 2, 3}));
    EXPECT_EQ(key.keySpec, "RSA_2048");
    EXPECT_TRUE(readValid(R"({"MacValid":true})", "MacValid", place));
    EXPECT_FALSE(readValid(R"({})", "MacValid", place));
    EXPECT_TRUE(fails(failureOf([] { return readValid(R"({"MacValid":"true"})", "MacValid", place); }), ErrorKind::Integrity,
                      "neither true nor false"));
}

}  // namespace
}  // namespace keyconvoy::kms::wire
