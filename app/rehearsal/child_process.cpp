#include "app/rehearsal/child_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;  // NOLINT: POSIX declares it only in its text

namespace keyconvoy::app {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void cannotStart(const fs::path& program, int error) {
    throw Error{ErrorKind::Unavailable, verbatim(program.string()),
                KC_TEXT("ChildProcess", "it cannot be started: %1").with(std::strerror(error)),  // NOLINT(concurrency-mt-unsafe)
                KC_TEXT("ChildProcess", "look at its permissions, or install its package again")};
}

/// posix_spawn's two option objects, set up so that the child starts with a clean signal state and a group of its own.
class SpawnOptions {
public:
    SpawnOptions(int output, ChildProcess::ErrorOutput errorOutput) {
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
        if (errorOutput == ChildProcess::ErrorOutput::WithOutput) {
            posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
        }
        posix_spawnattr_init(&attributes);
        sigset_t none;
        sigset_t ignoredHere;
        sigemptyset(&none);
        sigemptyset(&ignoredHere);
        sigaddset(&ignoredHere, SIGPIPE);
        posix_spawnattr_setsigmask(&attributes, &none);
        posix_spawnattr_setsigdefault(&attributes, &ignoredHere);
        posix_spawnattr_setpgroup(&attributes, 0);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    SpawnOptions(const SpawnOptions&) = delete;
    SpawnOptions& operator=(const SpawnOptions&) = delete;
    ~SpawnOptions() {
        posix_spawn_file_actions_destroy(&actions);
        posix_spawnattr_destroy(&attributes);
    }

    posix_spawn_file_actions_t actions{};
    posix_spawnattr_t attributes{};
};

std::vector<char*> pointersTo(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

std::vector<std::string> environmentWith(const std::vector<std::pair<std::string, std::string>>& additions) {
    std::vector<std::string> variables;
    for (char** variable = environ; *variable != nullptr; ++variable) {
        const std::string_view text{*variable};
        const auto isReplaced = [&](const auto& addition) { return text.starts_with(addition.first + "="); };
        if (std::ranges::none_of(additions, isReplaced)) {
            variables.emplace_back(text);
        }
    }
    for (const auto& [name, value] : additions) {
        variables.push_back(name + "=" + value);
    }
    return variables;
}

pid_t spawn(const ChildCommand& command, int output, ChildProcess::ErrorOutput errorOutput) {
    const SpawnOptions options{output, errorOutput};
    std::vector<std::string> arguments{command.program.string()};
    arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
    std::vector<std::string> environment = environmentWith(command.environment);
    pid_t child = -1;
    const int error = ::posix_spawn(&child, command.program.c_str(), &options.actions, &options.attributes,
                                    pointersTo(arguments).data(), pointersTo(environment).data());
    if (error != 0) {
        cannotStart(command.program, error);
    }
    return child;
}

bool isProgram(const fs::path& file) {
    std::error_code error;
    return fs::is_regular_file(file, error) && ::access(file.c_str(), X_OK) == 0;
}

std::string lastLineOf(const std::string& text) {
    const std::size_t end = text.find_last_not_of(" \n\r\t");
    if (end == std::string::npos) {
        return "nothing was printed";
    }
    const std::size_t begin = text.rfind('\n', end);
    return text.substr(begin == std::string::npos ? 0 : begin + 1, end - (begin == std::string::npos ? 0 : begin + 1) + 1);
}

}  // namespace

ChildProcess::ChildProcess(const ChildCommand& command, ErrorOutput errorOutput) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        cannotStart(command.program, errno);
    }
    m_output = FileDescriptor{ends[0]};
    const FileDescriptor writeEnd{ends[1]};
    m_id = spawn(command, writeEnd.get(), errorOutput);
}

ChildProcess::~ChildProcess() {
    if (m_id < 0) {
        return;
    }
    ::kill(-m_id, SIGTERM);  // the whole group
    if (!endsWithin(std::chrono::seconds{2})) {
        ::kill(-m_id, SIGKILL);
        ::waitpid(m_id, nullptr, 0);
    }
}

std::optional<std::string> ChildProcess::readLine(std::chrono::milliseconds patience, const std::stop_token& stop) {
    constexpr std::chrono::milliseconds lookAtStop{100};
    const auto end = std::chrono::steady_clock::now() + patience;
    for (;;) {
        if (const std::size_t feed = m_buffer.find('\n'); feed != std::string::npos) {
            std::string line = m_buffer.substr(0, feed);
            m_buffer.erase(0, feed + 1);
            return line;
        }
        if (stop.stop_requested() || std::chrono::steady_clock::now() >= end || !readMore(lookAtStop)) {
            return std::nullopt;
        }
    }
}

std::pair<std::string, int> ChildProcess::finish() {
    while (readMore(std::chrono::milliseconds{-1})) {
    }
    int status = 0;
    while (::waitpid(m_id, &status, 0) < 0 && errno == EINTR) {
    }
    m_id = -1;
    return {std::move(m_buffer), status};
}

/// False at the end of the output; true also when nothing came in time.
bool ChildProcess::readMore(std::chrono::milliseconds patience) {
    pollfd waitFor{m_output.get(), POLLIN, 0};
    if (::poll(&waitFor, 1, static_cast<int>(patience.count())) <= 0) {
        return true;
    }
    std::array<char, 4096> block{};
    const ssize_t count = ::read(m_output.get(), block.data(), block.size());
    if (count > 0) {
        m_buffer.append(block.data(), static_cast<std::size_t>(count));
    }
    return count > 0 || (count < 0 && errno == EINTR);
}

bool ChildProcess::endsWithin(std::chrono::milliseconds patience) const {
    const auto end = std::chrono::steady_clock::now() + patience;
    while (::waitpid(m_id, nullptr, WNOHANG) == 0) {
        if (std::chrono::steady_clock::now() >= end) {
            return false;
        }
        ::poll(nullptr, 0, 10);
    }
    return true;
}

void runTool(const ChildCommand& command) {
    ChildProcess child{command, ChildProcess::ErrorOutput::WithOutput};
    const auto [output, status] = child.finish();
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        throw Error{ErrorKind::Unavailable, verbatim(command.program.string()),
                    KC_TEXT("ChildProcess", "it failed: %1").with(lastLineOf(output)),
                    KC_TEXT("ChildProcess", "run it by hand to see more")};
    }
}

std::optional<fs::path> findProgram(const std::string& name) {
    std::error_code error;
    const fs::path self = fs::read_symlink("/proc/self/exe", error);
    if (!error && isProgram(self.parent_path() / name)) {
        return self.parent_path() / name;
    }
    const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nothing here changes the environment meanwhile
    std::string_view folders{path == nullptr ? "/usr/bin:/bin" : path};
    while (!folders.empty()) {
        const std::string_view folder = folders.substr(0, folders.find(':'));
        if (!folder.empty() && isProgram(fs::path{folder} / name)) {
            return fs::path{folder} / name;
        }
        folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
    }
    return std::nullopt;
}

}  // namespace keyconvoy::app
