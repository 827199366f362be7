#pragma once

#include "app/ceremony/question.h"
#include "core/clock.h"
#include "core/strict_json.h"

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace keyconvoy::app {

enum class StepPhase : std::uint8_t { Begins, Done, Failed };

/// What the journal and the screen see of each step, before and after.
struct StepEvent {
    StepPhase phase = StepPhase::Begins;
    std::string step;  ///< stable: "token.generate"
    Text title;        ///< "generate the key on the token"
    int number = 0;    ///< from 1
    int count = 0;
    Details details;  ///< what the step found out, at Done and at Failed
};

/// How a job talks back, on the thread that runs it, and where its time comes from.
struct RunContext {
    /// An observer that throws fails the job: what cannot be recorded must not go on.
    std::function<void(const StepEvent&)> observe = [](const StepEvent&) {};
    /// Something that takes a while, for a progress line: "making a throw-away RSA-4096 key".
    std::function<void(const Text&)> progress = [](const Text&) {};
    Clock clock = systemNow;
    std::stop_token stop;  ///< looked at between steps and calls: a Cryptoki call cannot be interrupted

    /// For use between two calls of a long step. Throws Cancelled when a stop was requested.
    void checkNotStopped() const;
};

/// One step of a job. `run` is called until it returns no question; after a question it is called again with the answer. It adds
/// what it found out to `details`.
struct Step {
    std::string id;
    Text title;
    std::function<std::optional<Question>(const Answer* answer, Details& details)> run;
    /// Runs though a stop was requested: what could be stopped is done, and whoever asked for the stop wants the result. Runs too
    /// after the failure of a step before it, where Job::closesAfterFailure() says so.
    bool closing = false;
};

/// A step that asks nothing.
[[nodiscard]] Step makeStep(std::string id, Text title, std::function<void(Details& details)> run);
/// A step after all that could be stopped.
[[nodiscard]] Step makeClosingStep(std::string id, Text title, std::function<void(Details& details)> run);

/// What of a failed job's work is still to be done.
enum class Rest : std::uint8_t {
    Job,      ///< the same job, with what exists
    Repeat,   ///< the very same job, which looks first at what is there and goes on behind it
    Check,    ///< the check after the import alone
    Nothing,  ///< all that was to be made is made
};

/// What exists though a job failed, and with what it is taken up: the same job begun anew would be refused or make it twice.
struct LeftBehind {
    Text what;                               ///< "the token key exists now and can be used with --key '…'"
    std::optional<std::string> tokenKeyUri;  ///< of a key that this run generated
    std::optional<std::string> kmsKeyArn;    ///< of the KMS key that this run created or imported into
    bool kmsKeyMayExist = false;             ///< one may have been created, but nobody was told its ARN
    Rest rest = Rest::Job;
};

/// Runs steps one after the other; the one engine under every command and page.
class Job {
public:
    virtual ~Job() = default;
    Job(const Job&) = delete;
    Job& operator=(const Job&) = delete;

    /// Runs until a person is needed and returns the question, or to the end and returns nothing. Throws Error when a step fails
    /// (the observer has seen it; a failed job cannot be advanced again) and Error(Cancelled) when a question was answered with
    /// no or a stop was requested. An answer to anything but the open question is InvalidInput; the question then stays open.
    [[nodiscard]] std::optional<Question> advance(const Answer* answer = nullptr);

    /// The failure with what exists by now and what must be accounted for. advance() adds it to what it throws; for a caller that
    /// gives the job up while a question is open.
    [[nodiscard]] Failure accounted(Failure failure) const;

    /// The result as `--json` and records carry it; valid after the end.
    [[nodiscard]] virtual Json result() const = 0;

    /// What a failed job left; its text is part of the failure's remedy already.
    [[nodiscard]] virtual std::optional<LeftBehind> leftBehind() const { return std::nullopt; }
    /// What else of a failed job must be accounted for: throw-away keys in the HSM's audit log. Part of the failure's details
    /// already.
    [[nodiscard]] virtual std::vector<FailureDetail> accountOfFailure() const { return {}; }

protected:
    explicit Job(RunContext context);
    /// Whether the closing steps still run when a step before them has failed: what the job is for was done by then.
    [[nodiscard]] virtual bool closesAfterFailure() const { return false; }
    void setSteps(std::vector<Step> steps);
    /// More steps, for what is known only once a step has looked: before the first later step of this ID, behind all for "". To
    /// be called by a step, and done when that step is.
    void addSteps(std::string before, std::vector<Step> steps);
    [[nodiscard]] const RunContext& context() const noexcept { return m_context; }

private:
    struct OpenQuestion {
        std::string id;
        QuestionKind kind;
        Text title;
    };
    struct AddedSteps {
        std::string before;
        std::vector<Step> steps;
    };

    void checkAnswer(const Answer* answer) const;
    [[nodiscard]] std::optional<Question> runSteps(const Answer* answer);
    [[nodiscard]] std::optional<Question> runCurrentStep(const Answer* answer);
    void insertAddedSteps();
    void observe(StepPhase phase);
    void fail() noexcept;
    void sayFailed() noexcept;
    void closeAfterFailure() noexcept;

    RunContext m_context;
    std::vector<Step> m_steps;
    std::vector<AddedSteps> m_added;  ///< by the step that runs
    std::size_t m_current = 0;
    std::optional<OpenQuestion> m_openQuestion;
    Details m_details;
    bool m_began = false;
    bool m_failed = false;
};

}  // namespace keyconvoy::app
