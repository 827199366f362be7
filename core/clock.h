#pragma once

#include "core/error.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy {

/// A point in time, UTC, to the millisecond.
using TimePoint = std::chrono::sys_time<std::chrono::milliseconds>;

/// Where the time comes from; passed to whoever needs it, so that tests and the simulator can choose another.
using Clock = std::function<TimePoint()>;

[[nodiscard]] TimePoint systemNow();

/// RFC 3339 in UTC with whole seconds: 2027-06-17T12:00:00Z. Fractions are cut off.
[[nodiscard]] std::string toRfc3339(TimePoint time);
/// RFC 3339 in UTC with milliseconds: 2027-06-17T12:00:00.250Z.
[[nodiscard]] std::string toRfc3339Milliseconds(TimePoint time);

/// RFC 3339 date-time (section 5.6). The offset is required, `T` and `Z` may be lower case, a blank may stand for `T`, fractions
/// beyond milliseconds are cut off, a leap second reads as the second after it. A time outside the years 0000 to 9999 in UTC is
/// refused, since it could not be written again.
[[nodiscard]] std::optional<TimePoint> parseRfc3339(std::string_view text);

/// What cannot be in a text that is written like an RFC 3339 date, or a date-time with or without offset: "there is no
/// 2027-02-30: the month 2027-02 has 28 days". Nothing for other texts, and for possible times.
[[nodiscard]] std::optional<Text> whyNoSuchTime(std::string_view text);

/// The time where this machine stands, with its zone: "2027-06-17 14:00:00 CEST (+02:00)".
[[nodiscard]] std::string toLocalTime(TimePoint time);
/// The day of the week there.
[[nodiscard]] std::chrono::weekday localWeekday(TimePoint time);
/// "Thursday", in UTC.
[[nodiscard]] std::string weekdayName(TimePoint time);

}  // namespace keyconvoy
