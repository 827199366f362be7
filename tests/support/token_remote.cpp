#include "tests/support/token_remote.h"

#include "core/file_descriptor.h"

#include <array>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <stdexcept>
#include <sys/wait.h>

namespace keyconvoy::tests {

namespace {

constexpr std::string_view addressVariable = "P11_KIT_SERVER_ADDRESS=";

struct Pipe {
    Pipe() {
        std::array<int, 2> ends{};
        if (pipe2(ends.data(), O_CLOEXEC) != 0) {
            throw std::runtime_error{"pipe2"};
        }
        read = FileDescriptor{ends[0]};
        write = FileDescriptor{ends[1]};
    }
    FileDescriptor read;
    FileDescriptor write;
};

/// The server prints shell commands; the one that sets the address is wanted.
std::string readAddress(const FileDescriptor& output) {
    std::string text;
    char octet = 0;
    while (::read(output.get(), &octet, 1) == 1) {
        text += octet;
        const auto start = text.find(addressVariable);
        if (octet == '\n' && start != std::string::npos) {
            const auto begin = start + addressVariable.size();
            return text.substr(begin, text.find_first_of(";\n", begin) - begin);
        }
    }
    throw std::runtime_error{"p11-kit server did not start: " + text};
}

/// In a process group of its own, so that stop() reaches the processes it makes for connections.
pid_t spawnServer(std::vector<std::string> words, std::vector<std::string> variables, const FileDescriptor& output) {
    posix_spawn_file_actions_t actions{};
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, output.get(), STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_t attributes{};
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    const auto pointers = [](std::vector<std::string>& texts) {
        std::vector<char*> result;
        for (std::string& text : texts) {
            result.push_back(text.data());
        }
        result.push_back(nullptr);
        return result;
    };
    pid_t child = 0;
    const int failed =
        posix_spawnp(&child, words.front().c_str(), &actions, &attributes, pointers(words).data(), pointers(variables).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        throw std::runtime_error{"cannot run p11-kit"};
    }
    return child;
}

}  // namespace

RemoteSoftHsm::RemoteSoftHsm(const std::string& label) : m_label{label} {
    m_store.addToken(label);
    const auto runtime = m_store.folder() / "runtime";
    std::filesystem::create_directory(runtime);
    std::filesystem::permissions(runtime, std::filesystem::perms::owner_all);
    Pipe pipe;
    m_server = spawnServer(
        {"p11-kit", "server", "--foreground", "--sh", "--provider", SoftHsmStore::library().string(), "pkcs11:token=" + label},
        {"PATH=/usr/bin:/bin", "SOFTHSM2_CONF=" + m_store.configuration().string(), "XDG_RUNTIME_DIR=" + runtime.string()},
        pipe.write);
    pipe.write = FileDescriptor{};
    m_address = readAddress(pipe.read);
}

RemoteSoftHsm::~RemoteSoftHsm() {
    stop();
}

void RemoteSoftHsm::stop() {
    if (m_server > 0) {
        ::kill(-m_server, SIGKILL);
        ::waitpid(m_server, nullptr, 0);
        m_server = 0;
    }
}

pkcs11::ModuleProfile RemoteSoftHsm::profile() const {
    return {
        .library = KEYCONVOY_P11KIT_CLIENT, .initString = std::nullopt, .environment = {{"P11_KIT_SERVER_ADDRESS", m_address}}};
}

}  // namespace keyconvoy::tests
