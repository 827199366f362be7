#include "app/ceremony/expiry.h"

#include "core/text.h"

#include <array>
#include <charconv>
#include <string>

namespace keyconvoy::app {

using namespace std::chrono;

namespace {

/// KMS takes at most 365 days, and what exactly happens on the boundary is not documented: stay an hour below.
constexpr hours longestLife = days{365} - hours{1};

Error badExpiry(std::string_view text, Text cause) {
    return Error{ErrorKind::InvalidInput, KC_TEXT("Expiry", "expiry \"%1\"").with(text), std::move(cause),
                 typedAs("give a time with its offset from UTC (2027-06-17T12:00:00+02:00), a period of days and hours "
                         "(P364D, PT12H or P364DT12H), or never")};
}

/// The number before `unit`, taken off the front; absent when another unit or none follows.
std::optional<int> takeNumber(std::string_view& rest, char unit) {
    int value = 0;
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    const bool good =
        problem == std::errc{} && end != rest.data() + rest.size() && *end == unit && value >= 0 && value <= 100'000;
    if (!good) {
        return std::nullopt;
    }
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()) + 1);
    return value;
}

/// PnD, PTnH or PnDTnH (ISO 8601, 5.5.2.2, as far as it is of use here).
std::optional<hours> parsePeriod(std::string_view text) {
    std::string_view rest = text.substr(1);
    hours length{0};
    if (const auto dayCount = takeNumber(rest, 'D')) {
        length += days{*dayCount};
    }
    if (rest.starts_with('T')) {
        rest.remove_prefix(1);
        const auto hourCount = takeNumber(rest, 'H');
        if (!hourCount) {
            return std::nullopt;
        }
        length += hours{*hourCount};
    }
    return rest.empty() && text.size() > 1 ? std::optional{length} : std::nullopt;
}

/// What was likely meant by a text that begins like a period; the units are those of ISO 8601.
Text whyNoPeriod(std::string_view text) {
    const std::size_t time = text.find('T');
    if (text.substr(0, time).find_first_of("YMW") != std::string_view::npos) {
        return KC_TEXT("Expiry", "a period counts in days and hours here, not in years, months or weeks");
    }
    if (time != std::string_view::npos && text.find_first_of("MS", time) != std::string_view::npos) {
        return KC_TEXT("Expiry", "a period counts in days and hours here, not in minutes or seconds; the shortest is PT1H");
    }
    std::string withTime{text};
    withTime.insert(text.find('D') == std::string_view::npos ? 1 : text.find('D') + 1, "T");
    if (time == std::string_view::npos && parsePeriod(withTime)) {
        return KC_TEXT("Expiry", "hours stand behind a T: %1").with(withTime);
    }
    return KC_TEXT("Expiry", "it is no period of days and hours");
}

hours checkedPeriod(std::string_view text) {
    const auto length = parsePeriod(text);
    if (!length) {
        throw badExpiry(text, whyNoPeriod(text));
    }
    if (*length == hours{0}) {
        throw badExpiry(text, KC_TEXT("Expiry", "the period is zero"));
    }
    if (*length > longestLife) {
        throw badExpiry(text,
                        KC_TEXT("Expiry", "the period is longer than 365 days less an hour, the most that KMS safely takes"));
    }
    return *length;
}

bool isBareDate(std::string_view text) {
    return parseRfc3339(std::string{text} + "T00:00:00Z").has_value();
}

bool lacksOffset(std::string_view text) {
    return parseRfc3339(std::string{text} + "Z").has_value();
}

Text inWords(weekday day) {
    static const std::array<Text, 7> names{
        {KC_TEXT("Expiry", "Sunday"), KC_TEXT("Expiry", "Monday"), KC_TEXT("Expiry", "Tuesday"), KC_TEXT("Expiry", "Wednesday"),
         KC_TEXT("Expiry", "Thursday"), KC_TEXT("Expiry", "Friday"), KC_TEXT("Expiry", "Saturday")}};
    return names.at(day.c_encoding());
}

Text inDays(days count) {
    return count == days{1} ? KC_TEXT("Expiry", "1 day") : KC_TEXT("Expiry", "%1 days").with(std::to_string(count.count()));
}

