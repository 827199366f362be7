#include "app/cli/account.h"

#include "app/cli/parser.h"
#include "app/cli/printable.h"

#include <array>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace cli;

TEST(SpokenName, SplitsWordsAndKeepsAcronyms) {
    EXPECT_EQ(spokenName("keyMaterialId"), "key material ID");
    EXPECT_EQ(spokenName("wrappingKeySha256"), "wrapping key SHA-256");
    EXPECT_EQ(spokenName("sha1Reason"), "SHA-1 reason");
    EXPECT_EQ(spokenName("kms"), "KMS");
    EXPECT_EQ(spokenName("CreateKey"), "CreateKey");
    EXPECT_EQ(spokenName(""), "");
}

TEST(Wrapped, BreaksAtBlanksOnly) {
    EXPECT_EQ(wrapped("aa bb cc", 2, 8), "aa bb\n  cc");
    EXPECT_EQ(wrapped("a-very-long-word b", 1, 8), "a-very-long-word\n b");
    EXPECT_EQ(wrapped("", 3, 10), "");
}

TEST(AccountOf, AlignsValuesAndLeavesOutWhatIsEmpty) {
    EXPECT_EQ(
        accountOf(Json{
            {"label", "x"}, {"keySpec", "HMAC_256"}, {"proxy", ""}, {"why", nullptr}, {"ready", true}, {"none", Json::array()}}),
        "label:    x\nkey spec: HMAC_256\nready:    yes\nnone:     none\n");
}

TEST(AccountOf, ShowsFingerprintsInGroupsAndThoseOfWrappingKeysInWords) {
    const std::string text = accountOf(Json{{"wrappingKeySha256", std::string(64, '0')}});
    EXPECT_NE(text.find("0000 0000 0000"), std::string::npos);
    EXPECT_NE(text.find("aardvark adroitness"), std::string::npos);
    EXPECT_EQ(accountOf(Json{{"blobSha256", std::string(64, '0')}}).find("aardvark"), std::string::npos);
}

TEST(AccountOf, PutsFindingsAndNextLast) {
    const std::string text =
        accountOf(Json{{"findings", {{{"level", "warning"}, {"what", "w"}, {"remedy", "r"}}}}, {"next", {"n"}}, {"a", 1}});
    EXPECT_EQ(text, "a: 1\n\nwarning: w\n  what to do: r\n\nwhat to do next\n  - n\n");
}

TEST(Printable, ShowsControlCharactersInPlaceOfObeyingThem) {
    EXPECT_EQ(printable("a\x1b[2Jb"), "a\\x1b[2Jb");
    EXPECT_EQ(printable("a\nb"), "a b");
    EXPECT_EQ(printable("\xc3\xa9"), "\xc3\xa9");
    EXPECT_EQ(printable("a\xc2\x9b"
                        "b"),
              "a\\xc2\\x9bb");  // C1 control: CSI in one character
}

TEST(Printable, ShowsWhatTurnsTheDirectionOfWritingAndWhatIsNoUtf8) {
    EXPECT_EQ(printable("a\xe2\x80\xae"
                        "b"),
              "a\\xe2\\x80\\xaeb");  // right-to-left override
    EXPECT_EQ(printable("a\xff"
                        "b"),
              "a\\xffb");
    EXPECT_EQ(printable("\xe2\x82"), "\\xe2\\x82");           // cut short
    EXPECT_EQ(printable("\xe0\x80\xaf"), "\\xe0\\x80\\xaf");  // overlong
    EXPECT_EQ(printable("\xe2\x82\xac \xf0\x9f\x94\x91"), "\xe2\x82\xac \xf0\x9f\x94\x91");
}

TEST(Nearest, FindsTheLikelyWordOnly) {
    const std::array<std::string_view, 3> words{"--module", "--token", "--json"};
    EXPECT_EQ(nearest("--modul", words), "--module");
    EXPECT_EQ(nearest("--tokne", words), "--token");
    EXPECT_EQ(nearest("--whatever", words), "");
}

}  // namespace

}  // namespace keyconvoy::tests
