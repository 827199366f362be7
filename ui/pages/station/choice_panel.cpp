#include "ui/pages/station/choice_panel.h"

#include "ui/look/spacing.h"
#include "ui/widgets/choice_button.h"
#include "ui/widgets/failure_panel.h"
#include "ui/widgets/parts.h"

#include <QKeyEvent>
#include <QVBoxLayout>

namespace keyconvoy::ui {

ChoicePanel::ChoicePanel(const QString& objectName, QWidget* parent)
    : QFrame{parent},
      m_heading{makeText({}, this)},
      m_rows{new QVBoxLayout},
      m_failure{new FailurePanel{this}},
      m_close{makeButton(tr("Close"), this)} {
    setObjectName(objectName);
    setKind(this, "choices");
    m_heading->setObjectName(objectName + QStringLiteral(".heading"));
    m_close->setObjectName(objectName + QStringLiteral(".close"));
    setKind(m_close, "quiet");
    auto* layout = new QVBoxLayout{this};
    layout->setContentsMargins(spacing::normal, spacing::normal, spacing::normal, spacing::normal);
    layout->setSpacing(spacing::small);
    auto* head = new QHBoxLayout;
    head->addWidget(m_heading, 1);
    head->addWidget(m_close, 0, Qt::AlignTop);
    layout->addLayout(head);
    m_rows->setSpacing(spacing::hair);
    layout->addLayout(m_rows);
    layout->addWidget(m_failure);
    connect(m_close, &QPushButton::clicked, this, &ChoicePanel::close);
    hide();
}

void ChoicePanel::wait(const QString& what) {
    begin(what);
    open();
}

void ChoicePanel::offer(const QString& heading, const std::vector<Choice>& choices, const QString& whenNone) {
    begin(choices.empty() ? whenNone : heading);
    for (std::size_t i = 0; i < choices.size(); ++i) {
        auto* button = new ChoiceButton{choices[i].name + QStringLiteral(", ") + choices[i].detail, this};
        button->setObjectName(objectName() + QStringLiteral(".%1").arg(i));
        button->addWords(makeHeading(choices[i].name, button));
        button->addWords(makeCaption(choices[i].detail, button));
        connect(button, &QPushButton::clicked, this, [this, index = static_cast<int>(i)] {
            close();
            Q_EMIT chosen(index);
        });
        m_rows->addWidget(button);
        if (i == 0) {
            button->setFocus(Qt::OtherFocusReason);
        }
    }
    open();
}

void ChoicePanel::fail(const Failure& failure) {
    begin({});
    m_failure->show(failure);
    open();
}

void ChoicePanel::begin(const QString& heading) {
    m_heading->setText(heading);
    m_failure->clear();
    removeWidgets(m_rows);
}

void ChoicePanel::open() {
    show();
    Q_EMIT opened();
}

void ChoicePanel::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        close();
        return;
    }
    QFrame::keyPressEvent(event);
}

void ChoicePanel::close() {
    hide();
    Q_EMIT closed();
}

}  // namespace keyconvoy::ui
