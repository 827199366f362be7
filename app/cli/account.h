#pragma once

#include "core/strict_json.h"

#include <string>
#include <string_view>

namespace keyconvoy::cli {

/// A result as a calm, readable account: aligned "name: value" lines under headings, fingerprints in groups and words, findings
/// and what to do next at the end.
[[nodiscard]] std::string accountOf(const Json& result);

/// Columns of an account: wide enough for an ARN with its name, narrow enough for a terminal beside another window.
inline constexpr std::size_t accountWidth = 110;

/// "keyMaterialId" as people say it: "key material ID".
[[nodiscard]] std::string spokenName(std::string_view member);

/// Breaks a text at blanks so that no line is longer than `width` where that can be; later lines begin with `indent` blanks.
[[nodiscard]] std::string wrapped(std::string_view text, std::size_t indent, std::size_t width);

/// The same, made printable, but what stands behind a line feed is a line of its own and never broken: a line to be copied.
[[nodiscard]] std::string wrappedWithLines(std::string_view text, std::size_t indent, std::size_t width);

}  // namespace keyconvoy::cli
