#pragma once

#include "pkcs11/cryptoki.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keyconvoy::shim {

/// What KEYCONVOY_SHIM says.
class Options {
public:
    static Options fromEnvironment();

    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
    [[nodiscard]] bool is(std::string_view name, std::string_view value) const { return this->value(name) == std::string{value}; }
    [[nodiscard]] std::vector<std::string> list(std::string_view name) const;  ///< split at commas
    /// Whether the comma-separated hex numbers under `name` hold this one.
    [[nodiscard]] bool holds(std::string_view name, CK_ULONG number) const;

private:
    std::map<std::string, std::string, std::less<>> m_values;
};

[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] CK_ULONG fromHexNumber(const std::string& digits);

/// The real module's functions and what to do with them; one per process, as a PKCS#11 module is.
struct State {
    Options options;
    CK_FUNCTION_LIST real{};
    std::map<std::string, int, std::less<>> calls;  ///< how often each function was called
};
[[nodiscard]] State& state();

/// Counts the call; the code it shall fail with, if any.
[[nodiscard]] std::optional<CK_RV> failure(std::string_view function);

}  // namespace keyconvoy::shim
