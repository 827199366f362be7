#include "app/cli/progress.h"

#include "app/cli/printable.h"

#include <ostream>

namespace keyconvoy::cli {

namespace {

/// What does not fit into a line stands in the result.
constexpr std::size_t longestValue = 60;
constexpr std::size_t longestDetails = 90;

std::string number(const app::StepEvent& event) {
    return "[" + std::to_string(event.number) + "/" + std::to_string(event.count) + "] ";
}

std::string briefDetails(const app::Details& details) {
    std::string text;
    for (const app::Detail& detail : details) {
        const std::string value = printable(toEnglish(detail.value));
        const std::string part = toEnglish(detail.name) + ": " + value;
        if (!value.empty() && value.size() <= longestValue && text.size() + part.size() <= longestDetails) {
            text += (text.empty() ? "" : ", ") + part;
        }
    }
    return text.empty() ? text : " (" + text + ")";
}

}  // namespace

void Progress::observe(const app::StepEvent& event) {
    if (m_console.quiet()) {
        return;
    }
    switch (event.phase) {
        case app::StepPhase::Begins: begin(event); break;
        case app::StepPhase::Done: end(event, "done"); break;
        case app::StepPhase::Failed: end(event, "failed"); break;
    }
}

void Progress::begin(const app::StepEvent& event) {
    interrupt();
    m_console.err << number(event) << printable(toEnglish(event.title)) << " ... " << std::flush;
    m_lineOpen = true;
}

void Progress::end(const app::StepEvent& event, std::string_view word) {
    if (!m_lineOpen) {
        m_console.err << number(event) << "... ";
    }
    m_console.err << word << briefDetails(event.details) << '\n' << std::flush;
    m_lineOpen = false;
}

void Progress::note(const Text& text) {
    if (m_console.quiet()) {
        return;
    }
    interrupt();
    m_console.err << "      " << printable(toEnglish(text)) << '\n' << std::flush;
}

void Progress::interrupt() {
    if (m_lineOpen) {
        m_console.err << '\n' << std::flush;
        m_lineOpen = false;
    }
}

}  // namespace keyconvoy::cli
