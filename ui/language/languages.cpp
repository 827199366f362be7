#include "ui/language/languages.h"

#include <algorithm>
#include <cmath>
#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace keyconvoy::ui {

namespace {

constexpr double longerBy = 0.4;  // what German takes of a short text, and more than it takes of a long one
constexpr QChar dot{0x00B7};

class PseudoTranslator final : public QTranslator {
public:
    using QTranslator::QTranslator;

    [[nodiscard]] bool isEmpty() const override { return false; }

    [[nodiscard]] QString translate(const char* /*context*/, const char* source, const char* /*comment*/,
                                    int /*number*/) const override {
        QStringList words = QString::fromUtf8(source).split(QLatin1Char{' '});
        for (QString& word : words) {
            word = longer(word);
        }
        return QStringLiteral("[") + words.join(QLatin1Char{' '}) + QStringLiteral("]");
    }

private:
    /// Every word grows, so that lines break as they do in a language of long words.
    static QString longer(QString word) {
        const auto letters = std::ranges::count_if(word, [](QChar letter) { return letter.isLetter(); });
        for (QChar& letter : word) {
            letter = accented(letter);
        }
        const bool isFilter = word.contains(QLatin1Char{'*'});  // a file dialog reads it
        return isFilter ? word : word + QString(static_cast<qsizetype>(std::ceil(longerBy * static_cast<double>(letters))), dot);
    }
    static QChar accented(QChar letter) {
        static const QString plain = QStringLiteral("aeiouyAEIOUY");
        static const QString marked = QStringLiteral("áéíóúýÁÉÍÓÚÝ");
        const qsizetype index = plain.indexOf(letter);
        return index < 0 ? letter : marked.at(index);
    }
};

void install(QCoreApplication& application, const QLocale& locale, const QString& name, const QString& folder) {
    auto* translator = new QTranslator{&application};
    if (translator->load(locale, name, QStringLiteral("_"), folder)) {
        QCoreApplication::installTranslator(translator);
    } else {
        delete translator;
    }
}

}  // namespace

void installLanguage(QCoreApplication& application, const QString& language) {
    const QLocale locale = language.isEmpty() ? QLocale::system() : QLocale{language};
    QLocale::setDefault(locale);
    install(application, locale, QStringLiteral("qtbase"), QLibraryInfo::path(QLibraryInfo::TranslationsPath));
    install(application, locale, QStringLiteral("keyconvoy"), QStringLiteral(":/translations"));
}

void installPseudoLanguage(QCoreApplication& application) {
    QCoreApplication::installTranslator(new PseudoTranslator{&application});
}

}  // namespace keyconvoy::ui
