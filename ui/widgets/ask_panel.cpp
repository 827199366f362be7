#include "ui/widgets/ask_panel.h"

#include "ui/look/spacing.h"
#include "ui/widgets/parts.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QPushButton>
#include <QVBoxLayout>
#include <utility>

namespace keyconvoy::ui {

namespace {

constexpr int widestName = 360;

}  // namespace

AskPanel::AskPanel(const QString& objectName, QWidget* parent)
    : QFrame{parent},
      m_question{makeHeading({}, this)},
      m_name{new QLineEdit{this}},
      m_problem{makeText({}, this)},
      m_buttons{new QHBoxLayout} {
    setKind(this, "question");
    setObjectName(objectName);
    m_question->setObjectName(objectName + QStringLiteral(".text"));
    m_question->setBuddy(m_name);
    m_name->setObjectName(objectName + QStringLiteral(".name"));
    m_name->setAccessibleName(tr("Name"));
    m_name->setMaximumWidth(widestName);
    m_problem->setObjectName(objectName + QStringLiteral(".problem"));
    setKind(m_problem, "problem");
    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(spacing::wide, spacing::wide, spacing::wide, spacing::wide);
    layout->setSpacing(spacing::normal);
    layout->addWidget(m_question);
    layout->addWidget(m_name);
    layout->addWidget(m_problem);
    m_buttons->setSpacing(spacing::small);
    layout->addLayout(m_buttons);
    connect(m_name, &QLineEdit::returnPressed, this, &AskPanel::tryName);
    hide();
}

void AskPanel::ask(const QString& question, const std::vector<Choice>& choices) {
    begin(question);
    for (const Choice& choice : choices) {
        addButton(choice, &choice == &choices.back());
    }
    m_buttons->addStretch(1);
    show();
    m_safe->setFocus(Qt::OtherFocusReason);
}

void AskPanel::askName(const QString& question, const QString& proposal, const QString& verb, TakeName take) {
    begin(question);
    m_takeName = std::move(take);
    m_name->setText(proposal);
    m_name->show();
    addButton({verb, "take", [this] { tryName(); }}, true);
    addButton({tr("Cancel"), "cancel", [this] { clear(); }}, false);
    m_buttons->addStretch(1);
    show();
    m_name->setFocus(Qt::OtherFocusReason);
    m_name->selectAll();
}

void AskPanel::clear() {
    m_takeName = nullptr;
    m_before.giveBack(*this);
    hide();
    Q_EMIT openChanged(false);
}

void AskPanel::begin(const QString& question) {
    m_before.note(*this);
    m_takeName = nullptr;
    m_name->hide();
    m_problem->hide();
    m_question->setText(question);
    setAccessibleName(question);
    removeWidgets(m_buttons);
    Q_EMIT openChanged(true);
    announce(this);
}

void AskPanel::addButton(const Choice& choice, bool primary) {
    QPushButton* button = primary ? makePrimaryButton(choice.verb, this) : makeButton(choice.verb, this);
    button->setObjectName(objectName() + QLatin1Char{'.'} + QLatin1String{choice.objectName});
    connect(button, &QPushButton::clicked, this, [this, act = choice.act] {
        if (!m_takeName) {
            clear();
        }
        if (act) {
            act();
        }
    });
    m_buttons->addWidget(button);
    m_safe = button;
}

void AskPanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        m_safe->click();
        return;
    }
    QFrame::keyPressEvent(event);
}

void AskPanel::tryName() {
    const TakeName take = m_takeName;  // it may ask the next question here
    if (!take) {
        return;
    }
    const QString problem = take(m_name->text().trimmed());
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
    if (problem.isEmpty()) {
        clear();
    }
}

}  // namespace keyconvoy::ui
