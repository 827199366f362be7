#include "app/cli/go_on.h"

#include "app/cli/option_table.h"
#include "app/handover/aws_command.h"

namespace keyconvoy::cli {

namespace {

/// What an option has in the new command: what exists now where it names that, nothing where it asks for what exists already.
std::vector<std::string> valuesFor(const Option& option, const ParsedOptions& options, const app::LeftBehind& left) {
    const bool ofNewTokenKey = option.name == option::label.name;
    const bool ofNewKmsKey = option.name == option::description.name || option.name == option::keyUsage.name;
    if ((ofNewTokenKey && left.tokenKeyUri) || (ofNewKmsKey && left.kmsKeyArn)) {
        return {};
    }
    if (option.name == option::key.name && left.tokenKeyUri) {
        return {*left.tokenKeyUri};
    }
    if (option.name == option::keyId.name && left.kmsKeyArn) {
        return {*left.kmsKeyArn};
    }
    return options.values(option);
}

}  // namespace

std::optional<std::string> goOnCommand(std::string_view command, const ParsedOptions& options, const app::LeftBehind& left) {
    if (left.rest == app::Rest::Nothing || (!left.tokenKeyUri && !left.kmsKeyArn)) {
        return std::nullopt;
    }
    const Command* next = findCommand(left.rest == app::Rest::Check ? "check" : command);
    if (next == nullptr) {
        return std::nullopt;
    }
    std::string line = "keyconvoy " + std::string{next->words};
    for (const Option* option : next->options) {
        for (const std::string& value : valuesFor(*option, options, left)) {
            line += " " + std::string{option->name} + (option->isSwitch() ? "" : " " + app::shellQuoted(value));
        }
    }
    return line;
}

}  // namespace keyconvoy::cli
