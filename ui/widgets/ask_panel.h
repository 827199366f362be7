#pragma once

#include "ui/widgets/focus_before.h"

#include <functional>
#include <QFrame>
#include <vector>

class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace keyconvoy::ui {

/// A question of the page itself, asked in the page: yes or no, or a name. Hidden while nothing is asked.
class AskPanel final : public QFrame {
    Q_OBJECT

public:
    struct Choice {
        QString verb;
        const char* objectName;
        std::function<void()> act;  ///< empty: nothing happens
    };
    /// Gives what is wrong with the name, or takes it and gives nothing.
    using TakeName = std::function<QString(const QString& name)>;

    explicit AskPanel(const QString& objectName, QWidget* parent = nullptr);

    /// The last one has the focus, and Escape presses it: it changes nothing.
    void ask(const QString& question, const std::vector<Choice>& choices);
    void askName(const QString& question, const QString& proposal, const QString& verb, TakeName take);
    void clear();

Q_SIGNALS:
    void openChanged(bool open);

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void begin(const QString& question);
    void addButton(const Choice& choice, bool primary);
    void tryName();

    QLabel* m_question;
    QLineEdit* m_name;
    QLabel* m_problem;
    QHBoxLayout* m_buttons;
    QPushButton* m_safe = nullptr;  ///< changes nothing; Escape presses it
    TakeName m_takeName;
    FocusBefore m_before;
};

}  // namespace keyconvoy::ui
