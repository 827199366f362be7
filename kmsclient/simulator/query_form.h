#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms::simulator {

/// The value of one member of an application/x-www-form-urlencoded body, decoded; absent when it is not there.
[[nodiscard]] std::optional<std::string> formMember(std::string_view body, std::string_view name);

}  // namespace keyconvoy::kms::simulator
