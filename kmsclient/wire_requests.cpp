#include "core/base64.h"
#include "core/strict_json.h"
#include "kmsclient/wire.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::kms::wire {

namespace {

std::string dumped(const Json& json) {
    try {
        return json.dump();
    } catch (const Json::exception&) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Wire", "request to KMS"), KC_TEXT("Wire", "a text in it is not UTF-8"),
                    KC_TEXT("Wire", "check description, tags and policy, and the locale of the terminal")};
    }
}

/// KMS takes whole seconds and drops fractions.
std::int64_t seconds(TimePoint time) {
    return std::chrono::floor<std::chrono::seconds>(time).time_since_epoch().count();
}

void addIfThere(Json& json, const char* name, const std::optional<std::string>& value) {
    if (value) {
        json[name] = *value;
    }
}

void addTags(Json& json, const std::vector<Tag>& tags) {
    for (const Tag& tag : tags) {
        Json entry = Json::object();
        entry["TagKey"] = tag.key;
        entry["TagValue"] = tag.value;
        json["Tags"].push_back(std::move(entry));
    }
}

void addIfBypassed(Json& json, PolicyLockoutCheck check) {
    if (check == PolicyLockoutCheck::Bypassed) {
        json["BypassPolicyLockoutSafetyCheck"] = true;
    }
}

}  // namespace

std::string writeMembers(const Members& members) {
    Json json = Json::object();
    for (const auto& [name, text] : members.texts) {
        json[name] = text;
    }
    for (const auto& [name, blob] : members.blobs) {
        json[name] = toBase64(blob);
    }
    for (const auto& [name, number] : members.numbers) {
        json[name] = number;
    }
    for (const auto& [name, flag] : members.flags) {
        if (flag) {
            json[name] = true;
        }
    }
    for (const auto& [name, list] : members.textLists) {
        json[name] = list;
    }
    addTags(json, members.tags);
    return dumped(json);
}

std::string writeCreateKey(const CreateKeyRequest& request) {
    Json json = Json::object();
    json["Origin"] = "EXTERNAL";
    json["KeySpec"] = nameOf(wrapping::keySpecNames, request.keySpec);
    json["KeyUsage"] = nameOf(wrapping::keyUsageNames, request.keyUsage);
    if (!request.description.empty()) {
        json["Description"] = request.description;
    }
    addIfThere(json, "Policy", request.policy);
    addIfBypassed(json, request.policyLockoutCheck);
    if (request.multiRegion) {
        json["MultiRegion"] = true;
    }
    addTags(json, request.tags);
    return dumped(json);
}

std::string writeImportKeyMaterial(const ImportKeyMaterialRequest& request) {
    Json json = Json::object();
    json["KeyId"] = request.keyId;
    json["ImportToken"] = toBase64(request.importToken);
    json["EncryptedKeyMaterial"] = toBase64(request.encryptedKeyMaterial);
    json["ExpirationModel"] = awsName(request.expirationModel);
    if (request.validTo) {
        json["ValidTo"] = seconds(*request.validTo);
    }
    if (request.importType) {
        json["ImportType"] = awsName(*request.importType);
    }
    addIfThere(json, "KeyMaterialDescription", request.keyMaterialDescription);
    addIfThere(json, "KeyMaterialId", request.keyMaterialId);
    return dumped(json);
}

std::string writeReplicateKey(const ReplicateKeyRequest& request) {
    Json json = Json::object();
    json["KeyId"] = request.keyId;
    json["ReplicaRegion"] = request.replicaRegion;
    addIfThere(json, "Policy", request.policy);
    addIfBypassed(json, request.policyLockoutCheck);
    addIfThere(json, "Description", request.description);
    addTags(json, request.tags);
    return dumped(json);
}

std::string writePage(Members members, const std::string& marker) {
    if (!marker.empty()) {
        members.texts.emplace_back("Marker", marker);
    }
    return writeMembers(members);
}

}  // namespace keyconvoy::kms::wire
