#pragma once

#include "app/station/station.h"
#include "ui/look/theme.h"

#include <optional>
#include <QString>
#include <QStringList>

namespace keyconvoy::ui {

/// What the command line of the window says; what it leaves out comes from the settings.
struct DesktopOptions {
    bool rehearsal = false;  ///< begin in a rehearsal
    QString simulator;       ///< the simulator's program; empty: beside this one or on PATH
    QString language;        ///< "en", "de"; empty: the desktop's
    std::optional<ShadeChoice> shade;
    QString module, moduleInit, token, profile, region, endpointUrl, caBundle;
    QStringList moduleEnvironment;  ///< NAME=VALUE
    QString settingsFolder;         ///< for tests; empty: XDG's

    friend bool operator==(const DesktopOptions&, const DesktopOptions&) = default;
};

/// Throws InvalidInput for an option that does not exist or has no value.
[[nodiscard]] DesktopOptions parseDesktopOptions(const QStringList& arguments);
/// The text of --help.
[[nodiscard]] QString desktopHelp();

}  // namespace keyconvoy::ui
