#include "core/strict_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy {
namespace {

const Text place = KC_TEXT("Test", "the reply");

std::string causeOf(std::string_view text) {
    try {
        static_cast<void>(parseStrictJson(text, place));
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidInput);
        EXPECT_EQ(toEnglish(error.failure().place), "the reply");
        EXPECT_FALSE(error.failure().remedy.empty());
        return toEnglish(error.failure().cause);
    }
    return "accepted";
}

std::string nested(std::size_t levels, const std::string& open, const std::string& close) {
    std::string text;
    for (std::size_t i = 0; i < levels; ++i) {
        text.insert(0, open);
        text += close;
    }
    return text;
}

TEST(StrictJson, KeepsTheOrderOfMembers) {
    EXPECT_EQ(parseStrictJson(R"({"z":1,"a":[true,null,"x"],"m":{"b":1.5}})", place).dump(),
              R"({"z":1,"a":[true,null,"x"],"m":{"b":1.5}})");
}

TEST(StrictJson, ScalarsAreTextsToo) {
    EXPECT_EQ(parseStrictJson("42", place), 42);
    EXPECT_EQ(parseStrictJson(R"("\u00e9")", place), "\xc3\xa9");
}

TEST(StrictJson, SixtyFourLevelsAreTakenAndNoMore) {
    EXPECT_EQ(causeOf(nested(64, "[", "]")), "accepted");
    EXPECT_EQ(causeOf(nested(65, "[", "]")), "it is nested more than 64 levels deep");
    EXPECT_EQ(causeOf(nested(64, R"({"a":)", "}").insert(64 * 5, "1")), "accepted");
    EXPECT_EQ(causeOf(nested(65, R"({"a":)", "}").insert(65 * 5, "1")), "it is nested more than 64 levels deep");
}

TEST(StrictJson, AMillionBracketsAreRefusedAtTheSixtyFifth) {
    EXPECT_EQ(causeOf(std::string(1'000'000, '[')), "it is nested more than 64 levels deep");
}

TEST(StrictJson, AMemberNamedTwiceInOneObjectIsRefused) {
    EXPECT_EQ(causeOf(R"({"a":1,"a":1})"), R"(the member "a" is there twice)");
    EXPECT_EQ(causeOf(R"({"x":[{"a":1,"b":{},"a":2}]})"), R"(the member "a" is there twice)");
    EXPECT_EQ(causeOf(R"({"a":1,"\u0061":2})"), R"(the member "a" is there twice)");
}

TEST(StrictJson, TheSameNameInDifferentObjectsIsFine) {
    EXPECT_EQ(causeOf(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})"), "accepted");
}

TEST(StrictJson, AnythingElseIsRefusedWithThePosition) {
    EXPECT_EQ(causeOf(R"({"a":1} x)"), "it is no JSON document: the fault is at byte 9 of 9");
    for (const std::string_view text : {"", " ", "{", "[1,]", "{\"a\"}", "{'a':1}", "[1 2]", "nul", "NaN", "01", "\"\x01\"",
                                        "// no\n1", "\"\\ud800\"", "[1]]", "<html></html>"}) {
        EXPECT_TRUE(causeOf(text).starts_with("it is no JSON document")) << text << ": " << causeOf(text);
    }
}

TEST(StrictJson, ATextThatEndsTooEarlyIsNotSaidToBeWrongBeyondItsEnd) {
    EXPECT_EQ(causeOf(""), "it is no JSON document: it is empty");
    EXPECT_EQ(causeOf(" \n"), "it is no JSON document: it holds nothing but blanks");
    EXPECT_EQ(causeOf("{"), "it is no JSON document: it ends too early (after 1 byte)");
    EXPECT_EQ(causeOf(R"({"PublicKey":"MII)"), "it is no JSON document: it ends too early (after 17 bytes)");
    EXPECT_EQ(causeOf("[1,2"), "it is no JSON document: it ends too early (after 4 bytes)");
    EXPECT_EQ(causeOf("{}}"), "it is no JSON document: the fault is at byte 3 of 3");
}

TEST(StrictJson, OnlyUtf8IsText) {
    EXPECT_TRUE(causeOf("\"\xff\"").starts_with("it is no JSON document"));
    EXPECT_TRUE(causeOf("\"\xc0\x80\"").starts_with("it is no JSON document"));
    EXPECT_TRUE(causeOf(std::string_view{"[\0]", 3}).starts_with("it is no JSON document"));
}

TEST(StrictJson, ANumberBeyondADoubleIsRefused) {
    EXPECT_EQ(causeOf("1e999"), "it holds a number that cannot be represented");
}

TEST(StrictJson, TheCallerChoosesTheKind) {
    try {
        static_cast<void>(parseStrictJson("", place, ErrorKind::Unavailable));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
    }
}

}  // namespace
}  // namespace keyconvoy
