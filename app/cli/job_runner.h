#pragma once

#include "app/ceremony/job.h"
#include "app/cli/accounts/accounts.h"
#include "app/cli/command.h"
#include "app/cli/output.h"

#include <functional>
#include <memory>

namespace keyconvoy::cli {

using MakeJob = std::function<std::unique_ptr<app::Job>(app::RunContext)>;

/// What to look at after a process that ended in the midst of a call.
[[nodiscard]] Text lookAtEverything();

/// How a command presents what its job found out; what is left out is the usual.
struct Presentation {
    Verdict (*verdict)(const Json& result) = [](const Json&) { return Verdict{}; };
    std::string (*account)(const Json& result) = &accountInBrief;
    Text (*remedyWhenKilled)() = &lookAtEverything;
};

/// PartFailed where a result lists something in "unread", with the first of it as the failure.
[[nodiscard]] Verdict verdictOnUnread(const Json& result);

/// Runs a job to its end: steps and progress on stderr, questions answered from the options or at the terminal, signals turned
/// into a stop; then prints the result.
ExitCode runJob(const ParsedOptions& options, Console& console, const MakeJob& makeJob, const Presentation& presentation = {});

/// The same for a job that `make` makes of one request.
template <class JobType, class Request>
ExitCode runJob(const ParsedOptions& options, Console& console, std::unique_ptr<JobType> (*make)(Request, app::RunContext),
                Request request, const Presentation& presentation = {}) {
    const MakeJob makeJob = [make, &request](app::RunContext context) { return make(std::move(request), std::move(context)); };
    return runJob(options, console, makeJob, presentation);
}

}  // namespace keyconvoy::cli
