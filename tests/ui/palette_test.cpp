#include "ui/look/palette.h"

#include <gtest/gtest.h>
#include <string>
#include <vector>

namespace keyconvoy::ui {
namespace {

constexpr double forText = 4.5;      // WCAG 2.1, 1.4.3
constexpr double forControls = 3.0;  // WCAG 2.1, 1.4.11

struct Pair {
    std::string name;
    QColor front, back;
    double least;
};

std::vector<Pair> pairsOf(const Colours& c) {
    std::vector<Pair> pairs;
    for (const auto& [ground, name] :
         {std::pair{c.window, "window"}, {c.surface, "surface"}, {c.raised, "raised"}, {c.accentGround, "accent ground"}}) {
        pairs.push_back({std::string{"text on "} + name, c.text, ground, forText});
        pairs.push_back({std::string{"muted text on "} + name, c.mutedText, ground, forText});
    }
    for (const auto& [ground, name] : {std::pair{c.window, "window"}, {c.surface, "surface"}}) {
        pairs.push_back({std::string{"accent on "} + name, c.accent, ground, forText});
        pairs.push_back({std::string{"good on "} + name, c.good, ground, forText});
        pairs.push_back({std::string{"warning on "} + name, c.warning, ground, forText});
        pairs.push_back({std::string{"problem on "} + name, c.problem, ground, forText});
        pairs.push_back({std::string{"outline on "} + name, c.outline, ground, forControls});
    }
    pairs.push_back({"accent's text", c.accentText, c.accent, forText});
    pairs.push_back({"good", c.good, c.goodGround, forText});
    pairs.push_back({"warning", c.warning, c.warningGround, forText});
    pairs.push_back({"problem", c.problem, c.problemGround, forText});
    pairs.push_back({"text on good", c.text, c.goodGround, forText});
    pairs.push_back({"text on warning", c.text, c.warningGround, forText});
    pairs.push_back({"text on problem", c.text, c.problemGround, forText});
    pairs.push_back({"production", c.productionText, c.production, forText});
    pairs.push_back({"rehearsal", c.rehearsalText, c.rehearsal, forText});
    return pairs;
}

class PaletteContrast : public testing::TestWithParam<Shade> {};

TEST_P(PaletteContrast, IsEnoughEverywhere) {
    for (const Pair& pair : pairsOf(coloursOf(GetParam()))) {
        EXPECT_GE(contrast(pair.front, pair.back), pair.least) << pair.name;
    }
}

TEST_P(PaletteContrast, OfTheToolkitsOwnRolesIsEnoughToo) {
    const QPalette palette = paletteOf(GetParam());
    EXPECT_GE(contrast(palette.color(QPalette::PlaceholderText), palette.color(QPalette::Base)), forText);
    EXPECT_GE(contrast(palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight)), forText);
    EXPECT_GE(contrast(palette.color(QPalette::ToolTipText), palette.color(QPalette::ToolTipBase)), forText);
    EXPECT_GE(contrast(palette.color(QPalette::Disabled, QPalette::Text), palette.color(QPalette::Base)), forText);
}

INSTANTIATE_TEST_SUITE_P(BothShades, PaletteContrast, testing::Values(Shade::Light, Shade::Dark),
                         [](const auto& row) { return row.param == Shade::Light ? "Light" : "Dark"; });

TEST(Contrast, KnowsBlackAndWhite) {
    EXPECT_NEAR(contrast(Qt::black, Qt::white), 21.0, 0.01);
    EXPECT_NEAR(contrast(Qt::white, Qt::white), 1.0, 0.01);
}

}  // namespace
}  // namespace keyconvoy::ui
