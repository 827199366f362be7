#include "core/base64.h"

#include <array>
#include <gtest/gtest.h>

namespace keyconvoy {
namespace {

struct Vector {
    std::string_view plain;
    std::string_view encoded;
};
constexpr std::array<Vector, 7> rfc4648{{
    // RFC 4648, section 10
    {"", ""},
    {"f", "Zg=="},
    {"fo", "Zm8="},
    {"foo", "Zm9v"},
    {"foob", "Zm9vYg=="},
    {"fooba", "Zm9vYmE="},
    {"foobar", "Zm9vYmFy"},
}};

TEST(Base64, TheVectorsOfRfc4648HoldBothWays) {
    for (const Vector& vector : rfc4648) {
        EXPECT_EQ(toBase64(asBytes(vector.plain)), vector.encoded);
        const auto decoded = fromBase64(vector.encoded);
        ASSERT_TRUE(decoded) << vector.encoded;
        EXPECT_EQ(asText(*decoded), vector.plain);
    }
}

TEST(Base64, EveryLengthComesBack) {
    Bytes bytes;
    for (unsigned int length = 0; length < 200; ++length) {
        EXPECT_EQ(fromBase64(toBase64(bytes)), bytes) << length;
        bytes.push_back(static_cast<std::uint8_t>(length * 37U));
    }
}

TEST(Base64, MissingOrMisplacedPaddingIsRefused) {
    for (const std::string_view text : {"Zg", "Zg=", "Zm8", "Z===", "====", "=", "Zg==Zg==", "Zm9v=", "=Zm9", "Z=g="}) {
        EXPECT_FALSE(fromBase64(text)) << text;
    }
}

TEST(Base64, WhiteSpaceAndOtherAlphabetsAreRefused) {
    for (const std::string_view text : {"Zm9v\n", " Zm9v", "Zm 9", "Zm9v\r\nYmFy", "Zm-_", "Zm9!", "\tZm9"}) {
        EXPECT_FALSE(fromBase64(text)) << text;
    }
    EXPECT_FALSE(fromBase64(std::string_view{"Zm\0v", 4}));
}

TEST(Base64, StrayBitsInTheLastGroupAreRefused) {
    EXPECT_FALSE(fromBase64("Zh=="));  // decodes to 'f' as "Zg==" does
    EXPECT_FALSE(fromBase64("Zm9="));
}

}  // namespace
}  // namespace keyconvoy
