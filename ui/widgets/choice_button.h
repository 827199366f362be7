#pragma once

#include <QPushButton>

class QVBoxLayout;

namespace keyconvoy::ui {

/// A tile or row that can be chosen: what it shows stands in its layout, and the whole of it is the button. What is added is made
/// to let the mouse through.
class ChoiceButton final : public QPushButton {
    Q_OBJECT

public:
    /// `name` is what screen readers say.
    explicit ChoiceButton(const QString& name, QWidget* parent = nullptr);

    /// At the left.
    void addPicture(QWidget* picture);
    /// Words below each other.
    void addWords(QWidget* words);
    /// At the right.
    void addBeside(QWidget* part);

    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

private:
    QVBoxLayout* m_words;
};

}  // namespace keyconvoy::ui
