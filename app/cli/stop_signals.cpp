#include "app/cli/stop_signals.h"

#include "app/cli/exit_code.h"

#include <array>
#include <atomic>
#include <csignal>
#include <poll.h>
#include <string_view>
#include <sys/eventfd.h>
#include <termios.h>
#include <unistd.h>
#include <utility>

namespace keyconvoy::cli {

namespace {

constexpr std::array stopping{SIGINT, SIGTERM, SIGHUP};

// What a signal handler can reach is global by nature; only lock-free atomics are touched there.
std::atomic<int> event{-1};
std::atomic<int> received{0};
std::atomic<int> terminalToRestore{-1};
std::atomic<const termios*> settingsToRestore{nullptr};
std::atomic<const LastWords*> lastWords{nullptr};
static_assert(std::atomic<int>::is_always_lock_free && std::atomic<const termios*>::is_always_lock_free);

/// Only calls that POSIX names async-signal-safe: write, tcsetattr, _exit.
void onSignal(int /*signal*/) {
    if (received.fetch_add(1) == 0) {
        static constexpr std::string_view note = "\nstopping after the call that runs now; once more ends at once\n";
        [[maybe_unused]] const auto told = write(STDERR_FILENO, note.data(), note.size());
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto woken = write(event.load(), &one, sizeof one);
        return;
    }
    if (const LastWords* last = lastWords.load(); last != nullptr) {
        [[maybe_unused]] const auto told = write(STDERR_FILENO, last->onStderr.data(), last->onStderr.size());
        [[maybe_unused]] const auto given = write(STDOUT_FILENO, last->onStdout.data(), last->onStdout.size());
    }
    if (const termios* settings = settingsToRestore.load(); settings != nullptr) {
        tcsetattr(terminalToRestore.load(), TCSANOW, settings);
    }
    _exit(static_cast<int>(ExitCode::Cancelled));
}

void handle(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;  // a module's interrupted system call must not look like its failure
    for (const int signal : stopping) {
        struct sigaction before {};
        sigaction(signal, nullptr, &before);
        if (before.sa_handler != SIG_IGN) {  // nohup and background jobs of a script: the caller has decided
            sigaction(signal, &action, nullptr);
        }
    }
}

}  // namespace

StopSignals::StopSignals(LastWords words) : m_lastWords{std::move(words)} {
    lastWords = &m_lastWords;
    event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    received = 0;
    m_watcher = std::jthread{[this](const std::stop_token&) {
        pollfd waiting{.fd = event.load(), .events = POLLIN, .revents = 0};
        while (poll(&waiting, 1, -1) < 0) {
        }
        m_source.request_stop();
    }};
    handle(&onSignal);
}

StopSignals::~StopSignals() {
    handle(SIG_DFL);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto woken = write(event.load(), &one, sizeof one);
    m_watcher.join();
    close(event.exchange(-1));
    lastWords = nullptr;
}

int stopDescriptor() noexcept {
    return event.load();
}

void restoreAtSignal(int terminal, const termios* settings) noexcept {
    terminalToRestore = terminal;
    settingsToRestore = settings;
}

}  // namespace keyconvoy::cli
