#include "ui/jobs/job_session.h"
#include "app/inventory/key_jobs.h"
#include "tests/ui/desktop_test.h"
#include "ui/jobs/relay.h"
#include "ui/jobs/task.h"

#include <future>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>
#include <QSignalSpy>
#include <QTimer>
#include <thread>

namespace keyconvoy::tests {
namespace {

using ui::JobSession;

/// Follows one session from the window's thread.
struct Followed {
    explicit Followed(JobSession& session) {
        QObject::connect(&session, &JobSession::asked, &session, [this](const app::Question& question) {
            asked.push_back(question.id);
            threads.push_back(std::this_thread::get_id());
        });
        QObject::connect(&session, &JobSession::finished, &session, [this](const Json& json) { result = json; });
        QObject::connect(&session, &JobSession::failed, &session, [this](const Failure& told) { failure = told; });
        QObject::connect(&session, &JobSession::stepChanged, &session, [this](const app::StepEvent& event) {
            steps.push_back(event.step);
            threads.push_back(std::this_thread::get_id());
        });
    }

    std::vector<std::string> asked, steps;
    std::vector<std::thread::id> threads;
    std::optional<Json> result;
    std::optional<Failure> failure;
};

app::Answer pinAnswer(std::string_view pin = userPin) {
    return {.questionId = "token.pin", .yes = true, .secret = pinOf(pin)};
}

class JobSessionTest : public DesktopTest {
protected:
    JobSessionTest() { m_store.addToken("Desk"); }

    [[nodiscard]] JobSession::Make listKeys(const pkcs11::ModuleProfile& profile) const {
        app::ListKeysRequest request{.token = {.module = profile, .token = {}}};
        request.token.token.label = "Desk";
        return [request](app::RunContext context) { return app::makeListKeysJob(request, std::move(context)); };
    }
    [[nodiscard]] JobSession::Make listKeys() const { return listKeys(m_store.profile()); }
    [[nodiscard]] JobSession::Make gatedListKeys() const { return listKeys(shimmed(m_store.profile(), m_gate.options())); }

