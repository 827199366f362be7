#pragma once

#include "core/clock.h"

#include <optional>
#include <string_view>

namespace keyconvoy::kms {

/// The Date header of a reply, in any of the forms of RFC 9110, section 5.6.7.
[[nodiscard]] std::optional<TimePoint> parseHttpDate(std::string_view text);

}  // namespace keyconvoy::kms
