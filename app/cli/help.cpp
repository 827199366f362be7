#include "app/cli/help.h"

#include "app/cli/account.h"

#include <array>

namespace keyconvoy::cli {

namespace {

constexpr std::size_t lineWidth = 100;
constexpr std::size_t optionColumn = 34;
constexpr std::size_t commandColumn = 18;

constexpr std::string_view introduction =
    "keyconvoy carries key material from a PKCS#11 token (a hardware security module) into AWS KMS: the key comes into being "
    "inside the token, is "
    "wrapped there, imported with ImportKeyMaterial and checked. The material never leaves the token in the clear.";

constexpr std::string_view surroundings = R"(Where a PIN comes from
  A prompt at the terminal, the token's own PIN pad, --pin-source file:PATH or --pin-source fd:NUMBER.
  Never an argument and never an environment variable. A PIN is tried once and never again unasked.

Environment
  AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION,
  AWS_CONFIG_FILE, AWS_SHARED_CREDENTIALS_FILE, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_KMS, AWS_ENDPOINT_URL_STS,
  AWS_CA_BUNDLE, AWS_USE_FIPS_ENDPOINT, AWS_USE_DUALSTACK_ENDPOINT, HTTPS_PROXY, NO_PROXY
                    as the AWS CLI reads them; options come first
  XDG_STATE_HOME    where qualification results and backup records are kept (else ~/.local/state)
  TMPDIR            where a rehearsal makes its tokens

Exit codes
  0 done, and checked where asked     5 unavailable (token, network, KMS, disk)
  1 a defect of this program          6 integrity or check failed
  2 wrong usage or invalid input      7 cancelled
  3 not found                         8 part of a batch failed
  4 refused by a rule

With --json stdout holds one object: {schema, ok, result}, or {schema, ok, error} where the exit code is not 0. doctor,
token qualify and rehearse give both when they came to their end and the answer is no.
)";

struct Group {
    OptionGroup group;
    std::string_view title;
};
constexpr std::array<Group, 6> groups{{{OptionGroup::Command, "Options of this command"},
                                       {OptionGroup::Kms, "KMS"},
                                       {OptionGroup::Wrapping, "Wrapping"},
                                       {OptionGroup::Token, "Token"},
                                       {OptionGroup::BackupToken, "Backup token"},
                                       {OptionGroup::Output, "Output and questions"}}};

std::string paddedTo(std::string text, std::size_t column) {
    if (text.size() + 1 > column) {
        return text + "\n" + std::string(column, ' ');
    }
    text.resize(column, ' ');
    return text;
}

std::string describeOption(const Option& option) {
    std::string head = "  " + std::string{option.name};
    if (!option.isSwitch()) {
        head += " " + std::string{option.valueName};
    }
    return paddedTo(std::move(head), optionColumn) + wrapped(option.help, optionColumn, lineWidth) + "\n";
}

std::string describeGroup(const Command& command, const Group& group) {
    std::string lines;
    for (const Option* option : command.options) {
        if (option->group == group.group) {
            lines += describeOption(*option);
        }
    }
    return lines.empty() ? lines : "\n" + std::string{group.title} + "\n" + lines;
}

/// Paragraphs are wrapped one by one.
std::string paragraphs(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        result += wrapped(text.substr(0, end), 0, lineWidth) + "\n";
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
    return result;
}

std::string indentedLines(std::string_view text) {
    std::string result = "  ";
    for (const char character : text) {
        result += character;
        result += character == '\n' ? "  " : "";
    }
    return result;
}

}  // namespace

std::string versionLine() {
    return "keyconvoy " KEYCONVOY_VERSION;
}

std::string generalHelp() {
    std::string text = versionLine() + "\n\n" + wrapped(introduction, 0, lineWidth) + "\n\nCommands\n";
    for (const Command& command : allCommands()) {
        text += paddedTo("  " + std::string{command.words}, commandColumn) + wrapped(command.summary, commandColumn, lineWidth) +
                "\n";
    }
    text += "\n  keyconvoy COMMAND --help shows a command's options and an example.\n\n";
    return text + std::string{surroundings} + "\nExample\n  keyconvoy rehearse\n";
}

std::string helpOf(const Command& command) {
    std::string text = "keyconvoy " + std::string{command.words} + ": " + std::string{command.summary} + "\n\n" +
                       paragraphs(command.description);
    for (const Group& group : groups) {
        text += describeGroup(command, group);
    }
    return text + "\nExample\n" + indentedLines(command.example) + "\n";
}

}  // namespace keyconvoy::cli
