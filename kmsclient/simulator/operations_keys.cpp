#include "core/hex.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/spec_algorithms.h"
#include "kmsclient/simulator/state_rules.h"

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

KeyRecord newKey(const Call& call) {
    KeyRecord key;
    const std::string specName = requestedSpec(call);
    key.origin = requestedOrigin(call);
    key.spec = importableSpec(specName, key.origin);
    key.usage = requestedUsage(call, specName, key.spec);
    key.place = call.place();
    if (call.flag("MultiRegion")) {
        key.id = "mrk-" + toHex(randomBytes(16));
        key.primaryRegion = call.region;
    } else {
        key.id = randomUuid();
    }
    key.arn = keyArn(key.place, key.id);
    key.creationDate = call.now;
    key.description = call.text("Description");
    key.policy = requestedPolicy(call);
    key.tags = requestedTags(call);
    return key;
}

/// Material of KMS's own has an ID like imported material, but nothing to compute it from that anyone could repeat.
void giveOwnMaterial(KeyRecord& key) {
    MaterialEntry& entry = key.materials.emplace_back();
    entry.id = keyMaterialId(key.id, randomBytes(32));
    entry.material = std::make_shared<const Material>(generateMaterial(key.spec));
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

Json placeOf(const KeyRecord& key) {
    return {{"Arn", key.arn}, {"Region", key.place.region}};
}

/// A primary without replicas has an empty list; a replica finds itself in it.
Json multiRegionConfiguration(const KeyRecord& key, const RelatedKeys& related) {
    Json primary;
    Json replicas = Json::array();
    for (const KeyRecord* one : related) {
        if (isPrimary(*one)) {
            primary = placeOf(*one);
        } else {
            replicas.push_back(placeOf(*one));
        }
    }
    return {{"MultiRegionKeyType", isPrimary(key) ? "PRIMARY" : "REPLICA"}, {"PrimaryKey", primary}, {"ReplicaKeys", replicas}};
}

/// Not of a replica that is being made: KMS tells it a moment later.
void addCurrentMaterial(Json& json, const KeyRecord& key) {
    const MaterialEntry* current = materialIn(key, MaterialState::Current);
    if (current != nullptr && isSymmetric(key) && stateOf(key) != KeyState::Creating) {
        json["CurrentKeyMaterialId"] = current->id;
    }
}

}  // namespace

Json keyMetadata(const KeyRecord& key, const RelatedKeys& related) {
    const KeyState state = stateOf(key);
    const std::string_view spec = nameOf(wrapping::keySpecNames, key.spec);
    Json json{{"AWSAccountId", key.place.account},
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
    json["MultiRegion"] = isMultiRegion(key);
    if (isMultiRegion(key)) {
        json["MultiRegionConfiguration"] = multiRegionConfiguration(key, related);
    }
    if (key.deletionWindowDays) {
        json["PendingDeletionWindowInDays"] = *key.deletionWindowDays;
    }
    addNames(json, "MacAlgorithms", macAlgorithms(key));
    addCurrentMaterial(json, key);
    return json;
}

Json createKey(const Call& call) {
    KeyRecord key = newKey(call);
    if (key.origin == Origin::AwsKms) {
        giveOwnMaterial(key);
    }
    KeyStore::Access access = call.toChange();
    const KeyRecord& added = access.add(std::move(key));
    return {{"KeyMetadata", keyMetadata(added, access.related(added))}};
}

Json describeKey(const Call& call) {
    KeyStore::Access access = call.toRead();
    const KeyRecord& key = requireKey(call, access, Aliases::Taken);
    return {{"KeyMetadata", keyMetadata(key, access.related(key))}};
}

Json listKeys(const Call& call) {
    KeyStore::Access access = call.toRead();
    Json all = Json::array();
    for (const KeyRecord* key : access.keysIn(call.place())) {
        all.push_back({{"KeyId", key->id}, {"KeyArn", key->arn}});
    }
    return page(call, "Keys", all, 100);
}

Json enableKey(const Call& call) {
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    requireState(call.operation, key);
    key.disabled = false;
    return nullptr;
}

Json disableKey(const Call& call) {
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    requireState(call.operation, key);
    key.disabled = true;
    return nullptr;
}

Json scheduleKeyDeletion(const Call& call) {
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    const std::int64_t days = call.numberOr("PendingWindowInDays", 30);
    if (days < 7 || days > 30) {
        throw validationError("PendingWindowInDays should be between 7 and 30.");
    }
    requireState(call.operation, key);
    if (isPrimary(key) && access.related(key).size() > 1) {
        key.deletionWindowDays = static_cast<int>(days);
    } else {
        key.deletionDate = call.now + std::chrono::hours{24 * days};
    }
    Json reply{{"KeyId", key.arn}};
    if (key.deletionDate) {
        reply["DeletionDate"] = wireTime(*key.deletionDate);
    }
    reply["KeyState"] = awsName(stateOf(key));
    reply["PendingWindowInDays"] = days;
    return reply;
}

Json cancelKeyDeletion(const Call& call) {
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    if (!key.deletionDate && !key.deletionWindowDays) {
        throw invalidState(key.arn + " is not pending deletion (or pending replica deletion).");
    }
    key.deletionDate.reset();
    key.deletionWindowDays.reset();
    key.disabled = true;
    return {{"KeyId", key.arn}};
}

Json updateKeyDescription(const Call& call) {
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    requireState(call.operation, key);
    key.description = call.text("Description");
    return nullptr;
}

}  // namespace keyconvoy::kms::simulator
