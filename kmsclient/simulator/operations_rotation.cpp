#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

/// On-demand rotations in the life of a key; AWS does not raise it.
constexpr int mostRotations = 25;

Json rotationEntry(const KeyRecord& key, const MaterialEntry& material) {
    Json entry{{"KeyId", key.arn}, {"KeyMaterialId", material.id}};
    if (material.description) {
        entry["KeyMaterialDescription"] = *material.description;
    }
    if (key.origin == Origin::External) {
        entry["ImportState"] = material.material ? "IMPORTED" : "PENDING_IMPORT";
    }
    entry["KeyMaterialState"] = awsName(material.state);
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

void requireRotatable(const KeyRecord& key) {
    if (!isSymmetric(key)) {
        throw unsupported(std::nullopt);  // KMS says nothing more
    }
    if (key.origin != Origin::External) {
        throw unsupported("Rotation of keys of origin AWS_KMS is not part of this simulator.");
    }
    requireEnabled(key);
    if (materialIn(key, MaterialState::PendingRotation) == nullptr) {
        throw invalidState("No available key material pending rotation for the key: " + key.arn + ".");
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
    KeyStore::Access access = call.world.store.access(call.now);
    const KeyRecord& key = requireKey(call, access, Aliases::Refused);
    if (call.has("IncludeKeyMaterial") && !isSymmetric(key)) {
        throw validationError("Input parameter includeKeyMaterial can only be used with symmetric keys.");
    }
    const bool everything = call.text("IncludeKeyMaterial") == "ALL_KEY_MATERIAL";
    Json all = Json::array();
    for (const MaterialEntry& material : key.materials) {
        if (everything || material.rotationDate) {
            all.push_back(rotationEntry(key, material));
        }
    }
    return page(call, "Rotations", all, 100);
}

Json rotateKeyOnDemand(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    requireRotatable(key);
    ++key.rotations;
    key.rotationStarted = call.now;
    access.settle(key);
    return {{"KeyId", key.arn}};
}

Json getKeyRotationStatus(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    const KeyRecord& key = requireKey(call, access, Aliases::Refused);
    Json reply{{"KeyRotationEnabled", false}, {"KeyId", key.arn}};
    if (key.rotationStarted) {
        reply["OnDemandRotationStartDate"] = wireTime(*key.rotationStarted);
    }
    return reply;
}

Json changeAutomaticRotation(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    const KeyRecord& key = requireKey(call, access, Aliases::Refused);
    if (key.origin == Origin::External) {
        throw unsupported(key.arn + " origin is EXTERNAL which is not valid for this operation.");
    }
    throw unsupported("Automatic rotation is not part of this simulator.");
}

}  // namespace keyconvoy::kms::simulator
