#pragma once

#include "core/error.h"

#include <string_view>
#include <vector>

/// Texts that are put together from others, and names that read differently on the command line and in the window.
namespace keyconvoy {

inline constexpr std::string_view typedAsContext = "CommandLine";

/// What somebody types on the command line, inside a sentence: "--label", "--region %1", "keyconvoy key list". The command line,
/// `--json` and records show it as it stands; the window, which has fields and pages instead, has words of its own for each
/// (ui/language/command_line_words).
[[nodiscard]] Text typedAs(const char* spelling);

/// A command of another program, for a terminal; reads alike in every language: "aws kms enable-key --key-id %1".
[[nodiscard]] Text shellCommand(const char* command);

/// Arguments in an order, without a word of any language: "%1 (%2)".
[[nodiscard]] Text arranged(const char* pattern);

/// One text from several: `between` joins two of them and is a text with the placeholders %1 and %2, such as "%1 or %2". The
/// empty text for none.
[[nodiscard]] Text joined(std::vector<Text> parts, const Text& between);
/// "a; b; c", which reads alike in every language.
[[nodiscard]] Text joinedBySemicolons(std::vector<Text> parts);
[[nodiscard]] Text joinedByCommas(std::vector<Text> parts);

}  // namespace keyconvoy
