#pragma once

#include "app/rehearsal/fresh_tokens.h"
#include "app/rehearsal/simulator_process.h"
#include "app/station/station.h"
#include "core/files.h"

#include <filesystem>
#include <map>
#include <stop_token>

namespace keyconvoy::app {

/// What a rehearsal takes place in: fresh software tokens in a temporary folder and the KMS simulator as a child. All of it goes
/// with this object.
class RehearsalRoom {
public:
    /// `simulator` empty: beside this program or on PATH. Throws NotFound when the named one or every software token is
    /// missing, Unavailable when no simulator is installed or something does not start.
    RehearsalRoom(const std::filesystem::path& simulator, const std::stop_token& stop,
                  ControlInterface control = ControlInterface::Closed);

    [[nodiscard]] const SimulatorProcess& simulator() const noexcept { return m_simulator; }
    [[nodiscard]] const std::map<FreshTokenKind, FreshToken>& tokens() const noexcept { return m_tokens; }
    /// The tokens that this machine cannot make, and why.
    [[nodiscard]] const std::map<FreshTokenKind, Text>& leftOut() const noexcept { return m_leftOut; }
    [[nodiscard]] KmsStation kms() const;
    /// What of it stands on disk; nothing else is left when this process is ended from outside.
    [[nodiscard]] const std::filesystem::path& folder() const noexcept { return m_folder.path(); }
    [[nodiscard]] std::filesystem::path qualificationFolder() const { return m_folder.path() / "qualifications"; }
    [[nodiscard]] std::filesystem::path sheetFolder() const { return m_folder.path() / "materials"; }

private:
    TemporaryFolder m_folder{"keyconvoy-rehearsal"};
    SimulatorProcess m_simulator;
    std::map<FreshTokenKind, FreshToken> m_tokens;
    std::map<FreshTokenKind, Text> m_leftOut;
};

}  // namespace keyconvoy::app
