#include "core/fingerprint.h"

#include "core/pgp_words.h"

#include <gtest/gtest.h>
#include <set>

namespace keyconvoy {
namespace {

struct Vector {
    std::string message;
    std::string_view digest;
};

TEST(Fingerprint, TheExamplesOfFips180Hold) {
    // FIPS 180-2, appendix B, and NIST's examples with intermediate values for SHA-256.
    const std::array<Vector, 4> vectors{{
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {std::string(1'000'000, 'a'), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"},
    }};
    for (const Vector& vector : vectors) {
        EXPECT_EQ(Fingerprint::of(asBytes(vector.message)).hex(), vector.digest);
    }
}

TEST(Fingerprint, ReadsWhatPeopleTypeAndPaste) {
    const Fingerprint abc = Fingerprint::of(asBytes("abc"));
    EXPECT_EQ(Fingerprint::parse(abc.hex()), abc);
    EXPECT_EQ(Fingerprint::parse(abc.hexGroups()), abc);
    EXPECT_EQ(
        Fingerprint::parse("BA:78:16:BF:8F:01:CF:EA:41:41:40:DE:5D:AE:22:23:B0:03:61:A3:96:17:7A:9C:B4:10:FF:61:F2:00:15:AD"),
        abc);
}

TEST(Fingerprint, OtherLengthsAndSignsAreRefused) {
    const std::string digits = Fingerprint::of(asBytes("abc")).hex();
    EXPECT_FALSE(Fingerprint::parse(""));
    EXPECT_FALSE(Fingerprint::parse(digits.substr(1)));
    EXPECT_FALSE(Fingerprint::parse(digits.substr(2)));
    EXPECT_FALSE(Fingerprint::parse(digits + "00"));
    EXPECT_FALSE(Fingerprint::parse("x" + digits.substr(1)));
    EXPECT_FALSE(Fingerprint::parse(digits.substr(0, 32) + "-" + digits.substr(32)));
}

TEST(Fingerprint, GroupsAreSixteenOfFourDigits) {
    EXPECT_EQ(Fingerprint::of(asBytes("abc")).hexGroups(),
              "ba78 16bf 8f01 cfea 4141 40de 5dae 2223 b003 61a3 9617 7a9c b410 ff61 f200 15ad");
}

TEST(Fingerprint, WordsAreThoseOfThePublishedExample) {
    // The worked example known with the PGP word list: E582 94F2 E9A2 2748 6E8B 061B 31CC 528F D7FA 3F19.
    const auto fingerprint = Fingerprint::parse("e58294f2e9a227486e8b061b31cc528fd7fa3f19" + std::string(24, '0'));
    ASSERT_TRUE(fingerprint);
    EXPECT_TRUE(fingerprint->words().starts_with(
        "topmost Istanbul Pluto vagabond treadmill Pacific brackish dictator goldfish Medusa "
        "afflict bravado chatter revolver Dupont midsummer stopwatch whimsical cowbell bottomless"))
        << fingerprint->words();
}

TEST(Fingerprint, NoTwoWordsAreTheSame) {
    std::set<std::string_view> words;
    for (const PgpWordPair& pair : pgpWords) {
        EXPECT_TRUE(words.insert(pair.even).second) << pair.even;
        EXPECT_TRUE(words.insert(pair.odd).second) << pair.odd;
    }
    EXPECT_EQ(words.size(), 512U);
}

}  // namespace
}  // namespace keyconvoy
