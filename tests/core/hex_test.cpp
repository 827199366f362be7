#include "core/hex.h"

#include <gtest/gtest.h>

namespace keyconvoy {
namespace {

TEST(Hex, EveryOctetComesBack) {
    Bytes all;
    for (unsigned int octet = 0; octet < 256; ++octet) {
        all.push_back(static_cast<std::uint8_t>(octet));
    }
    const std::string digits = toHex(all);
    EXPECT_EQ(digits.size(), 512U);
    EXPECT_EQ(digits.substr(0, 8), "00010203");
    EXPECT_EQ(digits.substr(504), "fcfdfeff");
    EXPECT_EQ(fromHex(digits), all);
}

TEST(Hex, NothingIsTheEmptyText) {
    EXPECT_EQ(toHex({}), "");
    EXPECT_EQ(fromHex(""), Bytes{});
}

TEST(Hex, BothCasesAreRead) {
    EXPECT_EQ(fromHex("aBcDeF"), (Bytes{0xab, 0xcd, 0xef}));
}

TEST(Hex, AnythingButPairsOfDigitsIsRefused) {
    for (const std::string_view text : {"0", "abc", "0g", "g0", "0x00", "00 00", " 00", "00\n", "/0", ":0", "@0", "`0"}) {
        EXPECT_FALSE(fromHex(text)) << text;
    }
    EXPECT_FALSE(fromHex(std::string_view{"0\0", 2}));
}

}  // namespace
}  // namespace keyconvoy
