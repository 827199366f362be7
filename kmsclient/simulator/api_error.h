#pragma once

#include <exception>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms::simulator {

/// An answer that KMS gives instead of a result: exception name and text as they stand in the reply's body. Some of KMS's
/// exceptions have no text at all, which is not the same as an empty one.
class ApiError final : public std::exception {
public:
    explicit ApiError(std::string type, std::optional<std::string> message = std::nullopt, int status = 400)
        : m_type{std::move(type)}, m_message{std::move(message)}, m_status{status} {}

    [[nodiscard]] const std::string& type() const noexcept { return m_type; }
    [[nodiscard]] const std::optional<std::string>& message() const noexcept { return m_message; }
    [[nodiscard]] int status() const noexcept { return m_status; }  ///< HTTP
    [[nodiscard]] const char* what() const noexcept override { return m_type.c_str(); }

private:
    std::string m_type;
    std::optional<std::string> m_message;
    int m_status;
};

[[nodiscard]] inline ApiError validationError(std::string message) {
    return ApiError{"ValidationException", std::move(message)};
}
[[nodiscard]] inline ApiError invalidState(std::string message) {
    return ApiError{"KMSInvalidStateException", std::move(message)};
}
[[nodiscard]] inline ApiError unsupported(std::optional<std::string> message) {
    return ApiError{"UnsupportedOperationException", std::move(message)};
}

}  // namespace keyconvoy::kms::simulator
