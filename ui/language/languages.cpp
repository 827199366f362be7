#include "ui/language/languages.h"

#include <QCoreApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTranslator>

namespace keyconvoy::ui {

namespace {

constexpr qsizetype lettersForOneDot = 3;  // a third longer: about what German takes

class PseudoTranslator final : public QTranslator {
public:
    using QTranslator::QTranslator;

    [[nodiscard]] bool isEmpty() const override { return false; }

    [[nodiscard]] QString translate(const char* /*context*/, const char* source, const char* /*comment*/,
                                    int /*number*/) const override {
        QString text = QString::fromUtf8(source);
        const QString dots(text.size() / lettersForOneDot, QChar{0x00B7});
        for (QChar& letter : text) {
            letter = accented(letter);
        }
        return QStringLiteral("[") + text + dots + QStringLiteral("]");
    }

private:
    static QChar accented(QChar letter) {
        static const QString plain = QStringLiteral("aeiouyAEIOU");
        static const QString marked = QStringLiteral("áéíóúýÁÉÍÓÚ");
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
