#pragma once

#include "app/cli/command.h"

/// One maker per command; each in the file of its name.
namespace keyconvoy::cli {

[[nodiscard]] Command rehearseCommand();
[[nodiscard]] Command doctorCommand();
[[nodiscard]] Command importCommand();
[[nodiscard]] Command checkCommand();
[[nodiscard]] Command reimportCommand();
[[nodiscard]] Command rotateCommand();
[[nodiscard]] Command replicateCommand();
[[nodiscard]] Command wrapCommand();
[[nodiscard]] Command deleteMaterialCommand();
[[nodiscard]] Command kmsCreateCommand();
[[nodiscard]] Command kmsListCommand();
[[nodiscard]] Command kmsShowCommand();
[[nodiscard]] Command expiryCommand();
[[nodiscard]] Command policyCommand();
[[nodiscard]] Command planNewCommand();
[[nodiscard]] Command planCheckCommand();
[[nodiscard]] Command planShowCommand();
[[nodiscard]] Command planHashCommand();
[[nodiscard]] Command tokenListCommand();
[[nodiscard]] Command tokenShowCommand();
[[nodiscard]] Command tokenQualifyCommand();
[[nodiscard]] Command tokenTrustCommand();
[[nodiscard]] Command keyGenerateCommand();
[[nodiscard]] Command keyListCommand();
[[nodiscard]] Command keyShowCommand();
[[nodiscard]] Command keyBackupCommand();
[[nodiscard]] Command keySealCommand();
[[nodiscard]] Command keyDestroyCommand();

}  // namespace keyconvoy::cli
