#include "ui/pages/tokens/qualification_section.h"

#include "app/station/qualifier.h"
#include "core/text.h"
#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/models/qualification_model.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/findings_view.h"
#include "ui/widgets/flow_layout.h"
#include "ui/widgets/form.h"
#include "ui/widgets/job_panel.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/question_panel.h"
#include "ui/widgets/table.h"

#include <algorithm>
#include <QCheckBox>
#include <QComboBox>
#include <QHeaderView>
#include <QPushButton>
#include <QTableView>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

using State = QualificationModel::State;

/// What is known of a combination that was not tried.
app::Details untried(const wrapping::qualification::Combination& combination) {
    return {{KC_TEXT("QualificationSection", "can this token wrap it"), KC_TEXT("QualificationSection", "not tried yet")},
            {KC_TEXT("QualificationSection", "throw-away keys"),
             joinedByCommas(wrapping::qualification::throwAwayKeysFor(combination))}};
}

app::Details notTaken(const wrapping::qualification::Combination& combination) {
    return {{KC_TEXT("QualificationSection", "can this token wrap it"), KC_TEXT("QualificationSection", "KMS would not take it")},
            {KC_TEXT("QualificationSection", "rule"),
             wrapping::whyRefused(combination.keySpec, combination.choice).value_or(Text{})}};
}

}  // namespace

QualificationSection::QualificationSection(Desk& desk, QWidget* parent)
    : QWidget{parent},
      m_desk{desk},
      m_model{new QualificationModel{this}},
      m_wrappingKey{makeChoice("tokens.wrapping-key", this)},
      m_table{makeTable(m_model, "tokens.matrix", this)},
      m_start{makePrimaryButton({}, this)},
      m_untried{makeButton(tr("Choose all that was not tried"), this)},
      m_again{new QCheckBox{tr("Try again where a result is kept"), this}},
      m_job{new JobPanel{desk.worker(), this}},
      m_summary{makeText({}, this)},
      m_findings{new FindingsView{this}},
      m_cellCard{new Card{{}, this}},
      m_cellName{makeHeading({}, m_cellCard)},
      m_cell{new DetailsView{m_cellCard}} {
    m_start->setObjectName(QStringLiteral("tokens.qualify"));
    m_untried->setObjectName(QStringLiteral("tokens.qualify.untried"));
    m_again->setObjectName(QStringLiteral("tokens.qualify.again"));
    m_job->setObjectName(QStringLiteral("tokens.qualify.job"));
    m_summary->setObjectName(QStringLiteral("tokens.qualify.summary"));
    m_cellName->setObjectName(QStringLiteral("tokens.cell.name"));
    m_cell->setObjectName(QStringLiteral("tokens.cell"));
    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::wide);
    layout->addWidget(
        makeText(tr("Lists of mechanisms prove nothing: some tokens cannot do what they list, and some wrap wrongly without "
                    "saying so. Here "
                    "it is tried: a throw-away key is generated on the token, wrapped as an import would wrap it, opened and "
                    "compared, and "
                    "destroyed. Results are kept for as long as module, serial number, model and firmware stay the same."),
                 this));
    layout->addWidget(makeMatrix());
    layout->addWidget(m_cellCard);
    layout->addWidget(makeActions());
    layout->addWidget(m_job);
    layout->addWidget(m_summary);
    layout->addWidget(m_findings);
    m_cellCard->content()->addWidget(m_cellName);
    m_cellCard->content()->addWidget(m_cell);
    setToken({});

    connect(m_table->selectionModel(), &QItemSelectionModel::selectionChanged, this, &QualificationSection::showChoice);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentChanged, this, &QualificationSection::showCell);
    connect(m_start, &QPushButton::clicked, this, &QualificationSection::start);
    connect(m_untried, &QPushButton::clicked, this, &QualificationSection::chooseUntried);
    connect(m_job, &JobPanel::asked, this, [this](const app::Question& question) {
        const bool forPin = question.kind == app::QuestionKind::UserPin;
        m_job->questions()->setHint(forPin ? m_desk.rehearsalPinHint() : QString{});
        Q_EMIT shown(m_job->questions());
    });
    connect(m_job, &JobPanel::finished, this, &QualificationSection::showResults);
    connect(m_job, &JobPanel::failed, this, &QualificationSection::keptResultsWanted);
    connect(m_job, &JobPanel::failed, this, [this] { Q_EMIT shown(m_job->failures()); });
    connect(m_job, &JobPanel::runningChanged, this, [this](bool running) {
        showChoice();
        Q_EMIT runningChanged(running);
    });
}

