#pragma once

#include <functional>
#include <QFrame>
#include <QLabel>
#include <QString>

class QLayout;
class QPushButton;
class QVBoxLayout;
class QWidget;

/// The small parts that every page is put together from, so that they look alike everywhere. Each gives the widget its place in
/// the style sheet (property "kind").
namespace keyconvoy::ui {

class FlowingLabel;

void setKind(QWidget* widget, const char* kind);
/// What a text with a keyboard mnemonic is called: "St&ation" is "Station".
[[nodiscard]] QString withoutMnemonic(QString text);
/// Has screen readers say what has just appeared here.
void announce(QWidget* widget);
/// Hides and removes every widget of a layout; they are deleted when the events under way have been dealt with.
void removeWidgets(QLayout* layout);

[[nodiscard]] QLabel* makeTitle(const QString& text, QWidget* parent = nullptr);
[[nodiscard]] QLabel* makeHeading(const QString& text, QWidget* parent = nullptr);
/// Running text: wraps, can be selected.
[[nodiscard]] QLabel* makeText(const QString& text, QWidget* parent = nullptr);
/// Smaller in weight: explains what stands beside it.
[[nodiscard]] QLabel* makeCaption(const QString& text, QWidget* parent = nullptr);
/// Running text with long words in it, which break where there is no room: see FlowingLabel.
[[nodiscard]] FlowingLabel* makeFlowingText(const QString& text, QWidget* parent);
/// The same in a fixed-width face.
[[nodiscard]] FlowingLabel* makeCode(const QString& text, QWidget* parent);

/// A word on coloured ground; its kind ("badge", "badge-good" …) is set with its text.
[[nodiscard]] QLabel* makeBadge(QWidget* parent = nullptr);

[[nodiscard]] QPushButton* makeButton(const QString& text, QWidget* parent = nullptr);
/// The one thing to do on this page.
[[nodiscard]] QPushButton* makePrimaryButton(const QString& text, QWidget* parent = nullptr);
/// Copies `text()` when pressed and says so for a moment, also to screen readers.
[[nodiscard]] QPushButton* makeCopyButton(const QString& whatIsCopied, std::function<QString()> text, QWidget* parent = nullptr);

/// A framed group with room inside; add to `layout()`.
class Card : public QFrame {
    Q_OBJECT

public:
    explicit Card(const QString& heading = {}, QWidget* parent = nullptr);
    [[nodiscard]] QVBoxLayout* content() const { return m_content; }

private:
    QVBoxLayout* m_content;
};

/// A picture from our set in a colour that says what it means, redrawn when the shade changes. For the eye only: screen readers
/// pass over it, since a word stands beside it.
class IconLabel final : public QLabel {
    Q_OBJECT

public:
    enum class Meaning { Plain, Accent, Good, Warning, Problem };

    explicit IconLabel(const QString& name, Meaning meaning = Meaning::Plain, int size = 20, QWidget* parent = nullptr);
    void show(const QString& name, Meaning meaning);

private:
    void draw();

    QString m_name;
    Meaning m_meaning;
    int m_size;
};

}  // namespace keyconvoy::ui
