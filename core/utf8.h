#pragma once

#include "core/bytes.h"

#include <cstddef>
#include <optional>
#include <string_view>

namespace keyconvoy {

struct Character {
    char32_t code = 0;
    std::size_t size = 1;  ///< in octets
};

/// The UTF-8 character that begins a text of at least one octet (RFC 3629); absent when none does: overlong forms and surrogates
/// are none.
[[nodiscard]] std::optional<Character> firstCharacter(ByteView text);

/// How many characters a text of valid UTF-8 has, as AWS counts them.
[[nodiscard]] std::size_t characterCount(std::string_view text);

/// Control characters (C0, C1, U+2028, U+2029) and marks that turn the direction of writing.
[[nodiscard]] bool steersTheTerminal(char32_t code);

}  // namespace keyconvoy
