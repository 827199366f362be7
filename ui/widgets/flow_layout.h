#pragma once

#include <memory>
#include <QLayout>
#include <vector>

namespace keyconvoy::ui {

/// Parts beside one another, going on in the next line where there is no more room: buttons and boxes in a small window, or in a
/// language of long words.
class FlowLayout final : public QLayout {
    Q_OBJECT

public:
    explicit FlowLayout(QWidget* parent = nullptr);
    FlowLayout(const FlowLayout&) = delete;
    FlowLayout& operator=(const FlowLayout&) = delete;
    ~FlowLayout() override;

    void addItem(QLayoutItem* item) override;
    [[nodiscard]] int count() const override { return static_cast<int>(m_items.size()); }
    [[nodiscard]] QLayoutItem* itemAt(int index) const override;
    QLayoutItem* takeAt(int index) override;

    [[nodiscard]] Qt::Orientations expandingDirections() const override { return {}; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override { return placed({0, 0, width, 0}, Place::Measured); }
    [[nodiscard]] QSize sizeHint() const override;
    /// As wide as the widest part.
    [[nodiscard]] QSize minimumSize() const override;
    void setGeometry(const QRect& rectangle) override;

private:
    enum class Place { Measured, Set };
    /// Gives the height that is needed.
    int placed(const QRect& rectangle, Place place) const;
    void placeLine(std::size_t first, std::size_t end, QPoint at, int height) const;

    std::vector<std::unique_ptr<QLayoutItem>> m_items;
};

}  // namespace keyconvoy::ui
