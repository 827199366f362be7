#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/state_rules.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

/// On-demand rotations in the life of a key; AWS does not raise it.
constexpr int mostRotations = 25;

Json rotationEntry(const KeyRecord& key, const RelatedKeys& related, const MaterialEntry& material) {
    Json entry{{"KeyId", key.arn}, {"KeyMaterialId", material.id}};
    if (material.description) {
        entry["KeyMaterialDescription"] = *material.description;
    }
    if (key.origin == Origin::External) {
        entry["ImportState"] = material.material ? "IMPORTED" : "PENDING_IMPORT";
    }
    entry["KeyMaterialState"] = materialStateName(related, material);
    if (key.origin == Origin::External && material.material) {
        entry["ExpirationModel"] = material.validTo ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE";
    }
    if (material.validTo) {
        entry["ValidTo"] = wireTime(*material.validTo);
    }
    if (material.rotationDate) {
        entry["RotationDate"] = wireTime(*material.rotationDate);
        entry["RotationType"] = "ON_DEMAND";
    }
    return entry;
}

/// AWS's answer at a replica is not known; this one is that of ReplicateKey.
void requireRotatable(const Call& call, const KeyRecord& key, const RelatedKeys& related) {
    if (!isSymmetric(key)) {
        throw unsupported(std::nullopt);  // KMS says nothing more
    }
    if (key.origin != Origin::External) {
        throw unsupported("Rotation of keys of origin AWS_KMS is not part of this simulator.");
    }
    requireState(call.operation, key);
    if (isReplica(key)) {
        throw unsupported(key.arn + " is not a multi-region primary key.");
    }
    if (key.rotationStarted) {
        throw ApiError{"ConflictException", "An on-demand rotation is in progress for the key: " + key.arn + "."};
    }
    const MaterialEntry* next = materialIn(key, MaterialState::Pending);
    if (next == nullptr) {
        throw invalidState("No available key material pending rotation for the key: " + key.arn + ".");
    }
    if (!replicasHold(related, next->id)) {
        throw invalidState(
            "Cannot perform key material rotation: Key material has not been imported for replicas of the Multi-Region key.");
    }
    if (key.rotations >= mostRotations) {
        throw ApiError{
            "LimitExceededException",
            "The on-demand rotations limit has been reached for the given keyId. No more on-demand rotations can be performed "
            "for this key: " +
                key.arn};
    }
}

}  // namespace

Json listKeyRotations(const Call& call) {
    KeyStore::Access access = call.toRead();
    const KeyRecord& key = requireKey(call, access, Aliases::Refused);
    const RelatedKeys related = access.related(key);
    if (call.has("IncludeKeyMaterial") && !isSymmetric(key)) {
        throw validationError("Input parameter includeKeyMaterial can only be used with symmetric keys.");
    }
    const bool everything = call.text("IncludeKeyMaterial") == "ALL_KEY_MATERIAL";
    Json all = Json::array();
    for (const MaterialEntry& material : key.materials) {
        if (everything || material.rotationDate) {
            all.push_back(rotationEntry(key, related, material));
        }
    }
    return page(call, "Rotations", all, 100);
}

Json rotateKeyOnDemand(const Call& call) {
    KeyStore::Access access = call.toChange();
    const KeyRecord& key = requireKey(call, access, Aliases::Refused);
    const RelatedKeys related = access.related(key);
    requireRotatable(call, key, related);
    startRotation(related, call.now);
    access.settle(key);
    return {{"KeyId", key.arn}};
}

Json getKeyRotationStatus(const Call& call) {
    const KeyRecord key = copyOfKey(call, Aliases::Refused);
    Json reply{{"KeyRotationEnabled", false}, {"KeyId", key.arn}};
    if (key.rotationStarted) {
        reply["OnDemandRotationStartDate"] = wireTime(*key.rotationStarted);
    }
    return reply;
}

Json changeAutomaticRotation(const Call& call) {
    const KeyRecord key = copyOfKey(call, Aliases::Refused);
    if (key.origin == Origin::External) {
        throw unsupported(key.arn + " origin is EXTERNAL which is not valid for this operation.");
    }
    throw unsupported("Automatic rotation is not part of this simulator.");
}

}  // namespace keyconvoy::kms::simulator
