#pragma once

#include <string>
#include <string_view>

namespace keyconvoy::cli {

/// A text from a module, a service or a file for a terminal: control characters (C0, C1), marks that turn the direction of
/// writing, and octets that are no UTF-8 become visible as \xNN; a line feed becomes a blank.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace keyconvoy::cli
