#include "ui/widgets/columns.h"

#include "ui/look/spacing.h"

#include <algorithm>
#include <QBoxLayout>
#include <QResizeEvent>

namespace keyconvoy::ui {

namespace {

constexpr int narrowestSideBySide = 760;

}  // namespace

Columns::Columns(QWidget* parent) : QWidget{parent}, m_layout{new QBoxLayout{QBoxLayout::LeftToRight, this}} {
    m_layout->setContentsMargins(0, 0, 0, 0);
    m_layout->setSpacing(spacing::wide);
    m_layout->setSizeConstraint(QLayout::SetNoConstraint);  // it may become narrower than both side by side
}

void Columns::add(QWidget* part, int share) {
    m_layout->addWidget(part, share, Qt::AlignTop);
}

QSize Columns::minimumSizeHint() const {
    int widest = 0;
    for (int i = 0; i < m_layout->count(); ++i) {
        widest = std::max(widest, m_layout->itemAt(i)->minimumSize().width());
    }
    return {widest, QWidget::minimumSizeHint().height()};
}

void Columns::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    const auto direction = event->size().width() < narrowestSideBySide ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight;
    if (m_layout->direction() != direction) {
        m_layout->setDirection(direction);
        updateGeometry();
    }
}

}  // namespace keyconvoy::ui
