#include "core/clock.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>

namespace keyconvoy {

using namespace std::chrono;

namespace {

constexpr std::array<const char*, 7> weekdays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

std::string padded(int value, std::size_t digits) {
    const std::string text = std::to_string(value);
    return text.size() >= digits ? text : std::string(digits - text.size(), '0') + text;
}

std::string dateAndTime(TimePoint time) {
    const auto day = floor<days>(time);
    const year_month_day date{day};
    const hh_mm_ss clock{floor<seconds>(time) - day};
    const auto two = [](auto value) { return padded(static_cast<int>(value), 2); };
    return padded(static_cast<int>(date.year()), 4) + "-" + two(static_cast<unsigned>(date.month())) + "-" +
           two(static_cast<unsigned>(date.day())) + "T" + two(clock.hours().count()) + ":" + two(clock.minutes().count()) + ":" +
           two(clock.seconds().count());
}

/// Reads the fixed-width fields of a date-time from left to right; after the first mismatch nothing succeeds.
class Reader {
public:
    explicit Reader(std::string_view text) : m_rest{text} {}

    int number(std::size_t digits) {
        int value = 0;
        if (m_rest.size() < digits || m_rest.substr(0, digits).find_first_not_of("0123456789") != std::string_view::npos) {
            m_failed = true;
            return 0;
        }
        std::from_chars(m_rest.data(), m_rest.data() + digits, value);
        m_rest.remove_prefix(digits);
        return value;
    }

    char oneOf(std::string_view allowed) {
        if (m_rest.empty() || allowed.find(m_rest.front()) == std::string_view::npos) {
            m_failed = true;
            return '\0';
        }
        const char found = m_rest.front();
        m_rest.remove_prefix(1);
        return found;
    }

    milliseconds fraction() {
        if (m_rest.empty() || m_rest.front() != '.') {
            return milliseconds{0};
        }
        m_rest.remove_prefix(1);
        const std::size_t digits = std::min(m_rest.find_first_not_of("0123456789"), m_rest.size());
        m_failed = m_failed || digits == 0;
        int value = 0;
        for (std::size_t i = 0; i < 3; ++i) {
            value = value * 10 + (i < digits ? m_rest[i] - '0' : 0);
        }
        m_rest.remove_prefix(digits);
        return milliseconds{value};
    }

