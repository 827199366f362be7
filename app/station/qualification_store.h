#pragma once

#include "wrapping/qualification/qualification.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace keyconvoy::app {

/// Qualification results kept as JSON files, one per token and combination; a result is reused while the module's hash
/// and settings, serial, model and firmware are unchanged.
class QualificationStore {
public:
    /// Absent: $XDG_STATE_HOME/keyconvoy/qualifications, or ~/.local/state/keyconvoy/qualifications.
    explicit QualificationStore(std::optional<std::filesystem::path> folder = std::nullopt);

    [[nodiscard]] std::optional<wrapping::qualification::Result> find(
        const wrapping::qualification::TokenIdentity& token, const wrapping::qualification::Combination& combination) const;
    /// Replaces an older result of the same token and combination; never leaves a half-written file.
    void keep(const wrapping::qualification::Result& result) const;

private:
    std::filesystem::path m_folder;
};

}  // namespace keyconvoy::app
