#pragma once

#include "core/file_descriptor.h"

#include <stop_token>
#include <string>
#include <thread>

struct termios;

namespace keyconvoy::cli {

/// What is said when a second signal ends the process.
struct LastWords {
    std::string onStderr;
    std::string onStdout;  ///< with `--json` somebody waits for an object
};

/// While this lives, SIGINT, SIGTERM and SIGHUP request a stop; a second one ends the process at once with exit code 7, the
/// terminal as it was found. One per process.
class StopSignals {
public:
    explicit StopSignals(LastWords lastWords);
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    [[nodiscard]] std::stop_token token() const { return m_source.get_token(); }

private:
    LastWords m_lastWords;
    std::stop_source m_source;
    std::jthread m_watcher;  // a signal handler may not call request_stop()
};

/// A descriptor that becomes readable, and stays so, when a stop was requested; -1 while no StopSignals lives.
[[nodiscard]] int stopDescriptor() noexcept;

/// What the terminal is set back to when a second signal ends the process: `settings` must stay valid until this is called with
/// null.
void restoreAtSignal(int terminal, const termios* settings) noexcept;

}  // namespace keyconvoy::cli
