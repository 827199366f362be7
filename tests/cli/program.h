#pragma once

#include "core/file_descriptor.h"
#include "core/files.h"
#include "core/strict_json.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

/// The real program as a child process, in a session of its own (no terminal), with a home of its own.
namespace keyconvoy::tests {

using Arguments = std::vector<std::string>;
[[nodiscard]] Arguments operator+(Arguments left, const Arguments& right);

/// What a run of the program left.
struct Finished {
    int exitCode = -1;  ///< 128 + N when signal N ended it
    std::string out;
    std::string err;

    /// The one JSON object on stdout; throws when there is anything else.
    [[nodiscard]] Json json() const;
};
std::ostream& operator<<(std::ostream& stream, const Finished& finished);

/// What one run gets besides its arguments.
struct Surroundings {
    std::map<std::string, std::string> environment{};  ///< on top of the home's
    std::vector<std::string> pipes{};                  ///< the contents of descriptors 3, 4, ... each a pipe at its end after it
    std::optional<std::filesystem::path> standardOutput{};
    std::filesystem::path program{KEYCONVOY_PROGRAM};
    std::optional<std::uint64_t> largestFile{};  ///< RLIMIT_FSIZE in octets: what a full disk does to a write
};

/// A folder that stands for HOME, configuration and state, so that nothing of the machine's user is read.
class Home {
public:
    Home() : m_folder{"keyconvoy-cli-"} {}

    [[nodiscard]] const std::filesystem::path& folder() const { return m_folder.path(); }
    /// NAME=VALUE lines for a child: PATH, HOME, XDG_*, and AWS_* names that point into the folder.
    [[nodiscard]] std::map<std::string, std::string> environment() const;
    /// Writes a file (mode 0600) into the folder.
    std::filesystem::path write(const std::string& name, std::string_view content) const;

private:
    TemporaryFolder m_folder;
};

/// A started program; ended by force on destruction.
class Running {
public:
    Running(const Home& home, const Arguments& arguments, const Surroundings& surroundings = {});
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;
    ~Running();

    void signal(int number) const;
    /// Waits until stderr holds `text`; false when the program ends before.
    [[nodiscard]] bool waitForError(std::string_view text);
    [[nodiscard]] Finished finish();

private:
    bool readSome();

    pid_t m_id = -1;
    FileDescriptor m_out, m_err;
    Finished m_finished;
};

[[nodiscard]] Finished run(const Home& home, const Arguments& arguments, const Surroundings& surroundings = {});

/// The program at a terminal of its own (pseudo-terminal), which is its stdin, stdout, stderr and controlling terminal.
class AtTerminal {
public:
    AtTerminal(const Home& home, const Arguments& arguments, const Surroundings& surroundings = {});
    AtTerminal(const AtTerminal&) = delete;
    AtTerminal& operator=(const AtTerminal&) = delete;
    ~AtTerminal();

    /// Waits until the screen shows `text` behind what was waited for before; false when the program ends first.
    [[nodiscard]] bool waitFor(std::string_view text);
    void type(std::string_view text) const;
    [[nodiscard]] bool echoes() const;
    /// The exit code, as in Finished.
    [[nodiscard]] int finish();
    [[nodiscard]] const std::string& screen() const { return m_screen; }

private:
    bool readSome();

    pid_t m_id = -1;
    FileDescriptor m_master;
    FileDescriptor m_slave;  // kept open, so that the settings can be looked at after the end
    std::string m_screen;
    std::size_t m_waitedFor = 0;
};

}  // namespace keyconvoy::tests
