#include "ui/end_signals.h"

#include <array>
#include <atomic>
#include <csignal>
#include <cstdint>
#include <QSocketNotifier>
#include <string_view>
#include <sys/eventfd.h>
#include <unistd.h>

namespace keyconvoy::ui {

namespace {

constexpr int exitCancelled = 7;
constexpr std::array ending{SIGINT, SIGTERM, SIGHUP};

// What a signal handler can reach is global by nature.
std::atomic<int> wakeUp{-1};
static_assert(std::atomic<int>::is_always_lock_free);

/// write is async-signal-safe.
void onSignal(int /*signal*/) {
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto woken = write(wakeUp.load(), &one, sizeof one);
}

void handle(void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    action.sa_flags =
        SA_RESTART | static_cast<int>(SA_RESETHAND);  // a module's interrupted system call must not look like its failure
    for (const int signal : ending) {
        struct sigaction before {};
        sigaction(signal, nullptr, &before);
        if (before.sa_handler != SIG_IGN) {  // nohup: the caller has decided
            sigaction(signal, &action, nullptr);
        }
    }
}

}  // namespace

EndSignals::EndSignals(QObject* parent) : QObject{parent} {
    wakeUp = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    auto* notifier = new QSocketNotifier{wakeUp.load(), QSocketNotifier::Read, this};
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        std::uint64_t count = 0;
        if (read(wakeUp.load(), &count, sizeof count) > 0) {
            Q_EMIT arrived();
        }
    });
    handle(&onSignal);
}

EndSignals::~EndSignals() {
    handle(SIG_DFL);
    close(wakeUp.exchange(-1));
}

void endAtOnce() {
    static constexpr std::string_view last =
        "keyconvoy-desktop: ended at once: what was under way may have been done or half done; look at the token and at KMS "
        "before "
        "anything is repeated\n";
    [[maybe_unused]] const auto told = write(STDERR_FILENO, last.data(), last.size());
    _exit(exitCancelled);
}

}  // namespace keyconvoy::ui
