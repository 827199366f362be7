#pragma once

#include "app/ceremony/question.h"
#include "core/clock.h"
#include "kmsclient/model.h"

#include <chrono>
#include <optional>
#include <string_view>
#include <variant>

namespace keyconvoy::app {

struct NeverExpires {
    friend bool operator==(NeverExpires, NeverExpires) = default;
};

/// When imported material is to expire. Must be chosen; there is no default.
struct Expiry {
    std::variant<TimePoint, std::chrono::hours, NeverExpires> choice;

    /// "never", an RFC 3339 time with offset, or a period such as P364D, P30D, PT12H, P1DT6H that counts from the import call, or
    /// from the wrap where the import is made elsewhere.
    /// Throws InvalidInput: a bare date ("whose midnight?"), nothing, or a period that is zero or longer than 365 days less an
    /// hour.
    [[nodiscard]] static Expiry parse(std::string_view text);

    [[nodiscard]] bool isPeriod() const { return std::holds_alternative<std::chrono::hours>(choice); }

    /// What to send when the call is made now, in whole seconds; absent for never. Throws InvalidInput when it lies in the past
    /// or more than 365 days less an hour ahead.
    [[nodiscard]] std::optional<TimePoint> validTo(TimePoint now) const;
};

/// For a wrap whose import is made elsewhere, later: a line that says from when a period counts; nothing for other choices.
[[nodiscard]] Details describeCountingFromWrap(const Expiry& expiry);

/// "2027-06-17T12:00:00Z", local time with zone, weekday, days left; for never a sentence that says what that means.
[[nodiscard]] Details describeExpiry(const std::optional<TimePoint>& validTo, TimePoint now);

}  // namespace keyconvoy::app
