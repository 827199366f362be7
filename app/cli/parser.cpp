#include "app/cli/parser.h"

#include <algorithm>
#include <array>
#include <CLI/CLI.hpp>  // heavy; nowhere else

namespace keyconvoy::cli {

namespace {

Text wayToHelp(const Command& command) {
    return KC_TEXT("CommandLine", "see: keyconvoy %1 --help").with(command.words);
}

[[noreturn]] void throwUsage(Text place, Text cause, Text remedy) {
    throw Error{ErrorKind::InvalidInput, std::move(place), std::move(cause), std::move(remedy)};
}

Text optionPlace(std::string_view name) {
    return KC_TEXT("CommandLine", "option %1").with(name);
}

/// "--name" of "--name=value".
std::string_view nameOf(std::string_view argument) {
    return argument.substr(0, argument.find('='));
}

const Option* findOption(const Command& command, std::string_view name) {
    const auto row = std::ranges::find(command.options, name, [](const Option* option) { return option->name; });
    return row == command.options.end() ? nullptr : *row;
}

/// Editing distance (Levenshtein), one row at a time.
std::size_t distance(std::string_view left, std::string_view right) {
    std::vector<std::size_t> row(right.size() + 1);
    for (std::size_t j = 0; j < row.size(); ++j) {
        row[j] = j;
    }
    for (std::size_t i = 1; i <= left.size(); ++i) {
        std::size_t diagonal = std::exchange(row[0], i);
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const std::size_t changed = diagonal + (left[i - 1] == right[j - 1] ? 0U : 1U);
            diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
        }
    }
    return row.back();
}

[[noreturn]] void throwUnexpected(const Command& command, std::string_view argument) {
    if (!argument.starts_with('-')) {
        throwUsage(KC_TEXT("CommandLine", "command line"),
                   KC_TEXT("CommandLine", "\"%1\" stands alone and belongs to no option").with(argument), wayToHelp(command));
    }
    std::vector<std::string_view> names;
    for (const Option* option : command.options) {
        names.push_back(option->name);
    }
    const std::string_view name = nameOf(argument);
    const std::string_view meant = nearest(name, names);
    throwUsage(optionPlace(name), KC_TEXT("CommandLine", "the command \"%1\" has no such option").with(command.words),
               meant.empty()
                   ? wayToHelp(command)
                   : KC_TEXT("CommandLine", "did you mean %1? See: keyconvoy %2 --help").with(meant).with(command.words));
}

/// CLI11 takes "--name=" for "the next argument is the value", and "--switch=no" for a switch turned off; neither is wanted.
void checkForm(const Command& command, std::string_view argument) {
    const std::size_t equals = argument.find('=');
    const Option* option =
        argument.starts_with("--") && equals != std::string_view::npos ? findOption(command, nameOf(argument)) : nullptr;
    if (option == nullptr) {
        return;
    }
    if (option->isSwitch()) {
        throwUsage(optionPlace(option->name), KC_TEXT("CommandLine", "it takes no value"), wayToHelp(command));
    }
    if (equals + 1 == argument.size()) {
        throwUsage(optionPlace(option->name), KC_TEXT("CommandLine", "its value is empty"),
                   KC_TEXT("CommandLine", "give a value (%1); a variable of your script may be empty").with(option->valueName));
    }
}

void checkValues(const Command& command, const Option& option, const std::vector<std::string>& values) {
    if (option.occurrence == Occurrence::Once && values.size() > 1) {
        throwUsage(optionPlace(option.name), KC_TEXT("CommandLine", "it was given %1 times").with(values.size()),
                   KC_TEXT("CommandLine", "give it once"));
    }
    for (const std::string& value : values) {
        const bool swallowedNext = findOption(command, nameOf(value)) != nullptr;
        if (value.empty() || (swallowedNext && !option.isSwitch())) {
            throwUsage(optionPlace(option.name), KC_TEXT("CommandLine", "its value is missing"),
                       KC_TEXT("CommandLine", "give it as %1 %2").with(option.name).with(option.valueName));
        }
    }
}

void declare(CLI::App& app, const Option& option) {
    const std::string names = option.name == "--help" ? "-h,--help" : std::string{option.name};
    if (option.isSwitch()) {
        app.add_flag(names)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
        return;
    }
    app.add_option(names, CLI::callback_t{[](const CLI::results_t&) { return true; }})
        ->expected(1)
        ->allow_extra_args(false)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> candidates) {
    std::string_view best;
    std::size_t bestDistance = 4;
    for (const std::string_view candidate : candidates) {
        const std::size_t steps = distance(word, candidate);
        if (steps < bestDistance && steps * 2 < candidate.size()) {
            best = candidate;
            bestDistance = steps;
        }
    }
    return best;
}

void refusePinsIn(std::span<const std::string> arguments) {
    static constexpr std::array<std::string_view, 8> carriers{"--pin",       "--user-pin",  "--so-pin",   "--to-pin",
                                                              "--pin-value", "--login-pin", "--password", "--passphrase"};
    for (const std::string& argument : arguments) {
        const std::string_view name = nameOf(argument);
        if (std::ranges::find(carriers, name) != carriers.end()) {
            throwUsage(
                optionPlace(name),
                KC_TEXT("CommandLine",
                        "a PIN is not taken from the command line: other users of this machine can see it there, and it stays in "
                        "the shell's history"),
                KC_TEXT(
                    "CommandLine",
                    "leave it out to be asked for the PIN, or use --pin-source file:PATH or --pin-source fd:NUMBER; if a real "
                    "PIN stood on this command line, consider changing it"));
        }
    }
}

ParsedOptions parseOptions(const Command& command, std::span<const std::string> arguments) {
    for (const std::string& argument : arguments) {
        checkForm(command, argument);
    }
    CLI::App app;
    app.set_help_flag();
    app.allow_extras();
    for (const Option* option : command.options) {
        declare(app, *option);
    }
    std::vector<std::string> reversed{arguments.rbegin(), arguments.rend()};
    try {
        app.parse(reversed);
    } catch (const CLI::ArgumentMismatch&) {
        const std::string& last = arguments.back();
        throwUsage(optionPlace(nameOf(last)), KC_TEXT("CommandLine", "its value is missing"), wayToHelp(command));
    } catch (const CLI::ParseError& error) {
        throwUsage(KC_TEXT("CommandLine", "command line"), KC_TEXT("CommandLine", "it cannot be read: %1").with(error.what()),
                   wayToHelp(command));
    }
    ParsedOptions parsed;
    for (const Option* option : command.options) {
        const std::vector<std::string>& values = app.get_option(std::string{option->name})->results();
        checkValues(command, *option, values);
        for (const std::string& value : values) {
            parsed.add(option->name, value);
        }
    }
    if (const std::vector<std::string> rest = app.remaining(); !rest.empty()) {
        throwUnexpected(command, rest.front());
    }
    return parsed;
}

}  // namespace keyconvoy::cli
