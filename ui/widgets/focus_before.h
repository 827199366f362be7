#pragma once

#include <QPointer>
#include <QWidget>

namespace keyconvoy::ui {

/// Who had the keyboard before a part of the page took it. When that part goes, the toolkit would give the keyboard to whatever
/// comes next, be it at the other end of the window.
class FocusBefore {
public:
    /// To be called before `part` takes the keyboard.
    void note(const QWidget& part);
    /// To be called before `part` goes; does nothing when the keyboard is elsewhere, or where it was has gone.
    void giveBack(const QWidget& part) const;

private:
    QPointer<QWidget> m_widget;
};

}  // namespace keyconvoy::ui
