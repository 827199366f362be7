#pragma once

#include "core/strict_json.h"

#include <cstdint>
#include <span>
#include <string_view>

/// The constraints of the KMS API model on request members, and KMS's answers to requests that break them.
namespace keyconvoy::kms::simulator {

/// A regular expression of the model: its text for the message, and a function that does what it says.
struct Pattern {
    std::string_view text;
    bool (*matches)(std::string_view value);
};

enum class MemberKind : std::uint8_t {
    Text,  ///< length counts characters
    Enum,  ///< a text out of `values`
    Blob,  ///< Base64; length counts octets
    Integer,
    Boolean,
    Timestamp,  ///< a number of seconds
    TextMap,
    TextList,  ///< length limits hold for the elements
    EnumList,
    TagList,
    Structure,  ///< taken as it is
};

/// One member of a request.
struct MemberRule {
    std::string_view name;
    MemberKind kind = MemberKind::Text;
    std::int64_t smallest = 0;  ///< length, or value of an Integer
    std::int64_t largest = 0;
    const Pattern* pattern = nullptr;
    std::span<const std::string_view> values{};
    bool required = false;
};

/// Checks types (SerializationException), then every constraint (one ValidationException that lists them all, members in the
/// model's order). Unknown members pass, as with AWS; null counts as absent.
void checkRequest(const Json& request, std::span<const MemberRule> rules);

}  // namespace keyconvoy::kms::simulator
