#include "tests/ui/text_check.h"

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <QAbstractButton>
#include <QAbstractSpinBox>
#include <QCalendarWidget>
#include <QComboBox>
#include <QHeaderView>
#include <QKeySequence>
#include <QLabel>
#include <QLineEdit>
#include <QRegularExpression>
#include <QScrollArea>
#include <QStyleOptionComboBox>
#include <QTabBar>
#include <QTableView>
#include <QToolButton>

namespace keyconvoy::tests {

namespace {

constexpr int tallest = 100'000;
constexpr int rounding = 1;  // font metrics are whole pixels, glyphs are not

QString nameOf(const QWidget& widget) {
    return QString::fromLatin1(widget.metaObject()->className()) + QLatin1Char{' '} + widget.objectName();
}

/// What the toolkit puts together itself and we cannot lay out.
bool ofTheToolkit(const QWidget& widget) {
    if (widget.objectName() == QStringLiteral("qt_spinbox_lineedit")) {
        return true;
    }
    for (const QWidget* at = &widget; at != nullptr; at = at->parentWidget()) {
        if (qobject_cast<const QCalendarWidget*>(at) != nullptr) {
            return true;
        }
    }
    return false;
}

std::vector<QWidget*> shownIn(QWidget& window) {
    std::vector<QWidget*> shown;
    for (QWidget* widget : window.findChildren<QWidget*>()) {
        if (widget->isVisible() && widget->window() == &window && !ofTheToolkit(*widget)) {
            shown.push_back(widget);
        }
    }
    return shown;
}

/// How much of the text's room its parents cut off. In a scroll area only the sides count.
QString cutByAParent(const QWidget& widget) {
    for (const QWidget* parent = widget.parentWidget(); parent != nullptr; parent = parent->parentWidget()) {
        const QRect place{widget.mapTo(parent, QPoint{}), widget.size()};
        if (place.left() < 0 || place.right() > parent->width()) {
            return QStringLiteral("sticks out at the side of ") + nameOf(*parent);
        }
        if (qobject_cast<const QScrollArea*>(parent->parentWidget()) != nullptr) {
            return {};
        }
        if (place.top() < 0 || place.bottom() > parent->height()) {
            return QStringLiteral("sticks out above or below ") + nameOf(*parent);
        }
    }
    return {};
}

QString tooSmall(QSize has, QSize needs) {
    return has.width() + rounding >= needs.width() && has.height() + rounding >= needs.height()
               ? QString{}
               : QStringLiteral("has %1x%2, needs %3x%4")
                     .arg(has.width())
                     .arg(has.height())
                     .arg(needs.width())
                     .arg(needs.height());
}

QString faultOf(const QLabel& label) {
    if (!label.wordWrap()) {
        return tooSmall(label.size(), label.sizeHint());
    }
    const int indent = std::max(label.indent(), 0) + 2 * label.margin();
    const QRect room{0, 0, label.contentsRect().width() - indent, tallest};
    const int widest = label.fontMetrics().boundingRect(room, Qt::TextWordWrap, label.text()).width();
    const int height = label.heightForWidth(label.width());
    return tooSmall(label.size(), {label.width() - room.width() + widest, height});
}

QString faultOf(const QAbstractButton& button) {
    const auto* tool = qobject_cast<const QToolButton*>(&button);
    if (tool != nullptr && tool->toolButtonStyle() == Qt::ToolButtonIconOnly) {
        return {};
    }
    return button.hasHeightForWidth()
               ? tooSmall(button.size(), {button.minimumSizeHint().width(), button.heightForWidth(button.width())})
               : tooSmall(button.size(), button.sizeHint());
}

QString faultOf(const QComboBox& choice) {
    QStyleOptionComboBox option;
    option.initFrom(&choice);
    const int room = choice.style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, &choice).width();
    const QString text = choice.currentIndex() < 0 ? choice.placeholderText() : choice.currentText();
    return tooSmall({room, 0}, {choice.fontMetrics().horizontalAdvance(text), 0});
}

QString faultOf(const QLineEdit& edit) {
    constexpr int insideOfField = 4;  // QLineEdit keeps two pixels free at either side
    const int room = edit.contentsRect().width() - edit.textMargins().left() - edit.textMargins().right() - insideOfField;
    return edit.text().isEmpty() ? tooSmall({room, 0}, {edit.fontMetrics().horizontalAdvance(edit.placeholderText()), 0})
                                 : QString{};  // what is typed in can be scrolled through
}

QString faultOf(const QTabBar& tabs) {
    return tooSmall({tabs.width(), 0}, {tabs.sizeHint().width(), 0});
}

void addHeadsOf(const QTableView& table, std::vector<TextFault>& found) {
    for (const QHeaderView* header : {table.horizontalHeader(), table.verticalHeader()}) {
        if (header->isHidden()) {
            continue;
        }
        const bool across = header->orientation() == Qt::Horizontal;
        for (int i = 0; i < header->count(); ++i) {
            const QString text = header->model()->headerData(i, header->orientation(), Qt::DisplayRole).toString();
            const QString fault = across ? tooSmall({header->sectionSize(i), 0}, {header->sectionSizeHint(i), 0})
                                         : tooSmall({header->width(), 0}, {header->sizeHint().width(), 0});
            if (!fault.isEmpty()) {
                found.push_back({nameOf(table), text, fault});
            }
        }
        if (across && header->height() + rounding < header->sizeHint().height()) {
            found.push_back({nameOf(table), {}, QStringLiteral("the head is too low")});
        }
    }
}

/// A value that is longer than its column is read in full where its tool tip or a view beside the table says it.
void addCellsOf(const QTableView& table, std::vector<TextFault>& found) {
    for (int row = 0; row < table.model()->rowCount(); ++row) {
        for (int column = 0; column < table.model()->columnCount(); ++column) {
            const QModelIndex cell = table.model()->index(row, column);
            const QString fault = tooSmall({table.columnWidth(column), 0}, {table.sizeHintForIndex(cell).width(), 0});
            if (!fault.isEmpty() && cell.data(Qt::ToolTipRole).toString().isEmpty()) {
                found.push_back({nameOf(table), cell.data().toString(), fault});
            }
        }
    }
}

template <class Widget>
bool add(const QWidget& widget, const QString& text, std::vector<TextFault>& found) {
    const auto* of = qobject_cast<const Widget*>(&widget);
    if (of == nullptr) {
        return false;
    }
    const QString fault = faultOf(*of);
    const QString cut = fault.isEmpty() ? cutByAParent(widget) : fault;
    if (!cut.isEmpty()) {
        found.push_back({nameOf(widget), text, cut});
    }
    return true;
}

/// Every text of a widget, with what it is.
void forEachText(const QWidget& widget, const std::function<void(const QString& text, const char* what)>& see) {
    if (const auto* label = qobject_cast<const QLabel*>(&widget)) {
        see(label->text(), "text");
    } else if (const auto* button = qobject_cast<const QAbstractButton*>(&widget)) {
        see(button->text(), "text");
    } else if (const auto* edit = qobject_cast<const QLineEdit*>(&widget)) {
        see(edit->placeholderText(), "placeholder");
    } else if (const auto* choice = qobject_cast<const QComboBox*>(&widget)) {
        for (int i = 0; i < choice->count(); ++i) {
            see(choice->itemText(i), "choice");
        }
        see(choice->placeholderText(), "placeholder");
    } else if (const auto* tabs = qobject_cast<const QTabBar*>(&widget)) {
        for (int i = 0; i < tabs->count(); ++i) {
            see(tabs->tabText(i), "tab");
        }
    } else if (const auto* table = qobject_cast<const QTableView*>(&widget)) {
        for (int column = 0; column < table->model()->columnCount(); ++column) {
            see(table->model()->headerData(column, Qt::Horizontal).toString(), "head");
            for (int row = 0; row < table->model()->rowCount(); ++row) {
                see(table->model()->index(row, column).data().toString(), "cell");
            }
        }
    }
    see(widget.toolTip(), "tool tip");
    see(widget.accessibleName(), "accessible name");
    see(widget.accessibleDescription(), "accessible description");
}

/// What no language changes: names with digits or signs, or with a capital inside, and what is written in capitals.
bool isNoWord(const QString& word) {
    static const QRegularExpression sign{QStringLiteral("[0-9_:/=*#@]|\\w\\.\\w|[a-z][A-Z]")};
    static const QRegularExpression octets{QStringLiteral("^([0-9a-f]{2}){2,}$")};
    return word == word.toUpper() || sign.match(word).hasMatch() || octets.match(word).hasMatch();
}

/// The pseudo language accents every vowel.
QString firstPlainWord(QString text, const QStringList& names) {
    static const QRegularExpression part{QStringLiteral("[\\w:/=*#@.·-]+")};
    static const QRegularExpression plainVowel{QStringLiteral("[aeiouyAEIOUY]")};
    constexpr QChar mayBreakHere{0x200B};
    for (auto parts = part.globalMatch(text.remove(mayBreakHere)); parts.hasNext();) {
        const QString word = parts.next().captured();
        if (plainVowel.match(word).hasMatch() && !isNoWord(word) && !names.contains(word)) {
            return word;
        }
    }
    return {};
}

}  // namespace