Text inHours(hours count) {
    return count == hours{1} ? KC_TEXT("Expiry", "1 hour") : KC_TEXT("Expiry", "%1 hours").with(std::to_string(count.count()));
}

Text inMinutes(minutes count) {
    return count == minutes{1} ? KC_TEXT("Expiry", "1 minute")
                               : KC_TEXT("Expiry", "%1 minutes").with(std::to_string(count.count()));
}

/// In the two largest units that say something: "364 days and 2 hours", "2 hours and 5 minutes".
Text timeLeft(seconds left) {
    const auto whole = round<minutes>(left);
    const auto dayCount = duration_cast<days>(whole);
    const auto hourCount = duration_cast<hours>(whole - dayCount);
    const auto minuteCount = whole - dayCount - hourCount;
    const Text both = KC_TEXT("Expiry", "%1 and %2");
    if (dayCount > days{0}) {
        return Text{both}.with(inDays(dayCount)).with(inHours(hourCount));
    }
    return hourCount > hours{0} ? Text{both}.with(inHours(hourCount)).with(inMinutes(minuteCount)) : inMinutes(minuteCount);
}

}  // namespace

Expiry Expiry::parse(std::string_view text) {
    if (text == "never") {
        return Expiry{NeverExpires{}};
    }
    if (text.starts_with('P')) {
        return Expiry{checkedPeriod(text)};
    }
    if (const auto time = parseRfc3339(text)) {
        return Expiry{*time};
    }
    if (text.empty()) {
        throw badExpiry(text, KC_TEXT("Expiry", "nothing was chosen; there is no default"));
    }
    if (isBareDate(text)) {
        throw badExpiry(text, KC_TEXT("Expiry", "it is a date without a time: whose midnight is meant?"));
    }
    if (lacksOffset(text)) {
        throw badExpiry(text, KC_TEXT("Expiry", "it has no offset from UTC: whose clock is meant?"));
    }
    if (auto impossible = whyNoSuchTime(text)) {
        throw badExpiry(text, *std::move(impossible));
    }
    throw badExpiry(text, KC_TEXT("Expiry", "it is neither a time, nor a period, nor \"never\""));
}

std::optional<TimePoint> Expiry::validTo(TimePoint now) const {
    if (std::holds_alternative<NeverExpires>(choice)) {
        return std::nullopt;
    }
    if (const auto* period = std::get_if<hours>(&choice)) {
        return floor<seconds>(now + *period);
    }
    const TimePoint time = floor<seconds>(std::get<TimePoint>(choice));
    if (time <= now) {
        throw badExpiry(toRfc3339(time), KC_TEXT("Expiry", "it lies in the past; now it is %1").with(toRfc3339(now)));
    }
    if (time > now + longestLife) {
        throw badExpiry(toRfc3339(time),
                        KC_TEXT("Expiry", "it is more than 365 days less an hour ahead; now it is %1").with(toRfc3339(now)));
    }
    return time;
}

Details describeCountingFromWrap(const Expiry& expiry) {
    if (!expiry.isPeriod()) {
        return {};
    }
    return {{KC_TEXT("Expiry", "the period counts from"),
             KC_TEXT("Expiry", "this wrap, not the import call: it goes on while the files wait for their import")}};
}

Details describeExpiry(const std::optional<TimePoint>& validTo, TimePoint now) {
    if (!validTo) {
        return {
            {KC_TEXT("Expiry", "expires"),
             KC_TEXT("Expiry", "never: KMS keeps this material until somebody deletes it, and nothing reminds anybody of it")}};
    }
    return {{KC_TEXT("Expiry", "expires, UTC"), toRfc3339(*validTo), DetailKind::Time},
            {KC_TEXT("Expiry", "expires, here"),
             arranged("%1, %2").with(inWords(localWeekday(*validTo))).with(toLocalTime(*validTo))},
            {KC_TEXT("Expiry", "weekday, UTC"), inWords(weekday{floor<days>(*validTo)})},
            {KC_TEXT("Expiry", "time left"), timeLeft(duration_cast<seconds>(*validTo - now))}};
}

}  // namespace keyconvoy::app
