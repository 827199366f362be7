#pragma once

#include "app/ceremony/job.h"

#include <map>
#include <QFrame>

class QLabel;
class QVBoxLayout;

namespace keyconvoy::ui {

class StepRow;

/// The steps of a running job: what is done, what runs, what failed. What a step found out stands behind a button once it is
/// done, so that a long job stays on one page.
class StepList final : public QFrame {
    Q_OBJECT

public:
    explicit StepList(QWidget* parent = nullptr);

    void clear();
    void observe(const app::StepEvent& event);
    /// A line under the step that runs.
    void note(const Text& text);

private:
    QVBoxLayout* m_rows;
    std::map<int, StepRow*> m_byNumber;
    StepRow* m_running = nullptr;
};

}  // namespace keyconvoy::ui
