#include "app/cli/account.h"
#include "app/cli/commands/commands.h"
#include "app/cli/option_sets.h"
#include "app/cli/output.h"
#include "app/cli/requests.h"
#include "app/station/to_json.h"
#include "app/station/token_jobs.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

std::string pinStates(const pkcs11::TokenDescription& token) {
    return "user " + toEnglish(app::inWords(token.userPin)) + ", security officer " + toEnglish(app::inWords(token.officerPin));
}

/// What tells tokens apart, and what to type for each; the rest is in token show.
Json brief(const pkcs11::TokenDescription& token) {
    Json row;
    if (!token.initialised) {
        row["label"] = "(none: not initialised)";
        row["slot"] = token.slotDescription;
        return row;
    }
    row["label"] = token.label;
    row["serial"] = token.serial.str();
    row["model"] = token.manufacturer + ", " + token.model;
    row["firmwareVersion"] = token.firmwareVersion;
    row["token"] = token.software ? "software (its keys are files or memory of this user)" : "not known as a software token";
    row["pin"] = pinStates(token) + (token.pinPad ? ", entered at the token's own pad" : "");
    row["uri"] = token.uri;
    return row;
}

std::string accountOfList(const app::TokenList& list) {
    Json module{
        {"module", list.module.path},
        {"description", list.module.description + ", " + list.module.manufacturer + ", version " + list.module.libraryVersion}};
    std::string text = accountOf(module) + "\n";
    if (list.tokens.empty()) {
        return text + "no tokens: the module works, but no slot holds one (not plugged in, or its configuration names none)\n";
    }
    Json tokens = Json::array();
    for (const pkcs11::TokenDescription& token : list.tokens) {
        tokens.push_back(brief(token));
    }
    return text + accountOf(Json{{"tokens", tokens}});
}

ExitCode runTokenList(const ParsedOptions& options, Console& console) {
    const app::TokenList list = app::listTokens(moduleFrom(options));
    printResult(console, app::toJson(list), accountOfList(list));
    return ExitCode::Done;
}

}  // namespace

Command tokenListCommand() {
    return {.words = "token list",
            .summary = "the tokens that a module offers",
            .description =
                "Loads a PKCS#11 module and lists its tokens: label, serial number, model, firmware, the state of the PINs. "
                "Needs no PIN and changes nothing.",
            .example = "keyconvoy token list --module /usr/lib/softhsm/libsofthsm2.so",
            .options = moduleOptions() + outputOptions(),
            .run = &runTokenList};
}

}  // namespace keyconvoy::cli
