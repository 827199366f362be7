#include "ui/language/text.h"

#include <QCoreApplication>

namespace keyconvoy::ui {

QString translated(const Text& text) {
    return toQString(inLanguage(text, [](const char* context, const char* english) {
        return QCoreApplication::translate(context, english).toStdString();
    }));
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
