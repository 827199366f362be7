#include "tests/support/shims/record.h"

#include "tests/support/shims/options.h"

#include <array>
#include <cstring>
#include <fstream>

namespace keyconvoy::shim {

namespace {

std::string hexDigits(const unsigned char* octets, std::size_t size) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (std::size_t i = 0; i < size; ++i) {
        text += digits[octets[i] >> 4U];
        text += digits[octets[i] & 0xfU];
    }
    return text;
}

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

}  // namespace

void record(std::string_view function, CK_RV result, std::initializer_list<Member> members) {
    const auto file = state().options.value("record");
    if (!file) {
        return;
    }
    std::string line = "{\"function\":\"" + std::string{function} + "\"";
    for (const Member& member : members) {
        line += ",\"" + std::string{member.name} + "\":" + member.json;
    }
    line += ",\"result\":" + hexText(result) + "}\n";
    std::ofstream{*file, std::ios::app} << line;
}

std::string number(CK_ULONG value) {
    return std::to_string(value);
}

std::string hexText(CK_ULONG value) {
    std::string digits;
    for (CK_ULONG rest = value; rest != 0 || digits.empty(); rest >>= 4U) {
        digits.insert(digits.begin(), "0123456789abcdef"[rest & 0xfU]);
    }
    return quoted("0x" + digits);
}

std::string types(const CK_ATTRIBUTE* attributes, CK_ULONG count) {
    std::string list;
    for (CK_ULONG i = 0; i < count; ++i) {
        list += (i == 0 ? "" : ",") + hexText(attributes[i].type);
    }
    return "[" + list + "]";
}

std::string modulusOf(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key) {
    std::array<unsigned char, 1024> modulus{};
    CK_ATTRIBUTE attribute{CKA_MODULUS, modulus.data(), modulus.size()};
    if (state().real.C_GetAttributeValue(session, key, &attribute, 1) != CKR_OK || attribute.ulValueLen > modulus.size()) {
        return quoted("");
    }
    return quoted(hexDigits(modulus.data(), attribute.ulValueLen));
}

std::string numberIn(const CK_ATTRIBUTE* attributes, CK_ULONG count, CK_ATTRIBUTE_TYPE type) {
    for (CK_ULONG i = 0; i < count; ++i) {
        if (attributes[i].type == type && attributes[i].ulValueLen <= sizeof(CK_ULONG)) {
            CK_ULONG value = 0;
            std::memcpy(&value, attributes[i].pValue, attributes[i].ulValueLen);
            return number(value);
        }
    }
    return "null";
}

}  // namespace keyconvoy::shim
