#pragma once

#include "core/clock.h"

#include <chrono>
#include <map>
#include <mutex>
#include <string>

namespace keyconvoy::kms {

/// Keeps calls apart that share a quota, for all clients of a process that share this object. Any thread.
class RateLimiter {
public:
    /// Takes the next free moment for `quota` (account, Region and operation); the one after it is `interval` later. Gives how
    /// long it is until then.
    [[nodiscard]] std::chrono::milliseconds reserve(const std::string& quota, std::chrono::milliseconds interval, TimePoint now);
    /// Nothing more of this before `time` has passed: the service said that it was too much.
    void holdBack(const std::string& quota, std::chrono::milliseconds time, TimePoint now);

private:
    struct Lane {
        TimePoint next;       ///< the first free moment
        TimePoint lastAsked;  ///< tells a clock that was set back, after which `next` means nothing
    };
    Lane& lane(const std::string& quota, TimePoint now);

    std::mutex m_mutex;
    std::map<std::string, Lane> m_lanes;
};

}  // namespace keyconvoy::kms
