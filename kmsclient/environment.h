#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms {

/// Looks a variable up. Passed to whoever depends on the environment, so that tests bring their own and leave the process alone.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;

/// The environment of this process.
[[nodiscard]] Environment processEnvironment();

/// The variable's value; one that is set but empty counts as absent.
[[nodiscard]] std::optional<std::string> lookUp(const Environment& environment, const std::string& name);
/// The first of these variables that is there.
[[nodiscard]] std::optional<std::string> lookUpFirst(const Environment& environment, std::initializer_list<const char*> names);

/// "true" in any case, as AWS settings spell it; everything else is false.
[[nodiscard]] bool isTrue(const std::optional<std::string>& value);

[[nodiscard]] std::string toLower(std::string_view text);
/// Without blanks, tabs and line ends on either side.
[[nodiscard]] std::string_view trimmed(std::string_view text);

}  // namespace keyconvoy::kms
