#pragma once

#include <span>
#include <string_view>

namespace keyconvoy::kms::simulator {

/// The whole program: parses, serves until SIGTERM or SIGINT, gives the exit code (0 done, 1 internal, 2 invalid input, 5
/// unavailable).
int runProgram(std::span<const std::string_view> arguments);

}  // namespace keyconvoy::kms::simulator
