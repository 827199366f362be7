#include "app/inventory/expiry_calendar.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace keyconvoy::tests {
namespace {

using namespace app;
using std::chrono::days;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

const TimePoint now = *parseRfc3339("2027-06-17T12:00:00Z");
constexpr days lead{60};
constexpr const char* firstArn = "arn:aws:kms:eu-central-1:000000000000:key/11111111-12ab-34cd-56ef-1234567890ab";
constexpr const char* secondArn = "arn:aws:kms:eu-central-1:000000000000:key/22222222-12ab-34cd-56ef-1234567890ab";

KmsMaterial material(const char* id, const char* state, bool held, const char* validTo = nullptr) {
    return {.id = id,
            .description = {},
            .state = state,
            .held = held,
            .validTo = validTo == nullptr ? std::nullopt : parseRfc3339(validTo)};
}

KmsKeyEntry key(const char* arn, std::vector<KmsMaterial> materials, kms::KeyState state = kms::KeyState::Enabled) {
    KmsKeyEntry entry;
    entry.key.arn = arn;
    entry.key.keyId = entry.key.arn.substr(entry.key.arn.rfind('/') + 1);
    entry.key.origin = "EXTERNAL";
    entry.key.keyState = state;
    entry.materials = std::move(materials);
    return entry;
}

std::vector<KmsKeyEntry> someKeys() {
    KmsKeyEntry later =
        key(firstArn, {material("a", "NON_CURRENT", true, "2028-01-01T00:00:00Z"), material("b", "CURRENT", true)});
    later.aliases = {"alias/orders;2027, of Ümlaut"};
    return {later, key(secondArn, {material("c", "CURRENT", true, "2027-09-01T00:00:00Z"),
                                   material("d", "NON_CURRENT", false, "2027-01-01T00:00:00Z")})};
}

std::vector<std::string> contentLines(const std::string& calendar) {
    std::vector<std::string> lines;
    std::istringstream stream{calendar};
    for (std::string line; std::getline(stream, line);) {
        EXPECT_THAT(line, EndsWith("\r"));
        EXPECT_LE(line.size(), 76U) << "75 octets and CR (RFC 5545, 3.1)";
        line.pop_back();
        if (line.starts_with(' ')) {
            lines.back() += line.substr(1);
        } else {
            lines.push_back(line);
        }
    }
    return lines;
}

TEST(ExpiryCalendar, EndsAreThoseOfWhatKmsHoldsTheEarliestFirst) {
    const auto ends = endsOf(someKeys(), lead);
    ASSERT_EQ(ends.size(), 2U);
    EXPECT_EQ(ends[0].keyArn, secondArn);
    EXPECT_EQ(toRfc3339(ends[0].ceremonyBy), "2027-07-03T00:00:00Z");
    EXPECT_EQ(ends[1].keyMaterialId, "a");
}

TEST(ExpiryCalendar, IsAnICalendarFile) {
    const std::string calendar = iCalendar(endsOf(someKeys(), lead), now);
    const auto lines = contentLines(calendar);
    EXPECT_EQ(lines.front(), "BEGIN:VCALENDAR");
    EXPECT_EQ(lines.back(), "END:VCALENDAR");
    EXPECT_EQ(std::ranges::count(lines, "BEGIN:VEVENT"), 4) << "for each end: the call, and the end";
    EXPECT_EQ(std::ranges::count(lines, "BEGIN:VALARM"), 4);
    EXPECT_THAT(lines, ::testing::Contains("DTSTART:20270703T000000Z"));
    EXPECT_THAT(calendar, HasSubstr("alias/orders\\;2027\\, of Ümlaut"));
}

TEST(ExpiryCalendar, EventsKeepTheirIdsWhenItIsMadeAgain) {
    const auto idsOf = [](const std::string& calendar) {
        std::vector<std::string> ids;
        for (const std::string& line : contentLines(calendar)) {
            if (line.starts_with("UID:")) {
                ids.push_back(line);
            }
        }
        return ids;
    };
    const auto ids = idsOf(iCalendar(endsOf(someKeys(), lead), now));
    EXPECT_EQ(ids, idsOf(iCalendar(endsOf(someKeys(), days{30}), now + days{1})));
    auto distinct = ids;
    std::ranges::sort(distinct);
    EXPECT_EQ(std::ranges::adjacent_find(distinct), distinct.end());
}

TEST(ExpiryCalendar, AlarmsAreOnTheMetricOfTheKey) {
    auto keys = someKeys();
    keys[0].materials[1].validTo = *parseRfc3339("2028-02-01T00:00:00Z");
    const auto ends = endsOf(keys, lead);
    const Json alarms = alarmTemplate(ends, lead);
    EXPECT_EQ(alarms["Resources"].size(), 2U) << "two ends of one key are one alarm";
    for (const auto& [name, alarm] : alarms["Resources"].items()) {
        EXPECT_EQ(alarm["Properties"]["MetricName"], "SecondsUntilKeyMaterialExpiration");
        EXPECT_EQ(alarm["Properties"]["Threshold"], 60 * 24 * 3600);
        EXPECT_THAT(name, ::testing::MatchesRegex("[A-Za-z0-9]+")) << "a logical ID of CloudFormation";
    }
    const std::string command = alarmCommand(ends[0], lead);
    EXPECT_THAT(command, HasSubstr("--threshold 5184000"));
    EXPECT_THAT(command, HasSubstr("--dimensions Name=KeyId,Value=22222222-12ab-34cd-56ef-1234567890ab"));
    EXPECT_THAT(command, HasSubstr("--region eu-central-1"));
}

std::string nextOf(const KmsKeyEntry& entry) {
    std::string all;
    for (const Text& sentence : whatToDoNext(entry, now)) {
        all += toEnglish(sentence) + "\n";
    }
    return all;
}

TEST(WhatToDoNext, SaysWhatIsUrgentAndNothingElse) {
    EXPECT_EQ(nextOf(key(firstArn, {material("a", "CURRENT", true)})), "");
    EXPECT_EQ(nextOf(key(firstArn, {material("a", "CURRENT", true, "2028-01-01T00:00:00Z")})), "") << "in half a year";
    EXPECT_THAT(nextOf(key(firstArn, {material("a", "CURRENT", true, "2027-07-01T12:00:00Z")})), HasSubstr("ends in 14 days"));
    EXPECT_THAT(nextOf(key(firstArn, {material("a", "CURRENT", false)}, kms::KeyState::PendingImport)),
                HasSubstr("it lacks the material a"));
    EXPECT_THAT(nextOf(key(firstArn, {}, kms::KeyState::PendingImport)), HasSubstr("it was never given material"));
    EXPECT_THAT(nextOf(key(firstArn, {KmsMaterial{}}, kms::KeyState::PendingImport)), HasSubstr("it holds no material"));
    EXPECT_THAT(nextOf(key(firstArn, {material("a", "CURRENT", true), material("b", "PENDING_ROTATION", true)})),
                HasSubstr("waits to be rotated in"));
    KmsKeyEntry rotating = key(firstArn, {material("a", "CURRENT", true), material("b", "PENDING_ROTATION", true)});
    rotating.rotatingSince = now;
    EXPECT_THAT(nextOf(rotating), HasSubstr("KMS has been rotating the material b in"));
    KmsKeyEntry ofKms = key(firstArn, {material("a", "CURRENT", true)});
    ofKms.key.origin = "AWS_KMS";
    EXPECT_THAT(nextOf(ofKms), HasSubstr("its origin is AWS_KMS"));
    EXPECT_THAT(nextOf(key(firstArn, {material("a", "CURRENT", true)}, kms::KeyState::Disabled)),
                HasSubstr("aws kms enable-key"));
    const std::string deleted = nextOf(key(firstArn, {material("a", "CURRENT", false)}, kms::KeyState::PendingDeletion));
    EXPECT_THAT(deleted, HasSubstr("cancel-key-deletion"));
    EXPECT_THAT(deleted, Not(HasSubstr("lacks")));
}

}  // namespace
}  // namespace keyconvoy::tests
