#include "kmsclient/rate_limiter.h"

#include <algorithm>

namespace keyconvoy::kms {

std::chrono::milliseconds RateLimiter::reserve(const std::string& quota, std::chrono::milliseconds interval, TimePoint now) {
    const std::lock_guard lock{m_mutex};
    Lane& lane = this->lane(quota, now);
    const TimePoint start = std::max(lane.next, now);
    lane.next = start + interval;
    return start - now;
}

void RateLimiter::holdBack(const std::string& quota, std::chrono::milliseconds time, TimePoint now) {
    const std::lock_guard lock{m_mutex};
    Lane& lane = this->lane(quota, now);
    lane.next = std::max(lane.next, now + time);
}

RateLimiter::Lane& RateLimiter::lane(const std::string& quota, TimePoint now) {
    Lane& lane = m_lanes.try_emplace(quota, Lane{.next = now, .lastAsked = now}).first->second;
    if (now < lane.lastAsked) {
        lane.next = now;
    }
    lane.lastAsked = now;
    return lane;
}

}  // namespace keyconvoy::kms
