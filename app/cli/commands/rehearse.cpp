#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/rehearsal/rehearsal.h"
#include "core/name_table.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

Verdict verdictOnRehearsal(const Json& result) {
    if (result.value("ok", true)) {
        return {};
    }
    std::string failed;
    for (const Json& key : result.value("keys", Json::array())) {
        if (key.value("outcome", "") == "failed") {
            failed += (failed.empty() ? "" : "; ") + key.value("keySpec", "") + " on " + key.value("token", "") + ": " +
                      key.value("reason", "");
        }
    }
    return {.exitCode = ExitCode::PartFailed,
            .failure = Error{ErrorKind::Integrity, KC_TEXT("CommandLine", "rehearsal"),
                             KC_TEXT("CommandLine", "not everything went as it must. %1").with(failed),
                             KC_TEXT("CommandLine", "look into the result file %1").with(result.value("resultFile", ""))}
                           .failure()};
}

Text clearUp() {
    return KC_TEXT(
        "CommandLine",
        "nothing of yours was touched; remove the folder keyconvoy-rehearsal-… that was named above (it is where TMPDIR "
        "says, or in /tmp)");
}

constexpr NameTable<app::Scenario, 3> scenarioNames{{
    {app::Scenario::MainJob, "import"},
    {app::Scenario::Life, "life"},
    {app::Scenario::Restore, "restore"},
}};
static_assert(hasNoRepeats(scenarioNames));

app::Scenario scenarioFrom(const ParsedOptions& options) {
    const std::string text = options.value(option::scenario).value_or("import");
    const auto scenario = valueNamed(scenarioNames, text);
    if (!scenario) {
        throwBadOption(option::scenario, KC_TEXT("CommandLine", "\"%1\" is none of its values").with(text),
                       KC_TEXT("CommandLine", "give one of %1").with("import, life, restore"));
    }
    return *scenario;
}

ExitCode runRehearse(const ParsedOptions& options, Console& console) {
    app::RehearsalRequest request;
    request.scenario = scenarioFrom(options);
    request.simulator = options.value(option::simulator).value_or("");
    if (const auto file = options.value(option::resultFile)) {
        request.resultFile = *file;
    }
    const bool mainJob = request.scenario == app::Scenario::MainJob;
    return runJob(options, console, &app::makeRehearsalJob, std::move(request),
                  {.verdict = &verdictOnRehearsal,
                   .account = mainJob ? &accountOfRehearsal : &accountOfStory,
                   .remedyWhenKilled = &clearUp});
}

}  // namespace

Command rehearseCommand() {
    return {
        .words = "rehearse",
        .summary = "watch the main job on this machine, with software tokens and a simulator",
        .description =
            "Makes fresh SoftHSM and NSS tokens in a temporary folder, starts the KMS simulator on this machine, and "
            "generates, wraps, imports and checks keys of several kinds; one import must be refused, and why is shown. "
            "Asks nothing and touches no token, account or file of yours; only the result is left. A token that is not "
            "installed is left out and named. With --scenario the life of imported material after its first import is played, or "
            "the restoring from a backup token, each told line by line.",
        .example = "keyconvoy rehearse --result rehearsal.json",
        .options = Options{&option::scenario, &option::resultFile, &option::simulator} + outputOptions(),
        .run = &runRehearse};
}

}  // namespace keyconvoy::cli