std::string TextFault::inWords() const {
    return (widget + QStringLiteral(", \"") + text + QStringLiteral("\": ") + what).toStdString();
}

std::vector<TextFault> clippedTexts(QWidget& window) {
    std::vector<TextFault> found;
    for (const QWidget* widget : shownIn(window)) {
        if (const auto* label = qobject_cast<const QLabel*>(widget)) {
            if (!label->text().isEmpty()) {
                add<QLabel>(*widget, label->text(), found);
            }
        } else if (const auto* button = qobject_cast<const QAbstractButton*>(widget)) {
            add<QAbstractButton>(*widget, button->text(), found);
        } else if (const auto* table = qobject_cast<const QTableView*>(widget)) {
            addHeadsOf(*table, found);
            addCellsOf(*table, found);
        } else if (const auto* choice = qobject_cast<const QComboBox*>(widget)) {
            add<QComboBox>(*widget, choice->currentText(), found);
        } else if (const auto* edit = qobject_cast<const QLineEdit*>(widget)) {
            add<QLineEdit>(*widget, edit->placeholderText(), found);
        } else {
            add<QTabBar>(*widget, {}, found);
        }
    }
    return found;
}

std::vector<TextFault> untranslatedTexts(QWidget& window, const QStringList& names) {
    // In the other side's own words (the panel says all its parts in one), and what is read aloud letter by letter.
    static const std::array<QString, 4> verbatim{QStringLiteral("failure"), QStringLiteral("failure.service-text"),
                                                 QStringLiteral("fingerprint.words"), QStringLiteral("fingerprint.groups")};
    std::vector<TextFault> found;
    for (const QWidget* widget : shownIn(window)) {
        if (std::ranges::find(verbatim, widget->objectName()) != verbatim.end()) {
            continue;
        }
        forEachText(*widget, [&](const QString& text, const char* what) {
            const QString word = firstPlainWord(text, names);
            if (!word.isEmpty()) {
                found.push_back({nameOf(*widget), text, QStringLiteral("%1: \"%2\"").arg(QLatin1String{what}, word)});
            }
        });
    }
    return found;
}

std::vector<TextFault> doubledMnemonics(QWidget& window) {
    std::map<QString, QString> firstWith;
    std::vector<TextFault> found;
    const auto note = [&](const QWidget& widget, const QString& text) {
        const QString letter = QKeySequence::mnemonic(text).toString();
        if (letter.isEmpty() || !widget.isEnabled()) {
            return;
        }
        const auto [first, isNew] = firstWith.emplace(letter, text);
        if (!isNew) {
            found.push_back({nameOf(widget), text, letter + QStringLiteral(" is also of \"") + first->second + QLatin1Char{'"'}});
        }
    };
    for (QWidget* widget : shownIn(window)) {
        if (const auto* button = qobject_cast<QAbstractButton*>(widget)) {
            note(*widget, button->text());
        } else if (const auto* label = qobject_cast<QLabel*>(widget); label != nullptr && label->buddy() != nullptr) {
            note(*label->buddy(), label->text());
        } else if (const auto* tabs = qobject_cast<QTabBar*>(widget)) {
            for (int i = 0; i < tabs->count(); ++i) {
                note(*widget, tabs->tabText(i));
            }
        }
    }
    return found;
}

}  // namespace keyconvoy::tests
