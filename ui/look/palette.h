#pragma once

#include <array>
#include <cstdint>
#include <QColor>
#include <QPalette>

namespace keyconvoy::ui {

enum class Shade : std::uint8_t { Light, Dark };

/// Every colour the window uses. Text on its ground has a contrast of at least 4.5:1 (WCAG 2.1, 1.4.3), the outline of a control
/// of at least 3:1 (1.4.11); a test measures both.
struct Colours {
    QColor window;   ///< behind everything
    QColor surface;  ///< cards, fields, lists
    QColor raised;   ///< the navigation, table heads
    QColor text;
    QColor mutedText;     ///< captions, hints
    QColor line;          ///< between things; carries no meaning
    QColor outline;       ///< around what can be operated
    QColor accent;        ///< the one accent: primary buttons, focus, selection
    QColor accentText;    ///< on accent
    QColor accentGround;  ///< a chosen row, the current page
    QColor good, goodGround;
    QColor warning, warningGround;
    QColor problem, problemGround;
    QColor production, productionText;  ///< the banner of the mode
    QColor rehearsal, rehearsalText;
};

[[nodiscard]] const Colours& coloursOf(Shade shade);
[[nodiscard]] QPalette paletteOf(Shade shade);
/// WCAG 2.1: 1 (none) to 21.
[[nodiscard]] double contrast(const QColor& one, const QColor& other);

}  // namespace keyconvoy::ui
