#include "app/cli/printable.h"

#include "core/bytes.h"
#include "core/hex.h"
#include "core/utf8.h"

#include <optional>

namespace keyconvoy::cli {

namespace {

void appendVisible(std::string& result, ByteView octets) {
    for (const std::uint8_t octet : octets) {
        result += "\\x" + toHex(ByteView{&octet, 1});
    }
}

}  // namespace

std::string printable(std::string_view text) {
    std::string result;
    ByteView rest = asBytes(text);
    while (!rest.empty()) {
        const std::optional<Character> character = firstCharacter(rest);
        const ByteView octets = rest.first(character ? character->size : 1);
        if (character && character->code == U'\n') {
            result += ' ';
        } else if (!character || steersTheTerminal(character->code)) {
            appendVisible(result, octets);
        } else {
            result += asText(octets);
        }
        rest = rest.subspan(octets.size());
    }
    return result;
}

}  // namespace keyconvoy::cli
