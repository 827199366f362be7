#pragma once

#include "app/ceremony/question.h"
#include "app/cli/command.h"
#include "app/cli/pin_source.h"
#include "app/cli/progress.h"

namespace keyconvoy::cli {

/// Answers a job's questions: from the options where they were given, otherwise by asking at the terminal. Without either it
/// throws Refused, naming the option.
class Answers {
public:
    Answers(const ParsedOptions& options, Console& console, Progress& progress);

    [[nodiscard]] app::Answer answer(const app::Question& question);

private:
    [[nodiscard]] SecretBytes pinFor(const app::Question& question);
    [[nodiscard]] bool confirm(const app::Question& question);
    [[nodiscard]] bool consent(const app::Question& question);
    void warn(const Finding& finding);
    void showQuestion(const app::Question& question);
    void waitForPinPad(const app::Question& question);

    Console& m_console;
    Progress& m_progress;
    bool m_yes = false;
    bool m_allowFinalTry = false;
    PinSource m_pin, m_backupPin, m_officerPin;
};

}  // namespace keyconvoy::cli
