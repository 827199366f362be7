#pragma once

#include <QPushButton>

namespace keyconvoy::ui {

/// A large button with a picture, a name and a sentence.
class Tile final : public QPushButton {
    Q_OBJECT

public:
    Tile(const QString& icon, const QString& name, const QString& what, QWidget* parent);
    [[nodiscard]] QSize sizeHint() const override;
};

}  // namespace keyconvoy::ui
