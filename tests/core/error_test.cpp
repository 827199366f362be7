#include "core/error.h"

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <set>

namespace keyconvoy {
namespace {

TEST(Text, PlaceholdersTakeTheirArguments) {
    EXPECT_EQ(toEnglish(KC_TEXT("Test", "%2 before %1").with("one").with(std::string{"two"})), "two before one");
    EXPECT_EQ(toEnglish(KC_TEXT("Test", "%1 and %1").with(std::uint64_t{7})), "7 and 7");
}

TEST(Text, NineArgumentsAreAllThereIs) {
    Text text = KC_TEXT("Test", "%1%2%3%4%5%6%7%8%9 %10");
    for (const char* digit : {"a", "b", "c", "d", "e", "f", "g", "h", "i"}) {
        text = std::move(text).with(digit);
    }
    EXPECT_EQ(toEnglish(text), "abcdefghi a0");
}

TEST(Text, AnArgumentIsNeverReadAsAPlaceholder) {
    EXPECT_EQ(toEnglish(KC_TEXT("Test", "%1 %2").with("%2").with("x")), "%2 x");
}

TEST(Text, AMissingArgumentLeavesAGapAndOtherPercentSignsStay) {
    EXPECT_EQ(toEnglish(KC_TEXT("Test", "a%1b")), "ab");
    EXPECT_EQ(toEnglish(KC_TEXT("Test", "100 % of %0, %%, %")), "100 % of %0, %%, %");
}

TEST(Text, EmptyIsEmpty) {
    EXPECT_TRUE(Text{}.empty());
    EXPECT_EQ(toEnglish(Text{}), "");
    EXPECT_FALSE(KC_TEXT("Test", "x").empty());
}

TEST(ErrorKind, EveryKindHasItsOwnName) {
    std::set<std::string_view> names;
    for (const ErrorKind kind : {ErrorKind::InvalidInput, ErrorKind::NotFound, ErrorKind::Refused, ErrorKind::Unavailable,
                                 ErrorKind::Integrity, ErrorKind::Cancelled, ErrorKind::Internal}) {
        EXPECT_TRUE(names.insert(toString(kind)).second) << toString(kind);
    }
    EXPECT_EQ(toString(ErrorKind::InvalidInput), "invalid-input");
}

TEST(Error, WhatNamesPlaceCauseAndCode) {
    Failure failure{.kind = ErrorKind::Refused,
                    .place = KC_TEXT("Test", "token %1").with("Blue"),
                    .cause = KC_TEXT("Test", "the PIN is locked"),
                    .remedy = KC_TEXT("Test", "ask the security officer"),
                    .code = "CKR_PIN_LOCKED",
                    .serviceText = {},
                    .requestId = {}};
    const Error error{failure};
    EXPECT_STREQ(error.what(), "token Blue: the PIN is locked (CKR_PIN_LOCKED)");
    EXPECT_EQ(error.kind(), ErrorKind::Refused);
    EXPECT_EQ(toEnglish(error.failure().remedy), "ask the security officer");
}

TEST(Error, WithoutACodeThereAreNoBrackets) {
    const Error error{ErrorKind::NotFound, KC_TEXT("Test", "here"), KC_TEXT("Test", "nothing"), {}};
    EXPECT_STREQ(error.what(), "here: nothing");
}

TEST(CryptoError, TakesTheTextsOfTheLibraryAndLeavesItsQueueEmpty) {
    ERR_clear_error();
    ERR_raise(ERR_LIB_EVP, ERR_R_PASSED_NULL_PARAMETER);
    ERR_raise(ERR_LIB_RSA, ERR_R_INTERNAL_ERROR);
    const CryptoError error{"EVP_Something"};
    EXPECT_EQ(toEnglish(error.failure().place), "OpenSSL, EVP_Something");
    EXPECT_NE(error.failure().serviceText.find("passed a null parameter"), std::string::npos) << error.failure().serviceText;
    EXPECT_NE(error.failure().serviceText.find("; "), std::string::npos);
    EXPECT_EQ(ERR_peek_error(), 0U);
}

TEST(Text, ArgumentsThatAreTextsAreTranslatedToo) {
    const Text inner = KC_TEXT("Test", "the token %1").with("A");
    const Text outer = KC_TEXT("Test", "%1 is gone (%2)").with(inner).with("CKR_DEVICE_REMOVED");
    EXPECT_EQ(toEnglish(outer), "the token A is gone (CKR_DEVICE_REMOVED)");
    const auto german = [](const char*, const char* english) -> std::string {
        return std::string_view{english} == "the token %1" ? "das Token %1" : "(%2) %1 ist fort";
    };
    EXPECT_EQ(inLanguage(outer, german), "(CKR_DEVICE_REMOVED) das Token A ist fort");
}

TEST(Text, AVerbatimValueReadsAlikeInEveryLanguage) {
    EXPECT_EQ(toEnglish(verbatim("100 % of %1")), "100 % of %1");
    EXPECT_EQ(inLanguage(verbatim("%1"), [](const char*, const char* english) { return std::string{english}; }), "%1");
}

}  // namespace
}  // namespace keyconvoy
