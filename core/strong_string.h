#pragma once

#include <compare>
#include <string>
#include <utility>

namespace keyconvoy {

/// A string with a meaning, so that a label cannot be passed where an ARN is wanted.
template <class Tag>
class StrongString {
public:
    StrongString() = default;
    explicit StrongString(std::string text) : m_text{std::move(text)} {}

    [[nodiscard]] const std::string& str() const noexcept { return m_text; }
    [[nodiscard]] bool empty() const noexcept { return m_text.empty(); }

    friend auto operator<=>(const StrongString&, const StrongString&) = default;

private:
    std::string m_text;
};

}  // namespace keyconvoy
