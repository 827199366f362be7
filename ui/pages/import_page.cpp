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
#include <QTimer>
#include <QVBoxLayout>
#include <utility>

namespace keyconvoy::ui {

ImportPage::ImportPage(Desk& desk, QWidget* parent)
    : Page{desk, tr("Import a key"), {}, parent},
      m_stepper{
          new Stepper{{tr("Key"), tr("KMS key"), tr("Wrapping"), tr("Expiry"), tr("Review"), tr("Import"), tr("Result")}, this}} {
    auto* outer = static_cast<QVBoxLayout*>(layout());
    outer->setSpacing(0);
    outer->insertWidget(0, m_stepper);
    connect(m_stepper, &Stepper::chosen, this, &ImportPage::open);
}

/// The parts in the order in which Tab goes, then what stands below them.
bool ImportPage::prepare() {
    if (m_parts.size() < PartCount) {
        addPart(makePart(static_cast<Part>(m_parts.size())));
        return true;
    }
    if (m_failure == nullptr) {
        finishMaking();
        return true;
    }
    return false;
}

ImportPart* ImportPage::makePart(Part part) {
    switch (part) {
        case Key:
            m_key = new KeyPart{desk(), parts()};
            connect(m_key, &KeyPart::stationWanted, this, [this] { Q_EMIT pageWanted(PageId::Station); });
            return m_key;
        case KmsKey: return m_kmsKey = new KmsKeyPart{desk(), parts()};
        case Wrapping: return m_wrapping = new WrappingPart{desk(), parts()};
        case Expiry: return m_expiry = new ExpiryPart{parts()};
        case Review:
            m_review = new ReviewPart{desk(), parts()};
            connect(m_review, &ReviewPart::changeWanted, this, &ImportPage::open);
            return m_review;
        case Run:
            m_run = new RunPart{desk(), parts()};
            connect(m_run, &RunPart::failed, this, [this] {
                m_failed = true;
                showButtons();
                m_run->takeFocus();
            });
            connect(m_run, &RunPart::finished, this, [this](const app::ImportOutcome& outcome, const Json& result) {
                m_result->showOutcome(outcome, result);
                setResultDue(true);
                QTimer::singleShot(0, this, &ImportPage::openDueResult);
            });
            return m_run;
        case Result: return m_result = new ResultPart{desk(), parts()};
        case PartCount: break;
    }
    return nullptr;
}

void ImportPage::openDueResult() {
    if (m_current != Result) {
        m_reached = Result;
        open(Result);
    } else if (!m_result->showNextCard()) {
        setResultDue(false);
        return;
    }
    QTimer::singleShot(0, this, &ImportPage::openDueResult);
}

/// Until the result is open the page is as busy as before.
void ImportPage::setResultDue(bool due) {
    m_resultIsDue = due;
    showButtons();
    Q_EMIT busyChanged(busy());
}

void ImportPage::addPart(ImportPart* part) {
    part->setObjectName(QStringLiteral("import.part.%1").arg(m_parts.size()));
    part->setVisible(m_parts.empty());  // nothing is looked at before the page is opened
    content()->addWidget(part);
    m_parts.push_back(part);
    connect(part, &ImportPart::revealWanted, this, &ImportPage::reveal);
    connect(part, &ImportPart::busyChanged, this, [this] {
        showButtons();
        Q_EMIT busyChanged(busy());
    });
}

void ImportPage::finishMaking() {
    m_failure = new FailurePanel{parts()};
    content()->addWidget(m_failure);
    QWidget* footer = makeFooter();
    layout()->addWidget(footer);
    footer->show();  // now, and not in the next turn: the page may be open
    for (ImportPart* part : m_parts) {
        forgetFailureOnChangeIn(part);
    }
    m_modeOfPage = desk().mode();
    connect(&desk(), &Desk::rehearsalChanged, this, &ImportPage::followRehearsal);
    connect(&desk(), &Desk::busyChanged, this, &ImportPage::showButtons);
    showButtons();
}

QWidget* ImportPage::makeFooter() {
    auto* footer = new QFrame{this};
    setKind(footer, "footer");
    m_back = makeButton(tr("Bac&k"), footer);
    m_startOver = makeButton(tr("Start &over"), footer);
    m_next = makePrimaryButton({}, footer);
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
    connect(m_back, &QPushButton::clicked, this, &ImportPage::back);
    connect(m_next, &QPushButton::clicked, this, &ImportPage::next);
    connect(m_startOver, &QPushButton::clicked, this, [this] {
        if (leftByFailedRun() == Left::DoneImport) {
            Q_EMIT discardWanted();
        } else {
            changeSomething(Key);
        }
    });
    return footer;
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
    return m_resultIsDue || std::ranges::any_of(m_parts, [](const ImportPart* part) { return part->busy(); });
}

void ImportPage::cancel() {
    for (ImportPart* part : m_parts) {
        if (part->busy()) {
            part->cancel();
        }
    }
}

QString ImportPage::news() const {
    if (m_resultIsDue) {
        return newsOfResult();
    }
    switch (m_current) {
        case Result: return newsOfResult();
        case Run: return m_run->leftBehind() ? translatedSentence(m_run->leftBehind()->what) : QString{};
        default: return {};
    }
}

QString ImportPage::newsOfResult() const {
    return tr("The import came to its end: %1").arg(m_result->keyArn());
}

/// A rehearsal's result is about keys that are thrown away.
QString ImportPage::unsaved() const {
    if (!m_ranInProduction) {
        return {};
    }
    const bool done = m_current == Result || m_resultIsDue || (m_current == Run && m_run->canCheckAgain());
    if (done && !(m_current == Result && m_result->isSaved())) {
        return tr("The result of this import is not saved. Nobody keeps it but you.");
    }
    if (m_takenUp || (m_current == Run && m_failed && leftByFailedRun() == Left::Keys)) {
        return tr("A run that did not come to its end left keys behind. Their names stand on this page only.");
    }
    return {};
}

void ImportPage::discard() {
    startAnother();
}

void ImportPage::enter() {
    while (prepare()) {
    }
    if (m_current < Run) {
        open(m_current);
    } else if (m_current == Run) {
        m_run->takeFocus();
    }
}

/// A rehearsal that ends takes token and KMS with it: what runs on them cannot go on, and its result is about nothing any more.
void ImportPage::followRehearsal() {
    if (desk().rehearsalState() == Desk::RehearsalState::Starting || desk().rehearsalState() == Desk::RehearsalState::Broken) {
        return;
    }
    if (desk().rehearsalState() == Desk::RehearsalState::None) {
        m_modeOfPage = app::Mode::Production;
        cancel();
        if (!busy()) {
            startAnother();
        }
        return;
    }
    if (busy()) {
        return;
    }
    if (std::exchange(m_modeOfPage, desk().mode()) != desk().mode()) {  // what was entered was meant for the other one
        startAnother();
    } else if (m_current > Key && m_current < Run) {
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
        m_parts.at(static_cast<std::size_t>(m_current))->goToMissing();
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
        case Run: afterFailure(); return;
        case Result: Q_EMIT discardWanted(); return;
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
        m_takenUp = false;
        m_ranInProduction = desk().mode() == app::Mode::Production;
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
            Q_EMIT discardWanted();
        }
    } else {
        const auto& left = m_run->leftBehind();
        changeSomething(left && left->kmsKeyMayExist ? KmsKey : Review);
    }
}

