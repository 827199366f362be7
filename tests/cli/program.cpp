#include "tests/cli/program.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <ostream>
#include <poll.h>
#include <pty.h>
#include <stdexcept>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

namespace keyconvoy::tests {

namespace {

/// What a child needs, made before the fork: after it only system calls.
class Launch {
public:
    Launch(const Home& home, const Arguments& arguments, const Surroundings& surroundings) : m_surroundings{surroundings} {
        m_words = Arguments{surroundings.program.string()} + arguments;
        std::map<std::string, std::string> variables = home.environment();
        for (const auto& [name, value] : surroundings.environment) {
            variables[name] = value;
        }
        for (const auto& [name, value] : variables) {
            m_variables.push_back(name + "=" + value);
        }
        for (const std::string& content : surroundings.pipes) {
            m_pipes.push_back(filledPipe(content));
        }
        m_wordPointers = pointersTo(m_words);
        m_variablePointers = pointersTo(m_variables);
    }

    /// In the child; never returns.
    [[noreturn]] void exec() {
        for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
            signal(number, SIG_DFL);
        }
        limitFiles();
        movePipes();
        execve(m_wordPointers.front(), m_wordPointers.data(), m_variablePointers.data());
        _exit(127);
    }

private:
    static std::vector<char*> pointersTo(std::vector<std::string>& texts) {
        std::vector<char*> pointers;
        for (std::string& text : texts) {
            pointers.push_back(text.data());
        }
        pointers.push_back(nullptr);
        return pointers;
    }

    static FileDescriptor filledPipe(const std::string& content) {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error{"no pipe"};
        }
        const FileDescriptor writer{ends[1]};
        if (write(writer.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
            throw std::runtime_error{"pipe too small"};
        }
        // High numbers first, so that moving one to 3 does not overwrite the next.
        const FileDescriptor reader{ends[0]};
        return FileDescriptor{fcntl(reader.get(), F_DUPFD_CLOEXEC, 100)};
    }

    void movePipes() const {
        int target = 3;
        for (const FileDescriptor& pipe : m_pipes) {
            dup2(pipe.get(), target++);
        }
    }

    void limitFiles() const {
        if (m_surroundings.largestFile) {
            signal(SIGXFSZ, SIG_IGN);  // then write() says EFBIG, as a full disk says ENOSPC
            const rlimit limit{.rlim_cur = *m_surroundings.largestFile, .rlim_max = *m_surroundings.largestFile};
            setrlimit(RLIMIT_FSIZE, &limit);
        }
    }

    const Surroundings& m_surroundings;
    std::vector<std::string> m_words, m_variables;
    std::vector<FileDescriptor> m_pipes;
    std::vector<char*> m_wordPointers, m_variablePointers;
};

struct Pipe {
    FileDescriptor reader, writer;

    Pipe() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error{"no pipe"};
        }
        reader = FileDescriptor{ends[0]};
        writer = FileDescriptor{ends[1]};
    }
};

