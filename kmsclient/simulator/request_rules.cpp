#include "kmsclient/simulator/request_rules.h"

#include "core/base64.h"
#include "core/utf8.h"
#include "kmsclient/simulator/api_error.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace keyconvoy::kms::simulator {

namespace {

/// Collects violations in KMS's words.
class Violations {
public:
    void add(const std::string& where, const std::string& constraint) {
        m_found.push_back("Value " + where + " failed to satisfy constraint: Member must " + constraint);
    }
    void throwIfAny() const {
        if (m_found.empty()) {
            return;
        }
        std::string text = std::to_string(m_found.size()) + (m_found.size() == 1 ? " validation error" : " validation errors") +
                           " detected: " + m_found.front();
        for (std::size_t i = 1; i < m_found.size(); ++i) {
            text += "; " + m_found[i];
        }
        throw validationError(std::move(text));
    }

private:
    std::vector<std::string> m_found;
};

[[noreturn]] void throwWrongType(const Json& value, std::string_view wanted) {
    static constexpr std::string_view suffix = "_VALUE";
    std::string found{value.is_string() ? "STRING" : value.is_number() ? "NUMBER" : value.is_boolean() ? "BOOLEAN" : ""};
    found = found.empty() ? std::string{value.is_array() ? "START_ARRAY" : "START_OBJECT"} : found + std::string{suffix};
    throw ApiError{"SerializationException", found + " can not be converted to " + std::string{wanted}};
}

void requireType(bool matches, const Json& value, std::string_view wanted) {
    if (!matches) {
        throwWrongType(value, wanted);
    }
}

void requireTexts(const Json& list) {
    requireType(list.is_array(), list, "a List");
    for (const Json& element : list) {
        requireType(element.is_string(), element, "a String");
    }
}

void requireTextMap(const Json& map) {
    requireType(map.is_object(), map, "a Map");
    for (const Json& value : map) {
        requireType(value.is_string(), value, "a String");
    }
}

void requireTags(const Json& list) {
    requireType(list.is_array(), list, "a List");
    for (const Json& tag : list) {
        requireTextMap(tag);
    }
}

void checkType(const Json& value, MemberKind kind) {
    switch (kind) {
        case MemberKind::Text:
        case MemberKind::Enum: return requireType(value.is_string(), value, "a String");
        case MemberKind::Blob:
            return requireType(value.is_string() && fromBase64(value.get_ref<const std::string&>()).has_value(), value, "a Blob");
        case MemberKind::Integer: return requireType(value.is_number_integer(), value, "an Integer");
        case MemberKind::Boolean: return requireType(value.is_boolean(), value, "a Boolean");
        case MemberKind::Timestamp: return requireType(value.is_number(), value, "a Timestamp");
        case MemberKind::TextMap: return requireTextMap(value);
        case MemberKind::TextList:
        case MemberKind::EnumList: return requireTexts(value);
        case MemberKind::TagList: return requireTags(value);
        case MemberKind::Structure: return requireType(value.is_object(), value, "a Structure");
    }
}

/// keyId for KeyId: how the messages spell a member.
std::string memberName(std::string_view name) {
    std::string text{name};
    if (text.front() >= 'A' && text.front() <= 'Z') {
        text.front() = static_cast<char>(text.front() - 'A' + 'a');
    }
    return text;
}

std::string quoted(const std::string& value, const std::string& name) {
    return "'" + value + "' at '" + name + "'";
}

void checkLength(std::int64_t length, const MemberRule& rule, const std::string& where, Violations& violations) {
    if (length > rule.largest) {
        violations.add(where, "have length less than or equal to " + std::to_string(rule.largest));
    }
    if (length < rule.smallest) {
        violations.add(where, "have length greater than or equal to " + std::to_string(rule.smallest));
    }
}

void checkText(const std::string& value, const MemberRule& rule, const std::string& name, Violations& violations) {
    checkLength(static_cast<std::int64_t>(characterCount(value)), rule, quoted(value, name), violations);
    if (rule.pattern != nullptr && !rule.pattern->matches(value)) {
        violations.add(quoted(value, name), "satisfy regular expression pattern: " + std::string{rule.pattern->text});
    }
}

std::string joined(std::span<const std::string_view> values) {
    std::string text;
    for (const std::string_view value : values) {
        text += (text.empty() ? "" : ", ") + std::string{value};
    }
    return text;
}

void checkEnum(const std::string& value, const MemberRule& rule, const std::string& name, Violations& violations) {
    if (std::ranges::find(rule.values, value) == rule.values.end()) {
        violations.add(quoted(value, name), "satisfy enum value set: [" + joined(rule.values) + "]");
    }
}

void checkNumber(std::int64_t value, const MemberRule& rule, const std::string& name, Violations& violations) {
    if (value > rule.largest) {
        violations.add(quoted(std::to_string(value), name), "have value less than or equal to " + std::to_string(rule.largest));
    }
    if (value < rule.smallest) {
        violations.add(quoted(std::to_string(value), name),
                       "have value greater than or equal to " + std::to_string(rule.smallest));
    }
}

template <class Check>
void checkElements(const Json& list, const std::string& name, Check check) {
    for (std::size_t i = 0; i < list.size(); ++i) {
        check(list[i], name + "." + std::to_string(i + 1) + ".member");
    }
}

void checkTag(const Json& tag, const std::string& name, Violations& violations) {
    static constexpr MemberRule key{.name = "TagKey", .smallest = 1, .largest = 128};
    static constexpr MemberRule value{.name = "TagValue", .smallest = 0, .largest = 256};
    for (const MemberRule& rule : {key, value}) {
        const std::string member = name + "." + memberName(rule.name);
        const auto part = tag.find(rule.name);
        if (part == tag.end()) {
            violations.add("null at '" + member + "'", "not be null");
        } else {
            checkText(part->get<std::string>(), rule, member, violations);
        }
    }
}

void checkMember(const Json& value, const MemberRule& rule, Violations& violations) {
    const std::string name = memberName(rule.name);
    switch (rule.kind) {
        case MemberKind::Text: return checkText(value.get<std::string>(), rule, name, violations);
        case MemberKind::Enum: return checkEnum(value.get<std::string>(), rule, name, violations);
        case MemberKind::Blob:  // KMS shows no value for blobs
            return checkLength(static_cast<std::int64_t>(fromBase64(value.get_ref<const std::string&>())->size()), rule,
                               "at '" + name + "'", violations);
        case MemberKind::Integer: return checkNumber(value.get<std::int64_t>(), rule, name, violations);
        case MemberKind::TextList:
            return checkElements(value, name, [&](const Json& element, const std::string& place) {
                checkText(element.get<std::string>(), rule, place, violations);
            });
        case MemberKind::EnumList:
            return checkElements(value, name, [&](const Json& element, const std::string& place) {
                checkEnum(element.get<std::string>(), rule, place, violations);
            });
        case MemberKind::TagList:
            return checkElements(value, name,
                                 [&](const Json& element, const std::string& place) { checkTag(element, place, violations); });
        case MemberKind::Boolean:
        case MemberKind::Timestamp:
        case MemberKind::TextMap:
        case MemberKind::Structure: return;
    }
}

const Json* present(const Json& request, std::string_view name) {
    const auto member = request.find(name);
    return member == request.end() || member->is_null() ? nullptr : &*member;
}

}  // namespace

void checkRequest(const Json& request, std::span<const MemberRule> rules) {
    for (const MemberRule& rule : rules) {
        if (const Json* value = present(request, rule.name)) {
            checkType(*value, rule.kind);
        }
    }
    Violations violations;
    for (const MemberRule& rule : rules) {
        if (const Json* value = present(request, rule.name)) {
            checkMember(*value, rule, violations);
        } else if (rule.required) {
            violations.add("null at '" + memberName(rule.name) + "'", "not be null");
        }
    }
    violations.throwIfAny();
}

}  // namespace keyconvoy::kms::simulator
