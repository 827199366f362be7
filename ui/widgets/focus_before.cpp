#include "ui/widgets/focus_before.h"

#include <QApplication>

namespace keyconvoy::ui {

namespace {

bool isWithin(const QWidget* widget, const QWidget& part) {
    return widget == &part || part.isAncestorOf(widget);
}

}  // namespace

void FocusBefore::note(const QWidget& part) {
    if (QWidget* focus = QApplication::focusWidget(); !isWithin(focus, part)) {
        m_widget = focus;
    }
}

void FocusBefore::giveBack(const QWidget& part) const {
    const QWidget* focus = QApplication::focusWidget();
    if (focus != nullptr && isWithin(focus, part) && m_widget && m_widget->isVisible() && m_widget->isEnabled()) {
        m_widget->setFocus(Qt::OtherFocusReason);
    }
}

}  // namespace keyconvoy::ui
