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

/// A token that can do none of what was asked is refused by rule; one that can do a part is a batch that failed in part.
ExitCode exitCodeOf(const Json& result) {
    std::size_t qualified = 0;
    std::size_t rows = 0;
    for (const Json& row : result.value("results", Json::array())) {
        ++rows;
        qualified += row.value("qualified", false) ? 1U : 0U;
    }
    return qualified == rows ? ExitCode::Done : qualified == 0 ? ExitCode::Refused : ExitCode::PartFailed;
}

ExitCode run(const ParsedOptions& options, Console& console) {
    app::QualifyRequest request;
    request.combinations = combinationsFrom(options);
    request.token = tokenStationFrom(options);
    request.again = options.given(option::again);
    return runJob(options, console, &app::makeQualifyJob, std::move(request),
                  {.exitCode = &exitCodeOf, .account = &accountOfQualification});
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
            .run = &run};
}

}  // namespace keyconvoy::cli
