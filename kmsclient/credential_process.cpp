#include "core/error.h"
#include "core/file_descriptor.h"
#include "kmsclient/credentials.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <system_error>

namespace keyconvoy::kms {

namespace {

constexpr std::size_t largestOutput =
    (1U << 14U) - 1;  // with one more octet a power of two, which the secure heap hands out whole

Text placeOf(const Text& source) {
    return KC_TEXT("CredentialProcess", "AWS credentials from %1").with(source);
}

[[noreturn]] void throwCannotRun(const Text& source, int number) {
    throw Error{ErrorKind::Unavailable, placeOf(source),
                KC_TEXT("CredentialProcess", "the command cannot be started: %1").with(std::generic_category().message(number)),
                KC_TEXT("CredentialProcess", "run the credential_process line in a terminal and see what it says")};
}

/// A running /bin/sh -c COMMAND with its standard output in a pipe.
class ChildProcess {
public:
    ChildProcess(const std::string& commandLine, const Text& source) : m_source{source} {
        std::array<int, 2> ends{};
        if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
            throwCannotRun(source, errno);
        }
        m_output = FileDescriptor{ends[0]};
        const FileDescriptor writeEnd{ends[1]};
        start(commandLine, writeEnd.get());
    }
    ChildProcess(const ChildProcess&) = delete;
    ChildProcess& operator=(const ChildProcess&) = delete;
    ~ChildProcess() {
        if (m_process > 0) {
            waitForEnd();
        }
    }

    /// How many octets came, at most `room.size()`.
    std::size_t read(std::span<std::uint8_t> room) {
        std::size_t filled = 0;
        while (filled < room.size()) {
            const ssize_t count = ::read(m_output.get(), room.data() + filled, room.size() - filled);
            if (count < 0 && errno == EINTR) {
                continue;
            }
            if (count <= 0) {
                break;
            }
            filled += static_cast<std::size_t>(count);
        }
        m_output = FileDescriptor{};  // a command that prints on gets SIGPIPE
        return filled;
    }

    int waitForEnd() {
        int status = 0;
        while (::waitpid(m_process, &status, 0) < 0 && errno == EINTR) {
        }
        m_process = -1;
        return status;
    }

private:
    void start(const std::string& commandLine, int outputEnd) {
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        // Our own standard input may hold a PIN for us; the token's files and sessions are none of the command's business.
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_adddup2(&actions, outputEnd, 1);
        posix_spawn_file_actions_addclosefrom_np(&actions, 3);
        // A command whose reader is gone is to end, although we ignore that signal ourselves.
        posix_spawnattr_t attributes;
        posix_spawnattr_init(&attributes);
        sigset_t signals;
        sigemptyset(&signals);
        sigaddset(&signals, SIGPIPE);
        sigaddset(&signals, SIGXFSZ);
        posix_spawnattr_setsigdefault(&attributes, &signals);
        posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
        std::string shell = "sh", option = "-c", command = commandLine;
        std::array<char*, 4> arguments{shell.data(), option.data(), command.data(), nullptr};
        const int outcome = posix_spawn(&m_process, "/bin/sh", &actions, &attributes, arguments.data(), environ);
        posix_spawnattr_destroy(&attributes);
        posix_spawn_file_actions_destroy(&actions);
        if (outcome != 0) {
            m_process = -1;
            throwCannotRun(m_source, outcome);
        }
    }

    const Text& m_source;
    FileDescriptor m_output;
    pid_t m_process = -1;
};

void checkEnd(int status, const Text& source) {
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
        return;
    }
    constexpr int asShellsSay = 128;
    if ((WIFSIGNALED(status) && WTERMSIG(status) == SIGINT) ||
        (WIFEXITED(status) && WEXITSTATUS(status) == asShellsSay + SIGINT)) {
        throw Error{ErrorKind::Cancelled, placeOf(source), KC_TEXT("CredentialProcess", "the command was ended by Ctrl-C"),
                    KC_TEXT("CredentialProcess", "let the command run to its end next time")};
    }
    Text cause = WIFEXITED(status) ? KC_TEXT("CredentialProcess", "the command ended with status %1")
                                         .with(static_cast<std::uint64_t>(WEXITSTATUS(status)))
                                   : KC_TEXT("CredentialProcess", "the command was ended by signal %1")
                                         .with(static_cast<std::uint64_t>(WTERMSIG(status)));
    throw Error{ErrorKind::Unavailable, placeOf(source), std::move(cause),
                KC_TEXT("CredentialProcess",
                        "what it said stands above; run the credential_process line in a terminal, or sign in again")};
}

[[noreturn]] void throwBadOutput(const Text& source, Text cause) {
    throw Error{
        ErrorKind::InvalidInput, placeOf(source), std::move(cause),
        KC_TEXT("CredentialProcess", "the command must print one JSON object with Version 1, AccessKeyId and SecretAccessKey")};
}

}  // namespace

Credentials runCredentialProcess(const std::string& commandLine, const Text& source) {
    ChildProcess child{commandLine, source};
    SecretBytes output{largestOutput + 1};
    output.truncate(child.read(output.writable()));
    const int status = child.waitForEnd();
    if (output.size() > largestOutput) {
        throwBadOutput(source, KC_TEXT("CredentialProcess", "the command printed more than 16 KiB"));
    }
    checkEnd(status, source);
    return parseProcessOutput(asText(output.view()), source);
}

}  // namespace keyconvoy::kms
