#pragma once

#include "core/file_descriptor.h"
#include "core/strict_json.h"

#include <nlohmann/json.hpp>
#include <string>
#include <sys/types.h>
#include <vector>

namespace keyconvoy::tests {

/// How a program ended.
struct Ended {
    int exitCode = -1;  ///< -1: by a signal
    std::string output;
    std::string errors;
};

/// Runs a program to its end; `environment` holds NAME=VALUE and is all it gets.
[[nodiscard]] Ended run(const std::vector<std::string>& command, const std::vector<std::string>& environment);

/// keyconvoy-kms-simulator as a child, ready to be asked.
class SimulatorProcess {
public:
    explicit SimulatorProcess(const std::vector<std::string>& options = {});
    SimulatorProcess(const SimulatorProcess&) = delete;
    SimulatorProcess& operator=(const SimulatorProcess&) = delete;
    ~SimulatorProcess();

    [[nodiscard]] const Json& ready() const { return m_ready; }  ///< the line it printed
    [[nodiscard]] std::string text(const char* member) const { return m_ready.at(member); }
    [[nodiscard]] int port() const;
    [[nodiscard]] pid_t process() const { return m_process; }
    /// Sends the signal and waits; gives the exit code, and what it printed after its first line.
    [[nodiscard]] Ended end(int signal);

private:
    pid_t m_process = -1;
    FileDescriptor m_output;
    Json m_ready;
};

[[nodiscard]] std::string simulatorPath();

}  // namespace keyconvoy::tests
