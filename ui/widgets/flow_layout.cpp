#include "ui/widgets/flow_layout.h"

#include "ui/look/spacing.h"

#include <algorithm>

namespace keyconvoy::ui {

FlowLayout::FlowLayout(QWidget* parent) : QLayout{parent} {
    setContentsMargins(0, 0, 0, 0);
    setSpacing(spacing::small);
}

FlowLayout::~FlowLayout() = default;

void FlowLayout::addItem(QLayoutItem* item) {
    m_items.emplace_back(item);
}

QLayoutItem* FlowLayout::itemAt(int index) const {
    return index >= 0 && index < count() ? m_items.at(static_cast<std::size_t>(index)).get() : nullptr;
}

QLayoutItem* FlowLayout::takeAt(int index) {
    if (index < 0 || index >= count()) {
        return nullptr;
    }
    QLayoutItem* item = m_items.at(static_cast<std::size_t>(index)).release();
    m_items.erase(m_items.begin() + index);
    return item;
}

QSize FlowLayout::sizeHint() const {
    int width = 0;
    int height = 0;
    for (const auto& item : m_items) {
        if (!item->isEmpty()) {
            width += item->sizeHint().width() + (width > 0 ? spacing() : 0);
            height = std::max(height, item->sizeHint().height());
        }
    }
    return {width, height};
}

QSize FlowLayout::minimumSize() const {
    QSize least;
    for (const auto& item : m_items) {
        if (!item->isEmpty()) {
            least = least.expandedTo({item->minimumSize().width(), item->sizeHint().height()});
        }
    }
    return least;
}

void FlowLayout::setGeometry(const QRect& rectangle) {
    QLayout::setGeometry(rectangle);
    placed(rectangle, Place::Set);
}

int FlowLayout::placed(const QRect& rectangle, Place place) const {
    int y = rectangle.top();
    int used = 0;
    int height = 0;
    std::size_t first = 0;
    const auto endLine = [&](std::size_t end) {
        if (place == Place::Set) {
            placeLine(first, end, {rectangle.left(), y}, height);
        }
        first = end;
    };
    for (std::size_t i = 0; i < m_items.size(); ++i) {
        if (m_items.at(i)->isEmpty()) {
            continue;
        }
        const QSize size = m_items.at(i)->sizeHint();
        if (used > 0 && used + spacing() + size.width() > rectangle.width()) {
            endLine(i);
            y += height + spacing();
            used = 0;
            height = 0;
        }
        used += size.width() + (used > 0 ? spacing() : 0);
        height = std::max(height, size.height());
    }
    endLine(m_items.size());
    return y + height - rectangle.top();
}

/// Each in the middle of the line's height.
void FlowLayout::placeLine(std::size_t first, std::size_t end, QPoint at, int height) const {
    for (std::size_t i = first; i < end; ++i) {
        QLayoutItem& item = *m_items.at(i);
        if (!item.isEmpty()) {
            const QSize size{std::min(item.sizeHint().width(), geometry().width()), item.sizeHint().height()};
            item.setGeometry({at + QPoint{0, (height - size.height()) / 2}, size});
            at.rx() += size.width() + spacing();
        }
    }
}

}  // namespace keyconvoy::ui
