#pragma once

#include "app/ceremony/job.h"
#include "core/serial_worker.h"
#include "core/strict_json.h"

#include <functional>
#include <memory>
#include <optional>
#include <QObject>
#include <stop_token>
#include <string>

namespace keyconvoy::ui {

/// One job of the engine: it lives on the token's thread, and this is its end in the window's. Exactly one of finished() and
/// failed() follows a start; a question waits between asked() and answer() without blocking anything.
class JobSession final : public QObject {
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(JobSession)

public:
    using Make = std::function<std::unique_ptr<app::Job>(app::RunContext)>;
    /// Copies out what the job found; called on the token's thread after the job's end, before it is told; after a failure
    /// where it left something behind.
    using Collect = std::function<void(const app::Job&)>;

    explicit JobSession(SerialWorker& worker, QObject* parent = nullptr);
    /// A running job is asked to stop and ends by itself, on its thread; nobody is told.
    ~JobSession() override;

    void start(
        Make make, Collect collect = [](const app::Job&) {});
    void answer(app::Answer answer);
    /// The job ends at the next point between two calls, with failed(Cancelled) and what it left.
    void cancel();

    [[nodiscard]] bool running() const { return m_state == State::Running || m_state == State::Asking; }
    /// What the job that failed left, with what it is taken up; known before failed().
    [[nodiscard]] const std::optional<app::LeftBehind>& leftBehind() const { return m_leftBehind; }
    [[nodiscard]] bool cancelling() const { return running() && m_stop.stop_requested(); }

Q_SIGNALS:
    void stepChanged(const keyconvoy::app::StepEvent& event);
    void progressed(const keyconvoy::Text& text);
    void asked(const keyconvoy::app::Question& question);
    void finished(const keyconvoy::Json& result);
    void failed(const keyconvoy::Failure& failure);
    void runningChanged(bool running);

private:
    class OnWorker;
    enum class State { Idle, Running, Asking, Ended };

    void advance(std::shared_ptr<app::Answer> answer);
    void setState(State state);

    SerialWorker& m_worker;
    std::stop_source m_stop;
    std::shared_ptr<OnWorker> m_onWorker;
    State m_state = State::Idle;
    std::string m_openQuestion;  ///< its ID
    std::optional<app::LeftBehind> m_leftBehind;
};

}  // namespace keyconvoy::ui
