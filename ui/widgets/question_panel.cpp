#include "ui/widgets/question_panel.h"

#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/details_view.h"
#include "ui/widgets/parts.h"
#include "ui/widgets/pin_field.h"

#include <QHBoxLayout>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

namespace keyconvoy::ui {

namespace {

constexpr qsizetype longestHeading = 120;  // a longer question is read, not looked at

bool isSecret(app::QuestionKind kind) {
    return kind == app::QuestionKind::UserPin || kind == app::QuestionKind::SecurityOfficerPin;
}

QString yesFor(app::QuestionKind kind) {
    switch (kind) {
        case app::QuestionKind::UserPin: return QuestionPanel::tr("Log in");
        case app::QuestionKind::SecurityOfficerPin: return QuestionPanel::tr("Log in as security officer");
        case app::QuestionKind::PinPad: return QuestionPanel::tr("Go on at the token's own pad");
        case app::QuestionKind::Confirmation: return QuestionPanel::tr("Agree and go on");
        case app::QuestionKind::Consent: return QuestionPanel::tr("I consent");
    }
    return {};
}

}  // namespace

QuestionPanel::QuestionPanel(QWidget* parent)
    : QFrame{parent},
      m_text{makeHeading({}, this)},
      m_hint{makeText({}, this)},
      m_details{new DetailsView{this}},
      m_pin{new PinField{this}},
      m_pinNote{makeCaption({}, this)},
      m_yes{makePrimaryButton({}, this)},
      m_no{makeButton(tr("Do not go on"), this)} {
    setKind(this, "question");
    setObjectName(QStringLiteral("question"));
    m_text->setObjectName(QStringLiteral("question.text"));
    m_hint->setObjectName(QStringLiteral("question.hint"));
    m_pin->setObjectName(QStringLiteral("question.pin"));
    m_yes->setObjectName(QStringLiteral("question.yes"));
    m_no->setObjectName(QStringLiteral("question.no"));

    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(spacing::wide, spacing::wide, spacing::wide, spacing::wide);
    layout->setSpacing(spacing::normal);
    layout->addWidget(m_text);
    layout->addWidget(m_details);
    layout->addWidget(m_hint);
    layout->addWidget(m_pin, 0, Qt::AlignLeft);
    layout->addWidget(m_pinNote);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(spacing::small);
    buttons->addWidget(m_yes);
    buttons->addWidget(m_no);
    buttons->addStretch(1);
    layout->addLayout(buttons);

    connect(m_yes, &QPushButton::clicked, this, &QuestionPanel::answerYes);
    connect(m_no, &QPushButton::clicked, this, &QuestionPanel::answerNo);
    connect(m_pin, &PinField::accepted, this, &QuestionPanel::answerYes);
    connect(m_pin, &PinField::lengthChanged, this, [this](int length) { m_yes->setEnabled(!isSecret(m_kind) || length > 0); });
    connect(m_pin, &PinField::capsLockNoticed, this, [this](bool on) {
        m_pinNote->setText(on ? tr("Caps lock seems to be on.") : QString{});
        m_pinNote->setVisible(on);
    });
    connect(m_pin, &PinField::full, this, [this] {
        m_pinNote->setText(tr("A PIN has at most 255 octets; the last character was not taken."));
        m_pinNote->show();
    });
    hide();
}

void QuestionPanel::ask(const app::Question& question, std::function<void(app::Answer)> answer) {
    m_kind = question.kind;
    m_id = question.id;
    m_answer = std::move(answer);
    m_text->setText(translatedSentence(question.text));
    setKind(m_text, m_text->text().size() > longestHeading ? "lead" : "heading");
    m_details->show(question.details);
    m_pinNote->hide();
    m_hint->hide();
    prepareFor(question.kind);
    setAccessibleName(m_text->text());
    show();
    takeFocus();
    announce(this);
}

void QuestionPanel::takeFocus() {
    (isSecret(m_kind) ? static_cast<QWidget*>(m_pin) : m_no)->setFocus(Qt::OtherFocusReason);
}

void QuestionPanel::prepareFor(app::QuestionKind kind) {
    m_pin->wipe();
    m_pin->setVisible(isSecret(kind));
    m_yes->setText(yesFor(kind));
    m_yes->setEnabled(!isSecret(kind));
    const bool risky = kind == app::QuestionKind::Consent;  // then the eye goes first to what changes nothing
    setKind(m_yes, risky ? "" : "primary");
    setKind(m_no, risky ? "primary" : "");
}

void QuestionPanel::clear() {
    m_pin->wipe();
    m_answer = nullptr;
    hide();
}

void QuestionPanel::setHint(const QString& hint) {
    m_hint->setText(hint);
    m_hint->setVisible(!hint.isEmpty());
}

void QuestionPanel::answerYes() {
    if (m_yes->isEnabled()) {
        answer(true);
    }
}

void QuestionPanel::answerNo() {
    answer(false);
}

void QuestionPanel::answer(bool yes) {
    if (!m_answer) {
        return;
    }
    app::Answer answer{.questionId = m_id, .yes = yes, .secret = {}};
    if (yes && isSecret(m_kind)) {
        answer.secret = m_pin->take();
    }
    const auto give = std::exchange(m_answer, nullptr);
    clear();
    give(std::move(answer));
}

}  // namespace keyconvoy::ui
