#pragma once

#include "kmsclient/simulator/http_server.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace keyconvoy::kms::simulator {

enum class Action : std::uint8_t { Serve, ShowHelp, ShowVersion };

struct CommandLine {
    Action action = Action::Serve;
    ServerOptions server;
    std::chrono::milliseconds timeOffset{0};  ///< simulator's time less this machine's
    std::optional<std::filesystem::path>
        timeOffsetFile;  ///< read again for each request, so that time can be moved while it runs
    bool exitWithParent = false;
    std::optional<int> parent;  ///< its process ID; absent: whoever the parent is at the start
};

/// Throws InvalidInput naming the option.
[[nodiscard]] CommandLine parseCommandLine(std::span<const std::string_view> arguments);

/// "25h", "-10m", "3600s", "2d", "0"; absent for anything else.
[[nodiscard]] std::optional<std::chrono::milliseconds> parseDuration(std::string_view text);

[[nodiscard]] std::string helpText();

}  // namespace keyconvoy::kms::simulator
