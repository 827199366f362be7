#include "core/utf8.h"

#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

TEST(FirstCharacter, IsReadWithItsSize) {
    EXPECT_EQ(firstCharacter(asBytes("a"))->code, U'a');
    EXPECT_EQ(firstCharacter(asBytes("\xc3\xbc!"))->code, U'\u00fc');
    EXPECT_EQ(firstCharacter(asBytes("\xe2\x82\xac"))->code, U'\u20ac');
    EXPECT_EQ(firstCharacter(asBytes("\xf0\x9f\x94\x91"))->size, 4U);
}

TEST(FirstCharacter, IsAbsentWhereNoneBegins) {
    for (const char* text : {"\x80", "\xff", "\xc3", "\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf0\x80\x80\xaf",
                             "\xf4\x90\x80\x80", "\xe2\x82"}) {
        EXPECT_FALSE(firstCharacter(asBytes(text))) << text;
    }
}

TEST(CharacterCount, CountsCharactersAndNoOctets) {
    EXPECT_EQ(characterCount(""), 0U);
    EXPECT_EQ(characterCount("key"), 3U);
    EXPECT_EQ(characterCount("\xc3\xbc\xe2\x82\xac\xf0\x9f\x94\x91"), 3U);
}

TEST(SteersTheTerminal, HoldsForControlsAndTurnedDirections) {
    for (const char32_t code : {U'\x1b', U'\n', U'\x7f', char32_t{0x9b}, char32_t{0x202e}, char32_t{0x2066}, char32_t{0x2028}}) {
        EXPECT_TRUE(steersTheTerminal(code));
    }
    EXPECT_FALSE(steersTheTerminal(U'a'));
    EXPECT_FALSE(steersTheTerminal(U'\u00fc'));
}

}  // namespace

}  // namespace keyconvoy::tests
