#pragma once

#include "core/clock.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::app {

/// One argument as a POSIX shell takes it: as it is where that is safe, else in single quotes.
[[nodiscard]] std::string shellQuoted(std::string_view argument);

struct AwsImport {
    std::string keyId;
    std::filesystem::path encryptedKeyMaterial;
    std::filesystem::path importToken;
    std::optional<TimePoint> validTo;  ///< absent for never
};
/// The exact `aws kms import-key-material` command, one line, for a POSIX shell. The Region is named where the key ID is an ARN,
/// so that the machine's own setting does not matter.
[[nodiscard]] std::string awsImportCommand(const AwsImport& import);

}  // namespace keyconvoy::app
