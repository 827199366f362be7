#pragma once

#include "app/cli/command.h"

#include <span>
#include <string>

namespace keyconvoy::cli {

/// The options behind a command's words. Throws InvalidInput for an unknown or repeated option, a missing value, or anything that
/// is no option; the remedy names the likely one.
[[nodiscard]] ParsedOptions parseOptions(const Command& command, std::span<const std::string> arguments);

/// Throws InvalidInput for options that would carry a PIN, without repeating its value.
void refusePinsIn(std::span<const std::string> arguments);

/// The candidate that `word` was likely meant to be; empty when none is near.
[[nodiscard]] std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates);

}  // namespace keyconvoy::cli
