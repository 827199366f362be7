#include "ui/desktop.h"

#include "core/process_hardening.h"
#include "ui/desk.h"
#include "ui/desktop_options.h"
#include "ui/end_signals.h"
#include "ui/language/languages.h"
#include "ui/language/text.h"
#include "ui/look/icons.h"
#include "ui/look/theme.h"
#include "ui/main_window.h"
#include "ui/single_instance.h"
#include "ui/widgets/pin_field.h"

#include <iostream>
#include <QApplication>
#include <QStandardPaths>

namespace keyconvoy::ui {

namespace {

constexpr int exitDone = 0;
constexpr int exitUsage = 2;

/// Answered before there is a window, and without a display.
bool answersWithoutWindow(const QStringList& arguments) {
    if (arguments.contains(QStringLiteral("--help")) || arguments.contains(QStringLiteral("-h"))) {
        std::cout << toUtf8(desktopHelp());
        return true;
    }
    if (arguments.contains(QStringLiteral("--version")) || arguments.contains(QStringLiteral("-v"))) {
        std::cout << "keyconvoy-desktop " << KEYCONVOY_VERSION << '\n';
        return true;
    }
    return false;
}

/// Whether a window may open: none of this user is open yet.
bool isOnlyOne(const SingleInstance& instance, const DesktopOptions& options) {
    switch (instance.place()) {
        case SingleInstance::Place::First: return true;
        case SingleInstance::Place::Second:
            std::cerr << "keyconvoy-desktop: it is running already; its window was asked to come to the front\n"
                      << (options == DesktopOptions{} ? ""
                                                      : "  It keeps its own settings: the options given now have no effect.\n");
            return false;
        case SingleInstance::Place::Unknown:
            std::cerr << "keyconvoy-desktop: whether another window is open cannot be seen: " << toUtf8(instance.whyUnknown())
                      << "; do not open two, they would fight over the token\n";
            return true;
    }
    return true;
}

int showWindow(QApplication& application, const DesktopOptions& options) {
    const EndSignals endSignals;
    const SingleInstance instance{QStandardPaths::writableLocation(QStandardPaths::RuntimeLocation)};
    if (!isOnlyOne(instance, options)) {
        return exitDone;
    }
    Theme theme{application};
    installLanguage(application, options.language);
    installPinFieldAccessibility();
    QApplication::setWindowIcon(
        QIcon::fromTheme(QStringLiteral("keyconvoy"), icon(QStringLiteral("keyconvoy"), theme.colours().accent)));
    Desk desk{options};
    theme.choose(options.shade.value_or(keptShade(desk.profiles().settings())));
    MainWindow window{desk};
    QObject::connect(&endSignals, &EndSignals::arrived, &window, &MainWindow::closeUnasked);
    QObject::connect(&instance, &SingleInstance::anotherStarted, &window, [&window] {
        window.setWindowState(window.windowState() & ~Qt::WindowMinimized);
        window.raise();
        window.activateWindow();
    });
    window.show();
    if (options.rehearsal) {
        desk.startRehearsal();
    }
    return QApplication::exec();
}

}  // namespace

int runDesktop(int& argc, char** argv) {
    QStringList arguments;
    for (int i = 0; i < argc; ++i) {
        arguments << QString::fromLocal8Bit(argv[i]);
    }
    if (answersWithoutWindow(arguments)) {
        return exitDone;
    }
    static_cast<void>(hardenProcess());
    QCoreApplication::setApplicationName(QStringLiteral("keyconvoy-desktop"));
    QCoreApplication::setApplicationVersion(QStringLiteral(KEYCONVOY_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("keyconvoy"));
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    const QApplication constructed{argc, argv};  // takes Qt's own options out first
    try {
        return showWindow(*qApp, parseDesktopOptions(QCoreApplication::arguments()));
    } catch (const Error& error) {
        std::cerr << "keyconvoy-desktop: " << toEnglish(error.failure().place) << ": " << toEnglish(error.failure().cause)
                  << "\n  " << toEnglish(error.failure().remedy) << '\n';
        return exitUsage;
    }
}

}  // namespace keyconvoy::ui
