#include "kmsclient/retry.h"

#include <algorithm>

namespace keyconvoy::kms {

std::chrono::milliseconds retryDelay(int attempt, double randomFraction) {
    using namespace std::chrono;
    const double seconds = std::min(attempt > 5 ? 20.0 : static_cast<double>(1 << (attempt - 1)), 20.0);
    return duration_cast<milliseconds>(duration<double>{seconds * std::clamp(randomFraction, 0.0, 1.0)});
}

std::chrono::milliseconds PropagationDelay::next() {
    if (m_passed + m_next > m_patience) {
        return std::chrono::milliseconds{0};
    }
    const auto delay = m_next;
    m_passed += delay;
    m_next = std::min(m_next * 2, std::chrono::seconds{30});
    return delay;
}

}  // namespace keyconvoy::kms
