#pragma once

#include "ui/jobs/job_session.h"
#include "ui/widgets/focus_before.h"

#include <functional>
#include <QWidget>

class QPushButton;

namespace keyconvoy::ui {

class FailurePanel;
class QuestionPanel;
class StepList;

/// A job as a page shows it: its steps, its questions, its failure, and the button that cancels it. One at a time.
class JobPanel final : public QWidget {
    Q_OBJECT

public:
    JobPanel(SerialWorker& worker, QWidget* parent = nullptr);

    /// Clears what stood here and starts. The keyboard comes here and goes back at the end, for the button that was pressed is
    /// of no use until then, and what is pressed next must not reach another.
    void run(
        JobSession::Make make, JobSession::Collect collect = [](const app::Job&) {});
    void cancel() { m_session->cancel(); }
    void clear();
    /// The keyboard comes to what there is to do or to read: the question, the failure, the steps.
    void takeFocus();

    [[nodiscard]] bool running() const { return m_session->running(); }
    [[nodiscard]] const std::optional<app::LeftBehind>& leftBehind() const { return m_session->leftBehind(); }
    [[nodiscard]] QuestionPanel* questions() const { return m_questions; }
    [[nodiscard]] FailurePanel* failures() const { return m_failures; }
    [[nodiscard]] StepList* steps() const { return m_steps; }

Q_SIGNALS:
    void stepChanged(const keyconvoy::app::StepEvent& event);
    void asked(const keyconvoy::app::Question& question);
    void finished(const keyconvoy::Json& result);
    void failed(const keyconvoy::Failure& failure);
    void runningChanged(bool running);

private:
    void ask(const app::Question& question);
    void showRunning(bool running);

    JobSession* m_session;
    StepList* m_steps;
    QuestionPanel* m_questions;
    FailurePanel* m_failures;
    QPushButton* m_cancel;
    FocusBefore m_before;
};

}  // namespace keyconvoy::ui
