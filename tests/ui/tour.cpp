#include "tests/ui/tour.h"

#include "tests/ui/text_check.h"
#include "ui/language/languages.h"

#include <cstdlib>
#include <QApplication>
#include <QMessageBox>
#include <QPainter>

namespace keyconvoy::tests {

namespace {

/// What tokens and AWS call themselves and theirs.
constexpr const char* namesOfOthers =
    "SoftHSM softokn project Certificate Mozilla Foundation Keyconvoy rehearsal Implementation of slot Enabled default";

const char* nameOf(ui::ShadeChoice shade) {
    return shade == ui::ShadeChoice::Dark ? "dark" : "light";
}

/// "de_dark_1280x720"
Look parseLook(const QString& name) {
    const QStringList parts = name.split(QLatin1Char{'_'});
    const QStringList size = parts.value(2).split(QLatin1Char{'x'});
    const QStringList languages{QStringLiteral("en"), QStringLiteral("de"), QStringLiteral("pseudo")};
    Look look{parts.value(0),
              parts.value(1) == QStringLiteral("dark") ? ui::ShadeChoice::Dark : ui::ShadeChoice::Light,
              {size.value(0).toInt(), size.value(1).toInt()}};
    if (look.name() != name || !languages.contains(look.language) || look.size.isEmpty()) {
        std::abort();  // a name that a script has wrong must not look at something else in silence
    }
    return look;
}

/// The window with the dialogs and lists that stand before it.
QPixmap pictureOf(QWidget& window) {
    QPixmap picture = window.grab();
    QPainter painter{&picture};
    for (QWidget* top : QApplication::topLevelWidgets()) {
        if (top != &window && top->isVisible()) {
            painter.drawPixmap(window.mapFromGlobal(top->mapToGlobal(QPoint{})), top->grab());
        }
    }
    return picture;
}

QScrollArea* openColumn(QWidget& window) {
    for (auto* area : window.findChildren<QScrollArea*>()) {
        if (area->isVisible()) {
            return area;
        }
    }
    return nullptr;
}

}  // namespace

QString Look::name() const {
    return QStringLiteral("%1_%2_%3x%4").arg(language, QString::fromLatin1(nameOf(shade))).arg(size.width()).arg(size.height());
}

std::ostream& operator<<(std::ostream& stream, const Look& look) {
    return stream << look.name().toStdString();
}

std::vector<Look> looks() {
    if (const QString asked = qEnvironmentVariable("KEYCONVOY_LOOK"); !asked.isEmpty()) {
        return {parseLook(asked)};
    }
    return {{QStringLiteral("pseudo"), ui::ShadeChoice::Light, {1280, 720}},
            {QStringLiteral("de"), ui::ShadeChoice::Dark, {960, 540}}};
}

Tour::Tour() {
    ::setenv("XDG_STATE_HOME", folder().c_str(), 1);  // NOLINT(concurrency-mt-unsafe): before any thread
    if (GetParam().pseudo()) {
        ui::installPseudoLanguage(*qApp);
    } else {
        ui::installLanguage(*qApp, GetParam().language);
    }
    ui::Theme::current().choose(GetParam().shade);
    m_names = QString::fromLatin1(namesOfOthers).split(QLatin1Char{' '});
}

Tour::~Tour() {
    closeEverything();
    qDeleteAll(qApp->findChildren<QTranslator*>());
    QLocale::setDefault(m_localeBefore);
}

void Tour::openTour(const ui::DesktopOptions& options) {
    openWindow(options);
    window().resize(GetParam().size);
    window().activateWindow();
}

void Tour::openRehearsalTour(const QString& token) {
    openImportOn(token);
    window().resize(GetParam().size);
    window().activateWindow();
    ASSERT_TRUE(waitFor([this] { return find<QLabel>("import.token-kind").isVisible(); }));
    find<QComboBox>("import.rehearsal-token").clearFocus();
}

/// Until nothing is left to be laid out or scrolled to.
void Tour::settle() {
    constexpr int turns = 8;  // a reveal is asked for, laid out, done, and painted
    for (int i = 0; i < turns; ++i) {
        QCoreApplication::processEvents();
        QCoreApplication::sendPostedEvents(nullptr, QEvent::LayoutRequest);
    }
}

void Tour::stop(const char* name) {
    settle();
    const QByteArray at = QByteArray::number(++m_stops) + ' ' + name;
    keepPicture(name);
    EXPECT_EQ(window().size(), GetParam().size) << at.toStdString() << ": something forces the window wider";
    if (const QScrollArea* column = openColumn(window())) {
        EXPECT_LE(column->widget()->width(), column->viewport()->width()) << at.toStdString() << ": wider than the window";
    }
    checkTextsOf(window(), at);
    for (auto* question : window().findChildren<QMessageBox*>()) {
        checkTextsOf(*question, at);
    }
}

void Tour::checkTextsOf(QWidget& shown, const QByteArray& at) {
    for (const TextFault& fault : clippedTexts(shown)) {
        ADD_FAILURE() << at.toStdString() << ": clipped: " << fault.inWords();
    }
    for (const TextFault& fault : doubledMnemonics(shown)) {
        ADD_FAILURE() << at.toStdString() << ": two of one letter: " << fault.inWords();
    }
    if (GetParam().pseudo()) {
        for (const TextFault& fault : untranslatedTexts(shown, m_names)) {
            ADD_FAILURE() << at.toStdString() << ": not translated: " << fault.inWords();
        }
    }
}

/// What is seen, and where the page is longer, the whole of it.
void Tour::keepPicture(const char* name) {
    const QString folder = qEnvironmentVariable("KEYCONVOY_SCREENSHOTS");
    if (folder.isEmpty()) {
        return;
    }
    const QString file = folder + QLatin1Char{'/'} + QLatin1String{name};
    ASSERT_TRUE(pictureOf(window()).save(file + QStringLiteral(".png"))) << file.toStdString();
    const QScrollArea* column = openColumn(window());
    if (column != nullptr && column->widget()->height() > column->viewport()->height()) {
        ASSERT_TRUE(column->widget()->grab().save(file + QStringLiteral("-whole.png")));
    }
}

void Tour::waitForFailure(QWidget& within) {
    ASSERT_TRUE(waitFor([&within] {
        const auto panels = within.findChildren<ui::FailurePanel*>();
        return std::ranges::any_of(panels, [](const ui::FailurePanel* panel) { return panel->isVisible(); });
    }));
}

void Tour::enterPin(QWidget& within, std::string_view pin) {
    const auto openField = [&within]() -> ui::PinField* {
        for (ui::PinField* field : within.findChildren<ui::PinField*>()) {
            if (field->isVisible()) {
                return field;
            }
        }
        return nullptr;
    };
    ASSERT_TRUE(waitFor([&openField] { return openField() != nullptr; }));
    type(*openField(), pin);
    QTest::keyClick(openField(), Qt::Key_Return);
}

}  // namespace keyconvoy::tests
