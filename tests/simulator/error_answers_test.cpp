#include "core/base64.h"
#include "tests/simulator/row.h"

#include <array>

/// How KMS words its refusals of single requests.
namespace keyconvoy::tests {

namespace {

using testing::HasSubstr;

const std::string unknownId = "12345678-90ab-cdef-1234-567890abcdef";

std::string base64Of(std::size_t size) {
    return toBase64(filled(size, 0x42));
}

std::string messageOf(const RawReply& reply) {
    return Json::parse(reply.body).value("message", "");
}

std::string enabledKey(const Kms& kms, const std::string& spec, std::size_t octets) {
    const std::string id = kms.createKey(spec);
    kms.mustImport(id, filled(octets, 0x41), forEver());
    return id;
}

/// A key of origin AWS_KMS, which has its material at once.
std::string ownKey(const Kms& kms, const std::string& spec, const std::string& usage) {
    return kms.must("CreateKey", {{"KeySpec", spec}, {"KeyUsage", usage}}).at("KeyMetadata").at("KeyId");
}

void enumMember(Kms& kms) {
    const RawReply reply = kms.call("CreateKey", {{"Origin", "ELSEWHERE"}});
    EXPECT_EQ(reply.status, 400);
    EXPECT_EQ(Json::parse(reply.body).at("__type"), "ValidationException");
    EXPECT_THAT(messageOf(reply),
                testing::StartsWith("1 validation error detected: Value 'ELSEWHERE' at 'origin' failed to satisfy constraint: "
                                    "Member must satisfy enum value set: ["));
    for (const char* value : {"AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"}) {
        EXPECT_THAT(messageOf(reply), HasSubstr(value));
    }
}

void numberOutOfRange(Kms& kms) {
    kms.mustFail("ListKeys", {{"Limit", 1001}}, "ValidationException",
                 "1 validation error detected: Value '1001' at 'limit' failed to satisfy constraint: Member must have value less "
                 "than or equal "
                 "to 1000");
    kms.mustFail("ListKeys", {{"Limit", 0}}, "ValidationException",
                 "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
                 "than or equal "
                 "to 1");
}

void tooLong(Kms& kms) {
    kms.mustFail("Encrypt", {{"KeyId", unknownId}, {"Plaintext", base64Of(4097)}}, "ValidationException",
                 "1 validation error detected: Value at 'plaintext' failed to satisfy constraint: Member must have length less "
                 "than or equal to "
                 "4096");
    const std::string longId(2049, 'x');
    kms.mustFail("DescribeKey", {{"KeyId", longId}}, "ValidationException",
                 "1 validation error detected: Value '" + longId +
                     "' at 'keyId' failed to satisfy constraint: Member must have length less than or equal to 2048");
}

void severalViolations(Kms& kms) {
    kms.mustFail("Encrypt", {{"KeyId", ""}, {"Plaintext", ""}}, "ValidationException",
                 "2 validation errors detected: Value '' at 'keyId' failed to satisfy constraint: Member must have length "
                 "greater than or equal to "
                 "1; Value at 'plaintext' failed to satisfy constraint: Member must have length greater than or equal to 1");
}

void malformedKeyId(Kms& kms) {
    kms.mustFail("DescribeKey", {{"KeyId", "x"}}, "NotFoundException", "Invalid keyId 'x'");
    kms.mustFail("ImportKeyMaterial", {{"KeyId", "1234ABCD"}, {"ImportToken", "AA=="}, {"EncryptedKeyMaterial", "AA=="}},
                 "NotFoundException", "Invalid keyId '1234ABCD'");
}

void unknownKey(Kms& kms) {
    kms.mustFail("DescribeKey", {{"KeyId", unknownId}}, "NotFoundException", "Key '" + kms.arn(unknownId) + "' does not exist");
    kms.mustFail("DescribeKey", {{"KeyId", kms.arn(unknownId)}}, "NotFoundException",
                 "Key '" + kms.arn(unknownId) + "' does not exist");
}

void arnOfAnotherRegion(Kms& kms) {
    kms.mustFail("DescribeKey", {{"KeyId", "arn:aws:kms:eu-west-1:000000000000:key/" + unknownId}}, "NotFoundException",
                 "Invalid arn eu-west-1");
}

void aliasWhereNotAllowed(Kms& kms) {
    const std::string id = kms.createKey();
    kms.must("CreateAlias", {{"AliasName", "alias/there"}, {"TargetKeyId", id}});
    EXPECT_EQ(kms.must("DescribeKey", {{"KeyId", "alias/there"}}).at("KeyMetadata").at("KeyId"), id);
    const std::string text = "Key Aliases are not supported for this operation.";
    for (const std::string alias : {"alias/there", "arn:aws:kms:us-east-1:000000000000:alias/there"}) {
        kms.mustFail("RotateKeyOnDemand", {{"KeyId", alias}}, "InvalidArnException", text);
        kms.mustFail("GetParametersForImport",
                     {{"KeyId", alias}, {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}},
                     "InvalidArnException", text);
        kms.mustFail("ImportKeyMaterial", {{"KeyId", alias}, {"ImportToken", "AA=="}, {"EncryptedKeyMaterial", "AA=="}},
                     "InvalidArnException", text);
        kms.mustFail("DeleteImportedKeyMaterial", {{"KeyId", alias}}, "InvalidArnException", text);
        kms.mustFail("ListKeyRotations", {{"KeyId", alias}}, "InvalidArnException", text);
    }
}

void aliasWithoutPrefix(Kms& kms) {
    const RawReply reply = kms.call("CreateAlias", {{"AliasName", "ceremony"}, {"TargetKeyId", kms.createKey()}});
    EXPECT_EQ(Json::parse(reply.body).at("__type"), "ValidationException");
    EXPECT_THAT(messageOf(reply), testing::StartsWith("Alias must start with the prefix \"alias/\". Please see "));
}

void missingKeyUsage(Kms& kms) {
    kms.mustFail("CreateKey", {{"Origin", "EXTERNAL"}, {"KeySpec", "HMAC_256"}}, "ValidationException",
                 "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
}

void usageAgainstSpec(Kms& kms) {
    kms.mustFail("CreateKey", {{"Origin", "EXTERNAL"}, {"KeySpec", "RSA_2048"}, {"KeyUsage", "KEY_AGREEMENT"}},
                 "ValidationException", "KeyUsage KEY_AGREEMENT is not compatible with KeySpec RSA_2048");
}

void mlDsaWithExternal(Kms& kms) {
    kms.mustFail("CreateKey", {{"Origin", "EXTERNAL"}, {"KeySpec", "ML_DSA_44"}, {"KeyUsage", "SIGN_VERIFY"}},
                 "ValidationException", "KeySpec ML_DSA_44 is not supported for Origin EXTERNAL");
}

void wrongUsageForCall(Kms& kms) {
    const std::string id = enabledKey(kms, "SYMMETRIC_DEFAULT", 32);
    kms.mustFail("Sign", {{"KeyId", id}, {"Message", "AA=="}, {"SigningAlgorithm", "ECDSA_SHA_256"}}, "InvalidKeyUsageException",
                 kms.arn(id) + " key usage is ENCRYPT_DECRYPT which is not valid for Sign.");
}

void wrongMacAlgorithm(Kms& kms) {
    const std::string id = enabledKey(kms, "HMAC_224", 28);
    kms.mustFail("GenerateMac", {{"KeyId", id}, {"Message", "AA=="}, {"MacAlgorithm", "HMAC_SHA_256"}},
                 "InvalidKeyUsageException", "Algorithm HMAC_SHA_256 is incompatible with key spec HMAC_224.");
}

void badDigestLength(Kms& kms) {
    const std::string id = ownKey(kms, "ECC_NIST_P256", "SIGN_VERIFY");
    const Json request{
        {"KeyId", id}, {"Message", base64Of(31)}, {"MessageType", "DIGEST"}, {"SigningAlgorithm", "ECDSA_SHA_256"}};
    kms.mustFail("Sign", request, "ValidationException", "Digest is invalid length for algorithm ECDSA_SHA_256.");
}

void rsaPlaintextTooLong(Kms& kms) {
    const std::string id = ownKey(kms, "RSA_2048", "ENCRYPT_DECRYPT");
    kms.mustFail("Encrypt", {{"KeyId", id}, {"Plaintext", base64Of(191)}, {"EncryptionAlgorithm", "RSAES_OAEP_SHA_256"}},
                 "ValidationException",
                 "Algorithm RSAES_OAEP_SHA_256 and key spec RSA_2048 cannot encrypt data larger than 190 bytes.");
    kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", base64Of(190)}, {"EncryptionAlgorithm", "RSAES_OAEP_SHA_256"}});
}

void decryptWithOtherKey(Kms& kms) {
    const std::string one = enabledKey(kms, "SYMMETRIC_DEFAULT", 32);
    const std::string other = enabledKey(kms, "SYMMETRIC_DEFAULT", 32);
    const Json sealed = kms.must("Encrypt", {{"KeyId", one}, {"Plaintext", "AA=="}});
    kms.mustFail("Decrypt", {{"KeyId", other}, {"CiphertextBlob", sealed.at("CiphertextBlob")}}, "IncorrectKeyException",
                 "The key ID in the request does not identify a CMK that can perform this operation.");
}

void tags(Kms& kms) {
    const auto tag = [](const std::string& key) { return Json{{"TagKey", key}, {"TagValue", "v"}}; };
    kms.mustFail("CreateKey", {{"Tags", Json::array({tag("a"), tag("a")})}}, "TagException", "Duplicate tag keys");
    kms.mustFail("CreateKey", {{"Tags", Json::array({tag("aws:x")})}}, "TagException", "Tags beginning with aws: are reserved");
    Json many = Json::array();
    for (int i = 0; i < 51; ++i) {
        many.push_back(tag("k" + std::to_string(i)));
    }
    kms.mustFail("CreateKey", {{"Tags", many}}, "TagException", "Too many tags");
    kms.mustFail("CreateKey", {{"Tags", Json::array({Json{{"TagKey", ""}, {"TagValue", "v"}}})}}, "ValidationException",
                 "1 validation error detected: Value '' at 'tags.1.member.tagKey' failed to satisfy constraint: Member must have "
                 "length greater "
                 "than or equal to 1");
}

void dryRun(Kms& kms) {
    const std::string id = enabledKey(kms, "HMAC_256", 32);
    kms.mustFail("GenerateMac", {{"KeyId", id}, {"Message", "AA=="}, {"MacAlgorithm", "HMAC_SHA_256"}, {"DryRun", true}},
                 "DryRunOperationException", "The request would have succeeded, but the DryRun option is set.");
}

void rotationLimit(Kms& kms) {
    const std::string id = enabledKey(kms, "SYMMETRIC_DEFAULT", 32);
    const Parameters given = kms.parameters(id);
    const auto importNext = [&](std::uint8_t octet) {
        kms.must("ImportKeyMaterial", forEver({{"KeyId", id},
                                               {"ImportToken", toBase64(given.importToken)},
                                               {"EncryptedKeyMaterial", toBase64(wrapFor(given, filled(32, octet)))},
                                               {"ImportType", "NEW_KEY_MATERIAL"}}));
    };
    for (std::uint8_t i = 0; i < 25; ++i) {
        importNext(i);
        kms.must("RotateKeyOnDemand", {{"KeyId", id}});
    }
    importNext(25);
    kms.mustFail("RotateKeyOnDemand", {{"KeyId", id}}, "LimitExceededException",
                 "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be "
                 "performed for this key: " +
                     kms.arn(id));
}

/// A primary in us-east-1 that has its material.
std::string enabledPrimary(const Kms& kms) {
    std::string id = kms.createPrimary();
    kms.mustImport(id, filled(32, 0x41), forEver());
    return id;
}

void replicaOfReplica(Kms& kms) {
    const std::string id = enabledPrimary(kms);
    const KmsCaller there = kms.replicate(id, "eu-west-1");
    there.mustImport(id, filled(32, 0x41), forEver());
    there.mustFail("ReplicateKey", {{"KeyId", id}, {"ReplicaRegion", "us-west-2"}}, "UnsupportedOperationException",
                   there.arn(id) + " is not a multi-region primary key.");
    const std::string single = enabledKey(kms, "SYMMETRIC_DEFAULT", 32);
    kms.mustFail("ReplicateKey", {{"KeyId", single}, {"ReplicaRegion", "us-west-2"}}, "UnsupportedOperationException",
                 kms.arn(single) + " is not a multi-region primary key.");
}

void refusedRegion(const Kms& kms, const std::string& region, const std::string& text) {
    kms.mustFail("ReplicateKey", {{"KeyId", enabledPrimary(kms)}, {"ReplicaRegion", region}}, "ValidationException", text);
}

void replicaInPrimarysRegion(Kms& kms) {
    refusedRegion(kms, "us-east-1", "us-east-1 cannot have a replica because it contains the primary.");
}

void replicaInOtherPartition(Kms& kms) {
    const std::string text = "The replica key Region must be in the same AWS partition as the primary key Region.";
    refusedRegion(kms, "cn-north-1", text);
    refusedRegion(kms, "us-gov-west-1", text);
}

void replicaRegionUnknown(Kms& kms) {
    refusedRegion(kms, "mars-north-1",
                  "Region mars-north-1 is not a valid Region or multi-Region keys are not supported in Region mars-north-1.");
    refusedRegion(
        kms, "mars",
        "1 validation error detected: Value 'mars' at 'replicaRegion' failed to satisfy constraint: Member must satisfy "
        "regular expression pattern: ^([a-z]+-){2,3}\\d+$");
}

constexpr std::array<Row, 24> rows{{
    {"EnumMember", "Enum member not in set: ValidationException", &enumMember},
    {"NumberOutOfRange", "Number out of range: ValidationException", &numberOutOfRange},
    {"TooLong", "String or blob too long: ValidationException, no value shown for blobs", &tooLong},
    {"SeveralViolations", "Several violations: one ValidationException", &severalViolations},
    {"MalformedKeyId", "Malformed key ID: NotFoundException", &malformedKeyId},
    {"UnknownKey", "Unknown key: NotFoundException", &unknownKey},
    {"ArnOfAnotherRegion", "ARN of another Region: NotFoundException", &arnOfAnotherRegion},
    {"AliasWhereNotAllowed", "Alias given where not allowed: InvalidArnException", &aliasWhereNotAllowed},
    {"AliasWithoutPrefix", "Alias name without prefix: ValidationException", &aliasWithoutPrefix},
    {"MissingKeyUsage", "Missing KeyUsage: ValidationException", &missingKeyUsage},
    {"UsageAgainstSpec", "Usage/spec mismatch: ValidationException", &usageAgainstSpec},
    {"MlDsaWithExternal", "ML-DSA with EXTERNAL: ValidationException", &mlDsaWithExternal},
    {"WrongUsageForCall", "Wrong key usage for call: InvalidKeyUsageException", &wrongUsageForCall},
    {"WrongMacAlgorithm", "Wrong MAC algorithm: InvalidKeyUsageException", &wrongMacAlgorithm},
    {"BadDigestLength", "Bad digest length: ValidationException", &badDigestLength},
    {"RsaPlaintextTooLong", "RSA Encrypt too long: ValidationException", &rsaPlaintextTooLong},
    {"DecryptWithOtherKey", "Decrypt with other key named: IncorrectKeyException", &decryptWithOtherKey},
    {"Tags", "Tags: TagException", &tags},
    {"DryRun", "DryRun=true and allowed: DryRunOperationException", &dryRun},
    {"RotationLimit", "Rotation limit: LimitExceededException", &rotationLimit},
    {"ReplicaOfReplica", "Replicating from a replica: UnsupportedOperationException", &replicaOfReplica},
    {"ReplicaInPrimarysRegion", "ReplicaRegion is the primary's: ValidationException", &replicaInPrimarysRegion},
    {"ReplicaInOtherPartition", "ReplicaRegion in another partition: ValidationException", &replicaInOtherPartition},
    {"ReplicaRegionUnknown", "ReplicaRegion unknown: ValidationException", &replicaRegionUnknown},
}};

using ErrorAnswers = RowTest;

TEST_P(ErrorAnswers, AreKmssOwn) {
    Kms kms;
    GetParam().check(kms);
}

INSTANTIATE_TEST_SUITE_P(Rows, ErrorAnswers, testing::ValuesIn(rowsToMeet(rows)), &nameOfRow);

TEST(ErrorAnswerRows, AreComplete) {
    expectRows(rows, 24, 0);
}

}  // namespace

}  // namespace keyconvoy::tests
