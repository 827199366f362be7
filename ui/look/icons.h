#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>
#include <QString>

namespace keyconvoy::ui {

/// One of our own drawings (resources/icons), in one colour of the palette. They carry no meaning alone: a word stands beside
/// each.
[[nodiscard]] QPixmap iconPixmap(const QString& name, const QColor& colour, int size, double pixelRatio);
[[nodiscard]] QIcon icon(const QString& name, const QColor& colour);

}  // namespace keyconvoy::ui
