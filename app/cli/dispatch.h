#pragma once

#include "app/cli/exit_code.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace keyconvoy::cli {

/// The whole program behind main: hardens the process, finds the command, parses, runs, prints what failed. Never throws.
[[nodiscard]] ExitCode run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) noexcept;

}  // namespace keyconvoy::cli
