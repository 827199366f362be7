#pragma once

#include <QFrame>
#include <vector>

class QToolButton;

namespace keyconvoy::ui {

/// Where one stands in a row of sub pages: their names, what is done, what is next. One that was reached can be gone back to.
class Stepper final : public QFrame {
    Q_OBJECT

public:
    Stepper(const QStringList& names, QWidget* parent);

    /// `reached`: the last one that may be opened from here.
    void show(int current, int reached);

    /// Room for the discs and the open one's name; the others' names are left out when there is no more.
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void chosen(int index);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void draw();
    void showNames();

    std::vector<QToolButton*> m_buttons;
    QStringList m_names;
    int m_current = 0;
    int m_reached = 0;
};

}  // namespace keyconvoy::ui
