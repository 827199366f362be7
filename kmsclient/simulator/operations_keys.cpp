#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/spec_algorithms.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

using wrapping::KeySpec;
using wrapping::KeyUsage;

/// The KeySpec member, or its deprecated twin.
std::string requestedSpec(const Call& call) {
    if (call.has("KeySpec") && call.has("CustomerMasterKeySpec")) {
        throw validationError(
            "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.");
    }
    return call.textOr("KeySpec", call.textOr("CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"));
}

Origin requestedOrigin(const Call& call) {
    const std::string origin = call.textOr("Origin", "AWS_KMS");
    if (origin != "AWS_KMS" && origin != "EXTERNAL") {
        throw unsupported("Origin " + origin + " is not part of this simulator.");
    }
    return origin == "EXTERNAL" ? Origin::External : Origin::AwsKms;
}

KeySpec importableSpec(const std::string& name, Origin origin) {
    if (const auto spec = valueNamed(wrapping::keySpecNames, name)) {
        return *spec;
    }
    if (origin == Origin::External) {
        throw validationError("KeySpec " + name + " is not supported for Origin EXTERNAL");
    }
    throw unsupported("KeySpec " + name + " is not part of this simulator.");
}

KeyUsage requestedUsage(const Call& call, const std::string& specName, KeySpec spec) {
    if (!call.has("KeyUsage") && spec != KeySpec::SymmetricDefault) {
        throw validationError("You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys.");
    }
    const std::string name = call.textOr("KeyUsage", "ENCRYPT_DECRYPT");
    const auto usage = valueNamed(wrapping::keyUsageNames, name);
    if (!usage || !wrapping::allows(spec, *usage)) {
        throw validationError("KeyUsage " + name + " is not compatible with KeySpec " + specName);
    }
    return *usage;
}

/// The policy KMS gives a key without one, byte for byte.
std::string defaultPolicy() {
    return "{\n  \"Version\" : \"2012-10-17\",\n  \"Id\" : \"key-default-1\",\n  \"Statement\" : [ {\n    \"Sid\" : \"Enable IAM "
           "User "
           "Permissions\",\n    \"Effect\" : \"Allow\",\n    \"Principal\" : {\n      \"AWS\" : \"arn:aws:iam::" +
           std::string{accountId} + ":root\"\n    },\n    \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  } ]\n}";
}

KeyRecord newKey(const Call& call) {
    if (call.flag("MultiRegion")) {
        throw unsupported("Multi-Region keys are not part of this simulator.");
    }
    KeyRecord key;
    const std::string specName = requestedSpec(call);
    key.origin = requestedOrigin(call);
    key.spec = importableSpec(specName, key.origin);
    key.usage = requestedUsage(call, specName, key.spec);
    key.id = randomUuid();
    key.arn = keyArn(call.world, key.id);
    key.creationDate = call.now;
    key.description = call.text("Description");
    key.policy = call.textOr("Policy", defaultPolicy());
    checkPolicy(key.policy);
    if (call.has("Tags")) {
        key.tags = tagsOf(call.request.at("Tags"));
        checkTags(key.tags);
    }
    return key;
}

/// Material of KMS's own has an ID like imported material, but nothing to compute it from that anyone could repeat.
void giveOwnMaterial(KeyRecord& key) {
    key.materials.push_back(MaterialEntry{.id = keyMaterialId(key.id, randomBytes(32)),
                                          .state = MaterialState::Current,
                                          .material = generateMaterial(key.spec),
                                          .validTo = std::nullopt,
                                          .description = std::nullopt,
                                          .rotationDate = std::nullopt});
}

Json namesAsJson(Names names) {
    Json list = Json::array();
    for (const std::string_view name : names) {
        list.push_back(name);
    }
    return list;
}

void addNames(Json& json, const char* member, Names names) {
    if (!names.empty()) {
        json[member] = namesAsJson(names);
    }
}

