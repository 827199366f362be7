#pragma once

#include "app/ceremony/job.h"
#include "app/cli/console.h"

namespace keyconvoy::cli {

/// One line on stderr for each step: "[3/12] generate the key on the token ... done (label: x)". Whatever comes between begins a
/// line of its own. Plain text, the same for terminals and log files.
class Progress {
public:
    explicit Progress(Console& console) : m_console{console} {}
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;
    ~Progress() { interrupt(); }

    void observe(const app::StepEvent& event);
    void note(const Text& text);
    /// Ends an open line; to be called before anything else is printed.
    void interrupt();

private:
    void begin(const app::StepEvent& event);
    void end(const app::StepEvent& event, std::string_view word);

    Console& m_console;
    bool m_lineOpen = false;
};

}  // namespace keyconvoy::cli