int exitCodeOf(int status) {
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void endByForce(pid_t& id) {
    if (id > 0) {
        kill(id, SIGKILL);
        waitpid(id, nullptr, 0);
        id = -1;
    }
}

int waitForEnd(pid_t& id) {
    int status = 0;
    waitpid(id, &status, 0);
    id = -1;
    return exitCodeOf(status);
}

/// False at the end.
bool readInto(std::string& text, FileDescriptor& descriptor) {
    std::array<char, 4096> buffer{};
    const ssize_t count = read(descriptor.get(), buffer.data(), buffer.size());
    if (count <= 0) {
        return false;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
    return true;
}

}  // namespace

Arguments operator+(Arguments left, const Arguments& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

Json Finished::json() const {
    return parseStrictJson(out, KC_TEXT("Test", "stdout"));
}

std::ostream& operator<<(std::ostream& stream, const Finished& finished) {
    return stream << "exit code " << finished.exitCode << "\n--- stdout\n" << finished.out << "--- stderr\n" << finished.err;
}

std::map<std::string, std::string> Home::environment() const {
    const std::string home = folder().string();
    return {{"PATH", "/usr/bin:/bin"},
            {"HOME", home},
            {"TMPDIR", home},
            {"XDG_STATE_HOME", home + "/state"},
            {"XDG_CONFIG_HOME", home + "/config"},
            {"AWS_CONFIG_FILE", home + "/aws-config"},
            {"AWS_SHARED_CREDENTIALS_FILE", home + "/aws-credentials"},
            {"ASAN_OPTIONS", "detect_leaks=0"}};  // the leak finder needs ptrace, which the program forbids
}

std::filesystem::path Home::write(const std::string& name, std::string_view content) const {
    const std::filesystem::path path = folder() / name;
    std::ofstream{path} << content;
    std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    return path;
}

Running::Running(const Home& home, const Arguments& arguments, const Surroundings& surroundings) {
    Launch launch{home, arguments, surroundings};
    Pipe out;
    Pipe err;
    const std::string outFile = surroundings.standardOutput ? surroundings.standardOutput->string() : "";
    m_id = fork();
    if (m_id == 0) {
        setsid();
        dup2(open("/dev/null", O_RDONLY | O_CLOEXEC), STDIN_FILENO);
        dup2(outFile.empty() ? out.writer.get() : open(outFile.c_str(), O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
        dup2(err.writer.get(), STDERR_FILENO);
        launch.exec();
    }
    m_out = std::move(out.reader);
    m_err = std::move(err.reader);
}

Running::~Running() {
    endByForce(m_id);
}

void Running::signal(int number) const {
    kill(m_id, number);
}

bool Running::readSome() {
    std::array<pollfd, 2> waiting{pollfd{.fd = m_out.get(), .events = POLLIN, .revents = 0},
                                  pollfd{.fd = m_err.get(), .events = POLLIN, .revents = 0}};
    if (poll(waiting.data(), waiting.size(), -1) < 0) {
        return errno == EINTR;
    }
    if (waiting[0].revents != 0 && !readInto(m_finished.out, m_out)) {
        m_out = FileDescriptor{};
    }
    if (waiting[1].revents != 0 && !readInto(m_finished.err, m_err)) {
        m_err = FileDescriptor{};
    }
    return m_out.valid() || m_err.valid();
}

bool Running::waitForError(std::string_view text) {
    while (m_finished.err.find(text) == std::string::npos) {
        if (!readSome()) {
            return false;
        }
    }
    return true;
}

Finished Running::finish() {
    while (readSome()) {
    }
    m_finished.exitCode = waitForEnd(m_id);
    return m_finished;
}

Finished run(const Home& home, const Arguments& arguments, const Surroundings& surroundings) {
    return Running{home, arguments, surroundings}.finish();
}

AtTerminal::AtTerminal(const Home& home, const Arguments& arguments, const Surroundings& surroundings) {
    Launch launch{home, arguments, surroundings};
    int master = -1;
    int slave = -1;
    const winsize size{.ws_row = 50, .ws_col = 200, .ws_xpixel = 0, .ws_ypixel = 0};
    if (openpty(&master, &slave, nullptr, nullptr, &size) != 0) {
        throw std::runtime_error{"no pseudo-terminal"};
    }
    m_master = FileDescriptor{fcntl(master, F_DUPFD_CLOEXEC, 50)};
    m_slave = FileDescriptor{fcntl(slave, F_DUPFD_CLOEXEC, 50)};
    close(master);
    close(slave);
    m_id = fork();
    if (m_id == 0) {
        setsid();
        ioctl(m_slave.get(), TIOCSCTTY, 0);
        for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
            dup2(m_slave.get(), stream);
        }
        launch.exec();
    }
}

AtTerminal::~AtTerminal() {
    endByForce(m_id);
}

/// The slave is open here too, so that the end of the child shows only by its exit.
bool AtTerminal::readSome() {
    for (;;) {
        pollfd waiting{.fd = m_master.get(), .events = POLLIN, .revents = 0};
        if (poll(&waiting, 1, 50) > 0) {
            return readInto(m_screen, m_master);
        }
        siginfo_t info{};
        if (waitid(P_PID, static_cast<id_t>(m_id), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == m_id &&
            poll(&waiting, 1, 0) == 0) {
            return false;
        }
    }
}

bool AtTerminal::waitFor(std::string_view text) {
    std::size_t found = m_screen.find(text, m_waitedFor);
    while (found == std::string::npos) {
        if (!readSome()) {
            return false;
        }
        found = m_screen.find(text, m_waitedFor);
    }
    m_waitedFor = found + text.size();
    return true;
}

void AtTerminal::type(std::string_view text) const {
    if (write(m_master.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        throw std::runtime_error{"the terminal takes no input"};
    }
}

bool AtTerminal::echoes() const {
    termios settings{};
    tcgetattr(m_slave.get(), &settings);
    return (settings.c_lflag & static_cast<tcflag_t>(ECHO)) != 0;
}

int AtTerminal::finish() {
    while (readSome()) {
    }
    return waitForEnd(m_id);
}

}  // namespace keyconvoy::tests
