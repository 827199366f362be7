#include "ui/widgets/form.h"

#include "ui/language/text.h"
#include "ui/look/spacing.h"
#include "ui/widgets/form_field.h"
#include "ui/widgets/parts.h"

#include <QComboBox>
#include <QLineEdit>
#include <QRadioButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <utility>

namespace keyconvoy::ui {

namespace {

constexpr int widestField = 520;
constexpr int rowsSeen = 14;  // all key specs
constexpr int indent = 28;    // where the words of a radio button begin

}  // namespace

FormField* addField(QBoxLayout* layout, const QString& name, QWidget* field, const QString& hint) {
    auto* added = new FormField{name, field, hint, field->parentWidget()};
    layout->addWidget(added);
    return added;
}

QLineEdit* makeEdit(const char* objectName, QWidget* parent) {
    auto* edit = new QLineEdit{parent};
    edit->setObjectName(QString::fromLatin1(objectName));
    edit->setMaximumWidth(widestField);
    return edit;
}

QComboBox* makeChoice(const char* objectName, QWidget* parent) {
    auto* choice = new QComboBox{parent};
    choice->setObjectName(QString::fromLatin1(objectName));
    choice->setMaximumWidth(widestField);
    choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    choice->setMinimumContentsLength(12);
    choice->setItemDelegate(new QStyledItemDelegate{choice});  // the one that knows the style sheet's rows
    choice->setMaxVisibleItems(rowsSeen);
    return choice;
}

QRadioButton* makeRadio(const QString& text, const char* objectName, QWidget* parent) {
    auto* radio = new QRadioButton{text, parent};
    radio->setObjectName(QString::fromLatin1(objectName));
    radio->setAccessibleName(withoutMnemonic(text));
    radio->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);  // its frame when it has the focus ends where its words do
    return radio;
}

void checkAtField(QLineEdit* edit, FormField* field, std::function<void(const QString& text)> check) {
    QObject::connect(edit, &QLineEdit::textChanged, field, [field, check = std::move(check)](const QString& text) {
        field->setProblem(text.isEmpty() ? QString{} : problemWith([&] { check(text); }));
    });
}

QString problemWith(const std::function<void()>& check) {
    try {
        check();
        return {};
    } catch (const Error& error) {
        return FormField::tr("%1; %2").arg(translatedSentence(error.failure().cause), translated(error.failure().remedy));
    }
}

QVBoxLayout* addBelowChoice(QBoxLayout* layout, QRadioButton* choice, QWidget* parent) {
    auto* below = new QWidget{parent};
    auto* column = new QVBoxLayout{below};
    column->setContentsMargins(indent, 0, 0, spacing::small);
    column->setSpacing(spacing::normal);
    layout->addWidget(below);
    below->setVisible(choice->isChecked());
    QObject::connect(choice, &QRadioButton::toggled, below, &QWidget::setVisible);
    return column;
}

}  // namespace keyconvoy::ui
