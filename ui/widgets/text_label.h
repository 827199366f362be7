#pragma once

#include <map>
#include <QLabel>

namespace keyconvoy::ui {

/// A label that remembers how high its text is at each width. QLabel lays text that can be selected out anew for each time that
/// one of the layouts around it asks, which is several times for each of them.
class TextLabel : public QLabel {
    Q_OBJECT

public:
    explicit TextLabel(const QString& text, QWidget* parent = nullptr);

    [[nodiscard]] int heightForWidth(int width) const override;

protected:
    bool event(QEvent* event) override;

private:
    mutable QString m_measured;            ///< what `m_heights` are of
    mutable std::map<int, int> m_heights;  ///< by width
};

}  // namespace keyconvoy::ui
