#pragma once

#include "core/clock.h"

#include <cstdint>
#include <mutex>

namespace keyconvoy::kms::simulator {

enum class Motion : std::uint8_t { Runs, Stands };

/// A clock that follows another one at a distance, or stands still; both can be changed while it is read. Any thread.
class SimulatedClock {
public:
    explicit SimulatedClock(Clock base);

    [[nodiscard]] TimePoint now() const;
    [[nodiscard]] Motion motion() const;

    /// It is `time` now; a running clock runs on from there. Throws InvalidInput outside the years 1970 to 8999, which every
    /// part of the simulator can write and add to.
    void set(TimePoint time, Motion motion);
    void set(Motion motion);
    /// Moves it, also backwards. Throws InvalidInput where set() would.
    void advance(std::chrono::milliseconds by);

private:
    [[nodiscard]] TimePoint nowLocked() const;
    void setLocked(TimePoint time, Motion motion);

    Clock m_base;
    mutable std::mutex m_mutex;
    std::chrono::milliseconds m_ahead{0};  ///< of the base, while it runs
    std::optional<TimePoint> m_stood;      ///< where it stands
};

}  // namespace keyconvoy::kms::simulator
