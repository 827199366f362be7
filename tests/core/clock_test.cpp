#include "core/clock.h"

#include <cstdlib>
#include <ctime>
#include <gtest/gtest.h>

namespace keyconvoy {
namespace {

using namespace std::chrono;

constexpr TimePoint noon = sys_days{year{2027} / June / 17} + 12h;

TEST(Rfc3339, WritesUtcWithWholeSecondsOrMilliseconds) {
    EXPECT_EQ(toRfc3339(noon), "2027-06-17T12:00:00Z");
    EXPECT_EQ(toRfc3339(noon + 999ms), "2027-06-17T12:00:00Z");
    EXPECT_EQ(toRfc3339Milliseconds(noon + 250ms), "2027-06-17T12:00:00.250Z");
    EXPECT_EQ(toRfc3339Milliseconds(noon + 7ms), "2027-06-17T12:00:00.007Z");
    EXPECT_EQ(toRfc3339(sys_days{year{1969} / December / 31} + 23h + 59min + 59s + 1ms), "1969-12-31T23:59:59Z");
}

TEST(Rfc3339, ReadsWhatItWrites) {
    for (const TimePoint time :
         {noon, noon + 1ms, TimePoint{}, TimePoint{-1ms}, TimePoint{sys_days{year{9999} / December / 31}}}) {
        EXPECT_EQ(parseRfc3339(toRfc3339Milliseconds(time)), time);
    }
}

TEST(Rfc3339, TakesTheFormsOfSection5) {
    EXPECT_EQ(parseRfc3339("2027-06-17T12:00:00Z"), noon);
    EXPECT_EQ(parseRfc3339("2027-06-17t12:00:00z"), noon);
    EXPECT_EQ(parseRfc3339("2027-06-17 12:00:00Z"), noon);
    EXPECT_EQ(parseRfc3339("2027-06-17T14:00:00+02:00"), noon);
    EXPECT_EQ(parseRfc3339("2027-06-17T06:30:00-05:30"), noon);
    EXPECT_EQ(parseRfc3339("2027-06-18T11:59:00+23:59"), noon);
    EXPECT_EQ(parseRfc3339("2027-06-17T12:00:00-00:00"), noon);
    EXPECT_EQ(parseRfc3339("2027-06-17T12:00:00.25Z"), noon + 250ms);
    EXPECT_EQ(parseRfc3339("2027-06-17T12:00:00.123456789Z"), noon + 123ms);
    EXPECT_EQ(parseRfc3339("1996-12-19T16:39:57-08:00"), parseRfc3339("1996-12-20T00:39:57Z"));
}

TEST(Rfc3339, ALeapSecondReadsAsTheSecondAfterIt) {
    EXPECT_EQ(parseRfc3339("1990-12-31T23:59:60Z"), TimePoint{sys_days{year{1991} / January / 1}});
}

TEST(Rfc3339, LeapDaysExistInLeapYearsOnly) {
    EXPECT_TRUE(parseRfc3339("2028-02-29T00:00:00Z"));
    EXPECT_TRUE(parseRfc3339("2000-02-29T00:00:00Z"));
    EXPECT_FALSE(parseRfc3339("2027-02-29T00:00:00Z"));
    EXPECT_FALSE(parseRfc3339("2100-02-29T00:00:00Z"));
}

class Rfc3339Refuses : public testing::TestWithParam<std::string_view> {};

TEST_P(Rfc3339Refuses, ThisText) {
    EXPECT_FALSE(parseRfc3339(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(MissingParts, Rfc3339Refuses,
                         testing::Values("", "2027", "2027-06-17", "2027-06-17T12:00Z", "2027-06-17T12:00:00", "T12:00:00Z",
                                         "2027-06-17T12:00:00.Z", "2027-06-17T12:00:00+", "2027-06-17T12:00:00+02",
                                         "2027-06-17T12:00:00+0200", "2027-06-17T12:00:00+02:0"));
INSTANTIATE_TEST_SUITE_P(OutOfRange, Rfc3339Refuses,
                         testing::Values("2027-13-01T00:00:00Z", "2027-00-01T00:00:00Z", "2027-06-31T00:00:00Z",
                                         "2027-06-00T00:00:00Z", "2027-06-17T24:00:00Z", "2027-06-17T12:60:00Z",
                                         "2027-06-17T12:00:61Z", "2027-06-17T12:00:00+24:00", "2027-06-17T12:00:00+10:60",
                                         "2027-06-17T12:00:00-10:99", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"));
INSTANTIATE_TEST_SUITE_P(OtherText, Rfc3339Refuses,
                         testing::Values(" 2027-06-17T12:00:00Z", "2027-06-17T12:00:00Z ", "2027-06-17T12:00:00ZZ",
                                         "2027-06-17_12:00:00Z", "27-06-17T12:00:00Z", "+2027-06-17T12:00:00Z",
                                         "2027-6-17T12:00:00Z", "2027-06-17T12:00:00 +02:00", "2027-06-17T-1:00:00Z",
                                         "2027/06/17T12:00:00Z", "20270617T120000Z", "2027-06-17T12:00:00,5Z"));

class LocalTime : public testing::Test {
protected:
    static void setZone(const std::string& zone) {
        ::setenv("TZ", zone.c_str(), 1);  // each test is a process of its own
        ::tzset();
    }
    void TearDown() override {
        ::unsetenv("TZ");
        ::tzset();
    }
};

TEST_F(LocalTime, NamesWeekdayZoneAndOffset) {
    setZone("CET-1CEST,M3.5.0,M10.5.0/3");
    EXPECT_EQ(toLocalTime(noon), "2027-06-17 14:00:00 CEST (+02:00)");
    EXPECT_EQ(toLocalTime(sys_days{year{2027} / January / 1}), "2027-01-01 01:00:00 CET (+01:00)");
}

TEST_F(LocalTime, TheWeekdayIsTheLocalOne) {
    setZone("XST11");
    EXPECT_EQ(toLocalTime(sys_days{year{2027} / June / 17}), "2027-06-16 13:00:00 XST (-11:00)");
    EXPECT_EQ(localWeekday(sys_days{year{2027} / June / 17}), Wednesday) << "there it is still the day before";
    EXPECT_EQ(weekdayName(sys_days{year{2027} / June / 17}), "Thursday");
}

TEST_F(LocalTime, ReachesTheLastYearThatCanBeWritten) {
    setZone("UTC0");
    EXPECT_EQ(toLocalTime(sys_days{year{9999} / December / 31}), "9999-12-31 00:00:00 UTC (+00:00)");
    EXPECT_EQ(localWeekday(sys_days{year{0} / January / 1}), Saturday);
}

TEST_F(LocalTime, AZoneNameOfAnyLengthDoesNoHarm) {
    setZone("<" + std::string(200, 'A') + ">0");
    EXPECT_FALSE(toLocalTime(noon).empty());
}

std::string whyNot(std::string_view text) {
    const std::optional<Text> why = whyNoSuchTime(text);
    return why ? toEnglish(*why) : "";
}

TEST(Clock, ATimeThatDoesNotExistIsNamed) {
    EXPECT_EQ(whyNot("2027-02-30"), "there is no 2027-02-30: the month 2027-02 has 28 days");
    EXPECT_EQ(whyNot("2028-02-30T12:00:00Z"), "there is no 2028-02-30: the month 2028-02 has 29 days");
    EXPECT_EQ(whyNot("2027-04-31T12:00:00"), "there is no 2027-04-31: the month 2027-04 has 30 days");
    EXPECT_EQ(whyNot("2027-01-00"), "there is no 2027-01-00: the month 2027-01 has 31 days");
    EXPECT_EQ(whyNot("2027-13-01T00:00:00Z"), "there is no 2027-13-01: a year has the months 01 to 12");
    EXPECT_EQ(whyNot("2027-06-17T24:00:00Z"), "there is no 24:00:00: a day goes from 00:00:00 to 23:59:59");
    for (const char* text : {"2027-06-17", "2027-06-17T12:00:00Z", "2027-06-17T12:00:00", "2027-6-1", "tomorrow", ""}) {
        EXPECT_EQ(whyNot(text), "") << text;
    }
}

TEST(Clock, WeekdaysHaveTheirNames) {
    EXPECT_EQ(weekdayName(noon), "Thursday");
    EXPECT_EQ(weekdayName(noon + days{3}), "Sunday");
    EXPECT_EQ(weekdayName(sys_days{year{1969} / December / 31}), "Wednesday");
}

TEST(Clock, SystemNowIsNow) {
    const auto before = system_clock::now() - 1ms;
    const TimePoint now = systemNow();
    EXPECT_GE(now, before);
    EXPECT_LE(now, system_clock::now());
}

}  // namespace
}  // namespace keyconvoy
