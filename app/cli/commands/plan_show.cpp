#include "app/cli/account.h"
#include "app/cli/commands/commands.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/output.h"
#include "app/cli/requests.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

ExitCode runPlanShow(const ParsedOptions& options, Console& console) {
    const app::PlanReading reading = planFrom(options);
    if (!reading.isSound()) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("CommandLine", "plan %1").with(options.required(option::plan)),
                    KC_TEXT("CommandLine", "it has problems, so what it means cannot be shown"),
                    KC_TEXT("CommandLine", "see them with %1").with(typedAs("keyconvoy plan check"))};
    }
    const Json plan = app::toJson(reading.plan);
    printResult(console, {{"sha256", reading.sha256.hex()}, {"plan", plan}},
                accountOf(plan) + "\nSHA-256: " + reading.sha256.hexGroups() + "\n");
    return ExitCode::Done;
}

}  // namespace

Command planShowCommand() {
    return {.words = "plan show",
            .summary = "what a plan says, with all that it leaves unsaid",
            .description =
                "Prints a plan as it is understood: every choice, those too that it leaves to what is usual. Asks no token and "
                "no KMS.",
            .example = "keyconvoy plan show --plan orders-2027.kcplan.toml",
            .options = Options{&option::plan} + outputOptions(),
            .run = &runPlanShow};
}

}  // namespace keyconvoy::cli
