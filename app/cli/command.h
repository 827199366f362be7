#pragma once

#include "app/cli/console.h"
#include "app/cli/exit_code.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyconvoy::cli {

enum class Occurrence : std::uint8_t { Once, Repeatable };
enum class OptionGroup : std::uint8_t { Command, Token, BackupToken, Kms, Wrapping, Output };

/// One option of the command line. Options are constants (option_table.h), so that a command cannot ask for one that it
/// misspells.
struct Option {
    std::string_view name;       ///< "--module"
    std::string_view valueName;  ///< "FILE"; empty for a switch
    OptionGroup group = OptionGroup::Command;
    std::string_view help;
    Occurrence occurrence = Occurrence::Once;

    [[nodiscard]] constexpr bool isSwitch() const { return valueName.empty(); }
};

/// The options of one call, as texts; a command turns them into its request.
class ParsedOptions {
public:
    void add(std::string_view name, std::string value) { m_values[std::string{name}].push_back(std::move(value)); }

    [[nodiscard]] bool given(const Option& option) const;
    [[nodiscard]] std::optional<std::string> value(const Option& option) const;
    [[nodiscard]] std::vector<std::string> values(const Option& option) const;
    /// Throws InvalidInput when the option was not given; its help says what it is for.
    void checkGiven(const Option& option) const;
    [[nodiscard]] std::string required(const Option& option) const;

private:
    std::map<std::string, std::vector<std::string>, std::less<>> m_values;
};

/// One command: what help says about it, its options, and what it does.
struct Command {
    std::string_view words;        ///< "token list"
    std::string_view summary;      ///< one line
    std::string_view description;  ///< what it does and what it leaves alone
    std::string_view example;
    std::vector<const Option*> options;
    ExitCode (*run)(const ParsedOptions& options, Console& console) = nullptr;
};

/// Every command, in the order in which help lists them.
[[nodiscard]] const std::vector<Command>& allCommands();
/// The command with these words; null when there is none.
[[nodiscard]] const Command* findCommand(std::string_view words);

}  // namespace keyconvoy::cli
