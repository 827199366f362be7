#include "ui/pages/station/check_card.h"

#include "app/station/token_jobs.h"
#include "ui/desk.h"
#include "ui/look/spacing.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/findings_view.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/job_panel.h"
#include "ui/widgets/question_panel.h"

#include <algorithm>
#include <QCheckBox>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

/// A token that is not chosen yet is looked for all the same: the doctor then names those that there are.
app::DoctorRequest requestFor(const StationProfile& profile) {
    app::DoctorRequest request;
    if (!profile.module.isEmpty() || profile.namesToken()) {
        request.token = profile.namesToken() ? profile.tokenStation() : app::TokenStation{profile.moduleProfile(), {}};
    }
    request.kms = profile.kmsStation();
    return request;
}

std::ptrdiff_t count(const Findings& findings, FindingLevel level) {
    return std::ranges::count(findings, level, &Finding::level);
}

}  // namespace

CheckCard::CheckCard(Desk& desk, std::function<StationProfile()> profile, QWidget* parent)
    : Card{tr("Check this station"), parent},
      m_desk{desk},
      m_profile{std::move(profile)},
      m_logIn{new QCheckBox{tr("Log in too (asks for the PIN)"), this}},
      m_askKms{new QCheckBox{tr("Ask AWS too (STS and KMS)"), this}},
      m_start{makePrimaryButton(tr("C&heck this station"), this)},
      m_job{new JobPanel{desk.worker(), this}},
      m_verdictRow{new QWidget{this}},
      m_verdictIcon{new IconLabel{QStringLiteral("done"), IconLabel::Meaning::Good, 24, this}},
      m_verdict{makeHeading({}, this)},
      m_findings{new FindingsView{this}} {
    m_start->setObjectName(QStringLiteral("station.check"));
    m_logIn->setObjectName(QStringLiteral("station.check.log-in"));
    m_askKms->setObjectName(QStringLiteral("station.check.kms"));
    m_verdict->setObjectName(QStringLiteral("station.verdict"));
    m_findings->setObjectName(QStringLiteral("station.findings"));
    m_askKms->setChecked(true);
    content()->addWidget(makeCaption(tr("Loads the module, looks at the token, asks AWS who is calling and compares the clocks. "
                                        "It creates and changes nothing. What is filled in above counts, saved or not."),
                                     this));
    auto* row = new FlowLayout;
    row->setSpacing(spacing::wide);
    row->addWidget(m_start);
    row->addWidget(m_logIn);
    row->addWidget(m_askKms);
    content()->addLayout(row);
    content()->addWidget(m_job);
    auto* verdict = new QHBoxLayout{m_verdictRow};
    verdict->setContentsMargins(0, spacing::small, 0, spacing::small);
    verdict->setSpacing(spacing::normal);
    verdict->addWidget(m_verdictIcon);
    verdict->addWidget(m_verdict, 1);
    content()->addWidget(m_verdictRow);
    content()->addWidget(m_findings);
    clear();

    connect(m_start, &QPushButton::clicked, this, &CheckCard::start);
    connect(m_job, &JobPanel::asked, this, [this] {
        m_job->questions()->setHint(m_desk.rehearsalPinHint());
        Q_EMIT revealWanted(m_job->questions());
    });
    connect(m_job, &JobPanel::failed, this, [this] { Q_EMIT revealWanted(m_job->failures()); });
    connect(m_job, &JobPanel::runningChanged, this, [this](bool running) {
        for (QWidget* part : {static_cast<QWidget*>(m_start), static_cast<QWidget*>(m_logIn), static_cast<QWidget*>(m_askKms)}) {
            part->setEnabled(!running);
        }
        Q_EMIT runningChanged(running);
    });
    connect(m_job, &JobPanel::finished, this, [this] {
        if (m_collected->token && m_profile() == m_desk.profile()) {  // else it is another one than jobs use
            m_desk.noteToken(*m_collected->token);
        }
        show(m_collected->findings);
    });
}

bool CheckCard::running() const {
    return m_job->running();
}

void CheckCard::cancel() {
    m_job->cancel();
}

void CheckCard::clear() {
    m_job->clear();
    m_verdictRow->hide();
    m_findings->hide();
}

void CheckCard::forget() {
    if (!running()) {
        clear();
    }
}

void CheckCard::start() {
    clear();
    app::DoctorRequest request;
    try {
        request = m_desk.mode() == app::Mode::Rehearsal ? app::DoctorRequest{m_desk.tokenStation(), m_desk.kmsStation(), false}
                                                        : requestFor(m_profile());
    } catch (const Error& error) {
        m_job->failures()->show(error.failure());
        return;
    }
    request.logIn = m_logIn->isChecked();
    if (!m_askKms->isChecked()) {
        request.kms.reset();
    }
    m_collected = std::make_shared<Collected>();
    m_job->run([request](app::RunContext context) { return app::makeDoctorJob(request, std::move(context)); },
               [collected = m_collected](const app::Job& job) {
                   const auto& doctor = dynamic_cast<const app::DoctorJob&>(job);
                   *collected = {doctor.findings(), doctor.token()};
               });
}

void CheckCard::show(const Findings& findings) {
    m_job->clear();  // each step said the same
    const auto problems = count(findings, FindingLevel::Problem);
    const auto warnings = count(findings, FindingLevel::Warning);
    if (problems > 0) {
        m_verdictIcon->show(QStringLiteral("failed"), IconLabel::Meaning::Problem);
        m_verdict->setText(tr("This station is not ready yet. Problems to be solved first: %1.").arg(problems));
    } else if (warnings > 0) {
        m_verdictIcon->show(QStringLiteral("warning"), IconLabel::Meaning::Warning);
        m_verdict->setText(tr("This station works. Things to know before it is used: %1.").arg(warnings));
    } else {
        m_verdictIcon->show(QStringLiteral("done"), IconLabel::Meaning::Good);
        m_verdict->setText(tr("This station is ready: nothing was found that stands in the way."));
    }
    m_findings->show(findings);
    m_findings->QWidget::show();
    m_verdictRow->show();
    announce(m_verdict);
    Q_EMIT revealWanted(this);
}

}  // namespace keyconvoy::ui
