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

ExitCode exitCodeOf(const Json& result) {
    return result.value("ok", true) ? ExitCode::Done : ExitCode::Integrity;
}

/// The token when one is named; KMS when an option names it, or when nothing else is to be looked at.
ExitCode run(const ParsedOptions& options, Console& console) {
    app::DoctorRequest request;
    if (namesModule(options) || options.given(option::token)) {
        request.token = tokenStationFrom(options);
    }
    if (namesKms(options) || !request.token) {
        request.kms = kmsStationFrom(options);
    }
    request.logIn = options.given(option::logIn);
    return runJob(options, console, &app::makeDoctorJob, std::move(request),
                  {.exitCode = &exitCodeOf, .account = &accountOfDoctor});
}

}  // namespace

Command doctorCommand() {
    return {.words = "doctor",
            .summary = "look whether module, token, KMS and clock are ready",
            .description =
                "Loads the module, looks at the token and its mechanisms, reaches KMS (GetCallerIdentity), compares clocks, "
                "and says what would be in the way of an import. Creates nothing, and logs in only with --login.\n"
                "The token is looked at when --module names one; KMS when an option names it, with --kms, or when no token "
                "is named. Exit code 6: something is in the way.",
            .example = "keyconvoy doctor --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\" --region eu-central-1",
            .options = Options{&option::logIn, &option::kms} + kmsOptions() + logInOptions() + outputOptions(),
            .run = &run};
}

}  // namespace keyconvoy::cli
