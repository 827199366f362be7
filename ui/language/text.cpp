#include "ui/language/text.h"

#include "core/text.h"
#include "ui/language/command_line_words.h"

#include <QCoreApplication>

namespace keyconvoy::ui {

namespace {

std::string inWindowLanguage(const char* context, const char* english) {
    if (context == typedAsContext) {
        return toUtf8(windowWordsFor(english).value_or(QString::fromUtf8(english)));
    }
    return toUtf8(QCoreApplication::translate(context, english));
}

}  // namespace

QString translated(const Text& text) {
    return toQString(inLanguage(text, inWindowLanguage));
}

QString translatedSentence(const Text& text) {
    QString sentence = translated(text);
    if (!sentence.isEmpty()) {
        sentence[0] = sentence[0].toUpper();
    }
    return sentence;
}

QString toQString(std::string_view utf8) {
    return QString::fromUtf8(utf8.data(), static_cast<qsizetype>(utf8.size()));
}

std::string toUtf8(const QString& text) {
    return text.toStdString();
}

}  // namespace keyconvoy::ui
