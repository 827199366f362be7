#include "ui/look/palette.h"

#include <algorithm>
#include <cmath>

namespace keyconvoy::ui {

namespace {

Colours lightColours() {
    return {.window = 0xf4f6f8,
            .surface = 0xffffff,
            .raised = 0xe9edf1,
            .text = 0x17212b,
            .mutedText = 0x4f5d6b,
            .line = 0xd5dce3,
            .outline = 0x7b8895,
            .accent = 0x0b5cad,
            .accentText = 0xffffff,
            .accentGround = 0xdcebfa,
            .good = 0x17683a,
            .goodGround = 0xe2f4e9,
            .warning = 0x7a4b00,
            .warningGround = 0xfdf0d5,
            .problem = 0xa61b1b,
            .problemGround = 0xfce8e6,
            .production = 0x17324d,
            .productionText = 0xffffff,
            .rehearsal = 0x6b3fa0,
            .rehearsalText = 0xffffff};
}

Colours darkColours() {
    return {.window = 0x12171d,
            .surface = 0x1b222a,
            .raised = 0x161c23,
            .text = 0xe6ebf0,
            .mutedText = 0xa7b3bf,
            .line = 0x2d3742,
            .outline = 0x76838f,
            .accent = 0x74b5f5,
            .accentText = 0x0b1825,
            .accentGround = 0x1d3a57,
            .good = 0x7fd6a3,
            .goodGround = 0x16301f,
            .warning = 0xf2c26b,
            .warningGround = 0x362a12,
            .problem = 0xff9d95,
            .problemGround = 0x3d1a18,
            .production = 0x24496d,
            .productionText = 0xffffff,
            .rehearsal = 0x7a4fb3,
            .rehearsalText = 0xffffff};
}

double linear(double channel) {
    return channel <= 0.04045 ? channel / 12.92 : std::pow((channel + 0.055) / 1.055, 2.4);
}

/// Relative luminance (WCAG 2.1).
double luminance(const QColor& colour) {
    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF());
}

}  // namespace

const Colours& coloursOf(Shade shade) {
    static const Colours light = lightColours();
    static const Colours dark = darkColours();
    return shade == Shade::Light ? light : dark;
}

QPalette paletteOf(Shade shade) {
    const Colours& colours = coloursOf(shade);
    QPalette palette;
    palette.setColor(QPalette::Window, colours.window);
    palette.setColor(QPalette::WindowText, colours.text);
    palette.setColor(QPalette::Base, colours.surface);
    palette.setColor(QPalette::AlternateBase, colours.window);
    palette.setColor(QPalette::ToolTipBase, colours.text);
    palette.setColor(QPalette::ToolTipText, colours.surface);
    palette.setColor(QPalette::PlaceholderText, colours.mutedText);
    palette.setColor(QPalette::Text, colours.text);
    palette.setColor(QPalette::Button, colours.surface);
    palette.setColor(QPalette::ButtonText, colours.text);
    palette.setColor(QPalette::BrightText, colours.problem);
    palette.setColor(QPalette::Highlight, colours.accent);
    palette.setColor(QPalette::HighlightedText, colours.accentText);
    palette.setColor(QPalette::Link, colours.accent);
    palette.setColor(QPalette::LinkVisited, colours.accent);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText}) {
        palette.setColor(QPalette::Disabled, role, colours.mutedText);
    }
    return palette;
}

double contrast(const QColor& one, const QColor& other) {
    const double a = luminance(one);
    const double b = luminance(other);
    return (std::max(a, b) + 0.05) / (std::min(a, b) + 0.05);
}

}  // namespace keyconvoy::ui
