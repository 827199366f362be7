#include "pkcs11/read_back.h"

#include "core/hex.h"
#include "pkcs11/attributes.h"
#include "pkcs11/mechanisms.h"

#include <algorithm>
#include <cstring>

namespace keyconvoy::pkcs11 {

namespace {

constexpr CK_ATTRIBUTE_TYPE essentialTypes[] = {CKA_CLASS, CKA_KEY_TYPE,  CKA_TOKEN,       CKA_PRIVATE,
                                                CKA_LABEL, CKA_SENSITIVE, CKA_EXTRACTABLE, CKA_ID};
constexpr std::size_t longestShown = 40;

ByteView valueOf(const CK_ATTRIBUTE& attribute) {
    return {static_cast<const std::uint8_t*>(attribute.pValue), attribute.ulValueLen};
}

bool isBigNumber(CK_ATTRIBUTE_TYPE type) {
    return type == CKA_MODULUS || type == CKA_PUBLIC_EXPONENT;
}

bool isEqual(CK_ATTRIBUTE_TYPE type, ByteView asked, ByteView given) {
    if (isBigNumber(type)) {
        return std::ranges::equal(withoutLeadingZeros(asked), withoutLeadingZeros(given));
    }
    return std::ranges::equal(asked, given);
}

/// Attributes are no secrets here: readAttributes refuses those that are.
std::string inWords(CK_ATTRIBUTE_TYPE type, ByteView value) {
    if (value.size() == sizeof(CK_BBOOL)) {
        return value[0] == CK_FALSE ? "false" : "true";
    }
    if (type == CKA_LABEL) {
        return "\"" + std::string{asText(value)} + "\"";
    }
    CK_ULONG number = 0;
    if (value.size() == sizeof number) {
        std::memcpy(&number, value.data(), sizeof number);
        return std::to_string(number);
    }
    const std::string digits = toHex(value);
    return digits.size() <= longestShown ? digits : digits.substr(0, longestShown) + "...";
}

void append(std::string& list, const std::string& item) {
    list += (list.empty() ? "" : "; ") + item;
}

Finding notReported(const std::string& name) {
    return {.level = FindingLevel::Note, .what = KC_TEXT("ReadBack", "the token does not report %1").with(name), .remedy = {}};
}

Finding notAsAsked(const std::string& name, const std::string& value) {
    return {.level = FindingLevel::Warning,
            .what = KC_TEXT("ReadBack", "the token set %1 to %2 by itself, which is known of it").with(name).with(value),
            .remedy = {}};
}

bool contains(std::span<const CK_ATTRIBUTE_TYPE> types, CK_ATTRIBUTE_TYPE type) {
    return std::ranges::find(types, type) != types.end();
}

[[noreturn]] void throwDifferent(const Session& session, const std::string& differences) {
    throw Error{ErrorKind::Integrity, KC_TEXT("ReadBack", "attributes of the new key on token \"%1\"").with(session.tokenLabel()),
                KC_TEXT("ReadBack", "the token did not make what was asked for: %1").with(differences),
                KC_TEXT("ReadBack", "the key was removed again; the token may have a policy of its own: ask who administers it")};
}

struct Expected {
    CK_ATTRIBUTE_TYPE type;
    bool value;
};

}  // namespace

void checkReadBack(const Session& session, const AttributeValues& values, std::span<const CK_ATTRIBUTE> asked, Findings& findings,
                   std::span<const CK_ATTRIBUTE_TYPE> tolerated) {
    std::string differences;
    for (const CK_ATTRIBUTE& attribute : asked) {
        const auto given = values.bytes(attribute.type);
        if (given && isEqual(attribute.type, valueOf(attribute), *given)) {
            continue;
        }
        const std::string name = attributeName(attribute.type);
        if (given && contains(tolerated, attribute.type)) {
            findings.push_back(notAsAsked(name, inWords(attribute.type, *given)));
        } else if (given) {
            append(differences, name + " is " + inWords(attribute.type, *given) + ", asked for was " +
                                    inWords(attribute.type, valueOf(attribute)));
        } else if (contains(essentialTypes, attribute.type)) {
            append(differences, name + " is not reported");
        } else {
            findings.push_back(notReported(name));
        }
    }
    if (!differences.empty()) {
        throwDifferent(session, differences);
    }
}

void checkOriginAttributes(const Session& session, const AttributeValues& values, CK_MECHANISM_TYPE generatedBy,
                           const Quirks& quirks, Findings& findings) {
    std::string differences;
    const bool extractable = values.flag(CKA_EXTRACTABLE).value_or(true);
    const Expected expected[] = {{CKA_LOCAL, true}, {CKA_ALWAYS_SENSITIVE, true}, {CKA_NEVER_EXTRACTABLE, !extractable}};
    for (const auto& [type, value] : expected) {
        const auto given = values.flag(type);
        const bool knownNotToTell = type == CKA_LOCAL && quirks.localAlwaysFalse && given == false;
        if (!given || knownNotToTell) {
            findings.push_back(notReported(attributeName(type)));
        } else if (*given != value) {
            append(differences, attributeName(type) + (*given ? " is true" : " is false"));
        }
    }
    const auto mechanism = values.number(CKA_KEY_GEN_MECHANISM);
    if (!mechanism) {
        findings.push_back(notReported(attributeName(CKA_KEY_GEN_MECHANISM)));
    } else if (*mechanism != generatedBy) {
        append(differences, attributeName(CKA_KEY_GEN_MECHANISM) + " is " + mechanismName(*mechanism));
    }
    if (!differences.empty()) {
        throwDifferent(session, differences);
    }
}

}  // namespace keyconvoy::pkcs11
