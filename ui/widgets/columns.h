#pragma once

#include <QWidget>

class QBoxLayout;

namespace keyconvoy::ui {

/// Parts side by side where there is room, one below the other where there is not: in a small window, or a large magnification.
class Columns final : public QWidget {
    Q_OBJECT

public:
    explicit Columns(QWidget* parent);
    /// `share` of the width when side by side.
    void add(QWidget* part, int share);

    /// As narrow as the widest part.
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QBoxLayout* m_layout;
};

}  // namespace keyconvoy::ui