    SoftHsmStore m_store;
    Gate m_gate;
    SerialWorker m_worker;
};

TEST_F(JobSessionTest, AsksOnTheWindowsThreadAndEndsWithTheEnginesResult) {
    JobSession session{m_worker};
    Followed followed{session};
    std::thread::id collectedOn;
    session.start(listKeys(), [&collectedOn](const app::Job&) { collectedOn = std::this_thread::get_id(); });
    EXPECT_TRUE(session.running());
    ASSERT_TRUE(waitFor([&] { return !followed.asked.empty(); }));
    EXPECT_EQ(followed.asked.front(), "token.pin");
    session.answer(pinAnswer());
    ASSERT_TRUE(waitFor([&] { return followed.result.has_value(); }));
    EXPECT_TRUE(followed.result->at("keys").empty());
    EXPECT_FALSE(session.running());
    EXPECT_FALSE(followed.failure.has_value());
    EXPECT_THAT(followed.threads, testing::Each(std::this_thread::get_id()));
    EXPECT_NE(collectedOn, std::this_thread::get_id());
}

TEST_F(JobSessionTest, AWrongPinIsAFailureWithItsCode) {
    JobSession session{m_worker};
    Followed followed{session};
    session.start(listKeys());
    ASSERT_TRUE(waitFor([&] { return !followed.asked.empty(); }));
    session.answer(pinAnswer("00000000"));
    ASSERT_TRUE(waitFor([&] { return followed.failure.has_value(); }));
    EXPECT_EQ(followed.failure->code, "CKR_PIN_INCORRECT");
}

TEST_F(JobSessionTest, TheEventLoopGoesOnWhileATokenCallIsHeld) {
    m_gate.close("C_FindObjects");
    JobSession session{m_worker};
    Followed followed{session};
    session.start(gatedListKeys());
    ASSERT_TRUE(waitFor([&] { return !followed.asked.empty(); }));
    session.answer(pinAnswer());
    ASSERT_TRUE(waitFor([&] { return m_gate.reached("C_FindObjects"); }));

    int turns = 0;
    QTimer timer;
    QObject::connect(&timer, &QTimer::timeout, &timer, [&turns] { ++turns; });
    timer.start(0);
    ASSERT_TRUE(waitFor([&] { return turns >= 100; }));
    EXPECT_TRUE(session.running());
    EXPECT_FALSE(followed.result.has_value());

    m_gate.open("C_FindObjects");
    EXPECT_TRUE(waitFor([&] { return followed.result.has_value(); }));
}

TEST_F(JobSessionTest, CancellingWhileACallIsHeldEndsTheJobAfterIt) {
    m_gate.close("C_Login");
    JobSession session{m_worker};
    Followed followed{session};
    session.start(gatedListKeys());
    ASSERT_TRUE(waitFor([&] { return !followed.asked.empty(); }));
    session.answer(pinAnswer());
    ASSERT_TRUE(waitFor([&] { return m_gate.reached("C_Login"); }));
    session.cancel();
    EXPECT_TRUE(session.cancelling());
    EXPECT_FALSE(followed.failure.has_value());
    m_gate.open("C_Login");
    ASSERT_TRUE(waitFor([&] { return followed.failure.has_value(); }));
    EXPECT_EQ(followed.failure->kind, ErrorKind::Cancelled);
    EXPECT_THAT(followed.steps, testing::Not(testing::Contains("token.list-keys")));
}

TEST_F(JobSessionTest, CancellingWhileAQuestionIsOpenEndsTheJob) {
    JobSession session{m_worker};
    Followed followed{session};
    session.start(listKeys());
    ASSERT_TRUE(waitFor([&] { return !followed.asked.empty(); }));
    session.cancel();
    ASSERT_TRUE(waitFor([&] { return followed.failure.has_value(); }));
    EXPECT_EQ(followed.failure->kind, ErrorKind::Cancelled);
    session.answer(pinAnswer());  // too late: nobody is asking
    EXPECT_FALSE(session.running());
}

TEST_F(JobSessionTest, OneThatIsGoneIsNotCalledAndItsJobEndsOnTheWorker) {
    m_gate.close("C_Login");
    bool told = false;
    {
        JobSession session{m_worker};
        Followed followed{session};
        QObject::connect(&session, &JobSession::failed, &session, [&told] { told = true; });
        session.start(gatedListKeys());
        ASSERT_TRUE(waitFor([&] { return !followed.asked.empty(); }));
        session.answer(pinAnswer());
        ASSERT_TRUE(waitFor([&] { return m_gate.reached("C_Login"); }));
    }
    m_gate.open("C_Login");
    std::promise<void> idle;
    m_worker.post([&idle] { idle.set_value(); });
    idle.get_future().wait();
    QCoreApplication::processEvents();
    EXPECT_FALSE(told);
}

TEST_F(JobSessionTest, AnExceptionThatNobodyExpectedIsAFailureOfKindInternal) {
    JobSession session{m_worker};
    Followed followed{session};
    session.start([](app::RunContext) -> std::unique_ptr<app::Job> { throw std::runtime_error{"unexpected"}; });
    ASSERT_TRUE(waitFor([&] { return followed.failure.has_value(); }));
    EXPECT_EQ(followed.failure->kind, ErrorKind::Internal);
    EXPECT_EQ(followed.failure->serviceText, "unexpected");
}

TEST_F(JobSessionTest, ATaskTellsItsReceiverOnlyWhileThatLives) {
    std::promise<void> go;
    auto receiver = std::make_unique<QObject>();
    bool told = false;
    ui::runTask<int>(
        m_worker, receiver.get(),
        [&go] {
            go.get_future().wait();
            return 1;
        },
        [&told](int) { told = true; }, [&told](const Failure&) { told = true; });
    receiver.reset();
    go.set_value();
    std::promise<void> idle;
    m_worker.post([&idle] { idle.set_value(); });
    idle.get_future().wait();
    QCoreApplication::processEvents();
    EXPECT_FALSE(told);
}

/// The process of this test ends with the call still waiting; it would not end if that held it up.
TEST(RelayTest, ACallThatNobodyWaitedForLetsTheApplicationEnd) {
    const auto carried = std::make_shared<int>(1);
    auto relay = std::make_unique<ui::Relay>();
    relay->post([carried] { static_cast<void>(carried); });
    relay.reset();
    EXPECT_EQ(carried.use_count(), 2) << "it still waits";
}

}  // namespace
}  // namespace keyconvoy::tests
