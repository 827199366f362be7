#pragma once

#include "core/error.h"

#include <nlohmann/json_fwd.hpp>
#include <string_view>

namespace keyconvoy {

/// Member order is kept, so that what is written reads the way it was built.
using Json = nlohmann::ordered_json;

/// Parses one JSON text (RFC 8259) from outside: UTF-8, at most 64 levels deep, no member name twice in one object, nothing
/// behind the value. Throws Error(`kind`) at `place`, naming the position of what is wrong.
[[nodiscard]] Json parseStrictJson(std::string_view text, const Text& place, ErrorKind kind = ErrorKind::InvalidInput);

}  // namespace keyconvoy
