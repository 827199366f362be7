#include "core/utf8.h"

#include <algorithm>

namespace keyconvoy {

namespace {

/// How many octets a character of several has by its first octet (RFC 3629, section 3); 0 when none begins so.
std::size_t lengthOfSequence(std::uint8_t lead) {
    if (lead >= 0xf0U && lead < 0xf5U) {
        return 4;
    }
    if (lead >= 0xe0U && lead < 0xf0U) {
        return 3;
    }
    return lead >= 0xc2U && lead < 0xe0U ? 2 : 0;
}

}  // namespace

std::optional<Character> firstCharacter(ByteView text) {
    const std::uint8_t lead = text.front();
    if (lead < 0x80U) {
        return Character{lead, 1};
    }
    const std::size_t size = lengthOfSequence(lead);
    if (size == 0 || text.size() < size) {
        return std::nullopt;
    }
    char32_t code = lead & (0x7fU >> size);
    for (std::size_t i = 1; i < size; ++i) {
        if ((text[i] & 0xc0U) != 0x80U) {
            return std::nullopt;
        }
        code = code << 6U | (text[i] & 0x3fU);
    }
    const bool overlong = (size == 3 && code < 0x800U) || (size == 4 && code < 0x10000U);
    const bool none = overlong || (code >= 0xd800U && code < 0xe000U) || code > 0x10ffffU;
    return none ? std::nullopt : std::optional{Character{code, size}};
}

std::size_t characterCount(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(asBytes(text), [](std::uint8_t octet) { return (octet & 0xc0U) != 0x80U; }));
}

bool steersTheTerminal(char32_t code) {
    const bool control = code < 0x20U || (code >= 0x7fU && code < 0xa0U);
    const bool direction =
        (code >= 0x202aU && code <= 0x202eU) || (code >= 0x2066U && code <= 0x2069U) || code == 0x200eU || code == 0x200fU;
    return control || direction || code == 0x2028U || code == 0x2029U;
}

}  // namespace keyconvoy