void ImportPage::checkAgain() {
    m_failed = false;
    showButtons();
    m_run->checkAgain();
}

/// What the failed run made is taken up, as its remedy says: a second key of the same name would be refused.
void ImportPage::changeSomething(int part) {
    m_takenUp = leftByFailedRun() == Left::Keys;
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
    m_wrapping->startAnother();
    m_expiry->startAnother();
    m_review->setTakenUp({});
    m_failed = false;
    m_takenUp = false;
    m_ranInProduction = false;
    m_reached = Key;
    open(Key);
}

void ImportPage::showButtons() {
    const bool running = busy();
    const bool anotherPageRuns = desk().busy() && !running;
    const bool failedRun = m_current == Run && m_failed;
    const Left left = failedRun ? leftByFailedRun() : Left::Nothing;
    const bool check = failedRun && m_run->canCheckAgain();
    m_back->setVisible(m_current > Key && m_current < Run);
    m_startOver->setVisible(check || (failedRun && left != Left::DoneImport));
    m_startOver->setText(check ? tr("Import a&nother key") : left == Left::Keys ? tr("&Change something") : tr("Start &over"));
    m_next->setVisible(m_current != Run || failedRun);
    m_next->setText(wordsForNext(left, check));
    m_next->setEnabled(!running && !anotherPageRuns);
    m_back->setEnabled(!running && !anotherPageRuns);
    m_startOver->setEnabled(!anotherPageRuns);
    m_stepper->show(m_current, running || anotherPageRuns || m_current >= Run ? -1 : m_reached);
}

QString ImportPage::wordsForNext(Left left, bool check) const {
    switch (m_current) {
        case Review: return tr("&Begin the import");
        case Result: return tr("Import a&nother key");
        case Run: break;
        default: return tr("&Next");
    }
    if (check) {
        return tr("Check a&gain");
    }
    switch (left) {
        case Left::DoneImport: return tr("Import a&nother key");
        case Left::Keys: return tr("&Go on with what exists");
        case Left::Nothing: break;
    }
    const auto& behind = m_run->leftBehind();
    return behind && behind->kmsKeyMayExist ? tr("&Change something") : tr("Back to the &review");
}

void ImportPage::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->isAutoRepeat()) {  // a key that is held agrees to nothing
        event->accept();
        return;
    }
    if (enter && m_current < Run && m_next != nullptr && m_next->isEnabled()) {
        next();
        return;
    }
    Page::keyPressEvent(event);
}

}  // namespace keyconvoy::ui
