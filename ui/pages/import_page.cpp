#include "ui/pages/import_page.h"

#include "app/ceremony/import_plan.h"
#include "ui/desk.h"
#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/pages/import/expiry_part.h"
#include "ui/pages/import/key_part.h"
#include "ui/pages/import/kms_key_part.h"
#include "ui/pages/import/result_part.h"
#include "ui/pages/import/review_part.h"
#include "ui/pages/import/run_part.h"
#include "ui/pages/import/wrapping_part.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/stepper.h"

#include <algorithm>
#include <QAbstractButton>
#include <QComboBox>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>

namespace keyconvoy::ui {

ImportPage::ImportPage(Desk& desk, QWidget* parent)
    : Page{desk, tr("Import a key"), {}, parent},
      m_stepper{
          new Stepper{{tr("Key"), tr("KMS key"), tr("Wrapping"), tr("Expiry"), tr("Review"), tr("Import"), tr("Result")}, this}},
      m_key{new KeyPart{desk, this}},
      m_kmsKey{new KmsKeyPart{desk, this}},
      m_wrapping{new WrappingPart{desk, this}},
      m_expiry{new ExpiryPart{this}},
      m_review{new ReviewPart{desk, this}},
      m_run{new RunPart{desk, this}},
      m_result{new ResultPart{desk, this}},
      m_failure{new FailurePanel{this}},
      m_back{makeButton(tr("Bac&k"), this)},
      m_startOver{makeButton(tr("Start &over"), this)},
      m_next{makePrimaryButton({}, this)} {
    m_parts = {m_key, m_kmsKey, m_wrapping, m_expiry, m_review, m_run, m_result};
    auto* outer = static_cast<QVBoxLayout*>(layout());
    outer->setSpacing(0);
    outer->insertWidget(0, m_stepper);
    for (int i = 0; i < PartCount; ++i) {
        ImportPart* part = m_parts.at(static_cast<std::size_t>(i));
        part->setObjectName(QStringLiteral("import.part.%1").arg(i));
        content()->addWidget(part);
        part->hide();
    }
    content()->addWidget(m_failure);
    outer->addWidget(makeFooter());
    connectParts();
    m_key->show();  // nothing is looked at before the page is opened
    showButtons();
}

QWidget* ImportPage::makeFooter() {
    auto* footer = new QFrame{this};
    setKind(footer, "footer");
    m_back->setObjectName(QStringLiteral("import.back"));
    m_startOver->setObjectName(QStringLiteral("import.start-over"));
    m_next->setObjectName(QStringLiteral("import.next"));
    auto* row = new QHBoxLayout{footer};
    row->setContentsMargins(spacing::apart, spacing::normal, spacing::apart, spacing::normal);
    row->setSpacing(spacing::small);
    row->addWidget(m_back);
    row->addWidget(m_startOver);
    row->addStretch(1);
    row->addWidget(m_next);
    return footer;
}

void ImportPage::connectParts() {
    for (ImportPart* part : m_parts) {
        forgetFailureOnChangeIn(part);
        connect(part, &ImportPart::revealWanted, this, &ImportPage::reveal);
        connect(part, &ImportPart::busyChanged, this, [this] {
            showButtons();
            Q_EMIT busyChanged(busy());
        });
    }
    connect(m_back, &QPushButton::clicked, this, &ImportPage::back);
    connect(m_next, &QPushButton::clicked, this, &ImportPage::next);
    connect(m_startOver, &QPushButton::clicked, this, [this] {
        if (leftByFailedRun() == Left::DoneImport) {
            startAnother();
        } else {
            changeSomething(Key);
        }
    });
    connect(m_stepper, &Stepper::chosen, this, &ImportPage::open);
    connect(m_key, &KeyPart::stationWanted, this, [this] { Q_EMIT pageWanted(PageId::Station); });
    connect(m_review, &ReviewPart::changeWanted, this, &ImportPage::open);
    connect(m_run, &RunPart::failed, this, [this] {
        m_failed = true;
        showButtons();
        m_run->focusFailure();
    });
    connect(m_run, &RunPart::checkEnded, this, [this] {
        showButtons();
        m_next->setFocus(Qt::OtherFocusReason);
    });
    connect(m_run, &RunPart::finished, this, [this](const app::ImportOutcome& outcome, const Json& result) {
        m_result->showOutcome(outcome, result);
        m_reached = Result;
        open(Result);
    });
    connect(&desk(), &Desk::rehearsalChanged, this, &ImportPage::followRehearsal);
    connect(&desk(), &Desk::busyChanged, this, &ImportPage::showButtons);
}

/// What was not right is said until something is changed.
void ImportPage::forgetFailureOnChangeIn(QWidget* part) {
    for (QLineEdit* edit : part->findChildren<QLineEdit*>()) {
        connect(edit, &QLineEdit::textChanged, m_failure, &FailurePanel::clear);
    }
    for (QAbstractButton* choice : part->findChildren<QAbstractButton*>()) {
        connect(choice, &QAbstractButton::toggled, m_failure, &FailurePanel::clear);
    }
    for (QComboBox* choice : part->findChildren<QComboBox*>()) {
        connect(choice, &QComboBox::currentIndexChanged, m_failure, &FailurePanel::clear);
    }
}

bool ImportPage::busy() const {
    return std::ranges::any_of(m_parts, [](const ImportPart* part) { return part->busy(); });
}

void ImportPage::cancel() {
    for (ImportPart* part : m_parts) {
        if (part->busy()) {
            part->cancel();
        }
    }
}

QString ImportPage::news() const {
    if (m_current == Result) {
        return tr("The import came to its end: %1").arg(m_result->keyArn());
    }
    const auto& left = m_run->leftBehind();
    return m_current == Run && left ? translatedSentence(left->what) : QString{};
}

/// A rehearsal's result is about keys that are thrown away.
QString ImportPage::unsaved() const {
    const bool done = m_current == Result || (m_current == Run && (m_run->checked() || m_run->canCheckAgain()));
    const bool kept = desk().mode() == app::Mode::Rehearsal || !done || (m_current == Result && m_result->isSaved());
    return kept ? QString{} : tr("The result of this import is not saved. Nobody keeps it but you.");
}

void ImportPage::enter() {
    if (m_current < Run) {
        open(m_current);
    }
}

/// A rehearsal that ends takes token and KMS with it: what runs on them cannot go on, and its result is about nothing any more.
void ImportPage::followRehearsal() {
    if (desk().rehearsalState() == Desk::RehearsalState::Starting || desk().rehearsalState() == Desk::RehearsalState::Broken) {
        return;
    }
    if (desk().rehearsalState() == Desk::RehearsalState::None) {
        cancel();
        if (!busy()) {
            startAnother();
        }
        return;
    }
    if (!busy() && m_current > Key && m_current < Run) {
        open(Key);
    }
}

void ImportPage::open(int part) {
    try {
        const ImportDraft soFar = part > Review ? ImportDraft{} : draftUpTo(part - 1);
        m_failure->clear();
        m_current = part;
        m_reached = part > Review ? part : std::max(part, std::min<int>(m_reached, Review));
        for (int i = 0; i < PartCount; ++i) {
            m_parts.at(static_cast<std::size_t>(i))->setVisible(i == part);
        }
        showButtons();
        m_parts.at(static_cast<std::size_t>(part))->enter(soFar);
        if (part == Review) {
            m_next->setFocus(Qt::OtherFocusReason);
        }
        scrollToTop();
    } catch (const Error& error) {
        m_failure->show(error.failure());
        reveal(m_failure);
    }
}

ImportDraft ImportPage::draftUpTo(int last) const {
    ImportDraft draft;
    if (last >= Expiry) {
        draft.request.token = desk().tokenStation();
        draft.request.kms = desk().kmsStation();
        draft.request.qualificationFolder = desk().qualificationFolder();
        draft.request.sheetFolder = desk().sheetFolder();
    }
    for (int i = 0; i <= last; ++i) {
        m_parts.at(static_cast<std::size_t>(i))->contribute(draft);
    }
    if (last >= Expiry) {
        app::checkImportRequest(draft.request, systemNow());
    }
    return draft;
}

void ImportPage::next() {
    switch (m_current) {
        case Review: begin(); return;
        case Run:
            if (m_run->checked()) {
                startAnother();
            } else {
                afterFailure();
            }
            return;
        case Result: startAnother(); return;
        default: open(m_current + 1);
    }
}

void ImportPage::back() {
    if (m_current > Key && m_current < Run) {
        open(m_current - 1);
    }
}

void ImportPage::begin() {
    try {
        const ImportDraft draft = draftUpTo(Expiry);
        m_failed = false;
        m_reached = Run;
        open(Run);
        m_run->begin(draft.request);
    } catch (const Error& error) {
        m_failure->show(error.failure());
        reveal(m_failure);
    }
}

ImportPage::Left ImportPage::leftByFailedRun() const {
    const auto& left = m_run->leftBehind();
    if (!left || (left->rest == app::Rest::Job && !left->tokenKeyUri && !left->kmsKeyArn)) {
        return Left::Nothing;
    }
    return left->rest == app::Rest::Job ? Left::Keys : Left::DoneImport;
}

/// A done import is not made again: what is left of it is its check.
void ImportPage::afterFailure() {
    if (!m_failed) {
        return;
    }
    if (leftByFailedRun() == Left::DoneImport) {
        if (m_run->canCheckAgain()) {
            checkAgain();
        } else {
            startAnother();
        }
    } else {
        const auto& left = m_run->leftBehind();
        changeSomething(left && left->kmsKeyMayExist ? KmsKey : Review);
    }
}

void ImportPage::checkAgain() {
    m_failed = false;
    m_run->checkAgain();
    showButtons();
}

/// What the failed run made is taken up, as its remedy says: a second key of the same name would be refused.
void ImportPage::changeSomething(int part) {
    if (const auto& left = m_run->leftBehind()) {
        if (left->tokenKeyUri) {
            m_key->takeUp(*left->tokenKeyUri);
        }
        if (left->kmsKeyArn) {
            m_kmsKey->takeUp(*left->kmsKeyArn);
        } else if (left->kmsKeyMayExist) {
            m_kmsKey->lookFirst();
        }
        m_review->setTakenUp(left->tokenKeyUri && left->kmsKeyArn
                                 ? tr("The run before this one left a key on the token and a KMS key; this run takes both up.")
                             : left->kmsKeyArn ? tr("The run before this one left a KMS key; this run takes it up.")
                                               : tr("The run before this one left a key on the token; this run takes it up."));
    }
    m_reached = Review;
    open(part);
}

void ImportPage::startAnother() {
    m_key->startAnother();
    m_kmsKey->startAnother();
    m_expiry->startAnother();
    m_review->setTakenUp({});
    m_failed = false;
    m_reached = Key;
    open(Key);
}

void ImportPage::showButtons() {
    const bool running = busy();
    const bool failedRun = m_current == Run && m_failed;
    const bool checked = m_current == Run && !running && m_run->checked();
    const bool check = failedRun && m_run->canCheckAgain();
    m_back->setVisible(m_current > Key && m_current < Run);
    m_startOver->setVisible(check || (failedRun && leftByFailedRun() != Left::DoneImport));
    m_startOver->setText(check                             ? tr("Import a&nother key")
                         : leftByFailedRun() == Left::Keys ? tr("&Change something")
                                                           : tr("Start &over"));
    m_next->setVisible(m_current != Run || failedRun || checked);
    const bool anotherPageRuns = desk().busy() && !running;
    m_next->setEnabled(!running && !anotherPageRuns);
    m_back->setEnabled(!running && !anotherPageRuns);
    m_startOver->setEnabled(!anotherPageRuns);
    m_stepper->show(m_current, running || anotherPageRuns || m_current >= Run ? -1 : m_reached);
    if (m_current == Review) {
        m_next->setText(tr("&Begin the import"));
    } else if (check) {
        m_next->setText(tr("Check a&gain"));
    } else if (checked || m_current == Result || (failedRun && leftByFailedRun() == Left::DoneImport)) {
        m_next->setText(tr("Import a&nother key"));
    } else if (failedRun) {
        m_next->setText(leftByFailedRun() == Left::Keys ? tr("&Go on with what exists") : tr("&Change something"));
    } else {
        m_next->setText(tr("&Next"));
    }
}

void ImportPage::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->isAutoRepeat()) {  // a key that is held agrees to nothing
        event->accept();
        return;
    }
    if (enter && m_current < Run && m_next->isEnabled()) {
        next();
        return;
    }
    Page::keyPressEvent(event);
}

}  // namespace keyconvoy::ui
