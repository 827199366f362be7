#include "app/ceremony/expiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using namespace app;
using namespace std::chrono_literals;
using ::testing::HasSubstr;

const TimePoint now = *parseRfc3339("2027-01-01T12:00:00.750Z");

std::string causeOf(const std::string& text) {
    try {
        static_cast<void>(Expiry::parse(text).validTo(now));
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidInput);
        EXPECT_FALSE(error.failure().remedy.empty());
        return toEnglish(error.failure().cause);
    }
    return "(taken)";
}

TEST(Expiry, TimeIsTakenToWholeSecondsWhateverItsOffset) {
    EXPECT_EQ(Expiry::parse("2027-06-17T12:00:00.900+02:00").validTo(now), parseRfc3339("2027-06-17T10:00:00Z"));
}

TEST(Expiry, PeriodCountsFromTheCall) {
    EXPECT_EQ(Expiry::parse("P364D").validTo(now), parseRfc3339("2027-12-31T12:00:00Z"));
    EXPECT_EQ(Expiry::parse("PT12H").validTo(now), parseRfc3339("2027-01-02T00:00:00Z"));
    EXPECT_EQ(Expiry::parse("P1DT6H").validTo(now), parseRfc3339("2027-01-02T18:00:00Z"));
    EXPECT_EQ(Expiry::parse("P364D").validTo(now + 1h), parseRfc3339("2027-12-31T13:00:00Z"));
}

TEST(Expiry, NeverHasNoTime) {
    EXPECT_EQ(Expiry::parse("never").validTo(now), std::nullopt);
}

TEST(Expiry, LongestPeriodIsAYearLessAnHour) {
    EXPECT_EQ(causeOf("P364DT23H"), "(taken)");
    EXPECT_THAT(causeOf("P365D"), HasSubstr("longer than 365 days less an hour"));
    EXPECT_THAT(causeOf("P100000D"), HasSubstr("longer than 365 days"));
}

TEST(Expiry, APeriodInTheWrongFormIsToldTheRightOne) {
    EXPECT_EQ(causeOf("P364D12H"), "hours stand behind a T: P364DT12H");
    EXPECT_EQ(causeOf("P12H"), "hours stand behind a T: PT12H");
    for (const char* text : {"PT1S", "PT30M", "P1DT1M"}) {
        EXPECT_THAT(causeOf(text), HasSubstr("not in minutes or seconds; the shortest is PT1H")) << text;
    }
    for (const char* text : {"P1M", "P1Y", "P1W"}) {
        EXPECT_THAT(causeOf(text), HasSubstr("not in years, months or weeks")) << text;
    }
    EXPECT_EQ(causeOf("P1DT"), "it is no period of days and hours");
}

TEST(Expiry, ADayThatDoesNotExistIsNamedWithTheLengthOfItsMonth) {
    EXPECT_EQ(causeOf("2027-02-30"), "there is no 2027-02-30: the month 2027-02 has 28 days");
    EXPECT_EQ(causeOf("2027-02-30T12:00:00Z"), "there is no 2027-02-30: the month 2027-02 has 28 days");
}

TEST(Expiry, BareDateIsRefused) {
    EXPECT_THAT(causeOf("2027-06-17"), HasSubstr("whose midnight"));
}

TEST(Expiry, TimeWithoutOffsetIsRefused) {
    EXPECT_THAT(causeOf("2027-06-17T12:00:00"), HasSubstr("whose clock"));
}

TEST(Expiry, PastAndTooFarAreRefused) {
    EXPECT_THAT(causeOf("2026-12-31T00:00:00Z"), HasSubstr("in the past"));
    EXPECT_THAT(causeOf("2027-01-01T12:00:00Z"), HasSubstr("in the past"));
    EXPECT_EQ(causeOf("2028-01-01T11:00:00Z"), "(taken)");
    EXPECT_THAT(causeOf("2028-01-01T11:00:01Z"), HasSubstr("more than 365 days less an hour"));
}

TEST(Expiry, NothingIsNoChoice) {
    EXPECT_THAT(causeOf(""), HasSubstr("there is no default"));
}

class BadExpiry : public ::testing::TestWithParam<const char*> {};

TEST_P(BadExpiry, IsRefused) {
    EXPECT_NE(causeOf(GetParam()), "(taken)");
}

INSTANTIATE_TEST_SUITE_P(Texts, BadExpiry,
                         ::testing::Values("Never", "tomorrow", "P", "PT", "P0D", "PT0H", "P1", "P1H", "PT1D", "P1DT", "P-1D",
                                           "P1.5D", "P1D ", "P1M", "P1Y", "P1W", "p1d", "P99999999999999D",
                                           "2027-13-01T00:00:00Z", "2027-02-30", "364"));

TEST(DescribeExpiry, ShowsUtcLocalTimeWeekdayAndDaysLeft) {
    const Details details = describeExpiry(parseRfc3339("2027-06-17T12:00:00Z"), now);
    ASSERT_EQ(details.size(), 4U);
    EXPECT_EQ(toEnglish(details[0].value), "2027-06-17T12:00:00Z");
    EXPECT_TRUE(toEnglish(details[1].value).ends_with("day, " + toLocalTime(*parseRfc3339("2027-06-17T12:00:00Z"))));
    EXPECT_EQ(toEnglish(details[2].value), "Thursday");
    EXPECT_EQ(toEnglish(details[3].value), "167 days and 0 hours");
}

TEST(DescribeExpiry, TimeLeftIsToldInTheUnitsThatSaySomething) {
    using namespace std::chrono;
    const auto left = [](std::chrono::seconds length) { return toEnglish(describeExpiry(now + length, now)[3].value); };
    EXPECT_EQ(left(days{1} + hours{1}), "1 day and 1 hour");
    EXPECT_EQ(left(hours{1}), "1 hour and 0 minutes");
    EXPECT_EQ(left(hours{1} - seconds{1}), "1 hour and 0 minutes") << "what the calls took is not worth telling";
    EXPECT_EQ(left(minutes{59}), "59 minutes");
    EXPECT_EQ(left(minutes{1}), "1 minute");
}

TEST(DescribeExpiry, OnlyAPeriodCountsFromTheWrap) {
    const Details details = describeCountingFromWrap(Expiry::parse("P30D"));
    ASSERT_EQ(details.size(), 1U);
    EXPECT_THAT(toEnglish(details[0].value), HasSubstr("this wrap, not the import call"));
    EXPECT_TRUE(describeCountingFromWrap(Expiry::parse("never")).empty());
    EXPECT_TRUE(describeCountingFromWrap(Expiry::parse("2027-06-17T12:00:00Z")).empty());
}

TEST(DescribeExpiry, SaysWhatNeverMeans) {
    const Details details = describeExpiry(std::nullopt, now);
    ASSERT_EQ(details.size(), 1U);
    EXPECT_THAT(toEnglish(details[0].value), HasSubstr("never: KMS keeps this material until somebody deletes it"));
}

}  // namespace

}  // namespace keyconvoy::tests
