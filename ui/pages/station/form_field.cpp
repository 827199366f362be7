#include "ui/pages/station/form_field.h"

#include "ui/look/spacing.h"
#include "ui/widgets/parts.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int nameWidth = 150;
constexpr int textInsideEditor = 8;  // the style sheet's padding and border: name and text stand on one line

}  // namespace

FormField::FormField(const QString& name, QWidget* editor, const QString& help, QWidget* parent)
    : QWidget{parent},
      m_editor{editor},
      m_row{new QHBoxLayout},
      m_column{new QVBoxLayout},
      m_problemRow{new QWidget{this}},
      m_problem{makeText({}, m_problemRow)},
      m_help{help} {
    auto* outer = new QHBoxLayout{this};
    outer->setContentsMargins(0, 0, 0, 0);
    outer->setSpacing(spacing::normal);
    auto* label = new QLabel{name, this};
    label->setFixedWidth(nameWidth);
    label->setWordWrap(true);
    label->setContentsMargins(0, textInsideEditor, 0, 0);
    label->setBuddy(editor);
    outer->addWidget(label, 0, Qt::AlignTop);
    outer->addLayout(m_column, 1);

    m_column->setSpacing(spacing::hair);
    m_row->setSpacing(spacing::small);
    m_row->addWidget(editor, 1);
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
    m_column->addWidget(makeCaption(help, this));
    editor->setAccessibleName(withoutMnemonic(name));
    editor->setAccessibleDescription(help);
}

void FormField::addBeside(QWidget* part) {
    m_row->addWidget(part);
}

void FormField::addBelow(QWidget* part) {
    m_column->insertWidget(m_column->indexOf(m_problemRow), part);
}

void FormField::setProblem(const QString& problem) {
    if (problem == m_problem->text()) {
        return;
    }
    m_problem->setText(problem);
    m_problemRow->setVisible(!problem.isEmpty());
    m_editor->setAccessibleDescription(problem.isEmpty() ? m_help : problem);
    if (!problem.isEmpty()) {
        announce(m_problem);
    }
}

QString FormField::problem() const {
    return m_problem->text();
}

}  // namespace keyconvoy::ui
