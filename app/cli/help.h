#pragma once

#include "app/cli/command.h"

#include <string>

namespace keyconvoy::cli {

/// What the program is, its commands, where it reads from, its exit codes.
[[nodiscard]] std::string generalHelp();
/// What a command does, its options, an example.
[[nodiscard]] std::string helpOf(const Command& command);
/// "keyconvoy 0.1.0"
[[nodiscard]] std::string versionLine();

}  // namespace keyconvoy::cli
