#include "ui/widgets/text_label.h"

#include <QEvent>

namespace keyconvoy::ui {

TextLabel::TextLabel(const QString& text, QWidget* parent) : QLabel{text, parent} {
}

int TextLabel::heightForWidth(int width) const {
    if (m_measured != text()) {
        m_measured = text();
        m_heights.clear();
    }
    const auto known = m_heights.find(width);
    return known != m_heights.end() ? known->second : m_heights.emplace(width, QLabel::heightForWidth(width)).first->second;
}

/// Whatever may change face or room of the text.
bool TextLabel::event(QEvent* event) {
    switch (event->type()) {
        case QEvent::Polish:
        case QEvent::StyleChange:
        case QEvent::FontChange:
        case QEvent::ApplicationFontChange:
        case QEvent::ContentsRectChange:
        case QEvent::DynamicPropertyChange:
        case QEvent::LayoutDirectionChange:
        case QEvent::ScreenChangeInternal: m_heights.clear(); break;
        default: break;
    }
    return QLabel::event(event);
}

}  // namespace keyconvoy::ui
