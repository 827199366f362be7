#include "tests/simulator/simulator_process.h"

#include "core/files.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>

namespace keyconvoy::tests {

namespace {

std::vector<char*> pointersTo(const std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    for (const std::string& text : texts) {
        // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): posix_spawn takes but does not change them
        pointers.push_back(const_cast<char*>(text.c_str()));
    }
    pointers.push_back(nullptr);
    return pointers;
}

class FileActions {
public:
    FileActions() { posix_spawn_file_actions_init(&m_actions); }
    FileActions(const FileActions&) = delete;
    FileActions& operator=(const FileActions&) = delete;
    ~FileActions() { posix_spawn_file_actions_destroy(&m_actions); }
    void redirect(int descriptor, int to) { posix_spawn_file_actions_adddup2(&m_actions, to, descriptor); }
    [[nodiscard]] const posix_spawn_file_actions_t* get() const { return &m_actions; }

private:
    posix_spawn_file_actions_t m_actions{};
};

pid_t start(const std::vector<std::string>& command, const std::vector<std::string>& environment, int output, int errors) {
    FileActions actions;
    actions.redirect(STDOUT_FILENO, output);
    if (errors >= 0) {
        actions.redirect(STDERR_FILENO, errors);
    }
    pid_t process = -1;
    if (posix_spawn(&process, command.front().c_str(), actions.get(), nullptr, pointersTo(command).data(),
                    pointersTo(environment).data()) != 0) {
        throw std::runtime_error{"cannot start " + command.front()};
    }
    return process;
}

int waitFor(pid_t process) {
    int status = 0;
    waitpid(process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string readLine(int descriptor) {
    std::string line;
    char octet = 0;
    while (read(descriptor, &octet, 1) == 1 && octet != '\n') {
        line += octet;
    }
    return line;
}

std::string readAll(int descriptor) {
    std::string all;
    std::array<char, 4096> buffer{};
    for (ssize_t size = 0; (size = read(descriptor, buffer.data(), buffer.size())) > 0;) {
        all.append(buffer.data(), static_cast<std::size_t>(size));
    }
    return all;
}

std::string contentOf(const std::filesystem::path& path) {
    return std::string{asText(readFile(path, 1U << 20U))};
}

FileDescriptor createFile(const std::filesystem::path& path) {
    return FileDescriptor{open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600)};
}

}  // namespace

Ended run(const std::vector<std::string>& command, const std::vector<std::string>& environment) {
    const TemporaryFolder folder{"keyconvoy-run-"};
    const FileDescriptor output = createFile(folder.path() / "output");
    const FileDescriptor errors = createFile(folder.path() / "errors");
    const int exitCode = waitFor(start(command, environment, output.get(), errors.get()));
    return {.exitCode = exitCode, .output = contentOf(folder.path() / "output"), .errors = contentOf(folder.path() / "errors")};
}

std::string simulatorPath() {
    return KEYCONVOY_SIMULATOR_PROGRAM;
}

SimulatorProcess::SimulatorProcess(const std::vector<std::string>& options) {
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error{"no pipe"};
    }
    m_output = FileDescriptor{ends[0]};
    FileDescriptor input{ends[1]};
    std::vector<std::string> command{simulatorPath(), "--exit-with-parent", "--key-pool", "0"};
    command.insert(command.end(), options.begin(), options.end());
    m_process = start(command, {}, input.get(), -1);
    input = FileDescriptor{};  // so that the line ends when the program does
    m_ready = Json::parse(readLine(m_output.get()));
}

SimulatorProcess::~SimulatorProcess() {
    if (m_process > 0) {
        kill(m_process, SIGKILL);
        waitFor(m_process);
    }
}

int SimulatorProcess::port() const {
    const std::string url = text("url");
    return std::stoi(url.substr(url.rfind(':') + 1));
}

Ended SimulatorProcess::end(int signal) {
    kill(m_process, signal);
    Ended ended{.exitCode = waitFor(m_process), .output = readAll(m_output.get()), .errors = {}};
    m_process = -1;
    return ended;
}

}  // namespace keyconvoy::tests