QWidget* QualificationSection::makeMatrix() {
    auto* box = new QWidget{this};
    auto* layout = new QVBoxLayout{box};
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacing::small);
    for (const auto& row : wrapping::wrappingKeySpecNames) {
        m_wrappingKey->addItem(toQString(row.name), static_cast<int>(row.value));
    }
    m_wrappingKey->setAccessibleName(tr("Wrapping key"));
    m_wrappingKey->setCurrentIndex(m_wrappingKey->findData(static_cast<int>(m_model->wrappingKeySpec())));
    auto* name = new QLabel{tr("Under a &wrapping key of"), box};
    name->setBuddy(m_wrappingKey);
    auto* head = new FlowLayout;
    head->addWidget(name);
    head->addWidget(m_wrappingKey);
    layout->addLayout(head);
    m_table->setAccessibleName(tr("What this token can wrap: key specs by wrapping algorithms"));
    m_table->setSelectionBehavior(QAbstractItemView::SelectItems);
    m_table->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_table->setAlternatingRowColors(false);
    m_table->setShowGrid(true);
    m_table->verticalHeader()->show();
    m_table->horizontalHeader()->setStretchLastSection(false);
    stretchColumns(m_table);
    fitHeight(m_table, m_model->rowCount());
    layout->addWidget(m_table);
    connect(m_wrappingKey, &QComboBox::currentIndexChanged, this, [this] {
        m_model->setWrappingKeySpec(static_cast<wrapping::WrappingKeySpec>(m_wrappingKey->currentData().toInt()));
        showChoice();
        showCell(m_table->currentIndex());
    });
    return box;
}

QWidget* QualificationSection::makeActions() {
    auto* box = new QWidget{this};
    auto* row = new FlowLayout{box};
    row->addWidget(m_start);
    row->addWidget(m_untried);
    row->addWidget(m_again);
    return box;
}

void QualificationSection::setToken(const app::TokenStation& token) {
    m_token = token;
    m_model->show({});
    m_job->clear();
    m_summary->hide();
    m_findings->hide();
    m_table->setCurrentIndex({});
    m_table->clearSelection();
    showCell({});
    showChoice();
}

void QualificationSection::show(std::vector<Result> kept) {
    m_model->show(std::move(kept));
    showCell(m_table->currentIndex());
}

bool QualificationSection::running() const {
    return m_job->running();
}

void QualificationSection::cancel() {
    m_job->cancel();
}

std::vector<QualificationSection::Combination> QualificationSection::chosen() const {
    std::vector<Combination> combinations;
    QModelIndexList cells = m_table->selectionModel()->selectedIndexes();
    std::sort(cells.begin(), cells.end());  // QModelIndex has no more than operator<
    for (const QModelIndex& cell : cells) {
        if (m_model->state(cell) != State::NotTaken) {
            combinations.push_back(m_model->combination(cell));
        }
    }
    return combinations;
}

void QualificationSection::chooseUntried() {
    QItemSelection untried;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        for (int column = 0; column < m_model->columnCount(); ++column) {
            const QModelIndex cell = m_model->index(row, column);
            if (m_model->state(cell) == State::NotTried) {
                untried.select(cell, cell);
            }
        }
    }
    m_table->selectionModel()->select(untried, QItemSelectionModel::ClearAndSelect);
}

void QualificationSection::start() {
    m_summary->hide();
    m_findings->hide();
    m_collected = std::make_shared<Collected>();
    const app::QualifyRequest request{m_token, chosen(), m_desk.qualificationFolder(), m_again->isChecked()};
    m_job->run([request](app::RunContext context) { return app::makeQualifyJob(request, std::move(context)); },
               [collected = m_collected](const app::Job& job) {
                   const auto& ended = dynamic_cast<const app::QualifyJob&>(job);
                   *collected = {ended.results(), ended.findings()};
               });
}

void QualificationSection::showResults() {
    m_job->clear();
    m_model->add(m_collected->results);
    const auto able = std::ranges::count_if(m_collected->results, [](const Result& result) { return result.chosen.has_value(); });
    m_summary->setText(tr("Combinations looked at: %1. This token can do %2 of them. Choose a cell to read why.")
                           .arg(m_collected->results.size())
                           .arg(able));
    m_summary->show();
    m_findings->show(m_collected->findings);
    m_findings->setVisible(!m_collected->findings.empty());
    showCell(m_table->currentIndex());
    m_table->setFocus(Qt::OtherFocusReason);
    Q_EMIT shown(m_table);
}

void QualificationSection::showChoice() {
    const std::size_t count = chosen().size();
    m_start->setEnabled(count > 0 && !running());
    m_untried->setEnabled(!running());
    m_start->setText(count == 0 ? tr("Tr&y with throw-away keys") : tr("Tr&y %1 with throw-away keys").arg(count));
}

void QualificationSection::showCell(const QModelIndex& cell) {
    if (!cell.isValid()) {
        m_cellName->setText(tr("Choose cells"));
        m_cell->show({{KC_TEXT("QualificationSection", "one"), KC_TEXT("QualificationSection", "tells here what is known of it")},
                      {KC_TEXT("QualificationSection", "several"),
                       KC_TEXT("QualificationSection", "with Ctrl or Shift, or a row by its name: to try them together")}});
        return;
    }
    m_cellName->setText(translated(app::inWords(m_model->combination(cell))));
    switch (m_model->state(cell)) {
        case State::NotTaken: m_cell->show(notTaken(m_model->combination(cell))); break;
        case State::NotTried: m_cell->show(untried(m_model->combination(cell))); break;
        case State::Yes:
        case State::No: m_cell->show(app::qualificationDetails(*m_model->result(cell))); break;
    }
}

}  // namespace keyconvoy::ui
