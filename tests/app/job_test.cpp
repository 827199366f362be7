#include "app/ceremony/job.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* questionId = "test.question";

/// Two steps; the first asks when `ask` is set.
class TestJob final : public Job {
public:
    explicit TestJob(RunContext context, QuestionKind kind = QuestionKind::Confirmation) : Job{std::move(context)} {
        setSteps({Step{"first", KC_TEXT("Test", "the first"),
                       [this, kind](const Answer* answer, Details& details) -> std::optional<Question> {
                           ++m_firstRuns;
                           if (answer == nullptr) {
                               return Question{questionId, kind, KC_TEXT("Test", "the test"), KC_TEXT("Test", "go on?"), {}};
                           }
                           details.push_back({KC_TEXT("Test", "answered"), answer->yes ? "yes" : "secret"});
                           return std::nullopt;
                       }},
                  makeStep("second", KC_TEXT("Test", "the second"), [this](Details& details) {
                      details.push_back({KC_TEXT("Test", "tried"), "yes"});
                      if (failSecond) {
                          throw Error{ErrorKind::Unavailable, KC_TEXT("Test", "here"), KC_TEXT("Test", "it broke"),
                                      KC_TEXT("Test", "mend it")};
                      }
                  })});
    }

    [[nodiscard]] Json result() const override { return {{"firstRuns", m_firstRuns}}; }

    bool failSecond = false;
    [[nodiscard]] std::optional<LeftBehind> leftBehind() const override { return left; }
    [[nodiscard]] std::vector<FailureDetail> accountOfFailure() const override { return made; }
    std::optional<LeftBehind> left;
    std::vector<FailureDetail> made;

private:
    int m_firstRuns = 0;
};

/// Does, fails, and has three steps to close with, the second of which fails too.
class ClosingJob final : public Job {
public:
    ClosingJob(RunContext context, bool closes) : Job{std::move(context)}, m_closes{closes} {
        const auto nothing = [](Details& /*details*/) {};
        const auto failing = [](Details& /*details*/) {
            throw Error{ErrorKind::Unavailable, KC_TEXT("Test", "here"), KC_TEXT("Test", "it broke"), KC_TEXT("Test", "mend it")};
        };
        setSteps({makeStep("do", KC_TEXT("Test", "do it"), nothing), makeStep("look", KC_TEXT("Test", "look at it"), failing),
                  makeStep("more", KC_TEXT("Test", "do more"), nothing),
                  makeClosingStep("tidy", KC_TEXT("Test", "tidy"), nothing),
                  makeClosingStep("count", KC_TEXT("Test", "count"), failing),
                  makeClosingStep("note", KC_TEXT("Test", "note"), nothing)});
    }
    [[nodiscard]] Json result() const override { return {}; }

protected:
    [[nodiscard]] bool closesAfterFailure() const override { return m_closes; }

private:
    bool m_closes;
};

struct Recorder {
    std::vector<std::string> events;
    std::stop_source stop;

    RunContext context() {
        RunContext context;
        context.observe = [this](const StepEvent& event) {
            const char* phase = event.phase == StepPhase::Begins ? "begins" : event.phase == StepPhase::Done ? "done" : "failed";
            std::string text = std::to_string(event.number) + "/" + std::to_string(event.count) + " " + event.step + " " + phase;
            for (const Detail& detail : event.details) {
                text += " [" + toEnglish(detail.name) + ": " + toEnglish(detail.value) + "]";
            }
            events.push_back(text);
        };
        context.stop = stop.get_token();
        return context;
    }
};

Answer yes(const char* id = questionId) {
    return {id, true, {}};
}

Failure failureOfJob(Job& job, const Answer* answer = nullptr) {
    try {
        static_cast<void>(job.advance(answer));
    } catch (const Error& error) {
        return error.failure();
    }
    ADD_FAILURE() << "no error was thrown";
    return {};
}

ErrorKind kindOfFailure(Job& job, const Answer* answer = nullptr) {
    return failureOfJob(job, answer).kind;
}

/// What its first step finds decides what comes behind it.
class GrowingJob final : public Job {
public:
    explicit GrowingJob(RunContext context) : Job{std::move(context)} {
        const auto step = [](const char* id) { return makeStep(id, KC_TEXT("Test", "a step"), [](Details&) {}); };
        setSteps({makeStep("look", KC_TEXT("Test", "look"),
                           [this, step](Details& details) {
                               addSteps("last", {step("found 1"), step("found 2")});
                               addSteps("", {step("behind all")});
                               addSteps("nowhere", {step("behind that")});
                               details.push_back({KC_TEXT("Test", "found"), "2"});
                           }),
                  step("middle"), step("last")});
    }
    [[nodiscard]] Json result() const override { return {}; }
};

