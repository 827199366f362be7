#include "ui/widgets/flowing_label.h"

#include <QClipboard>
#include <QContextMenuEvent>
#include <QGuiApplication>
#include <QMenu>

namespace keyconvoy::ui {

namespace {

constexpr QChar mayBreakHere{0x200B};  // ZERO WIDTH SPACE
constexpr qsizetype shortWord = 32;    // as long as that fits everywhere

QString withBreaks(const QString& text) {
    QStringList lines = text.split(QLatin1Char{'\n'});
    for (QString& line : lines) {
        QStringList words = line.split(QLatin1Char{' '});
        for (QString& word : words) {
            if (word.size() > shortWord) {
                for (qsizetype i = word.size() - 1; i > 0; --i) {
                    word.insert(i, mayBreakHere);
                }
            }
        }
        line = words.join(QLatin1Char{' '});
    }
    return lines.join(QLatin1Char{'\n'});
}

QString withoutBreaks(QString text) {
    return text.remove(mayBreakHere);
}

}  // namespace

FlowingLabel::FlowingLabel(const QString& text, QWidget* parent) : TextLabel{{}, parent} {
    setTextFormat(Qt::PlainText);
    setWordWrap(true);
    setTextInteractionFlags(Qt::TextSelectableByMouse);
    setFocusPolicy(Qt::NoFocus);
    show(text);
}

void FlowingLabel::show(const QString& text) {
    setText(withBreaks(text));
    setAccessibleName(text);
}

QString FlowingLabel::given(const QLabel& label) {
    return withoutBreaks(label.text());
}

/// The toolkit has put the selection where the middle button pastes it from.
void FlowingLabel::mouseReleaseEvent(QMouseEvent* event) {
    TextLabel::mouseReleaseEvent(event);
    if (hasSelectedText() && QGuiApplication::clipboard()->supportsSelection()) {
        QGuiApplication::clipboard()->setText(withoutBreaks(selectedText()), QClipboard::Selection);
    }
}

void FlowingLabel::contextMenuEvent(QContextMenuEvent* event) {
    auto* menu = new QMenu{this};
    menu->setAttribute(Qt::WA_DeleteOnClose);
    QAction* copy = menu->addAction(tr("Copy"));
    copy->setEnabled(hasSelectedText());
    connect(copy, &QAction::triggered, this, [this] { QGuiApplication::clipboard()->setText(withoutBreaks(selectedText())); });
    connect(menu->addAction(tr("Select all")), &QAction::triggered, this,
            [this] { setSelection(0, static_cast<int>(text().size())); });
    menu->popup(event->globalPos());
}

}  // namespace keyconvoy::ui
