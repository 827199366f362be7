#include "app/cli/job_runner.h"

#include "app/cli/answers.h"
#include "app/cli/go_on.h"
#include "app/cli/output.h"
#include "app/cli/progress.h"
#include "app/cli/stop_signals.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

/// The failure with the command that goes on from what the job left.
Error withCommand(const Error& error, const std::optional<std::string>& command) {
    Failure failure = error.failure();
    if (command) {
        failure.remedy = KC_TEXT("CommandLine", "%1. Go on with: %2").with(failure.remedy).with(*command);
    }
    return Error{std::move(failure)};
}

/// A question that nobody can answer ends the job as much as a failed step does.
app::Answer answerOf(const app::Question& question, Answers& answers, const app::Job& job) {
    try {
        return answers.answer(question);
    } catch (const Error& error) {
        throw Error{job.accounted(error.failure())};
    }
}

Json finish(app::Job& job, Answers& answers) {
    std::optional<app::Question> question = job.advance();
    while (question) {
        const app::Answer answer = answerOf(*question, answers, job);
        question = job.advance(&answer);
    }
    return job.result();
}

Json runToEnd(const ParsedOptions& options, Console& console, const MakeJob& makeJob, const Text& remedyWhenKilled) {
    Progress progress{console};
    Answers answers{options, console, progress};
    const StopSignals signals{endedAtOnce(console, remedyWhenKilled)};
    app::RunContext context;
    context.observe = [&progress](const app::StepEvent& event) { progress.observe(event); };
    context.progress = [&progress](const Text& text) { progress.note(text); };
    context.stop = signals.token();
    const std::unique_ptr<app::Job> job = makeJob(std::move(context));
    try {
        return finish(*job, answers);
    } catch (const Error& error) {
        const std::optional<app::LeftBehind> left = job->leftBehind();
        throw withCommand(error, left ? goOnCommand(console.command, options, *left) : std::nullopt);
    }
}

}  // namespace

Text lookAtEverything() {
    return KC_TEXT(
        "CommandLine",
        "what was under way may have been done or half done: look at the token (keyconvoy key list), at KMS and at the output "
        "folder before anything is repeated");
}

Verdict verdictOnUnread(const Json& result) {
    const Json& unread = result.at("unread");
    if (unread.empty()) {
        return {};
    }
    const Json& first = unread.front();
    return {.exitCode = ExitCode::PartFailed,
            .failure = Error{ErrorKind::Unavailable, verbatim(first.at("where").get<std::string>()),
                             KC_TEXT("CommandLine", "it could not be read (%1 such in all): %2")
                                 .with(std::to_string(unread.size()))
                                 .with(first.at("error").value("cause", "")),
                             verbatim(first.at("error").value("remedy", ""))}
                           .failure()};
}

ExitCode runJob(const ParsedOptions& options, Console& console, const MakeJob& makeJob, const Presentation& presentation) {
    const Json result = runToEnd(options, console, makeJob, presentation.remedyWhenKilled());
    const Verdict verdict = presentation.verdict(result);
    printResult(console, result, console.json() ? "" : presentation.account(result), verdict);
    return verdict.exitCode;
}

}  // namespace keyconvoy::cli
