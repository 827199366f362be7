#pragma once

#include "core/clock.h"

#include <chrono>
#include <memory>
#include <string>

namespace keyconvoy::app {

/// The simulator's clock, moved on through its control interface (kmsclient/simulator/CONTROL.md), and a clock of ours that goes
/// with it: what is signed must not be late there. One thread.
class SimulatedTime {
public:
    /// `clock` is ours. Throws InvalidInput when the URL is none.
    SimulatedTime(std::string controlUrl, Clock clock);

    /// Throws Unavailable when the simulator does not answer, Integrity when it refuses.
    void advance(std::chrono::days days);
    [[nodiscard]] Clock clock() const;
    [[nodiscard]] TimePoint now() const { return clock()(); }

private:
    std::string m_controlUrl;
    Clock m_clock;
    std::shared_ptr<std::chrono::days> m_ahead = std::make_shared<std::chrono::days>(0);  ///< shared with the clocks given out
};

}  // namespace keyconvoy::app
