#pragma once

#include "core/error.h"
#include "core/strict_json.h"

#include <optional>
#include <string_view>

/// Texts that are kept in files between two runs, so that they can be read in any language afterwards.
namespace keyconvoy {

/// {"context", "english", "arguments": [string or text, …]}
[[nodiscard]] Json textToJson(const Text& text);

/// Absent when the JSON is no such text, or does not read `english`. The words that it points to live as long as the program,
/// each only once, however often files are read; for any thread.
[[nodiscard]] std::optional<Text> textFromJson(const Json& json, std::string_view english);

}  // namespace keyconvoy
