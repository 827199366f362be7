#include "ui/pages/import/run_part.h"

#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/pages/import/words.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/fingerprint_view.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/job_panel.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/question_panel.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <QProgressBar>
#include <QTimer>
#include <QVBoxLayout>

namespace keyconvoy::ui {

using namespace std::chrono;

namespace {

/// The first detail shown in this way, as text that no language changes.
std::optional<std::string> valueOf(const app::StepEvent& event, app::DetailKind kind) {
    const auto detail = std::ranges::find(event.details, kind, &app::Detail::kind);
    return detail == event.details.end() ? std::nullopt : std::optional{toEnglish(detail->value)};
}

QString inHours(seconds left) {
    const hh_mm_ss parts{left};
    return RunPart::tr("%1 h %2 min %3 s")
        .arg(parts.hours().count())
        .arg(parts.minutes().count(), 2, 10, QLatin1Char{'0'})
        .arg(parts.seconds().count(), 2, 10, QLatin1Char{'0'});
}

}  // namespace

/// What KMS was seen to hold at the end of a run.
struct RunPart::Imported {
    app::ImportOutcome outcome;
    Json result;
};

RunPart::RunPart(Desk& desk, QWidget* parent)
    : ImportPart{parent},
      m_desk{desk},
      m_headline{makeHeading({}, this)},
      m_progress{new QProgressBar{this}},
      m_note{makeFlowingText({}, this)},
      m_parameters{new Card{tr("The wrapping key that KMS gave"), this}},
      m_fingerprint{new FingerprintView{tr("wrapping key, SHA-256"), this}},
      m_countdown{makeText({}, this)},
      m_job{new JobPanel{desk.worker(), this}},
      m_tick{new QTimer{this}} {
    m_headline->setObjectName(QStringLiteral("run.headline"));
    m_countdown->setObjectName(QStringLiteral("run.countdown"));
    m_progress->setObjectName(QStringLiteral("run.progress"));
    m_progress->setAccessibleName(tr("Steps of the import"));
    m_progress->setTextVisible(false);
    auto* column = new QVBoxLayout{this};
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacing::wide);
    column->addWidget(m_headline);
    column->addWidget(m_progress);
    m_note->setObjectName(QStringLiteral("run.note"));
    m_note->hide();
    column->addWidget(m_note);
    column->addWidget(m_parameters);
    column->addWidget(m_job);
    m_parameters->setObjectName(QStringLiteral("run.parameters"));
    m_parameters->content()->addWidget(m_fingerprint);
    m_parameters->content()->addWidget(m_countdown);
    m_parameters->hide();
    m_tick->setInterval(seconds{1});
    connect(m_tick, &QTimer::timeout, this, &RunPart::showCountdown);
    connect(m_job, &JobPanel::stepChanged, this, &RunPart::observe);
    connect(m_job, &JobPanel::asked, this, &RunPart::ask);
    connect(m_job, &JobPanel::runningChanged, this, &RunPart::busyChanged);
    connect(m_job, &JobPanel::finished, this, &RunPart::showEnd);
    connect(m_job, &JobPanel::failed, this, [this] {
        m_tick->stop();
        if (const auto& left = m_job->leftBehind(); !m_checking && left && left->rest == app::Rest::Check) {
            m_unchecked = left;
        }
        m_headline->setText(m_unchecked ? tr("The import is done, but the check did not come to its end")
                                        : tr("The import did not come to its end"));
        Q_EMIT revealWanted(m_job->failures());
        Q_EMIT failed();
    });
}

void RunPart::enter(const ImportDraft& /*soFar*/) {
}

const std::optional<app::LeftBehind>& RunPart::leftBehind() const {
    return m_unchecked ? m_unchecked : m_job->leftBehind();
}

bool RunPart::canCheckAgain() const {
    return m_unchecked.has_value();
}

void RunPart::takeFocus() {
    m_job->takeFocus();
    if (m_job->questions()->isVisible()) {
        Q_EMIT revealWanted(m_job->questions());
    }
}

bool RunPart::busy() const {
    return m_job->running();
}

void RunPart::cancel() {
    m_job->cancel();
}

void RunPart::begin(const app::ImportRequest& request) {
    m_request = request;
    m_unchecked.reset();
    m_note->hide();
    m_checking = false;
    m_parametersValidTo.reset();
    m_parameters->hide();
    m_headline->setText(tr("The import begins"));
    m_progress->setValue(0);
    m_imported = std::make_shared<std::optional<Imported>>();
    m_job->run([request](app::RunContext context) { return app::makeImportJob(request, std::move(context)); },
               [imported = m_imported](const app::Job& job) {
                   if (auto outcome = dynamic_cast<const app::ImportJob&>(job).outcome()) {
                       *imported = Imported{std::move(*outcome), job.result()};
                   }
               });
}

void RunPart::checkAgain() {
    m_checking = true;
    m_parameters->hide();
    m_note->show(translatedSentence(m_unchecked->what));
    m_note->show();
    m_headline->setText(tr("The check begins"));
    m_progress->setValue(0);
    m_laterCheck = std::make_shared<std::optional<app::CheckOutcome>>();
    m_job->run([request = app::checkOf(m_request, *m_unchecked)](
                   app::RunContext context) { return app::makeCheckJob(request, std::move(context)); },
               [check = m_laterCheck](const app::Job& job) { *check = dynamic_cast<const app::CheckJob&>(job).outcome(); });
}

void RunPart::showEnd(const Json& result) {
    m_tick->stop();
    Imported& import = **m_imported;
    if (m_checking) {
        import.outcome.check = **m_laterCheck;
        import.result = app::withCheck(std::move(import.result), result);
        m_unchecked.reset();
    }
    Q_EMIT finished(import.outcome, import.result);
}

void RunPart::observe(const app::StepEvent& event) {
    m_progress->setRange(0, event.count);
    if (event.phase == app::StepPhase::Begins) {
        m_headline->setText(tr("Step %1 of %2: %3").arg(event.number).arg(event.count).arg(translated(event.title)));
        return;
    }
    m_progress->setValue(event.number);
    if (event.phase == app::StepPhase::Done && event.step == "kms.parameters") {
        showParameters(event);
    }
}

void RunPart::showParameters(const app::StepEvent& event) {
    const auto fingerprint = Fingerprint::parse(valueOf(event, app::DetailKind::Fingerprint).value_or(""));
    m_parametersValidTo = parseRfc3339(valueOf(event, app::DetailKind::Time).value_or(""));
    if (!fingerprint || !m_parametersValidTo) {
        return;
    }
    m_fingerprint->show(*fingerprint);
    m_parameters->show();
    Q_EMIT revealWanted(m_headline);
    m_tick->start();
    showCountdown();
}

void RunPart::showCountdown() {
    const auto left = floor<seconds>(*m_parametersValidTo - systemNow());
    const QString until = toQString(toRfc3339(*m_parametersValidTo));
    m_countdown->setText(left > 0s
                             ? tr("Wrapping key and import token are good for another %1, until %2.").arg(inHours(left), until)
                             : tr("Wrapping key and import token expired at %1.").arg(until));
}

void RunPart::ask(const app::Question& question) {
    m_job->questions()->setHint(rehearsalHint(m_desk, question));
    Q_EMIT revealWanted(m_job->questions());
}

}  // namespace keyconvoy::ui
