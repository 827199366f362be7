#include "app/cli/account.h"
#include "app/cli/commands/commands.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/output.h"
#include "app/cli/requests.h"
#include "app/station/token_jobs.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

std::string mechanismLine(const Json& mechanism) {
    std::string line = mechanism["name"].get<std::string>();
    line.resize(std::max<std::size_t>(line.size() + 1, 34), ' ');
    const auto smallest = mechanism["minKeySize"].get<std::uint64_t>();
    const auto largest = mechanism["maxKeySize"].get<std::uint64_t>();
    std::string sizes = smallest == 0 && largest == 0 ? "" : std::to_string(smallest) + "-" + std::to_string(largest);
    sizes.resize(std::max<std::size_t>(sizes.size() + 1, 12), ' ');
    std::string abilities;
    for (const Json& ability : mechanism["abilities"]) {
        abilities += (abilities.empty() ? "" : ", ") + ability.get<std::string>();
    }
    return "  " + line + sizes + wrapped(abilities, 48, 110) + "\n";
}

/// The general account, but one line for each of the many mechanisms.
std::string account(Json result) {
    const Json mechanisms = result["mechanisms"];
    const std::string note = result["mechanismsNote"].get<std::string>();
    result.erase("mechanisms");
    result.erase("mechanismsNote");
    std::string text = accountOf(result) + "\nmechanisms (name, key sizes, abilities)\n";
    for (const Json& mechanism : mechanisms) {
        text += mechanismLine(mechanism);
    }
    return text + "  " + wrapped(note, 2, 110) + "\n";
}

ExitCode runTokenShow(const ParsedOptions& options, Console& console) {
    const Json result = app::toJson(app::showToken(tokenStationFrom(options)));
    printResult(console, result, account(result));
    return ExitCode::Done;
}

}  // namespace

Command tokenShowCommand() {
    return {.words = "token show",
            .summary = "one token with its mechanisms",
            .description =
                "Shows what one token says about itself: flags, PIN states, versions, and the mechanisms it lists with their "
                "key sizes. Needs no PIN and changes nothing. What a token lists is not what it can do: token qualify finds "
                "that out.",
            .example = "keyconvoy token show --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\"",
            .options = moduleOptions() + Options{&option::token} + outputOptions(),
            .run = &runTokenShow};
}

}  // namespace keyconvoy::cli