TEST(Job, GrowsByTheStepsThatAStepAdds) {
    Recorder recorder;
    GrowingJob job{recorder.context()};
    EXPECT_FALSE(job.advance());
    std::erase_if(recorder.events, [](const std::string& event) { return event.ends_with("begins"); });
    EXPECT_THAT(recorder.events, ElementsAre("1/7 look done [found: 2]", "2/7 middle done", "3/7 found 1 done",
                                             "4/7 found 2 done", "5/7 last done", "6/7 behind all done", "7/7 behind that done"));
}

TEST(Job, ReturnsAQuestionAndRunsToTheEndAfterItsAnswer) {
    Recorder recorder;
    TestJob job{recorder.context()};
    const auto question = job.advance();
    ASSERT_TRUE(question);
    EXPECT_EQ(question->id, questionId);
    const Answer answer = yes();
    EXPECT_FALSE(job.advance(&answer));
    EXPECT_EQ(job.result()["firstRuns"], 2);
}

TEST(Job, ObserverSeesEachStepOnceBeforeAndAfterWithItsDetails) {
    Recorder recorder;
    TestJob job{recorder.context()};
    static_cast<void>(job.advance());
    const Answer answer = yes();
    static_cast<void>(job.advance(&answer));
    EXPECT_THAT(recorder.events, ElementsAre("1/2 first begins", "1/2 first done [answered: yes]", "2/2 second begins",
                                             "2/2 second done [tried: yes]"));
}

TEST(Job, AnswerWithAnotherIdIsInvalidInputAndTheQuestionStaysOpen) {
    Recorder recorder;
    TestJob job{recorder.context()};
    static_cast<void>(job.advance());
    const Answer other = yes("another.question");
    EXPECT_EQ(kindOfFailure(job, &other), ErrorKind::InvalidInput);
    EXPECT_EQ(kindOfFailure(job), ErrorKind::InvalidInput) << "no answer to an open question";
    const Answer answer = yes();
    EXPECT_FALSE(job.advance(&answer));
}

TEST(Job, AnswerWithoutAQuestionIsInvalidInput) {
    Recorder recorder;
    TestJob job{recorder.context()};
    const Answer answer = yes();
    EXPECT_EQ(kindOfFailure(job, &answer), ErrorKind::InvalidInput);
    EXPECT_TRUE(job.advance()) << "the job has not failed";
}

class JobQuestionKind : public ::testing::TestWithParam<QuestionKind> {};

TEST_P(JobQuestionKind, NoEndsTheJobAsCancelled) {
    Recorder recorder;
    TestJob job{recorder.context(), GetParam()};
    static_cast<void>(job.advance());
    const Answer no{questionId, false, {}};
    const Failure failure = failureOfJob(job, &no);
    EXPECT_EQ(failure.kind, ErrorKind::Cancelled);
    EXPECT_EQ(toEnglish(failure.cause), "the answer was no to this: the test") << "in words, never by the question's ID";
    EXPECT_EQ(recorder.events.back(), "1/2 first failed");
    EXPECT_EQ(kindOfFailure(job), ErrorKind::Refused) << "a failed job cannot go on";
}

INSTANTIATE_TEST_SUITE_P(YesOrNo, JobQuestionKind,
                         ::testing::Values(QuestionKind::Confirmation, QuestionKind::Consent, QuestionKind::PinPad),
                         [](const auto& tested) {
                             return tested.param == QuestionKind::Confirmation ? "Confirmation"
                                    : tested.param == QuestionKind::Consent    ? "Consent"
                                                                               : "PinPad";
                         });

TEST(Job, SecretAnswerNeedsNoYes) {
    Recorder recorder;
    TestJob job{recorder.context(), QuestionKind::UserPin};
    static_cast<void>(job.advance());
    const Answer secret{questionId, false, {}};
    EXPECT_FALSE(job.advance(&secret));
}

TEST(Job, FailedStepIsObservedAndTheJobCannotGoOn) {
    Recorder recorder;
    TestJob job{recorder.context()};
    job.failSecond = true;
    static_cast<void>(job.advance());
    const Answer answer = yes();
    EXPECT_EQ(kindOfFailure(job, &answer), ErrorKind::Unavailable);
    EXPECT_EQ(recorder.events.back(), "2/2 second failed [tried: yes]");
    EXPECT_EQ(kindOfFailure(job), ErrorKind::Refused);
}

