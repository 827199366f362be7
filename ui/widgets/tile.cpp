#include "ui/widgets/tile.h"

#include "ui/look/spacing.h"
#include "ui/widgets/parts.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

namespace keyconvoy::ui {

namespace {

constexpr int pictureSize = 32;
constexpr int tileHeight = 104;
constexpr int tileWidth = 320;

/// The tile is the button; its parts let the mouse through.
template <class Widget>
Widget* inert(Widget* widget) {
    widget->setAttribute(Qt::WA_TransparentForMouseEvents);
    return widget;
}

}  // namespace

Tile::Tile(const QString& icon, const QString& name, const QString& what, QWidget* parent) : QPushButton{parent} {
    setKind(this, "tile");
    setAccessibleName(name);
    setAccessibleDescription(what);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    auto* row = new QHBoxLayout{this};
    row->setContentsMargins(spacing::wide, spacing::normal, spacing::wide, spacing::normal);
    row->setSpacing(spacing::wide);
    row->addWidget(inert(new IconLabel{icon, IconLabel::Meaning::Accent, pictureSize, this}));
    auto* words = new QVBoxLayout;
    words->setSpacing(spacing::hair);
    words->addStretch(1);
    words->addWidget(inert(makeHeading(name, this)));
    words->addWidget(inert(makeCaption(what, this)));
    words->addStretch(1);
    row->addLayout(words, 1);
}

QSize Tile::sizeHint() const {
    return {tileWidth, tileHeight};
}

}  // namespace keyconvoy::ui
