#pragma once

#include "core/bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy {

/// Lower-case hexadecimal digits.
[[nodiscard]] std::string toHex(ByteView bytes);

/// Both cases are taken; nothing but pairs of digits is.
[[nodiscard]] std::optional<Bytes> fromHex(std::string_view digits);

}  // namespace keyconvoy
