#pragma once

#include "core/strict_json.h"

#include <filesystem>
#include <optional>

/// Small JSON files that this program keeps between runs: what a token can do, which backups were verified.
namespace keyconvoy::app {

/// $XDG_STATE_HOME/keyconvoy, or ~/.local/state/keyconvoy (XDG Base Directory Specification 0.8). Throws InvalidInput when
/// neither XDG_STATE_HOME nor HOME holds an absolute path.
[[nodiscard]] std::filesystem::path defaultStateFolder();

/// Nothing when the file is missing, unreadable, larger than a megabyte or no JSON object: what was kept is a convenience, and a
/// damaged file only means that the work is done again.
[[nodiscard]] std::optional<Json> readStateFile(const std::filesystem::path& file);

/// Makes the folder and those above it (mode 0700) where they are missing. Throws Unavailable.
void makeStateFolder(const std::filesystem::path& folder);

/// Replaces the file in one step (write beside it, sync, rename, sync the folder), so that a reader or a power cut sees the old
/// content or the new, never half. Makes the folder (mode 0700) where it is missing. Throws Unavailable.
void replaceStateFile(const std::filesystem::path& file, const Json& content);

}  // namespace keyconvoy::app
