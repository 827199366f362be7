#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/station/token_jobs.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

std::string combinationIn(const Json& row) {
    return row.value("keySpec", "") + " by " + row.value("wrappingAlgorithm", "") + " under " + row.value("wrappingKeySpec", "");
}

/// A token that can do none of what was asked is refused by rule; one that can do a part is a batch that failed in part.
Verdict verdictOnQualification(const Json& result) {
    std::uint64_t qualified = 0;
    std::string reasons;
    const Json rows = result.value("results", Json::array());
    for (const Json& row : rows) {
        if (row.value("qualified", false)) {
            ++qualified;
        } else {
            reasons += (reasons.empty() ? "" : "; ") + combinationIn(row) + ": " + row.value("reason", "");
        }
    }
    if (qualified == rows.size()) {
        return {};
    }
    return {.exitCode = qualified == 0 ? ExitCode::Refused : ExitCode::PartFailed,
            .failure = Error{ErrorKind::Refused, KC_TEXT("CommandLine", "what the token can wrap"),
                             KC_TEXT("CommandLine", "%1 of %2 combinations qualified. %3")
                                 .with(qualified)
                                 .with(std::uint64_t{rows.size()})
                                 .with(reasons),
                             KC_TEXT("CommandLine",
                                     "use a combination that qualifies (another --wrapping-algorithm, or one with SHA-1 and a "
                                     "reason), or another token")}
                           .failure()};
}

ExitCode runTokenQualify(const ParsedOptions& options, Console& console) {
    app::QualifyRequest request;
    request.combinations = combinationsFrom(options);
    request.token = tokenStationFrom(options);
    request.again = options.given(option::again);
    return runJob(options, console, &app::makeQualifyJob, std::move(request),
                  {.verdict = &verdictOnQualification, .account = &accountOfQualification});
}

}  // namespace

Command tokenQualifyCommand() {
    return {.words = "token qualify",
            .summary = "find out by trying what a token can wrap",
            .description =
                "For each combination asked for, a throw-away key is generated on the token, wrapped exactly as an import "
                "would wrap it under an RSA key made here, opened again and compared; then it is destroyed. The throw-away "
                "keys are named first and confirmed. No key that is kept is ever touched. The result is kept under "
                "$XDG_STATE_HOME/keyconvoy and reused while module, serial number, model and firmware are unchanged.\n"
                "Exit code 4: the token can do none of it; 8: only a part.",
            .example =
                "keyconvoy token qualify --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\" \\\n"
                "    --key-spec SYMMETRIC_DEFAULT --key-spec RSA_2048",
            .options = Options{&option::keySpecs, &option::wrappingAlgorithms, &option::wrappingKeySpecs, &option::again} +
                       logInOptions() + questionOptions(),
            .run = &runTokenQualify};
}

}  // namespace keyconvoy::cli
