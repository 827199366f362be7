#include "ui/jobs/job_session.h"

#include "ui/jobs/failure_from.h"
#include "ui/jobs/relay.h"

#include <nlohmann/json.hpp>
#include <QPointer>
#include <utility>

namespace keyconvoy::ui {

/// The job and what it is made with. Made on the window's thread, then touched on the worker's only.
class JobSession::OnWorker {
public:
    OnWorker(JobSession* session, Make make, Collect collect)
        : m_session{session}, m_make{std::move(make)}, m_collect{std::move(collect)}, m_stop{session->m_stop.get_token()} {}

    void advance(const app::Answer* answer) {
        try {
            if (!m_job) {
                m_job = m_make(context());
            }
            if (auto question = m_job->advance(answer)) {
                tell([question](JobSession& session) {
                    session.m_openQuestion = question->id;
                    session.setState(State::Asking);
                    Q_EMIT session.asked(*question);
                });
                return;
            }
            m_collect(*m_job);
            const auto result = std::make_shared<Json>(m_job->result());
            m_job.reset();  // the token is closed before anybody hears of the end
            tell([result](JobSession& session) {
                session.setState(State::Ended);
                Q_EMIT session.finished(*result);
            });
        } catch (...) {
            const Failure failure = currentFailure();
            const std::optional<app::LeftBehind> left = m_job ? m_job->leftBehind() : std::nullopt;
            if (left) {
                collectWhatWasLeft();
            }
            m_job.reset();
            tell([failure, left](JobSession& session) {
                session.m_leftBehind = left;
                session.setState(State::Ended);
                Q_EMIT session.failed(failure);
            });
        }
    }

private:
    /// The failure is told in any case, with what was left; a page that then misses its copy offers less.
    void collectWhatWasLeft() noexcept {
        try {
            m_collect(*m_job);
        } catch (...) {  // NOLINT(bugprone-empty-catch): the failure that is told already weighs more
        }
    }

    [[nodiscard]] app::RunContext context() {
        app::RunContext context;
        context.observe = [this](const app::StepEvent& event) {
            tell([event](JobSession& session) { Q_EMIT session.stepChanged(event); });
        };
        context.progress = [this](const Text& text) { tell([text](JobSession& session) { Q_EMIT session.progressed(text); }); };
        context.stop = m_stop;
        return context;
    }

    void tell(std::function<void(JobSession&)> what) const {
        m_relay.post([session = m_session, what = std::move(what)] {
            if (session) {
                what(*session);
            }
        });
    }

    Relay m_relay;
    QPointer<JobSession> m_session;  // looked into on the window's thread only
    Make m_make;
    Collect m_collect;
    std::stop_token m_stop;
    std::unique_ptr<app::Job> m_job;
};

JobSession::JobSession(SerialWorker& worker, QObject* parent) : QObject{parent}, m_worker{worker} {
}

JobSession::~JobSession() {
    m_stop.request_stop();
    if (m_onWorker) {  // the job's token is closed on the thread that opened it
        m_worker.post([last = std::exchange(m_onWorker, nullptr)]() mutable { last.reset(); });
    }
}

void JobSession::start(Make make, Collect collect) {
    Q_ASSERT(!running());
    m_stop = std::stop_source{};
    m_leftBehind.reset();
    m_onWorker = std::make_shared<OnWorker>(this, std::move(make), std::move(collect));
    advance(nullptr);
}

void JobSession::answer(app::Answer answer) {
    if (m_state == State::Asking) {
        advance(std::make_shared<app::Answer>(std::move(answer)));
    }
}

void JobSession::cancel() {
    if (!running()) {
        return;
    }
    m_stop.request_stop();
    if (m_state == State::Asking) {
        advance(std::make_shared<app::Answer>(app::Answer{.questionId = m_openQuestion, .yes = false, .secret = {}}));
    }
}

void JobSession::advance(std::shared_ptr<app::Answer> answer) {
    setState(State::Running);
    m_worker.post([job = m_onWorker, answer = std::move(answer)] { job->advance(answer.get()); });
}

void JobSession::setState(State state) {
    const bool before = running();
    m_state = state;
    if (running() != before) {
        Q_EMIT runningChanged(running());
    }
}

}  // namespace keyconvoy::ui
