#pragma once

#include <chrono>
#include <functional>

namespace keyconvoy::kms {

/// Passes the time between attempts; tests give one that only counts. It may throw Error(Cancelled) to give up.
using Wait = std::function<void(std::chrono::milliseconds)>;
/// A number from 0 up to, not including, 1.
using RandomFraction = std::function<double()>;

/// Whether a call may be sent again when it is not known whether it was executed.
enum class Repeatable : std::uint8_t {
    Always,
    OnlyIfNotExecuted,  ///< CreateKey: there is no client token, so a blind repetition may make a second key
};

/// SDK "standard" mode: after attempt n a random part of min(2^(n-1), 20) seconds.
[[nodiscard]] std::chrono::milliseconds retryDelay(int attempt, double randomFraction);

/// While something made just now is not known everywhere: 1, 2, 4 … up to 30 seconds, five minutes in all.
class PropagationDelay {
public:
    /// Zero when the patience is used up.
    [[nodiscard]] std::chrono::milliseconds next();

private:
    std::chrono::seconds m_next{1};
    std::chrono::seconds m_passed{0};
};

}  // namespace keyconvoy::kms
