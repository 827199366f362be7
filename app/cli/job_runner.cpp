#include "app/cli/job_runner.h"

#include "app/cli/answers.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/stop_signals.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

Json runToEnd(const ParsedOptions& options, Console& console, const MakeJob& makeJob) {
    Progress progress{console};
    Answers answers{options, console, progress};
    const StopSignals signals;
    app::RunContext context;
    context.observe = [&progress](const app::StepEvent& event) { progress.observe(event); };
    context.progress = [&progress](const Text& text) { progress.note(text); };
    context.stop = signals.token();
    const std::unique_ptr<app::Job> job = makeJob(std::move(context));
    std::optional<app::Question> question = job->advance();
    while (question) {
        const app::Answer answer = answers.answer(*question);
        question = job->advance(&answer);
    }
    return job->result();
}

}  // namespace

ExitCode runJob(const ParsedOptions& options, Console& console, const MakeJob& makeJob, const Presentation& presentation) {
    const Json result = runToEnd(options, console, makeJob);
    const Verdict verdict = presentation.verdict(result);
    printResult(console, result, console.json() ? "" : presentation.account(result), verdict);
    return verdict.exitCode;
}

}  // namespace keyconvoy::cli
