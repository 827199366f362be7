#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/output.h"
#include "app/cli/requests.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

Verdict verdictOn(const app::PlanReading& reading, const std::string& file) {
    if (reading.isSound()) {
        return {};
    }
    Verdict verdict{.exitCode = ExitCode::InvalidInput, .failure = {}};
    verdict.failure.kind = ErrorKind::InvalidInput;
    verdict.failure.place = KC_TEXT("CommandLine", "plan %1").with(file);
    verdict.failure.cause = KC_TEXT("CommandLine", "it cannot be carried out as it stands");
    verdict.failure.remedy = KC_TEXT("CommandLine", "correct each problem, at its line");
    return verdict;
}

ExitCode runPlanCheck(const ParsedOptions& options, Console& console) {
    const std::string file = options.required(option::plan);
    const app::PlanReading reading = planFrom(options);
    const Json result{
        {"sha256", reading.sha256.hex()}, {"sound", reading.isSound()}, {"findings", app::toJson(reading.findings)}};
    const Verdict verdict = verdictOn(reading, file);
    printResult(console, result, accountOfPlanFindings(result, file), verdict);
    return verdict.exitCode;
}

}  // namespace

Command planCheckCommand() {
    return {
        .words = "plan check",
        .summary = "everything that is wrong with a plan, at its line",
        .description =
            "Reads a plan and says everything that is to be said of it: what is missing or misspelt, what KMS does not take, a "
            "quorum that cannot be met, an end that is too near or too far away should the day slip by two weeks, material "
            "without a second copy. Asks no token and no KMS. Ends with 2 where the plan cannot be carried out.",
        .example = "keyconvoy plan check --plan orders-2027.kcplan.toml",
        .options = Options{&option::plan} + outputOptions(),
        .run = &runPlanCheck};
}

}  // namespace keyconvoy::cli
