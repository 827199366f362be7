#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/state_rules.h"

#include <algorithm>
#include <map>
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

/// The alias of the caller's Region and account, to be changed.
AliasRecord& requireAlias(const Call& call, KeyStore::Access& access, const std::string& name) {
    if (!access.findAlias(call.place(), name)) {
        throw ApiError{"NotFoundException", "Alias " + aliasArn(call.place(), name) + " is not found."};
    }
    return access.aliases(call.place()).at(name);
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

/// A copy, since looking at an alias may remove it with its key.
std::vector<std::string> namesOf(const std::map<std::string, AliasRecord>& aliases) {
    std::vector<std::string> names;
    names.reserve(aliases.size());
    for (const auto& [name, alias] : aliases) {
        names.push_back(name);
    }
    return names;
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

/// The policy KMS gives a key without one, byte for byte.
std::string defaultPolicy(const std::string& account) {
    return "{\n  \"Version\" : \"2012-10-17\",\n  \"Id\" : \"key-default-1\",\n  \"Statement\" : [ {\n    \"Sid\" : \"Enable IAM "
           "User "
           "Permissions\",\n    \"Effect\" : \"Allow\",\n    \"Principal\" : {\n      \"AWS\" : \"arn:aws:iam::" +
           account + ":root\"\n    },\n    \"Action\" : \"kms:*\",\n    \"Resource\" : \"*\"\n  } ]\n}";
}

void checkPolicy(const std::string& policy) {
    const Json parsed = Json::parse(policy, nullptr, false);
    if (!parsed.is_object()) {
        throw ApiError{"MalformedPolicyDocumentException", "The new key policy is not valid JSON."};
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
    KeyStore::Access access = call.toChange();
    if (name.starts_with("alias/aws/")) {
        throw ApiError{"NotAuthorizedException", ""};
    }
    const KeyRecord& key = requireKeyNamed(call, access, Aliases::Refused, call.text("TargetKeyId"));
    requireState(call.operation, key);
    if (access.findAlias(call.place(), name)) {
        throw ApiError{"AlreadyExistsException", "An alias with the name " + aliasArn(call.place(), name) + " already exists"};
    }
    access.aliases(call.place())[name] =
        AliasRecord{.targetKeyId = key.id, .earlierTargetKeyId = key.id, .creationDate = call.now, .lastUpdatedDate = call.now};
    return nullptr;
}

Json updateAlias(const Call& call) {
    const std::string name = requireAliasName(call);
    KeyStore::Access access = call.toChange();
    AliasRecord& alias = requireAlias(call, access, name);
    const KeyRecord& target = requireKeyNamed(call, access, Aliases::Refused, call.text("TargetKeyId"));
    requireState(call.operation, target);
    requireSameUse(*access.find(call.place(), alias.targetKeyId), target);
    alias.earlierTargetKeyId = alias.targetKeyId;
    alias.targetKeyId = target.id;
    alias.lastUpdatedDate = call.now;
    return nullptr;
}

Json deleteAlias(const Call& call) {
    const std::string name = requireAliasName(call);
    KeyStore::Access access = call.toChange();
    static_cast<void>(requireAlias(call, access, name));
    access.aliases(call.place()).erase(name);
    return nullptr;
}

Json listAliases(const Call& call) {
    KeyStore::Access access = call.toRead();
    const std::string only = call.has("KeyId") ? requireKey(call, access, Aliases::Refused).id : "";
    Json all = Json::array();
    for (const std::string& name : namesOf(access.aliases(call.place()))) {
        const auto alias = access.findAlias(call.place(), name);
        if (alias && (only.empty() || alias->targetKeyId == only)) {
            all.push_back({{"AliasName", name},
                           {"AliasArn", aliasArn(call.place(), name)},
                           {"TargetKeyId", alias->targetKeyId},
                           {"CreationDate", wireTime(alias->creationDate)},
                           {"LastUpdatedDate", wireTime(alias->lastUpdatedDate)}});
        }
    }
    return page(call, "Aliases", all, 50);
}

// ----------------------------------------------------------------------------------------------------------------- tags

std::vector<Tag> requestedTags(const Call& call) {
    if (!call.has("Tags")) {
        return {};
    }
    std::vector<Tag> tags = tagsOf(call.request.at("Tags"));
    checkTags(tags);
    return tags;
}

Json tagResource(const Call& call) {
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    requireState(call.operation, key);
    const std::vector<Tag> added = tagsOf(call.request.at("Tags"));
    checkTags(added);
    std::vector<Tag> merged = key.tags;
    mergeTags(merged, added);
    checkTags(merged);
    key.tags = std::move(merged);
    return nullptr;
}

Json untagResource(const Call& call) {
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    requireState(call.operation, key);
    const auto names = call.request.at("TagKeys").get<std::set<std::string>>();
    std::erase_if(key.tags, [&names](const Tag& tag) { return names.contains(tag.key); });
    return nullptr;
}

Json listResourceTags(const Call& call) {
    KeyStore::Access access = call.toRead();
    Json all = Json::array();
    for (const Tag& tag : requireKey(call, access, Aliases::Refused).tags) {
        all.push_back({{"TagKey", tag.key}, {"TagValue", tag.value}});
    }
    return page(call, "Tags", all, 50);
}

// ------------------------------------------------------------------------------------------------------------- policies

std::string requestedPolicy(const Call& call) {
    std::string policy = call.textOr("Policy", defaultPolicy(call.caller.account));
    checkPolicy(policy);
    return policy;
}

Json getKeyPolicy(const Call& call) {
    KeyStore::Access access = call.toRead();
    const KeyRecord& key = requireKey(call, access, Aliases::Refused);
    if (call.textOr("PolicyName", "default") != "default") {
        throw ApiError{"NotFoundException", "No such policy exists"};
    }
    return {{"Policy", key.policy}, {"PolicyName", "default"}};
}

Json putKeyPolicy(const Call& call) {
    KeyStore::Access access = call.toChange();
    KeyRecord& key = requireKey(call, access, Aliases::Refused);
    if (call.textOr("PolicyName", "default") != "default") {
        throw validationError("PolicyName must be default");
    }
    key.policy = requestedPolicy(call);
    return nullptr;
}

Json listKeyPolicies(const Call& call) {
    KeyStore::Access access = call.toRead();
    static_cast<void>(requireKey(call, access, Aliases::Refused));
    return page(call, "PolicyNames", Json::array({"default"}), 100);
}

}  // namespace keyconvoy::kms::simulator
