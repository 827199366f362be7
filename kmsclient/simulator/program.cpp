#include "kmsclient/simulator/program.h"

#include "core/error.h"
#include "core/files.h"
#include "kmsclient/simulator/command_line.h"
#include "kmsclient/simulator/control.h"

#include <csignal>
#include <iostream>
#include <nlohmann/json.hpp>
#include <sys/resource.h>
#include <unistd.h>

namespace keyconvoy::kms::simulator {

namespace {

using namespace std::chrono_literals;

/// Before any thread starts, so that the signals wait for waitForEnd().
sigset_t blockEndSignals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    return signals;
}

void forbidCoreFiles() {
    const rlimit none{.rlim_cur = 0, .rlim_max = 0};
    setrlimit(RLIMIT_CORE, &none);
}

/// Beyond a limit on the size of files a write is to fail like one on a full disk.
void surviveFileLimits() {
    std::signal(SIGXFSZ, SIG_IGN);
}

/// The parent is asked after, not waited for with PR_SET_PDEATHSIG: that signal already comes when the thread ends that started
/// us.
void waitForEnd(const sigset_t& signals, bool exitWithParent, pid_t parent) {
    const timespec interval{.tv_sec = 0, .tv_nsec = 200'000'000};
    while (sigtimedwait(&signals, nullptr, &interval) < 0) {
        if (exitWithParent && getppid() != parent) {
            return;
        }
    }
}

std::chrono::milliseconds offsetInFile(const std::filesystem::path& path) {
    try {
        const Bytes content = readFile(path, 64);
        std::string_view text = asText(content);
        while (text.ends_with('\n')) {
            text.remove_suffix(1);
        }
        return parseDuration(text).value_or(0ms);
    } catch (const Error&) {
        return 0ms;
    }
}

Clock baseClock(const CommandLine& line) {
    if (line.timeOffsetFile) {
        return [path = *line.timeOffsetFile, offset = line.timeOffset] { return systemNow() + offset + offsetInFile(path); };
    }
    return [offset = line.timeOffset] { return systemNow() + offset; };
}

void announce(const HttpServer& server, const std::optional<HttpListener>& control) {
    Json ready{{"url", server.url()},
               {"accessKeyId", server.credentials().accessKeyId},
               {"secretAccessKey", server.credentials().secretAccessKey},
               {"account", accountId},
               {"region", server.region()}};
    if (control) {
        ready["controlUrl"] = control->url();
    }
    std::cout << ready.dump() << std::endl;
    if (!std::cout.good()) {  // whoever started it could not find it, and it would serve nobody
        throw Error{ErrorKind::Unavailable, KC_TEXT("Simulator", "standard output"),
                    KC_TEXT("Simulator", "the line that says where it listens could not be written"),
                    KC_TEXT("Simulator", "start it with a standard output that can be read or stored")};
    }
}

void tellWhatWasDropped(HttpServer& server) {
    if (const std::uint64_t bytes = server.service().droppedStateBytes(); bytes > 0) {
        std::cerr << "keyconvoy-kms-simulator: the last run ended while it wrote; " << bytes
                  << " bytes of a change that nobody was told of were dropped\n";
    }
}

int serve(const CommandLine& line) {
    const pid_t parent = line.parent.value_or(getppid());
    const sigset_t signals = blockEndSignals();
    forbidCoreFiles();
    surviveFileLimits();
    prepareMemory();
    SimulatedClock clock{baseClock(line)};
    clock.set(line.time.value_or(clock.now()), line.motion);
    HttpServer server{line.server, [&clock] { return clock.now(); }};
    tellWhatWasDropped(server);
    for (const Fault& fault : line.faults) {
        server.service().addFault(fault);
    }
    Control control{clock, server.service()};
    std::optional<HttpListener> controlListener;
    if (line.control) {
        controlListener.emplace(*line.control, HttpListener::ChooseTls{},
                                [&control](const HttpRequest& request) { return control.answer(request); });
    }
    announce(server, controlListener);
    waitForEnd(signals, line.exitWithParent, parent);
    server.stop();
    return 0;
}

int exitCode(ErrorKind kind) {
    switch (kind) {
        case ErrorKind::InvalidInput: return 2;
        case ErrorKind::NotFound: return 3;
        case ErrorKind::Refused: return 4;
        case ErrorKind::Unavailable: return 5;
        case ErrorKind::Integrity: return 6;
        case ErrorKind::Cancelled: return 7;
        case ErrorKind::Internal: return 1;
    }
    return 1;
}

int run(std::span<const std::string_view> arguments) {
    const CommandLine line = parseCommandLine(arguments);
    switch (line.action) {
        case Action::ShowHelp: std::cout << helpText(); return 0;
        case Action::ShowVersion: std::cout << "keyconvoy-kms-simulator " << KEYCONVOY_VERSION << "\n"; return 0;
        case Action::Serve: return serve(line);
    }
    return 1;
}

}  // namespace

int runProgram(std::span<const std::string_view> arguments) {
    try {
        return run(arguments);
    } catch (const Error& error) {
        const Failure& failure = error.failure();
        std::cerr << "keyconvoy-kms-simulator: " << toEnglish(failure.place) << ": " << toEnglish(failure.cause) << "; "
                  << toEnglish(failure.remedy) << "\n";
        return exitCode(error.kind());
    } catch (const std::exception& error) {
        std::cerr << "keyconvoy-kms-simulator: " << error.what() << "\n";
        return 1;
    }
}

}  // namespace keyconvoy::kms::simulator
