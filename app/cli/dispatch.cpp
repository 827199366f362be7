#include "app/cli/dispatch.h"

#include "app/cli/help.h"
#include "app/cli/option_table.h"
#include "app/cli/output.h"
#include "app/cli/parser.h"
#include "core/process_hardening.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <span>

namespace keyconvoy::cli {

namespace {

using Arguments = std::span<const std::string>;

/// One call, split: switches that may stand before the command, the command's words, and its options.
struct Call {
    std::vector<std::string> words;
    std::vector<std::string> options;
};

bool holds(Arguments arguments, std::string_view wanted) {
    return std::ranges::find(arguments, wanted) != arguments.end();
}

bool mayComeFirst(std::string_view argument) {
    return argument == option::json.name || argument == option::quiet.name || argument == option::yes.name ||
           argument == option::help.name || argument == "-h" || argument == "--version";
}

Call split(Arguments arguments) {
    Call call;
    std::size_t i = 0;
    for (; i < arguments.size() && mayComeFirst(arguments[i]); ++i) {
        call.options.push_back(arguments[i]);
    }
    for (; i < arguments.size() && !arguments[i].starts_with('-') && call.words.size() < 2; ++i) {
        call.words.push_back(arguments[i]);
    }
    call.options.insert(call.options.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i), arguments.end());
    return call;
}

std::string joined(const std::vector<std::string>& words) {
    std::string text;
    for (const std::string& word : words) {
        text += (text.empty() ? "" : " ") + word;
    }
    return text;
}

bool beginsCommands(std::string_view word) {
    return std::ranges::any_of(allCommands(),
                               [word](const Command& command) { return command.words.starts_with(std::string{word} + " "); });
}

std::string commandsUnder(std::string_view word) {
    std::string text;
    for (const Command& command : allCommands()) {
        if (command.words.starts_with(std::string{word} + " ")) {
            text += (text.empty() ? "" : ", ") + std::string{command.words};
        }
    }
    return text;
}

[[noreturn]] void throwUnknownCommand(const std::vector<std::string>& words) {
    const Text place = KC_TEXT("CommandLine", "command line");
    if (beginsCommands(words.front())) {
        throw Error{ErrorKind::InvalidInput, place,
                    words.size() == 1 ? KC_TEXT("CommandLine", "\"%1\" needs one more word").with(words.front())
                                      : KC_TEXT("CommandLine", "there is no command \"%1\"").with(joined(words)),
                    KC_TEXT("CommandLine", "there are: %1").with(commandsUnder(words.front()))};
    }
    std::vector<std::string_view> names;
    for (const Command& command : allCommands()) {
        names.push_back(command.words);
        names.push_back(command.words.substr(0, command.words.find(' ')));
    }
    std::string_view meant = nearest(joined(words), names);
    meant = meant.empty() ? nearest(words.front(), names) : meant;
    throw Error{ErrorKind::InvalidInput, place, KC_TEXT("CommandLine", "there is no command \"%1\"").with(words.front()),
                meant.empty() ? KC_TEXT("CommandLine", "keyconvoy help lists the commands")
                              : KC_TEXT("CommandLine", "did you mean \"%1\"? keyconvoy help lists the commands").with(meant)};
}

/// The command of a call; a second word that belongs to no command is given back to the options, where it is refused by name.
const Command& commandOf(Call& call) {
    if (const Command* command = findCommand(joined(call.words))) {
        return *command;
    }
    if (const Command* command = findCommand(call.words.front()); command != nullptr && call.words.size() == 2) {
        call.options.insert(call.options.begin(), call.words.back());
        return *command;
    }
    throwUnknownCommand(call.words);
}

ExitCode show(Console& console, const char* member, const std::string& text) {
    Json result;
    result[member] = text;
    printResult(console, result, text + (text.ends_with('\n') ? "" : "\n"));
    return ExitCode::Done;
}

ExitCode runHelp(Console& console, Arguments words) {
    std::vector<std::string> named;
    std::ranges::copy_if(words, std::back_inserter(named), [](const std::string& word) { return !word.starts_with('-'); });
    if (named.empty()) {
        return show(console, "help", generalHelp());
    }
    Call call{.words = named, .options = {}};
    return show(console, "help", helpOf(commandOf(call)));
}

ExitCode runCall(Arguments arguments, Console& console) {
    refusePinsIn(arguments);
    if (!arguments.empty() && arguments.front() == "help") {
        return runHelp(console, arguments.subspan(1));
    }
    Call call = split(arguments);
    const bool helpWanted = holds(call.options, option::help.name) || holds(call.options, "-h");
    if (call.words.empty()) {
        if (holds(call.options, "--version")) {
            return show(console, "version", versionLine());
        }
        if (helpWanted) {
            return show(console, "help", generalHelp());
        }
        throw Error{
            ErrorKind::InvalidInput, KC_TEXT("CommandLine", "command line"), KC_TEXT("CommandLine", "a command is missing"),
            KC_TEXT("CommandLine", "keyconvoy help lists the commands; keyconvoy rehearse shows the main job on this machine")};
    }
    if (helpWanted && call.words.size() == 1 && findCommand(call.words.front()) == nullptr &&
        beginsCommands(call.words.front())) {
        return show(console, "help", generalHelp());
    }
    const Command& command = commandOf(call);
    console.command = command.words;
    if (helpWanted) {
        return show(console, "help", helpOf(command));
    }
    return command.run(parseOptions(command, call.options), console);
}

Failure defect(const char* what) {
    Failure failure;
    failure.place = KC_TEXT("CommandLine", "keyconvoy");
    failure.cause = KC_TEXT("CommandLine", "something happened that this program does not expect: %1").with(what);
    failure.remedy = KC_TEXT("CommandLine", "report this as a defect, with the command (without secrets) and this message");
    return failure;
}

ExitCode runCaught(Arguments arguments, Console& console) {
    try {
        console.memory = hardenProcess() ? SecretMemory::Locked : SecretMemory::MaySwap;
        const ExitCode code = runCall(arguments, console);
        finishOutput(console);
        return code;
    } catch (const Error& error) {
        return printFailure(console, error.failure());
    } catch (const std::exception& error) {
        return printFailure(console, defect(error.what()));
    }
}

}  // namespace

ExitCode run(const std::vector<std::string>& arguments, std::ostream& out, std::ostream& err) noexcept {
    try {
        Console console{.out = out,
                        .err = err,
                        .form = holds(arguments, option::json.name) ? OutputForm::Json : OutputForm::Text,
                        .verbosity = holds(arguments, option::quiet.name) ? Verbosity::Quiet : Verbosity::Normal,
                        .memory = SecretMemory::Locked,
                        .command = {}};
        return runCaught(arguments, console);
    } catch (...) {  // not even the message could be made
        return ExitCode::Internal;
    }
}

}  // namespace keyconvoy::cli
