#pragma once

#include "core/bytes.h"

#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy {

/// Standard Base64 with padding and no line breaks (RFC 4648, section 4).
[[nodiscard]] std::string toBase64(ByteView bytes);

/// Strict: padding is required, white space and stray bits in the last group are refused.
[[nodiscard]] std::optional<Bytes> fromBase64(std::string_view text);

}  // namespace keyconvoy
