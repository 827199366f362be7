#pragma once

#include "app/rehearsal/child_process.h"

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// The port through which the simulator's clock and faults are set.
enum class ControlInterface : std::uint8_t { Closed, Open };

/// The KMS simulator as a child on loopback; ends with this object, and by itself when this process ends otherwise.
class SimulatorProcess {
public:
    /// `program` empty: beside this program or on PATH; `moreOptions` are of its command line. Throws NotFound when there is no
    /// such file, Unavailable naming the package when none is installed, or when it does not get ready.
    SimulatorProcess(const std::filesystem::path& program, const std::stop_token& stop,
                     ControlInterface control = ControlInterface::Closed, const std::vector<std::string>& moreOptions = {});

    [[nodiscard]] const std::filesystem::path& program() const noexcept { return m_program; }
    /// A file descriptor that becomes readable when it ends; it says nothing after its greeting.
    [[nodiscard]] int readableAtEnd() const noexcept { return m_child.output(); }
    [[nodiscard]] const std::string& url() const noexcept { return m_url; }
    [[nodiscard]] const std::string& controlUrl() const noexcept { return m_controlUrl; }  ///< empty while closed
    [[nodiscard]] const std::string& accessKeyId() const noexcept { return m_accessKeyId; }
    [[nodiscard]] const std::string& secretAccessKey() const noexcept { return m_secretAccessKey; }
    [[nodiscard]] const std::string& account() const noexcept { return m_account; }
    [[nodiscard]] const std::string& region() const noexcept { return m_region; }

private:
    void readGreeting(const std::string& line);

    std::filesystem::path m_program;
    ChildProcess m_child;
    std::string m_url, m_controlUrl, m_accessKeyId, m_secretAccessKey, m_account, m_region;
};

}  // namespace keyconvoy::app
