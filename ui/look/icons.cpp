#include "ui/look/icons.h"

#include <algorithm>
#include <QApplication>
#include <QFile>
#include <QIconEngine>
#include <QPainter>
#include <QPixmapCache>
#include <QStyle>
#include <QStyleOption>
#include <QSvgRenderer>

namespace keyconvoy::ui {

namespace {

/// The drawings use `currentColor`, as SVG has it; QSvgRenderer (Qt SVG 6.4) knows no such colour from outside.
QByteArray drawing(const QString& name, const QColor& colour) {
    QFile file{QStringLiteral(":/icons/%1.svg").arg(name)};
    return file.open(QIODevice::ReadOnly) ? file.readAll().replace("currentColor", colour.name().toLatin1()) : QByteArray{};
}

QPixmap rendered(const QString& name, const QColor& colour, int size, double pixelRatio) {
    QSvgRenderer renderer{drawing(name, colour)};
    QPixmap pixmap{QSize{size, size} * pixelRatio};
    pixmap.setDevicePixelRatio(pixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter{&pixmap};
    renderer.render(&painter, QRectF{0, 0, static_cast<double>(size), static_cast<double>(size)});
    return pixmap;
}

/// Draws what is asked for when it is asked for: a table's icons are asked for once per cell, and most sizes never.
class DrawnIcon final : public QIconEngine {
public:
    DrawnIcon(const QString& name, const QColor& colour) : m_name{name}, m_colour{colour} {}

    void paint(QPainter* painter, const QRect& place, QIcon::Mode mode, QIcon::State state) override {
        const double ratio = painter->device()->devicePixelRatioF();
        painter->drawPixmap(place, pixmap(place.size() * ratio, mode, state));
    }

    QPixmap pixmap(const QSize& size, QIcon::Mode mode, QIcon::State /*state*/) override {
        QPixmap drawn = iconPixmap(m_name, m_colour, std::min(size.width(), size.height()), 1);
        if (mode != QIcon::Disabled) {
            return drawn;
        }
        const QStyleOption option;
        return QApplication::style()->generatedIconPixmap(mode, drawn, &option);
    }

    /// What window managers are given.
    QList<QSize> availableSizes(QIcon::Mode /*mode*/, QIcon::State /*state*/) override {
        return {{16, 16}, {24, 24}, {32, 32}, {48, 48}, {96, 96}};
    }

    QIconEngine* clone() const override { return new DrawnIcon{m_name, m_colour}; }

private:
    QString m_name;
    QColor m_colour;
};

}  // namespace

QPixmap iconPixmap(const QString& name, const QColor& colour, int size, double pixelRatio) {
    const QString key = QStringLiteral("icon %1 %2 %3 %4").arg(name, colour.name()).arg(size).arg(pixelRatio);
    QPixmap pixmap;
    if (!QPixmapCache::find(key, &pixmap)) {
        pixmap = rendered(name, colour, size, pixelRatio);
        QPixmapCache::insert(key, pixmap);
    }
    return pixmap;
}

QIcon icon(const QString& name, const QColor& colour) {
    return QIcon{new DrawnIcon{name, colour}};
}

}  // namespace keyconvoy::ui
