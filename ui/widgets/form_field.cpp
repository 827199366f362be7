#include "ui/widgets/form_field.h"

#include "ui/look/spacing.h"
#include "ui/widgets/flowing_label.h"
#include "ui/widgets/parts.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int nearlyAll = 1000;  // of the row, against 1: only what a field with a maximum leaves stays free

}  // namespace

FormField::FormField(const QString& name, QWidget* editor, const QString& help, QWidget* parent)
    : QWidget{parent},
      m_editor{editor},
      m_row{new QHBoxLayout},
      m_column{new QVBoxLayout{this}},
      m_problemRow{new QWidget{this}},
      m_problem{makeFlowingText({}, m_problemRow)},
      m_help{help} {
    m_column->setContentsMargins(0, 0, 0, 0);
    m_column->setSpacing(spacing::hair);
    auto* label = new QLabel{name, this};
    setKind(label, "field");
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setBuddy(editor);
    m_column->addWidget(label);
    m_row->setSpacing(spacing::small);
    m_row->addWidget(editor, nearlyAll);
    m_row->addStretch(1);
    m_column->addLayout(m_row);
    auto* problemLayout = new QHBoxLayout{m_problemRow};
    problemLayout->setContentsMargins(0, 0, 0, 0);
    problemLayout->setSpacing(spacing::small);
    problemLayout->addWidget(new IconLabel{QStringLiteral("failed"), IconLabel::Meaning::Problem, 16, m_problemRow}, 0,
                             Qt::AlignTop);
    problemLayout->addWidget(m_problem, 1);
    setKind(m_problem, "problem");
    m_problem->setObjectName(editor->objectName() + QStringLiteral(".problem"));
    m_problemRow->hide();
    m_column->addWidget(m_problemRow);
    if (!help.isEmpty()) {
        m_column->addWidget(makeCaption(help, this));
    }
    editor->setAccessibleName(withoutMnemonic(name));
    editor->setAccessibleDescription(help);
}

void FormField::addBeside(QWidget* part) {
    m_row->insertWidget(m_row->count() - 1, part);
}

void FormField::addBelow(QWidget* part) {
    m_column->insertWidget(m_column->indexOf(m_problemRow), part);
}

void FormField::setProblem(const QString& problem) {
    if (problem == this->problem()) {
        return;
    }
    m_problem->show(problem);
    m_problemRow->setVisible(!problem.isEmpty());
    m_editor->setAccessibleDescription(problem.isEmpty() ? m_help : problem);
    if (!problem.isEmpty()) {
        announce(m_problem);
    }
}

QString FormField::problem() const {
    return FlowingLabel::given(*m_problem);
}

}  // namespace keyconvoy::ui
