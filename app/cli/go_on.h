#pragma once

#include "app/ceremony/job.h"
#include "app/cli/command.h"

#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::cli {

/// The exact command, one line for a POSIX shell, that takes up what a failed run of `command` left: the same options, but the
/// key that exists in place of the label of a new one, and `check` where the import was done. Absent when nothing can be taken
/// up.
[[nodiscard]] std::optional<std::string> goOnCommand(std::string_view command, const ParsedOptions& options,
                                                     const app::LeftBehind& left);

}  // namespace keyconvoy::cli
