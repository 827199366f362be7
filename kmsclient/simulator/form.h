#pragma once

#include "core/bytes.h"
#include "core/strict_json.h"

#include <optional>
#include <string_view>

/// What the query protocol of STS is made of.
namespace keyconvoy::kms::simulator {

/// The members of an application/x-www-form-urlencoded body (WHATWG URL, 5.1), as texts; the first of a name counts.
[[nodiscard]] Json parseForm(std::string_view body);

/// The claims of a JSON Web Token (RFC 7519) whose signature nobody looks at; nothing when it is none.
[[nodiscard]] std::optional<Json> claimsOf(std::string_view token);

}  // namespace keyconvoy::kms::simulator
