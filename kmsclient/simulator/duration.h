#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms::simulator {

/// "25h", "-10m", "3600s", "250ms", "2d", "0"; absent for anything else.
[[nodiscard]] std::optional<std::chrono::milliseconds> parseDuration(std::string_view text);

/// In the largest unit that gives a whole number: "25h", "90s", "250ms", "0".
[[nodiscard]] std::string toDuration(std::chrono::milliseconds duration);

}  // namespace keyconvoy::kms::simulator
