#pragma once

#include "app/inventory/kms_keys.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace keyconvoy::app {

/// `expiry`: reads the keys as ListKmsKeysRequest does and tells what ends when. Files are checked before anything is read, and
/// nothing is overwritten.
struct ExpiryRequest {
    std::vector<KmsStation> stations;
    std::chrono::days lead{60};                         ///< how long before an end a ceremony must be called
    std::optional<std::filesystem::path> calendarFile;  ///< iCalendar
    std::optional<std::filesystem::path> alarmFile;     ///< CloudFormation
};
/// Gives {"leadDays", "ends", "unread", "files"}. Throws Refused when a file is there already.
[[nodiscard]] std::unique_ptr<Job> makeExpiryJob(ExpiryRequest request, RunContext context);

}  // namespace keyconvoy::app
