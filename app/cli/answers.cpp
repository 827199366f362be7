#include "app/cli/answers.h"

#include "app/cli/account.h"
#include "app/cli/option_table.h"
#include "app/cli/output.h"
#include "app/cli/printable.h"
#include "app/cli/terminal.h"

#include <algorithm>
#include <cctype>
#include <ostream>

namespace keyconvoy::cli {

namespace {

constexpr std::size_t promptWidth = 100;

PinSource pinSourceOf(const ParsedOptions& options, const Option& option) {
    return PinSource::parse(options.value(option).value_or("prompt"), option.name);
}

bool isFinalTry(const app::Question& question) {
    return question.id.ends_with("final-try");
}

Terminal openTerminal(Text place, Text remedy) {
    std::optional<Terminal> terminal = Terminal::open();
    if (!terminal) {
        throw Error{ErrorKind::Refused, std::move(place), KC_TEXT("CommandLine", "there is no terminal to ask at"),
                    std::move(remedy)};
    }
    return std::move(*terminal);
}

std::string alignedDetails(const app::Details& details) {
    std::size_t width = 0;
    for (const app::Detail& detail : details) {
        width = std::max(width, toEnglish(detail.name).size() + 1);
    }
    std::string text;
    for (const app::Detail& detail : details) {
        std::string name = toEnglish(detail.name) + ":";
        name.resize(width, ' ');
        text += "  " + name + " " + wrapped(printable(toEnglish(detail.value)), width + 3, promptWidth) + "\n";
    }
    return text;
}

}  // namespace

Answers::Answers(const ParsedOptions& options, Console& console, Progress& progress)
    : m_console{console},
      m_progress{progress},
      m_yes{options.given(option::yes)},
      m_allowFinalTry{options.given(option::allowFinalTry)},
      m_pin{pinSourceOf(options, option::pinSource)},
      m_backupPin{pinSourceOf(options, option::toPinSource)},
      m_officerPin{pinSourceOf(options, option::soPinSource)} {
}

app::Answer Answers::answer(const app::Question& question) {
    app::Answer answer{.questionId = question.id, .yes = true, .secret = {}};
    switch (question.kind) {
        case app::QuestionKind::UserPin:
        case app::QuestionKind::SecurityOfficerPin: answer.secret = pinFor(question); break;
        case app::QuestionKind::PinPad: waitForPinPad(question); break;
        case app::QuestionKind::Confirmation: answer.yes = confirm(question); break;
        case app::QuestionKind::Consent: answer.yes = consent(question); break;
    }
    return answer;
}

void Answers::warn(const Finding& finding) {
    m_progress.interrupt();
    printFinding(m_console, finding);
}

void Answers::showQuestion(const app::Question& question) {
    m_progress.interrupt();
    m_console.err << wrapped(printable(toEnglish(question.text)), 0, promptWidth) << '\n'
                  << alignedDetails(question.details) << std::flush;
}

SecretBytes Answers::pinFor(const app::Question& question) {
    if (m_console.memory == SecretMemory::MaySwap) {
        printFinding(m_console,
                     {FindingLevel::Warning,
                      KC_TEXT("CommandLine", "this machine does not let memory be locked; a PIN may reach the swap space"),
                      KC_TEXT("CommandLine", "raise the limit (ulimit -l) or use encrypted swap")});
    }
    const bool officer = question.kind == app::QuestionKind::SecurityOfficerPin;
    const bool backup = question.id.starts_with("backup");
    const PinSource& source = officer ? m_officerPin : backup ? m_backupPin : m_pin;
    if (std::holds_alternative<PinFromPrompt>(source.from)) {
        Terminal terminal = openTerminal(
            question.text, KC_TEXT("CommandLine", "give the PIN with %1 file:PATH or %1 fd:NUMBER").with(source.optionName));
        showQuestion(question);
        return terminal.askSecret(officer ? "PIN of the security officer (not shown): " : "PIN (not shown): ");
    }
    if (officer) {  // the prompt would have said it; a safety message, so also with --quiet
        warn({.level = FindingLevel::Warning,
              .what = question.text,
              .remedy = KC_TEXT("CommandLine", "be sure that %1 gives that PIN, and not the user's").with(source.optionName)});
    }
    PinRead read = readPin(source);
    for (const Finding& finding : read.findings) {
        warn(finding);
    }
    return std::move(read.pin);
}

void Answers::waitForPinPad(const app::Question& question) {
    showQuestion(question);
    m_console.err << "Waiting for the PIN at the token's own pad, as long as it takes (Ctrl-C twice ends this program).\n"
                  << std::flush;
}

bool Answers::confirm(const app::Question& question) {
    if (m_yes && m_console.quiet()) {
        return true;
    }
    showQuestion(question);
    if (m_yes) {
        m_console.err << "Go on? yes (" << option::yes.name << ")\n" << std::flush;
        return true;
    }
    Terminal terminal =
        openTerminal(KC_TEXT("CommandLine", "agreeing to this: %1").with(question.title),
                     KC_TEXT("CommandLine", "read the text above; %1 answers it with yes").with(option::yes.name));
    std::string line = terminal.askLine("Go on? [y/N] ");
    std::ranges::transform(line, line.begin(), [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
    return line == "y" || line == "yes";
}

bool Answers::consent(const app::Question& question) {
    showQuestion(question);
    if (isFinalTry(question) && m_allowFinalTry) {
        m_console.err << "Consent: yes (" << option::allowFinalTry.name << ")\n" << std::flush;
        return true;
    }
    Terminal terminal = openTerminal(
        KC_TEXT("CommandLine", "consenting to this: %1").with(question.title),
        isFinalTry(question)
            ? KC_TEXT("CommandLine", "make sure that the PIN is right, then give the consent with %1; %2 does not give it")
                  .with(option::allowFinalTry.name)
                  .with(option::yes.name)
            : KC_TEXT("CommandLine", "start the command at a terminal: only a person can give this consent"));
    return terminal.askLine("Type yes to consent: ") == "yes";
}

}  // namespace keyconvoy::cli
