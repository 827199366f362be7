#include "kmsclient/simulator/operations.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

/// Requests of the KMS API, version 2014-11-01: which member, how long, which values.
namespace keyconvoy::kms::simulator {

namespace {

using NameView = std::string_view;

constexpr bool isAlphanumeric(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

constexpr Pattern hexDigits{"^[a-f0-9]+$", [](NameView text) {
                                return !text.empty() && std::ranges::all_of(text, [](char c) {
                                    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                                });
                            }};
constexpr Pattern descriptionCharacters{"^[a-zA-Z0-9:/_\\s.-]+$", [](NameView text) {
                                            return !text.empty() && std::ranges::all_of(text, [](char c) {
                                                return isAlphanumeric(c) ||
                                                       NameView{":/_ \t\n\r\f\v.-"}.find(c) != NameView::npos;
                                            });
                                        }};
constexpr Pattern aliasCharacters{"^[a-zA-Z0-9:/_-]+$", [](NameView text) {
                                      return !text.empty() && std::ranges::all_of(text, [](char c) {
                                          return isAlphanumeric(c) || NameView{":/_-"}.find(c) != NameView::npos;
                                      });
                                  }};
constexpr Pattern wordCharacters{"[\\w]+", [](NameView text) {
                                     return !text.empty() &&
                                            std::ranges::all_of(text, [](char c) { return isAlphanumeric(c) || c == '_'; });
                                 }};
constexpr Pattern latinCharacters{"[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", [](NameView text) {
                                      // In UTF-8, U+0080 to U+00FF are C2 or C3 and one more octet.
                                      return !text.empty() && std::ranges::all_of(text, [](char c) {
                                          const auto octet = static_cast<unsigned char>(c);
                                          return octet == 0x09 || octet == 0x0A || octet == 0x0D ||
                                                 (octet >= 0x20 && octet < 0xC4);
                                      });
                                  }};

/// Two or three words of small letters and a number, joined by dashes.
bool looksLikeRegion(NameView text) {
    const std::size_t lastDash = text.rfind('-');
    if (lastDash == NameView::npos) {
        return false;
    }
    const NameView words = text.substr(0, lastDash);
    const NameView number = text.substr(lastDash + 1);
    const auto dashes = std::ranges::count(words, '-');
    const auto isSmall = [](char c) { return c >= 'a' && c <= 'z'; };
    const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
    return (dashes == 1 || dashes == 2) && !words.starts_with('-') && !words.ends_with('-') &&
           words.find("--") == NameView::npos && std::ranges::all_of(words, [&](char c) { return isSmall(c) || c == '-'; }) &&
           !number.empty() && std::ranges::all_of(number, isDigit);
}
constexpr Pattern regionForm{"^([a-z]+-){2,3}\\d+$", &looksLikeRegion};

constexpr std::array<NameView, 20> keySpecs{"RSA_2048",
                                            "RSA_3072",
                                            "RSA_4096",
                                            "ECC_NIST_P256",
                                            "ECC_NIST_P384",
                                            "ECC_NIST_P521",
                                            "ECC_SECG_P256K1",
                                            "SYMMETRIC_DEFAULT",
                                            "HMAC_224",
                                            "HMAC_256",
                                            "HMAC_384",
                                            "HMAC_512",
                                            "SM2",
                                            "ML_DSA_44",
                                            "ML_DSA_65",
                                            "ML_DSA_87",
                                            "ECC_NIST_EDWARDS25519",
                                            "ML_KEM_512",
                                            "ML_KEM_768",
                                            "ML_KEM_1024"};
constexpr std::array<NameView, 13> masterKeySpecs{"RSA_2048",
                                                  "RSA_3072",
                                                  "RSA_4096",
                                                  "ECC_NIST_P256",
                                                  "ECC_NIST_P384",
                                                  "ECC_NIST_P521",
                                                  "ECC_SECG_P256K1",
                                                  "SYMMETRIC_DEFAULT",
                                                  "HMAC_224",
                                                  "HMAC_256",
                                                  "HMAC_384",
                                                  "HMAC_512",
                                                  "SM2"};
constexpr std::array<NameView, 5> keyUsages{"SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT",
                                            "ENCAPSULATE_DECAPSULATE"};
constexpr std::array<NameView, 4> origins{"AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"};
constexpr std::array<NameView, 6> wrappingAlgorithms{"RSAES_PKCS1_V1_5",       "RSAES_OAEP_SHA_1",         "RSAES_OAEP_SHA_256",
                                                     "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256", "SM2PKE"};
constexpr std::array<NameView, 4> wrappingKeySpecs{"RSA_2048", "RSA_3072", "RSA_4096", "SM2"};
constexpr std::array<NameView, 2> expirationModels{"KEY_MATERIAL_EXPIRES", "KEY_MATERIAL_DOES_NOT_EXPIRE"};
constexpr std::array<NameView, 2> importTypes{"NEW_KEY_MATERIAL", "EXISTING_KEY_MATERIAL"};
constexpr std::array<NameView, 2> includeKeyMaterials{"ALL_KEY_MATERIAL", "ROTATIONS_ONLY"};
constexpr std::array<NameView, 4> macAlgorithmNames{"HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512"};
constexpr std::array<NameView, 3> messageTypes{"RAW", "DIGEST", "EXTERNAL_MU"};
constexpr std::array<NameView, 13> signingAlgorithmNames{"RSASSA_PSS_SHA_256",
                                                         "RSASSA_PSS_SHA_384",
                                                         "RSASSA_PSS_SHA_512",
                                                         "RSASSA_PKCS1_V1_5_SHA_256",
                                                         "RSASSA_PKCS1_V1_5_SHA_384",
                                                         "RSASSA_PKCS1_V1_5_SHA_512",
                                                         "ECDSA_SHA_256",
                                                         "ECDSA_SHA_384",
                                                         "ECDSA_SHA_512",
                                                         "SM2DSA",
                                                         "ML_DSA_SHAKE_256",
                                                         "ED25519_SHA_512",
                                                         "ED25519_PH_SHA_512"};
constexpr std::array<NameView, 4> encryptionAlgorithmNames{"SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256",
                                                           "SM2PKE"};
constexpr std::array<NameView, 1> keyAgreementAlgorithmNames{"ECDH"};
constexpr std::array<NameView, 1> dryRunModifiers{"IGNORE_CIPHERTEXT"};

constexpr MemberRule text(NameView name, std::int64_t smallest, std::int64_t largest, const Pattern* pattern = nullptr) {
    return {.name = name, .kind = MemberKind::Text, .smallest = smallest, .largest = largest, .pattern = pattern};
}
constexpr MemberRule blob(NameView name, std::int64_t largest) {
    return {.name = name, .kind = MemberKind::Blob, .smallest = 1, .largest = largest};
}
constexpr MemberRule oneOf(NameView name, std::span<const NameView> values) {
    return {.name = name, .kind = MemberKind::Enum, .values = values};
}
constexpr MemberRule number(NameView name, std::int64_t smallest, std::int64_t largest) {
    return {.name = name, .kind = MemberKind::Integer, .smallest = smallest, .largest = largest};
}
constexpr MemberRule member(NameView name, MemberKind kind) {
    return {.name = name, .kind = kind};
}
constexpr MemberRule texts(NameView name, std::int64_t largest) {
    return {.name = name, .kind = MemberKind::TextList, .smallest = 1, .largest = largest};
}
constexpr MemberRule required(MemberRule rule) {
    rule.required = true;
    return rule;
}

constexpr MemberRule keyId = text("KeyId", 1, 2048);
constexpr MemberRule keyMaterialIdMember = text("KeyMaterialId", 64, 64, &hexDigits);
constexpr MemberRule policy = text("Policy", 1, 131072, &latinCharacters);
constexpr MemberRule policyName = text("PolicyName", 1, 128, &wordCharacters);
constexpr MemberRule description = text("Description", 0, 8192);
constexpr MemberRule limit = number("Limit", 1, 1000);
constexpr MemberRule marker = text("Marker", 1, 1024, &latinCharacters);
constexpr MemberRule grantTokens = texts("GrantTokens", 8192);
constexpr MemberRule dryRun = member("DryRun", MemberKind::Boolean);
constexpr MemberRule tags = member("Tags", MemberKind::TagList);
constexpr MemberRule bypass = member("BypassPolicyLockoutSafetyCheck", MemberKind::Boolean);
constexpr MemberRule recipient = member("Recipient", MemberKind::Structure);
constexpr MemberRule context = member("EncryptionContext", MemberKind::TextMap);
constexpr MemberRule messageType = oneOf("MessageType", messageTypes);
constexpr MemberRule signingAlgorithm = required(oneOf("SigningAlgorithm", signingAlgorithmNames));
constexpr MemberRule macAlgorithm = required(oneOf("MacAlgorithm", macAlgorithmNames));
constexpr MemberRule encryptionAlgorithm = oneOf("EncryptionAlgorithm", encryptionAlgorithmNames);
constexpr MemberRule message = required(blob("Message", 4096));
constexpr MemberRule aliasName = required(text("AliasName", 1, 256, &aliasCharacters));
constexpr MemberRule targetKeyId = required(text("TargetKeyId", 1, 2048));

constexpr std::array<MemberRule, 11> createKeyRules{policy,
                                                    description,
                                                    oneOf("KeyUsage", keyUsages),
                                                    oneOf("CustomerMasterKeySpec", masterKeySpecs),
                                                    oneOf("KeySpec", keySpecs),
                                                    oneOf("Origin", origins),
                                                    text("CustomKeyStoreId", 1, 64),
                                                    bypass,
                                                    tags,
                                                    member("MultiRegion", MemberKind::Boolean),
                                                    text("XksKeyId", 1, 128)};
constexpr std::array<MemberRule, 1> keyRules{required(keyId)};
constexpr std::array<MemberRule, 2> keyAndGrantRules{required(keyId), grantTokens};
constexpr std::array<MemberRule, 2> listRules{limit, marker};
constexpr std::array<MemberRule, 6> replicateKeyRules{
    required(keyId), required(text("ReplicaRegion", 1, 32, &regionForm)), policy, bypass, description, tags};
constexpr std::array<MemberRule, 2> updatePrimaryRegionRules{required(keyId),
                                                             required(text("PrimaryRegion", 1, 32, &regionForm))};
constexpr std::array<MemberRule, 2> scheduleKeyDeletionRules{required(keyId), number("PendingWindowInDays", 1, 365)};
constexpr std::array<MemberRule, 2> updateKeyDescriptionRules{required(keyId), required(description)};
constexpr std::array<MemberRule, 3> getParametersForImportRules{required(keyId),
                                                                required(oneOf("WrappingAlgorithm", wrappingAlgorithms)),
                                                                required(oneOf("WrappingKeySpec", wrappingKeySpecs))};
constexpr std::array<MemberRule, 8> importKeyMaterialRules{required(keyId),
                                                           required(blob("ImportToken", 6144)),
                                                           required(blob("EncryptedKeyMaterial", 6144)),
                                                           member("ValidTo", MemberKind::Timestamp),
                                                           oneOf("ExpirationModel", expirationModels),
                                                           oneOf("ImportType", importTypes),
                                                           text("KeyMaterialDescription", 0, 256, &descriptionCharacters),
                                                           keyMaterialIdMember};
constexpr std::array<MemberRule, 2> deleteImportedKeyMaterialRules{required(keyId), keyMaterialIdMember};
constexpr std::array<MemberRule, 4> listKeyRotationsRules{required(keyId), oneOf("IncludeKeyMaterial", includeKeyMaterials),
                                                          limit, marker};
constexpr std::array<MemberRule, 2> enableKeyRotationRules{required(keyId), number("RotationPeriodInDays", 90, 2560)};
constexpr std::array<MemberRule, 6> encryptRules{
    required(keyId), required(blob("Plaintext", 4096)), context, grantTokens, encryptionAlgorithm, dryRun};
constexpr std::array<MemberRule, 8> decryptRules{
    blob("CiphertextBlob", 6144),
    context,
    grantTokens,
    keyId,
    encryptionAlgorithm,
    recipient,
    dryRun,
    MemberRule{.name = "DryRunModifiers", .kind = MemberKind::EnumList, .values = dryRunModifiers}};
constexpr std::array<MemberRule, 5> generateMacRules{message, required(keyId), macAlgorithm, grantTokens, dryRun};
constexpr std::array<MemberRule, 6> verifyMacRules{message,     required(keyId), macAlgorithm, required(blob("Mac", 6144)),
                                                   grantTokens, dryRun};
constexpr std::array<MemberRule, 6> signRules{required(keyId), message, messageType, grantTokens, signingAlgorithm, dryRun};
constexpr std::array<MemberRule, 7> verifyRules{required(keyId),  message,     messageType, required(blob("Signature", 6144)),
                                                signingAlgorithm, grantTokens, dryRun};
constexpr std::array<MemberRule, 6> deriveSharedSecretRules{required(keyId),
                                                            required(oneOf("KeyAgreementAlgorithm", keyAgreementAlgorithmNames)),
                                                            required(blob("PublicKey", 8192)),
                                                            grantTokens,
                                                            dryRun,
                                                            recipient};
constexpr std::array<MemberRule, 2> aliasRules{aliasName, targetKeyId};
constexpr std::array<MemberRule, 1> deleteAliasRules{aliasName};
constexpr std::array<MemberRule, 3> keyListRules{required(keyId), limit, marker};
constexpr std::array<MemberRule, 3> listAliasesRules{keyId, limit, marker};
constexpr std::array<MemberRule, 2> tagResourceRules{required(keyId), required(tags)};
constexpr std::array<MemberRule, 2> untagResourceRules{required(keyId), required(texts("TagKeys", 128))};
constexpr std::array<MemberRule, 2> getKeyPolicyRules{required(keyId), policyName};
constexpr std::array<MemberRule, 4> putKeyPolicyRules{required(keyId), policyName, required(policy), bypass};

constexpr std::array<Operation, 36> operations{{
    {"CreateKey", createKeyRules, &createKey},
    {"DescribeKey", keyAndGrantRules, &describeKey},
    {"ListKeys", listRules, &listKeys},
    {"EnableKey", keyRules, &enableKey},
    {"DisableKey", keyRules, &disableKey},
    {"ScheduleKeyDeletion", scheduleKeyDeletionRules, &scheduleKeyDeletion},
    {"CancelKeyDeletion", keyRules, &cancelKeyDeletion},
    {"UpdateKeyDescription", updateKeyDescriptionRules, &updateKeyDescription},
    {"GetParametersForImport", getParametersForImportRules, &getParametersForImport},
    {"ImportKeyMaterial", importKeyMaterialRules, &importKeyMaterial},
    {"DeleteImportedKeyMaterial", deleteImportedKeyMaterialRules, &deleteImportedKeyMaterial},
    {"ListKeyRotations", listKeyRotationsRules, &listKeyRotations},
    {"RotateKeyOnDemand", keyRules, &rotateKeyOnDemand},
    {"GetKeyRotationStatus", keyRules, &getKeyRotationStatus},
    {"EnableKeyRotation", enableKeyRotationRules, &changeAutomaticRotation},
    {"DisableKeyRotation", keyRules, &changeAutomaticRotation},
    {"ReplicateKey", replicateKeyRules, &replicateKey},
    {"UpdatePrimaryRegion", updatePrimaryRegionRules, &updatePrimaryRegion},
    {"Encrypt", encryptRules, &encrypt},
    {"Decrypt", decryptRules, &decrypt},
    {"GenerateMac", generateMacRules, &generateMac},
    {"VerifyMac", verifyMacRules, &verifyMac},
    {"GetPublicKey", keyAndGrantRules, &getPublicKey},
    {"Sign", signRules, &sign},
    {"Verify", verifyRules, &verify},
    {"DeriveSharedSecret", deriveSharedSecretRules, &deriveSharedSecret},
    {"CreateAlias", aliasRules, &createAlias},
    {"UpdateAlias", aliasRules, &updateAlias},
    {"DeleteAlias", deleteAliasRules, &deleteAlias},
    {"ListAliases", listAliasesRules, &listAliases},
    {"TagResource", tagResourceRules, &tagResource},
    {"UntagResource", untagResourceRules, &untagResource},
    {"ListResourceTags", keyListRules, &listResourceTags},
    {"GetKeyPolicy", getKeyPolicyRules, &getKeyPolicy},
    {"PutKeyPolicy", putKeyPolicyRules, &putKeyPolicy},
    {"ListKeyPolicies", keyListRules, &listKeyPolicies},
}};

}  // namespace

const Operation* operationNamed(std::string_view name) {
    const auto* row = std::ranges::find(operations, name, &Operation::name);
    return row == operations.end() ? nullptr : row;
}

}  // namespace keyconvoy::kms::simulator