void addExpiry(Json& json, const KeyRecord& key) {
    if (const auto end = earliestEnd(key); end && isComplete(key)) {
        json["ValidTo"] = wireTime(*end);
    }
}

void addExpirationModel(Json& json, const KeyRecord& key) {
    if (key.origin == Origin::External && isComplete(key)) {
        json["ExpirationModel"] = earliestEnd(key) ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE";
    }
}

}  // namespace

Json keyMetadata(const KeyRecord& key) {
    const KeyState state = stateOf(key);
    const std::string_view spec = nameOf(wrapping::keySpecNames, key.spec);
    Json json{{"AWSAccountId", accountId},
              {"KeyId", key.id},
              {"Arn", key.arn},
              {"CreationDate", wireTime(key.creationDate)},
              {"Enabled", state == KeyState::Enabled},
              {"Description", key.description},
              {"KeyUsage", nameOf(wrapping::keyUsageNames, key.usage)},
              {"KeyState", awsName(state)}};
    if (key.deletionDate) {
        json["DeletionDate"] = wireTime(*key.deletionDate);
    }
    addExpiry(json, key);
    json["Origin"] = awsName(key.origin);
    addExpirationModel(json, key);
    json["KeyManager"] = "CUSTOMER";
    json["CustomerMasterKeySpec"] = spec;
    json["KeySpec"] = spec;
    addNames(json, "EncryptionAlgorithms", encryptionAlgorithms(key));
    addNames(json, "SigningAlgorithms", signingAlgorithms(key));
    addNames(json, "KeyAgreementAlgorithms", keyAgreementAlgorithms(key));
    json["MultiRegion"] = false;
    addNames(json, "MacAlgorithms", macAlgorithms(key));
    if (const MaterialEntry* current = materialIn(key, MaterialState::Current); current != nullptr && isSymmetric(key)) {
        json["CurrentKeyMaterialId"] = current->id;
    }
    return json;
}

Json createKey(const Call& call) {
    KeyRecord key = newKey(call);
    if (key.origin == Origin::AwsKms) {
        giveOwnMaterial(key);
    }
    Json reply{{"KeyMetadata", keyMetadata(key)}};
    KeyStore::Access access = call.world.store.access(call.now);
    access.add(std::move(key));
    return reply;
}

Json describeKey(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    return {{"KeyMetadata", keyMetadata(requireKey(call, access, Aliases::Taken))}};
}

Json listKeys(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    Json all = Json::array();
    for (const auto& [id, key] : access.allKeys()) {
        all.push_back({{"KeyId", id}, {"KeyArn", key.arn}});
    }
    return page(call, "Keys", all, 100);
}

Json enableKey(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    refusePendingDeletion(key);
    refusePendingImport(key);
    key.disabled = false;
    return nullptr;
}

Json disableKey(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    refusePendingDeletion(key);
    refusePendingImport(key);
    key.disabled = true;
    return nullptr;
}

Json scheduleKeyDeletion(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    const std::int64_t days = call.numberOr("PendingWindowInDays", 30);
    if (days < 7 || days > 30) {
        throw validationError("PendingWindowInDays should be between 7 and 30.");
    }
    refusePendingDeletion(key);
    key.deletionDate = call.now + std::chrono::hours{24 * days};
    return {{"KeyId", key.arn},
            {"DeletionDate", wireTime(*key.deletionDate)},
            {"KeyState", "PendingDeletion"},
            {"PendingWindowInDays", days}};
}

Json cancelKeyDeletion(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    if (!key.deletionDate) {
        throw invalidState(key.arn + " is not pending deletion (or pending replica deletion).");
    }
    key.deletionDate.reset();
    key.disabled = true;
    return {{"KeyId", key.arn}};
}

Json updateKeyDescription(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    refusePendingDeletion(key);
    key.description = call.text("Description");
    return nullptr;
}

}  // namespace keyconvoy::kms::simulator