    [[nodiscard]] bool good() const { return !m_failed; }
    [[nodiscard]] bool finished() const { return !m_failed && m_rest.empty(); }

private:
    std::string_view m_rest;
    bool m_failed = false;
};

/// Nothing when hours or minutes are out of range; a reader that failed says so itself.
std::optional<minutes> offsetFromUtc(Reader& reader) {
    const char sign = reader.oneOf("Zz+-");
    if (!reader.good() || sign == 'Z' || sign == 'z') {
        return minutes{0};
    }
    const int hoursPart = reader.number(2);
    reader.oneOf(":");
    const int minutesPart = reader.number(2);
    if (hoursPart > 23 || minutesPart > 59) {
        return std::nullopt;
    }
    const minutes size{hoursPart * 60 + minutesPart};
    return sign == '-' ? -size : size;
}

struct Date {
    int yearNumber, monthNumber, dayNumber;
    [[nodiscard]] year_month_day calendar() const {
        return {year{yearNumber}, month{static_cast<unsigned>(monthNumber)}, day{static_cast<unsigned>(dayNumber)}};
    }
};

Date dateFrom(Reader& reader) {
    const int yearNumber = reader.number(4);
    reader.oneOf("-");
    const int monthNumber = reader.number(2);
    reader.oneOf("-");
    return {yearNumber, monthNumber, reader.number(2)};
}

struct TimeOfDay {
    int hour, minute, second;
    [[nodiscard]] bool possible() const { return hour <= 23 && minute <= 59 && second <= 60; }
};

TimeOfDay timeOfDayFrom(Reader& reader) {
    const int hour = reader.number(2);
    reader.oneOf(":");
    const int minute = reader.number(2);
    reader.oneOf(":");
    return {hour, minute, reader.number(2)};
}

std::optional<Text> whyNoSuchDay(const Date& date, std::string_view asWritten) {
    if (date.monthNumber < 1 || date.monthNumber > 12) {
        return KC_TEXT("Clock", "there is no %1: a year has the months 01 to 12").with(asWritten);
    }
    if (date.calendar().ok()) {
        return std::nullopt;
    }
    const year_month_day_last last{date.calendar().year(), month_day_last{date.calendar().month()}};
    return KC_TEXT("Clock", "there is no %1: the month %2 has %3 days")
        .with(asWritten)
        .with(asWritten.substr(0, asWritten.rfind('-')))
        .with(std::to_string(static_cast<unsigned>(last.day())));
}

/// Years that four digits can write.
bool isWritable(TimePoint time) {
    const year_month_day date{floor<days>(time)};
    return date.year() >= year{0} && date.year() <= year{9999};
}

}  // namespace

TimePoint systemNow() {
    return floor<milliseconds>(system_clock::now());
}

std::string toRfc3339(TimePoint time) {
    return dateAndTime(time) + "Z";
}

std::string toRfc3339Milliseconds(TimePoint time) {
    const auto fraction = time - floor<seconds>(time);
    return dateAndTime(time) + "." + padded(static_cast<int>(fraction.count()), 3) + "Z";
}

std::optional<TimePoint> parseRfc3339(std::string_view text) {
    Reader reader{text};
    const Date date = dateFrom(reader);
    reader.oneOf("Tt ");
    const TimeOfDay clock = timeOfDayFrom(reader);
    const milliseconds fraction = reader.fraction();
    const std::optional<minutes> offset = offsetFromUtc(reader);
    if (!reader.finished() || !date.calendar().ok() || !clock.possible() || !offset) {
        return std::nullopt;
    }
    const TimePoint time{sys_days{date.calendar()} + hours{clock.hour} + minutes{clock.minute} + seconds{clock.second} +
                         fraction - *offset};
    return isWritable(time) ? std::optional{time} : std::nullopt;
}

std::optional<Text> whyNoSuchTime(std::string_view text) {
    Reader reader{text};
    const Date date = dateFrom(reader);
    if (!reader.good()) {
        return std::nullopt;
    }
    constexpr std::size_t dateLength = 10;
    if (auto fault = whyNoSuchDay(date, text.substr(0, dateLength)); fault || reader.finished()) {
        return fault;
    }
    reader.oneOf("Tt ");
    const TimeOfDay clock = timeOfDayFrom(reader);
    if (!reader.good() || clock.possible()) {
        return std::nullopt;
    }
    constexpr std::size_t timeLength = 8;
    return KC_TEXT("Clock", "there is no %1: a day goes from 00:00:00 to 23:59:59").with(text.substr(dateLength + 1, timeLength));
}

std::string toLocalTime(TimePoint time) {
    // Not system_clock::to_time_t: it counts nanoseconds, which overflow in the year 2262.
    const std::time_t wholeSeconds = floor<seconds>(time).time_since_epoch().count();
    std::tm local{};
    localtime_r(&wholeSeconds, &local);
    std::array<char, 80> buffer{};
    const std::size_t length = std::strftime(buffer.data(), buffer.size(), "%Y-%m-%d %H:%M:%S %Z (%z)", &local);
    if (length == 0) {  // $TZ may give the zone a name of any length
        return toRfc3339(time);
    }
    std::string text{buffer.data(), length};
    text.insert(text.size() - 3, ":");  // %z has no colon
    return text;
}

std::chrono::weekday localWeekday(TimePoint time) {
    const std::time_t wholeSeconds = floor<seconds>(time).time_since_epoch().count();
    std::tm local{};
    localtime_r(&wholeSeconds, &local);
    return std::chrono::weekday{static_cast<unsigned>(local.tm_wday)};
}

std::string weekdayName(TimePoint time) {
    return weekdays[weekday{floor<days>(time)}.c_encoding()];
}

}  // namespace keyconvoy
