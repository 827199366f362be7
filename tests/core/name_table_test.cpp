#include "core/name_table.h"

#include <gtest/gtest.h>

namespace keyconvoy {
namespace {

enum class Colour { Red, Green, Blue };
constexpr NameTable<Colour, 2> colours{{{Colour::Red, "RED"}, {Colour::Green, "GREEN"}}};
constexpr NameTable<Colour, 2> valueTwice{{{Colour::Red, "RED"}, {Colour::Red, "ROSSO"}}};
constexpr NameTable<Colour, 2> nameTwice{{{Colour::Red, "RED"}, {Colour::Green, "RED"}}};
static_assert(hasNoRepeats(colours));
static_assert(!hasNoRepeats(valueTwice));
static_assert(!hasNoRepeats(nameTwice));

TEST(NameTable, ServesBothDirections) {
    EXPECT_EQ(valueNamed(colours, "GREEN"), Colour::Green);
    EXPECT_EQ(nameOf(colours, Colour::Red), "RED");
}

TEST(NameTable, NamesAreComparedExactly) {
    for (const std::string_view name : {"", "red", "RED ", "REDD", "RE"}) {
        EXPECT_FALSE(valueNamed(colours, name)) << name;
    }
}

TEST(NameTable, AForgottenRowShowsItself) {
    EXPECT_EQ(nameOf(colours, Colour::Blue), "?");
}

}  // namespace
}  // namespace keyconvoy
