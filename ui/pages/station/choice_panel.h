#pragma once

#include "core/error.h"

#include <QFrame>
#include <vector>

class QLabel;
class QPushButton;
class QVBoxLayout;

namespace keyconvoy::ui {

class FailurePanel;

/// What can be chosen for a field, offered below it. Hidden while nothing is offered.
class ChoicePanel final : public QFrame {
    Q_OBJECT

public:
    struct Choice {
        QString name;
        QString detail;
    };

    explicit ChoicePanel(const QString& objectName, QWidget* parent = nullptr);

    void wait(const QString& what);
    /// `whenNone` is said in place of an empty list.
    void offer(const QString& heading, const std::vector<Choice>& choices, const QString& whenNone);
    void fail(const Failure& failure);

protected:
    void keyPressEvent(QKeyEvent* event) override;

Q_SIGNALS:
    /// There is more of it to be seen than before.
    void opened();
    void chosen(int index);
    /// Chosen or closed: the focus may go back to the field.
    void closed();

private:
    void begin(const QString& heading);
    void open();
    void close();

    QLabel* m_heading;
    QVBoxLayout* m_rows;
    FailurePanel* m_failure;
    QPushButton* m_close;
};

}  // namespace keyconvoy::ui
