#pragma once

#include "app/ceremony/job.h"
#include "core/strict_json.h"

#include <filesystem>
#include <memory>
#include <optional>

namespace keyconvoy::app {

/// `keyconvoy rehearse`: fresh SoftHSM and NSS tokens in a temporary folder, the simulator as a child on loopback, then AES-256,
/// HMAC-256 and P-384 on SoftHSM (SHA-1, with a reason) and AES-256, P-256 and RSA-2048 on NSS (SHA-256) imported and checked,
/// and RSA-2048 on SoftHSM refused with the reason. Asks nothing. A token that is not installed is said to be left out. The other
/// scenarios are told in story.h.
enum class Scenario : std::uint8_t {
    MainJob,
    Life,     ///< what comes after the first import, on an accelerated clock
    Restore,  ///< from the backup token, after the first one was destroyed
};
struct RehearsalRequest {
    std::filesystem::path simulator;                  ///< the program; looked for beside this one and on PATH when empty
    std::optional<std::filesystem::path> resultFile;  ///< where the JSON goes; absent: the current folder, a name with the time
    Scenario scenario = Scenario::MainJob;
};
[[nodiscard]] std::unique_ptr<Job> makeRehearsalJob(RehearsalRequest request, RunContext context);

}  // namespace keyconvoy::app
