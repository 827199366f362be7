#pragma once

#include "core/error.h"

#include <gtest/gtest.h>
#include <optional>
#include <string>

namespace keyconvoy::tests {

/// The failure that the call ends in; absent when it succeeds.
template <class Call>
[[nodiscard]] std::optional<Failure> failureOf(Call call) {
    try {
        static_cast<void>(call());
        return std::nullopt;
    } catch (const Error& error) {
        return error.failure();
    }
}

/// Whether a failure is of this kind, and place, cause, remedy or serviceText hold these words. All four are shown when not, and
/// every failure has a place, a cause and a remedy.
[[nodiscard]] testing::AssertionResult fails(const std::optional<Failure>& failure, ErrorKind kind, const std::string& words);

/// Names a parameterised test after its row's `name`.
inline constexpr auto rowName = [](const auto& parameter) { return std::string{parameter.param.name}; };

}  // namespace keyconvoy::tests
