#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

/// Aliases, tags and policies: what is written on a key, not what it does.
namespace keyconvoy::kms::simulator {

namespace {

constexpr std::size_t mostTags = 50;

std::string requireAliasName(const Call& call) {
    std::string name = call.text("AliasName");
    if (!name.starts_with("alias/")) {
        throw validationError(
            "Alias must start with the prefix \"alias/\". Please see "
            "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html");
    }
    return name;
}

AliasRecord& requireAlias(const Call& call, KeyStore::Access& access, const std::string& name) {
    const auto row = access.aliases().find(name);
    if (row == access.aliases().end() || access.find(row->second.targetKeyId) == nullptr) {
        throw ApiError{"NotFoundException", "Alias " + aliasArn(call.world, name) + " is not found."};
    }
    return row->second;
}

/// "Both keys must be of the same type (symmetric, asymmetric or HMAC) and have the same key usage."
void requireSameUse(const KeyRecord& one, const KeyRecord& other) {
    const auto classOf = [](const KeyRecord& key) {
        const auto kind = wrapping::materialKind(key.spec);
        return kind == wrapping::MaterialKind::Symmetric ? 0 : kind == wrapping::MaterialKind::Hmac ? 1 : 2;
    };
    if (classOf(one) != classOf(other) || one.usage != other.usage) {
        throw validationError("The current and new KMS keys of an alias must be of the same type and have the same key usage.");
    }
}

void mergeTags(std::vector<Tag>& tags, const std::vector<Tag>& added) {
    for (const Tag& tag : added) {
        const auto same = std::ranges::find(tags, tag.key, &Tag::key);
        if (same == tags.end()) {
            tags.push_back(tag);
        } else {
            same->value = tag.value;
        }
    }
}

}  // namespace

Json page(const Call& call, std::string_view member, const Json& all, std::int64_t usualLimit) {
    const auto limit = static_cast<std::size_t>(call.numberOr("Limit", usualLimit));
    std::size_t start = 0;
    if (const auto marker = call.optionalText("Marker")) {
        const bool number = marker->size() < 9 && std::ranges::all_of(*marker, [](char c) { return c >= '0' && c <= '9'; });
        if (!number) {
            throw ApiError{"InvalidMarkerException"};
        }
        start = std::stoul(*marker);
    }
    Json part = Json::array();
    for (std::size_t i = start; i < all.size() && part.size() < limit; ++i) {
        part.push_back(all[i]);
    }
    const std::size_t next = start + part.size();
    Json reply{{member, std::move(part)}};
    if (next < all.size()) {
        reply["NextMarker"] = std::to_string(next);
    }
    reply["Truncated"] = next < all.size();
    return reply;
}

// -------------------------------------------------------------------------------------------------------------- aliases

Json createAlias(const Call& call) {
    const std::string name = requireAliasName(call);
    KeyStore::Access access = call.world.store.access(call.now);
    if (name.starts_with("alias/aws/")) {
        throw ApiError{"NotAuthorizedException", ""};
    }
    const KeyRecord& key = requireKeyNamed(call, access, Aliases::Refused, call.text("TargetKeyId"));
    refusePendingDeletion(key);
    if (access.aliases().contains(name)) {
        throw ApiError{"AlreadyExistsException", "An alias with the name " + aliasArn(call.world, name) + " already exists"};
    }
    access.aliases().emplace(name, AliasRecord{.targetKeyId = key.id, .creationDate = call.now, .lastUpdatedDate = call.now});
    return nullptr;
}

Json updateAlias(const Call& call) {
    const std::string name = requireAliasName(call);
    KeyStore::Access access = call.world.store.access(call.now);
    AliasRecord& alias = requireAlias(call, access, name);
    const KeyRecord& target = requireKeyNamed(call, access, Aliases::Refused, call.text("TargetKeyId"));
    refusePendingDeletion(target);
    requireSameUse(*access.find(alias.targetKeyId), target);
    alias.targetKeyId = target.id;
    alias.lastUpdatedDate = call.now;
    return nullptr;
}

Json deleteAlias(const Call& call) {
    const std::string name = requireAliasName(call);
    KeyStore::Access access = call.world.store.access(call.now);
    requireAlias(call, access, name);
    access.aliases().erase(name);
    return nullptr;
}

Json listAliases(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    const std::string only = call.has("KeyId") ? requireKey(call, access, Aliases::Refused).id : "";
    Json all = Json::array();
    for (const auto& [name, alias] : access.aliases()) {
        if ((only.empty() || alias.targetKeyId == only) && access.find(alias.targetKeyId) != nullptr) {
            all.push_back({{"AliasName", name},
                           {"AliasArn", aliasArn(call.world, name)},
                           {"TargetKeyId", alias.targetKeyId},
                           {"CreationDate", wireTime(alias.creationDate)},
                           {"LastUpdatedDate", wireTime(alias.lastUpdatedDate)}});
        }
    }
    return page(call, "Aliases", all, 50);
}

// ----------------------------------------------------------------------------------------------------------------- tags

std::vector<Tag> tagsOf(const Json& list) {
    std::vector<Tag> tags;
    for (const Json& tag : list) {
        tags.push_back({.key = tag.at("TagKey"), .value = tag.at("TagValue")});
    }
    return tags;
}

void checkTags(std::span<const Tag> tags) {
    std::set<std::string> seen;
    for (const Tag& tag : tags) {
        if (tag.key.starts_with("aws:")) {
            throw ApiError{"TagException", "Tags beginning with aws: are reserved"};
        }
        if (!seen.insert(tag.key).second) {
            throw ApiError{"TagException", "Duplicate tag keys"};
        }
    }
    if (tags.size() > mostTags) {
        throw ApiError{"TagException", "Too many tags"};
    }
}

Json tagResource(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    refusePendingDeletion(key);
    const std::vector<Tag> added = tagsOf(call.request.at("Tags"));
    checkTags(added);
    std::vector<Tag> merged = key.tags;
    mergeTags(merged, added);
    checkTags(merged);
    key.tags = std::move(merged);
    return nullptr;
}

Json untagResource(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    refusePendingDeletion(key);
    const auto names = call.request.at("TagKeys").get<std::set<std::string>>();
    std::erase_if(key.tags, [&names](const Tag& tag) { return names.contains(tag.key); });
    return nullptr;
}

Json listResourceTags(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    Json all = Json::array();
    for (const Tag& tag : requireKey(call, access, Aliases::Refused).tags) {
        all.push_back({{"TagKey", tag.key}, {"TagValue", tag.value}});
    }
    return page(call, "Tags", all, 50);
}

// ------------------------------------------------------------------------------------------------------------- policies

void checkPolicy(const std::string& policy) {
    const Json parsed = Json::parse(policy, nullptr, false);
    if (!parsed.is_object()) {
        throw ApiError{"MalformedPolicyDocumentException", "The new key policy is not valid JSON."};
    }
}

Json getKeyPolicy(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    const KeyRecord& key = requireKey(call, access, Aliases::Refused);
    if (call.textOr("PolicyName", "default") != "default") {
        throw ApiError{"NotFoundException", "No such policy exists"};
    }
    return {{"Policy", key.policy}, {"PolicyName", "default"}};
}

Json putKeyPolicy(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    if (call.textOr("PolicyName", "default") != "default") {
        throw validationError("PolicyName must be default");
    }
    checkPolicy(call.text("Policy"));
    key.policy = call.text("Policy");
    return nullptr;
}

Json listKeyPolicies(const Call& call) {
    KeyStore::Access access = call.world.store.access(call.now);
    static_cast<void>(requireKey(call, access, Aliases::Refused));
    return page(call, "PolicyNames", Json::array({"default"}), 100);
}

}  // namespace keyconvoy::kms::simulator
