#pragma once

#include <QWidget>

class QHBoxLayout;
class QVBoxLayout;

namespace keyconvoy::ui {

class FlowingLabel;

/// One field of a form: its name above the editor; below it what is wrong with it, and a sentence that helps.
class FormField final : public QWidget {
    Q_OBJECT

public:
    /// `name` may carry a mnemonic; the editor gets it as its accessible name and the sentence, which may be empty, as its
    /// description.
    FormField(const QString& name, QWidget* editor, const QString& help, QWidget* parent);

    /// A button at the right of the editor.
    void addBeside(QWidget* part);
    /// Between the editor and the sentence.
    void addBelow(QWidget* part);
    /// Empty: nothing is wrong.
    void setProblem(const QString& problem);
    [[nodiscard]] QString problem() const;

private:
    QWidget* m_editor;
    QHBoxLayout* m_row;
    QVBoxLayout* m_column;
    QWidget* m_problemRow;
    FlowingLabel* m_problem;
    QString m_help;
};

}  // namespace keyconvoy::ui
