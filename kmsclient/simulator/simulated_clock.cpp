#include "kmsclient/simulator/simulated_clock.h"

namespace keyconvoy::kms::simulator {

namespace {

using namespace std::chrono_literals;

constexpr TimePoint earliest = std::chrono::sys_days{std::chrono::year{1970} / 1 / 1};
constexpr TimePoint latest = std::chrono::sys_days{std::chrono::year{9000} / 1 / 1};

void requireUsable(TimePoint time) {
    if (time < earliest || time >= latest) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Simulator", "the simulator's clock"),
                    KC_TEXT("Simulator", "this time is outside the years 1970 to 8999"),
                    KC_TEXT("Simulator", "choose a time in between")};
    }
}

}  // namespace

SimulatedClock::SimulatedClock(Clock base) : m_base{std::move(base)} {
}

TimePoint SimulatedClock::now() const {
    const std::lock_guard lock{m_mutex};
    return nowLocked();
}

Motion SimulatedClock::motion() const {
    const std::lock_guard lock{m_mutex};
    return m_stood ? Motion::Stands : Motion::Runs;
}

void SimulatedClock::set(TimePoint time, Motion motion) {
    const std::lock_guard lock{m_mutex};
    setLocked(time, motion);
}

void SimulatedClock::set(Motion motion) {
    const std::lock_guard lock{m_mutex};
    setLocked(nowLocked(), motion);
}

void SimulatedClock::advance(std::chrono::milliseconds by) {
    const std::lock_guard lock{m_mutex};
    setLocked(nowLocked() + by, m_stood ? Motion::Stands : Motion::Runs);
}

TimePoint SimulatedClock::nowLocked() const {
    return m_stood ? *m_stood : m_base() + m_ahead;
}

void SimulatedClock::setLocked(TimePoint time, Motion motion) {
    requireUsable(time);
    if (motion == Motion::Stands) {
        m_stood = time;
    } else {
        m_stood.reset();
        m_ahead = time - m_base();
    }
}

}  // namespace keyconvoy::kms::simulator
