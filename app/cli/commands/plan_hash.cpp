#include "app/cli/account.h"
#include "app/cli/commands/commands.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/output.h"
#include "app/cli/requests.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

ExitCode runPlanHash(const ParsedOptions& options, Console& console) {
    const Fingerprint sha256 = planFrom(options).sha256;
    const Json result{{"sha256", sha256.hex()}, {"words", sha256.words()}};
    printResult(console, result,
                sha256.hex() + "\n" + sha256.hexGroups() + "\n" + wrapped(sha256.words(), 0, accountWidth) + "\n");
    return ExitCode::Done;
}

}  // namespace

Command planHashCommand() {
    return {.words = "plan hash",
            .summary = "the SHA-256 of a plan, in hex and in words",
            .description =
                "Prints what officers approve: the SHA-256 of the file's octets, which sha256sum prints too, in digits, in "
                "groups for reading aloud, and in words of the PGP word list. A plan with problems has one as well.",
            .example = "keyconvoy plan hash --plan orders-2027.kcplan.toml",
            .options = Options{&option::plan} + outputOptions(),
            .run = &runPlanHash};
}

}  // namespace keyconvoy::cli
