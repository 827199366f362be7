#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/station/token_jobs.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

/// The first problem stands for all; the others are in the result.
Verdict verdictOnStation(const Json& result) {
    const Json findings = result.value("findings", Json::array());
    const auto isProblem = [](const Json& finding) { return finding.value("level", "") == "problem"; };
    const auto first = std::ranges::find_if(findings, isProblem);
    if (first == findings.end()) {
        return {};
    }
    const auto others = static_cast<std::uint64_t>(std::ranges::count_if(findings, isProblem) - 1);
    const std::string what = first->value("what", "");
    const Text cause =
        others == 0 ? verbatim(what) : KC_TEXT("CommandLine", "%1 (and %2 more in the way)").with(what).with(others);
    return {.exitCode = ExitCode::Integrity,
            .failure = Error{ErrorKind::Integrity, KC_TEXT("CommandLine", "what an import needs"), cause,
                             verbatim(first->value("remedy", ""))}
                           .failure()};
}

/// The token when one is named; KMS when an option names it, or when nothing else is to be looked at.
ExitCode runDoctor(const ParsedOptions& options, Console& console) {
    app::DoctorRequest request;
    if (namesModule(options) || options.given(option::token)) {
        request.token = tokenStationFrom(options);
    }
    if (namesKms(options) || !request.token) {
        request.kms = kmsStationFrom(options);
    }
    request.logIn = options.given(option::logIn);
    return runJob(options, console, &app::makeDoctorJob, std::move(request),
                  {.verdict = &verdictOnStation, .account = &accountOfDoctor});
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
            .run = &runDoctor};
}

}  // namespace keyconvoy::cli
