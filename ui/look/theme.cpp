#include "ui/look/theme.h"

#include "ui/look/spacing.h"

#include <array>
#include <QApplication>
#include <QFile>
#include <QFontDatabase>
#include <QSettings>
#include <QStyleFactory>
#include <utility>

/// The linker leaves the resources of a static library out unless they are asked for; the macro wants the global namespace.
static void keepResources() {
    Q_INIT_RESOURCE(resources);
}

namespace keyconvoy::ui {

namespace {

Theme* theOne = nullptr;

constexpr const char* shadeKey = "window/palette";

/// On plain X11 Qt 6.4 knows no dark mode, but the platform's palette tells it where a desktop sets one.
Shade shadeOf(const QPalette& palette) {
    const bool dark = palette.color(QPalette::Window).lightnessF() < palette.color(QPalette::WindowText).lightnessF();
    return dark ? Shade::Dark : Shade::Light;
}

/// The style sheet with each `@name` replaced.
QString styleSheet(Shade shade) {
    const Colours& colours = coloursOf(shade);
    QFile file{QStringLiteral(":/look/keyconvoy.qss")};
    if (!file.open(QIODevice::ReadOnly)) {
        return {};
    }
    QString sheet = QString::fromUtf8(file.readAll());
    // Longer names first: "@accentText" begins with "@accent".
    const std::array<std::pair<const char*, QColor>, 20> names{{{"@accentGround", colours.accentGround},
                                                                {"@accentText", colours.accentText},
                                                                {"@accent", colours.accent},
                                                                {"@goodGround", colours.goodGround},
                                                                {"@good", colours.good},
                                                                {"@warningGround", colours.warningGround},
                                                                {"@warning", colours.warning},
                                                                {"@problemGround", colours.problemGround},
                                                                {"@problem", colours.problem},
                                                                {"@productionText", colours.productionText},
                                                                {"@production", colours.production},
                                                                {"@rehearsalText", colours.rehearsalText},
                                                                {"@rehearsal", colours.rehearsal},
                                                                {"@mutedText", colours.mutedText},
                                                                {"@text", colours.text},
                                                                {"@surface", colours.surface},
                                                                {"@raised", colours.raised},
                                                                {"@window", colours.window},
                                                                {"@outline", colours.outline},
                                                                {"@line", colours.line}}};
    for (const auto& [name, colour] : names) {
        sheet.replace(QLatin1String{name}, colour.name());
    }
    sheet.replace(QStringLiteral("@shade"), shade == Shade::Dark ? QStringLiteral("dark") : QStringLiteral("light"));
    return sheet.replace(QStringLiteral("@monospace"), QFontDatabase::systemFont(QFontDatabase::FixedFont).family());
}

}  // namespace

ShadeChoice keptShade(const QSettings& settings) {
    return static_cast<ShadeChoice>(settings.value(QLatin1String{shadeKey}, 0).toInt());
}

void keepShade(QSettings& settings, ShadeChoice choice) {
    settings.setValue(QLatin1String{shadeKey}, static_cast<int>(choice));
}

Theme::Theme(QApplication& application)
    : QObject{&application},
      m_application{application},
      m_desktopShade{shadeOf(QApplication::palette())},
      m_shade{m_desktopShade} {
    keepResources();
    theOne = this;
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    apply();
}

void Theme::choose(ShadeChoice choice) {
    const Shade shade = choice == ShadeChoice::Light ? Shade::Light : choice == ShadeChoice::Dark ? Shade::Dark : m_desktopShade;
    if (std::exchange(m_shade, shade) != shade) {
        apply();
        Q_EMIT changed();
    }
}

Theme& Theme::current() {
    Q_ASSERT(theOne != nullptr);
    return *theOne;
}

void Theme::apply() {
    QApplication::setPalette(paletteOf(m_shade));
    m_application.setStyleSheet(styleSheet(m_shade));
}

}  // namespace keyconvoy::ui
