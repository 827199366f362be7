#pragma once

#include <chrono>
#include <functional>

namespace keyconvoy::kms {

/// Passes the time between attempts; tests give one that only counts. It may throw Error(Cancelled) to give up.
using Wait = std::function<void(std::chrono::milliseconds)>;
/// A number from 0 up to, not including, 1.
using RandomFraction = std::function<double()>;

/// SDK "standard" mode: after attempt n a random part of min(2^(n-1), 20) seconds.
[[nodiscard]] std::chrono::milliseconds retryDelay(int attempt, double randomFraction);

/// While something made just now is not known everywhere: 1, 2, 4 … up to 30 seconds, `patience` in all.
class PropagationDelay {
public:
    explicit PropagationDelay(std::chrono::seconds patience = std::chrono::minutes{5}) : m_patience{patience} {}
    /// Zero when the patience is used up.
    [[nodiscard]] std::chrono::milliseconds next();

private:
    std::chrono::seconds m_patience;
    std::chrono::seconds m_next{1};
    std::chrono::seconds m_passed{0};
};

}  // namespace keyconvoy::kms
