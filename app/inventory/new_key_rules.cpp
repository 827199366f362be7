#include "app/inventory/new_key_rules.h"

#include "core/strict_json.h"
#include "core/text.h"
#include "core/utf8.h"

#include <nlohmann/json.hpp>
#include <set>

namespace keyconvoy::app {

namespace {

constexpr std::size_t largestPolicy = std::size_t{32} * 1024;
constexpr std::size_t longestDescription = 8192;
constexpr std::size_t longestTagKey = 128;
constexpr std::size_t longestTagValue = 256;
constexpr std::size_t mostTags = 49;
constexpr std::size_t longestAlias = 256;

void checkTag(const kms::Tag& tag) {
    const Text place = KC_TEXT("NewKeyRules", "tag \"%1\"").with(tag.key);
    if (tag.key.empty() || characterCount(tag.key) > longestTagKey || characterCount(tag.value) > longestTagValue) {
        throw Error{ErrorKind::InvalidInput, place,
                    KC_TEXT("NewKeyRules", "a tag key has 1 to 128 characters, a tag value at most 256"),
                    KC_TEXT("NewKeyRules", "name or shorten it")};
    }
    if (tag.key.starts_with("aws:") || tag.key.starts_with("keyconvoy:")) {
        throw Error{ErrorKind::Refused, place,
                    KC_TEXT("NewKeyRules", "tag keys that begin with aws: are AWS's own, those with keyconvoy: this program's"),
                    KC_TEXT("NewKeyRules", "choose another tag key")};
    }
}

}  // namespace

void checkSpecAndUsage(wrapping::KeySpec keySpec, wrapping::KeyUsage usage) {
    if (!allows(keySpec, usage)) {
        throw Error{ErrorKind::Refused, KC_TEXT("NewKeyRules", "new KMS key"),
                    KC_TEXT("NewKeyRules", "KMS has no %1 key with the usage %2")
                        .with(nameOf(wrapping::keySpecNames, keySpec))
                        .with(nameOf(wrapping::keyUsageNames, usage)),
                    KC_TEXT("NewKeyRules", "name another %1, or leave it out").with(typedAs("--key-usage"))};
    }
}

void checkKeyPolicy(const std::string& policy) {
    const Text place = KC_TEXT("NewKeyRules", "key policy");
    if (policy.size() > largestPolicy) {
        throw Error{ErrorKind::InvalidInput, place,
                    KC_TEXT("NewKeyRules", "it has %1 octets, but KMS takes at most %2")
                        .with(std::to_string(policy.size()))
                        .with(std::to_string(largestPolicy)),
                    KC_TEXT("NewKeyRules", "shorten it; blanks and line feeds count")};
    }
    if (!parseStrictJson(policy, place).is_object()) {
        throw Error{ErrorKind::InvalidInput, place, KC_TEXT("NewKeyRules", "it is JSON, but no object"),
                    KC_TEXT("NewKeyRules", "give a policy document: {\"Version\": …, \"Statement\": […]}")};
    }
}

void checkTags(const std::vector<kms::Tag>& tags) {
    std::set<std::string_view> seen;
    for (const kms::Tag& tag : tags) {
        checkTag(tag);
        if (!seen.insert(tag.key).second) {
            throw Error{ErrorKind::InvalidInput, KC_TEXT("NewKeyRules", "tag \"%1\"").with(tag.key),
                        KC_TEXT("NewKeyRules", "it is given twice"), KC_TEXT("NewKeyRules", "leave one of them out")};
        }
    }
    if (tags.size() > mostTags) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("NewKeyRules", "tags"),
                    KC_TEXT("NewKeyRules", "there are %1; KMS takes 50, and one is needed to find the new key by")
                        .with(std::to_string(tags.size())),
                    KC_TEXT("NewKeyRules", "leave some out")};
    }
}

void checkAliasName(const std::string& alias) {
    const Text place = KC_TEXT("NewKeyRules", "alias \"%1\"").with(alias);
    constexpr std::string_view prefix = "alias/";
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/_-";
    if (!alias.starts_with(prefix) || alias.size() == prefix.size() || alias.size() > longestAlias ||
        alias.find_first_not_of(allowed) != std::string::npos) {
        throw Error{ErrorKind::InvalidInput, place,
                    KC_TEXT("NewKeyRules", "an alias is alias/ and letters, digits, / _ or - behind it, at most 256 in all"),
                    KC_TEXT("NewKeyRules", "give a name such as alias/orders")};
    }
    if (alias.starts_with("alias/aws/")) {
        throw Error{ErrorKind::Refused, place, KC_TEXT("NewKeyRules", "names that begin with alias/aws/ are AWS's own"),
                    KC_TEXT("NewKeyRules", "give a name such as alias/orders")};
    }
}

void checkKeyDescription(const std::string& description) {
    if (characterCount(description) > longestDescription) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("NewKeyRules", "description of the KMS key"),
                    KC_TEXT("NewKeyRules", "it has more than %1 characters").with(std::to_string(longestDescription)),
                    KC_TEXT("NewKeyRules", "shorten it")};
    }
}

}  // namespace keyconvoy::app
