#pragma once

#include <QString>
#include <QStringList>
#include <string>
#include <vector>

class QWidget;

namespace keyconvoy::tests {

/// One text on the screen that is not as it should be.
struct TextFault {
    QString widget;  ///< class and objectName
    QString text;
    QString what;

    [[nodiscard]] std::string inWords() const;
};

/// Every text of a visible label, button, field, choice, tab, table head or cell that has less room than it takes. Heights count
/// too; what a page scrolls to does not.
[[nodiscard]] std::vector<TextFault> clippedTexts(QWidget& window);

/// In the pseudo language every vowel of a translated text is accented: a word with a plain one came past the translators, unless
/// it is no word of a language (ARNs, algorithms, paths) or one of `names`. What is said to screen readers only is looked at too.
[[nodiscard]] std::vector<TextFault> untranslatedTexts(QWidget& window, const QStringList& names);

/// Visible and enabled parts that are reached by the same letter with Alt.
[[nodiscard]] std::vector<TextFault> doubledMnemonics(QWidget& window);

}  // namespace keyconvoy::tests
