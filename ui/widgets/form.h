#pragma once

#include <functional>
#include <QString>

class QBoxLayout;
class QButtonGroup;
class QComboBox;
class QLineEdit;
class QRadioButton;
class QVBoxLayout;
class QWidget;

/// What is typed in and chosen, laid out the same everywhere.
namespace keyconvoy::ui {

class FormField;

/// Adds a field with its name and, where there is one, a sentence that helps.
FormField* addField(QBoxLayout* layout, const QString& name, QWidget* field, const QString& hint = {});
[[nodiscard]] QLineEdit* makeEdit(const char* objectName, QWidget* parent);
[[nodiscard]] QComboBox* makeChoice(const char* objectName, QWidget* parent);
[[nodiscard]] QRadioButton* makeRadio(const QString& text, const char* objectName, QWidget* parent);
/// Says below the field what is wrong with its text, as it is typed. `check` throws Error for a text that cannot be taken; none
/// at all is not wrong yet.
void checkAtField(QLineEdit* edit, FormField* field, std::function<void(const QString& text)> check);
/// What a check that throws Error says, as one sentence for the line below a field; empty: it finds nothing.
[[nodiscard]] QString problemWith(const std::function<void()>& check);
/// A column that belongs to the choice above it: indented to stand below its words. Shown only while the choice is made.
[[nodiscard]] QVBoxLayout* addBelowChoice(QBoxLayout* layout, QRadioButton* choice, QWidget* parent);

}  // namespace keyconvoy::ui
