#include "app/cli/mfa_prompt.h"

#include "app/cli/printable.h"
#include "app/cli/terminal.h"
#include "core/text.h"
#include "kmsclient/environment.h"

namespace keyconvoy::cli {

std::string askMfaCodeAtTerminal(const kms::MfaDevice& device) {
    std::optional<Terminal> terminal = Terminal::open();
    if (!terminal) {
        throw Error{
            ErrorKind::Refused,
            KC_TEXT("CommandLine", "code of the MFA device %1 for the AWS profile %2").with(device.serial).with(device.profile),
            KC_TEXT("CommandLine", "there is no terminal to ask at"),
            KC_TEXT("CommandLine",
                    "start the command at a terminal, or give it the session that a terminal has signed in for: %1, and that "
                    "profile's credentials in the environment")
                .with(shellCommand("aws configure export-credentials --profile %1 --format env").with(device.profile))};
    }
    // The line of a step may be open, hence the line feed.
    const std::string question = "Code of the MFA device " + device.serial + " for the AWS profile " + device.profile;
    const SecretBytes code = terminal->askSecret("\n" + printable(question) + " (six digits, not shown): ");
    return std::string{kms::trimmed(asText(code.view()))};
}

}  // namespace keyconvoy::cli
