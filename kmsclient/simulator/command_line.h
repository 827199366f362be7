#pragma once

#include "kmsclient/simulator/duration.h"
#include "kmsclient/simulator/http_listener.h"
#include "kmsclient/simulator/http_server.h"
#include "kmsclient/simulator/simulated_clock.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace keyconvoy::kms::simulator {

enum class Action : std::uint8_t { Serve, ShowHelp, ShowVersion };

struct CommandLine {
    Action action = Action::Serve;
    ServerOptions server;
    std::optional<ListenAddress> control;  ///< of the control interface; absent: there is none
    std::vector<Fault> faults;             ///< set from the start
    std::optional<TimePoint> time;         ///< what time it is at the start
    Motion motion = Motion::Runs;
    std::chrono::milliseconds timeOffset{0};  ///< simulator's time less this machine's
    std::optional<std::filesystem::path>
        timeOffsetFile;  ///< read again for each request, so that time can be moved while it runs
    bool exitWithParent = false;
    std::optional<int> parent;  ///< its process ID; absent: whoever the parent is at the start
};

/// Throws InvalidInput naming the option.
[[nodiscard]] CommandLine parseCommandLine(std::span<const std::string_view> arguments);

[[nodiscard]] std::string helpText();

}  // namespace keyconvoy::kms::simulator
