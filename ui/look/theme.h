#pragma once

#include "ui/look/palette.h"

#include <QObject>

class QApplication;
class QSettings;

namespace keyconvoy::ui {

enum class ShadeChoice : std::uint8_t { FollowDesktop, Light, Dark };

/// The choice that this user made, in the settings; none yet: as the desktop has it.
[[nodiscard]] ShadeChoice keptShade(const QSettings& settings);
void keepShade(QSettings& settings, ShadeChoice choice);

/// The look of every window of this process: style, palette and style sheet in one of two shades. Widgets name their part by the
/// dynamic properties "kind" ("primary", "caption", "title", "heading", "card", "good", "warning", "problem", "code") that the
/// style sheet knows.
class Theme final : public QObject {
    Q_OBJECT

public:
    explicit Theme(QApplication& application);

    void choose(ShadeChoice choice);
    [[nodiscard]] Shade shade() const { return m_shade; }
    [[nodiscard]] const Colours& colours() const { return coloursOf(m_shade); }
    /// The one of this process; there is one from the start of main to its end.
    [[nodiscard]] static Theme& current();

Q_SIGNALS:
    void changed();

private:
    void apply();

    QApplication& m_application;
    Shade m_desktopShade;
    Shade m_shade;
};

}  // namespace keyconvoy::ui
