#include "ui/look/icons.h"

#include <cmath>
#include <QFile>
#include <QPainter>
#include <QSvgRenderer>

namespace keyconvoy::ui {

namespace {

/// The drawings use `currentColor`, as SVG has it; QSvgRenderer (Qt SVG 6.4) knows no such colour from outside.
QByteArray drawing(const QString& name, const QColor& colour) {
    QFile file{QStringLiteral(":/icons/%1.svg").arg(name)};
    return file.open(QIODevice::ReadOnly) ? file.readAll().replace("currentColor", colour.name().toLatin1()) : QByteArray{};
}

}  // namespace

QPixmap iconPixmap(const QString& name, const QColor& colour, int size, double pixelRatio) {
    QSvgRenderer renderer{drawing(name, colour)};
    QPixmap pixmap{QSize{size, size} * pixelRatio};
    pixmap.setDevicePixelRatio(pixelRatio);
    pixmap.fill(Qt::transparent);
    QPainter painter{&pixmap};
    renderer.render(&painter, QRectF{0, 0, static_cast<double>(size), static_cast<double>(size)});
    return pixmap;
}

QIcon icon(const QString& name, const QColor& colour) {
    QIcon result;
    for (const double ratio : {1.0, 2.0}) {
        for (const int size : {16, 20, 24, 48}) {
            result.addPixmap(iconPixmap(name, colour, size, ratio));
        }
    }
    return result;
}

}  // namespace keyconvoy::ui
