#pragma once

#include "core/file_descriptor.h"
#include "core/strict_json.h"

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace keyconvoy::app {

struct ChildCommand {
    std::filesystem::path program;
    std::vector<std::string> arguments;
    std::vector<std::pair<std::string, std::string>> environment;  ///< on top of this process's
};

/// A program of this machine, running as a child in a process group of its own (Ctrl-C reaches this program first), its standard
/// output in a pipe. On destruction it is asked to end (SIGTERM), after two seconds made to, and waited for.
class ChildProcess {
public:
    enum class ErrorOutput : std::uint8_t {
        Inherited,
        WithOutput,  ///< into the same pipe
    };
    /// Throws Unavailable when it cannot be started.
    ChildProcess(const ChildCommand& command, ErrorOutput errorOutput);
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess();

    /// One line of its output, without the line feed. Absent when it ends, says nothing within `patience`, or a stop was
    /// requested.
    [[nodiscard]] std::optional<std::string> readLine(std::chrono::milliseconds patience, const std::stop_token& stop);
    /// All that is left of its output, then its exit status as waitpid gives it.
    [[nodiscard]] std::pair<std::string, int> finish();

    [[nodiscard]] pid_t id() const noexcept { return m_id; }
    /// Readable when it says something more, or has ended.
    [[nodiscard]] int output() const noexcept { return m_output.get(); }

private:
    [[nodiscard]] bool readMore(std::chrono::milliseconds patience);
    [[nodiscard]] bool endsWithin(std::chrono::milliseconds patience) const;

    pid_t m_id = -1;
    FileDescriptor m_output;
    std::string m_buffer;
};

/// Runs a tool to its end. Throws Unavailable with what it printed when it does not end well.
void runTool(const ChildCommand& command);

/// The first of these names that is an executable file: beside this program, then in the folders of PATH.
[[nodiscard]] std::optional<std::filesystem::path> findProgram(const std::string& name);

}  // namespace keyconvoy::app
