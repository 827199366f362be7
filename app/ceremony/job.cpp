#include "app/ceremony/job.h"

#include "core/text.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace keyconvoy::app {

namespace {

Error cancelled(Text cause) {
    return Error{ErrorKind::Cancelled, KC_TEXT("Job", "this job"), std::move(cause), {}};  // the remedy depends on what is left
}

Error wrongAnswer(Text cause) {
    return Error{ErrorKind::InvalidInput, KC_TEXT("Job", "this job"), std::move(cause),
                 KC_TEXT("Job", "answer the question that was asked last")};
}

/// Secrets are checked by the step that asked for them; everything else is a yes or a no.
bool isYesOrNo(QuestionKind kind) {
    return kind != QuestionKind::UserPin && kind != QuestionKind::SecurityOfficerPin;
}

Text noteOf(const LeftBehind& left) {
    switch (left.rest) {
        case Rest::Job:
            return KC_TEXT("Job", "What this run left: %1. %2 would not take this up")
                .with(left.what)
                .with(typedAs("The same command again"));
        case Rest::Repeat:
            return KC_TEXT("Job", "What this run left: %1. %2 looks at that first and goes on behind it")
                .with(left.what)
                .with(typedAs("The same command again"));
        case Rest::Check:
            return KC_TEXT("Job", "What this run left: %1. So do not import again: %2")
                .with(left.what)
                .with(typedAs("only the check is left"));
        case Rest::Nothing: return KC_TEXT("Job", "What this run left: %1. Nothing of it is to be made again").with(left.what);
    }
    return {};
}

/// What a remedy says of beginning anew ("repeat the command") no longer holds once something exists; so this comes last.
Failure withNote(Failure failure, const LeftBehind& left) {
    Text note = noteOf(left);
    failure.remedy =
        failure.remedy.empty() ? std::move(note) : KC_TEXT("Job", "%1. %2").with(failure.remedy).with(std::move(note));
    return failure;
}

}  // namespace

void RunContext::checkNotStopped() const {
    if (stop.stop_requested()) {
        throw cancelled(KC_TEXT("Job", "it was asked to stop"));
    }
}

Step makeStep(std::string id, Text title, std::function<void(Details& details)> run) {
    return Step{std::move(id), std::move(title), [run = std::move(run)](const Answer*, Details& details) {
                    run(details);
                    return std::optional<Question>{};
                }};
}

Step makeClosingStep(std::string id, Text title, std::function<void(Details& details)> run) {
    Step step = makeStep(std::move(id), std::move(title), std::move(run));
    step.closing = true;
    return step;
}

Job::Job(RunContext context) : m_context{std::move(context)} {
}

void Job::setSteps(std::vector<Step> steps) {
    m_steps = std::move(steps);
}

std::optional<Question> Job::advance(const Answer* answer) {
    if (m_failed) {
        throw Error{ErrorKind::Refused, KC_TEXT("Job", "this job"), KC_TEXT("Job", "it has failed and cannot go on"),
                    KC_TEXT("Job", "start a new one")};
    }
    checkAnswer(answer);
    try {
        return runSteps(answer);
    } catch (const Error& error) {
        fail();
        throw Error{accounted(error.failure())};
    } catch (...) {
        fail();
        throw;
    }
}

Failure Job::accounted(Failure failure) const {
    if (const std::optional<LeftBehind> left = leftBehind()) {
        failure = withNote(std::move(failure), *left);
    } else if (failure.kind == ErrorKind::Cancelled && failure.remedy.empty()) {
        failure.remedy = KC_TEXT("Job", "start it again when you are ready");
    }
    const std::vector<FailureDetail> account = accountOfFailure();
    failure.details.insert(failure.details.end(), account.begin(), account.end());
    return failure;
}

void Job::checkAnswer(const Answer* answer) const {
    if (answer == nullptr && m_openQuestion) {
        throw wrongAnswer(KC_TEXT("Job", "it waits for an answer about this: %1").with(m_openQuestion->title));
    }
    if (answer != nullptr && !m_openQuestion) {
        throw wrongAnswer(KC_TEXT("Job", "an answer came, but no question is open"));
    }
    if (answer != nullptr && answer->questionId != m_openQuestion->id) {
        throw wrongAnswer(
            KC_TEXT("Job", "an answer to another question came; the open one is about this: %1").with(m_openQuestion->title));
    }
}

void Job::addSteps(std::string before, std::vector<Step> steps) {
    m_added.push_back({std::move(before), std::move(steps)});
}

/// Not while a step runs: it is one of those that would be moved.
void Job::insertAddedSteps() {
    for (AddedSteps& added : std::exchange(m_added, {})) {
        const auto place = std::find_if(m_steps.begin() + static_cast<std::ptrdiff_t>(m_current) + 1, m_steps.end(),
                                        [&added](const Step& step) { return step.id == added.before; });
        m_steps.insert(place, std::make_move_iterator(added.steps.begin()), std::make_move_iterator(added.steps.end()));
    }
}

std::optional<Question> Job::runSteps(const Answer* answer) {
    if (answer != nullptr && isYesOrNo(m_openQuestion->kind) && !answer->yes) {
        throw cancelled(KC_TEXT("Job", "the answer was no to this: %1").with(m_openQuestion->title));
    }
    m_openQuestion.reset();
    while (m_current < m_steps.size()) {
        if (!m_steps[m_current].closing) {
            m_context.checkNotStopped();
        }
        if (auto question = runCurrentStep(std::exchange(answer, nullptr))) {
            m_context.checkNotStopped();  // whoever asked for a stop during the step does not want to be asked
            m_openQuestion = OpenQuestion{question->id, question->kind, question->title};
            return question;
        }
    }
    return std::nullopt;
}

std::optional<Question> Job::runCurrentStep(const Answer* answer) {
    if (!std::exchange(m_began, true)) {
        observe(StepPhase::Begins);
    }
    if (auto question = m_steps[m_current].run(answer, m_details)) {
        return question;
    }
    insertAddedSteps();
    observe(StepPhase::Done);
    ++m_current;
    m_began = false;
    m_details.clear();
    return std::nullopt;
}

void Job::observe(StepPhase phase) {
    const Step& step = m_steps[m_current];
    m_context.observe(StepEvent{.phase = phase,
                                .step = step.id,
                                .title = step.title,
                                .number = static_cast<int>(m_current) + 1,
                                .count = static_cast<int>(m_steps.size()),
                                .details = phase == StepPhase::Begins ? Details{} : m_details});
}

void Job::fail() noexcept {
    m_failed = true;
    m_openQuestion.reset();
    if (m_began) {
        sayFailed();
    }
    if (closesAfterFailure()) {
        closeAfterFailure();
    }
}

void Job::sayFailed() noexcept {
    try {
        observe(StepPhase::Failed);
    } catch (...) {  // the step's own failure is what the caller has to hear of
        return;
    }
}

/// What fails here is seen by the observer alone, for the same reason.
void Job::closeAfterFailure() noexcept {
    for (++m_current; m_current < m_steps.size(); ++m_current) {
        if (!m_steps[m_current].closing) {
            continue;
        }
        m_details.clear();
        try {
            observe(StepPhase::Begins);
            static_cast<void>(m_steps[m_current].run(nullptr, m_details));
            observe(StepPhase::Done);
        } catch (...) {
            sayFailed();
        }
    }
}

}  // namespace keyconvoy::app