TEST(Job, FailureSaysWhatWasLeftBehind) {
    Recorder recorder;
    TestJob job{recorder.context()};
    job.failSecond = true;
    job.left = LeftBehind{.what = KC_TEXT("Test", "a key exists now"), .tokenKeyUri = {}, .kmsKeyArn = {}};
    static_cast<void>(job.advance());
    const Answer answer = yes();
    try {
        static_cast<void>(job.advance(&answer));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
        EXPECT_EQ(toEnglish(error.failure().remedy),
                  "mend it. What this run left: a key exists now. The same command again would not take this up");
    }
}

TEST(Job, FailureAfterTheImportSaysThatOnlyTheCheckIsLeft) {
    Recorder recorder;
    TestJob job{recorder.context()};
    job.failSecond = true;
    job.left =
        LeftBehind{.what = KC_TEXT("Test", "the import was done"), .tokenKeyUri = {}, .kmsKeyArn = {}, .rest = Rest::Check};
    static_cast<void>(job.advance());
    const Answer answer = yes();
    try {
        static_cast<void>(job.advance(&answer));
        FAIL();
    } catch (const Error& error) {
        EXPECT_THAT(toEnglish(error.failure().remedy), HasSubstr("do not import again: only the check is left"));
    }
}

TEST(Job, FailureAccountsForWhatWasMade) {
    Recorder recorder;
    TestJob job{recorder.context()};
    job.failSecond = true;
    job.made = {{KC_TEXT("Test", "a throw-away key"), KC_TEXT("Test", "destroyed"), {}}};
    static_cast<void>(job.advance());
    EXPECT_EQ(job.accounted({}).details.size(), 1U) << "for a caller that gives up while a question is open";
    const Answer answer = yes();
    const Failure failure = failureOfJob(job, &answer);
    ASSERT_EQ(failure.details.size(), 1U);
    EXPECT_EQ(toEnglish(failure.details[0].subject), "a throw-away key");
    EXPECT_EQ(toEnglish(failure.remedy), "mend it");
}

TEST(Job, StopRequestEndsItBeforeTheNextStep) {
    Recorder recorder;
    TestJob job{recorder.context()};
    static_cast<void>(job.advance());
    recorder.stop.request_stop();
    const Answer answer = yes();
    EXPECT_EQ(kindOfFailure(job, &answer), ErrorKind::Cancelled);
    EXPECT_EQ(recorder.events.back(), "1/2 first failed");
}

TEST(Job, StopRequestDuringAStepThatAsksEndsItWithoutAsking) {
    Recorder recorder;
    RunContext context = recorder.context();
    context.observe = [&recorder](const StepEvent& event) {
        if (event.step == "first") {
            recorder.stop.request_stop();
        }
    };
    TestJob job{std::move(context)};
    EXPECT_EQ(kindOfFailure(job), ErrorKind::Cancelled);
}

TEST(Job, ClosingStepsRunAfterAFailureWhereTheJobWantsIt) {
    Recorder recorder;
    ClosingJob job{recorder.context(), true};
    EXPECT_EQ(kindOfFailure(job), ErrorKind::Unavailable);
    EXPECT_THAT(recorder.events,
                ElementsAre("1/6 do begins", "1/6 do done", "2/6 look begins", "2/6 look failed", "4/6 tidy begins",
                            "4/6 tidy done", "5/6 count begins", "5/6 count failed", "6/6 note begins", "6/6 note done"));
}

TEST(Job, NoStepRunsAfterAFailureElsewhere) {
    Recorder recorder;
    ClosingJob job{recorder.context(), false};
    EXPECT_EQ(kindOfFailure(job), ErrorKind::Unavailable);
    EXPECT_EQ(recorder.events.back(), "2/6 look failed");
}

TEST(Job, ObserverThatCannotRecordFailsTheJobBeforeTheStepRuns) {
    RunContext context;
    context.observe = [](const StepEvent&) {
        throw Error{ErrorKind::Unavailable, KC_TEXT("Test", "journal"), KC_TEXT("Test", "disk full"),
                    KC_TEXT("Test", "free some")};
    };
    TestJob job{std::move(context)};
    EXPECT_EQ(kindOfFailure(job), ErrorKind::Unavailable);
    EXPECT_EQ(job.result()["firstRuns"], 0);
}

}  // namespace

}  // namespace keyconvoy::tests
