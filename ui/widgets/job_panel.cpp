#include "ui/widgets/job_panel.h"

#include "ui/look/spacing.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/question_panel.h"
#include "ui/widgets/step_list.h"

#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

namespace keyconvoy::ui {

JobPanel::JobPanel(SerialWorker& worker, QWidget* parent)
    : QWidget{parent},
      m_session{new JobSession{worker, this}},
      m_steps{new StepList{this}},
      m_questions{new QuestionPanel{this}},
      m_failures{new FailurePanel{this}},
      m_cancel{makeButton(tr("Cancel"), this)} {
    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::wide);
    layout->addWidget(m_steps);
    layout->addWidget(m_questions);
    layout->addWidget(m_failures);
    layout->addWidget(m_cancel, 0, Qt::AlignLeft);
    m_cancel->setObjectName(QStringLiteral("job.cancel"));
    m_cancel->hide();

    connect(m_cancel, &QPushButton::clicked, this, [this] {
        m_cancel->setEnabled(false);
        m_cancel->setText(tr("Cancelling after this call …"));
        m_questions->clear();
        m_session->cancel();
    });
    connect(m_session, &JobSession::stepChanged, m_steps, &StepList::observe);
    connect(m_session, &JobSession::stepChanged, this, &JobPanel::stepChanged);
    connect(m_session, &JobSession::progressed, m_steps, &StepList::note);
    connect(m_session, &JobSession::asked, this, &JobPanel::ask);
    connect(m_session, &JobSession::finished, this, &JobPanel::finished);
    connect(m_session, &JobSession::failed, m_failures, &FailurePanel::show);
    connect(m_session, &JobSession::failed, this, &JobPanel::failed);
    connect(m_session, &JobSession::runningChanged, this, &JobPanel::showRunning);
    connect(m_session, &JobSession::runningChanged, this, &JobPanel::runningChanged);
    connect(m_session, &JobSession::runningChanged, this, [this](bool running) {  // the page's buttons are enabled again by now
        if (!running) {
            m_before.giveBack(*this);
        }
    });
}

void JobPanel::run(JobSession::Make make, JobSession::Collect collect) {
    clear();
    m_before.note(*this);
    m_steps->show();
    m_steps->setFocus(Qt::OtherFocusReason);
    m_session->start(std::move(make), std::move(collect));
}

void JobPanel::clear() {
    m_steps->clear();
    m_questions->clear();
    m_failures->clear();
}

void JobPanel::ask(const app::Question& question) {
    m_cancel->hide();  // not to go on is one of the answers
    m_questions->ask(question, [this](app::Answer answer) {
        m_cancel->show();
        m_steps->setFocus(Qt::OtherFocusReason);
        m_session->answer(std::move(answer));
    });
    Q_EMIT asked(question);
}

void JobPanel::takeFocus() {
    if (m_questions->isVisible()) {
        m_questions->takeFocus();
    } else if (m_failures->isVisible()) {
        m_failures->setFocus(Qt::OtherFocusReason);
    } else {
        m_steps->setFocus(Qt::OtherFocusReason);
    }
}

void JobPanel::showRunning(bool running) {
    if (!running && m_cancel->hasFocus()) {
        m_steps->setFocus(Qt::OtherFocusReason);
    }
    m_cancel->setVisible(running);
    m_cancel->setEnabled(true);
    m_cancel->setText(tr("Cancel"));
    if (!running) {
        m_questions->clear();
    }
}

}  // namespace keyconvoy::ui
