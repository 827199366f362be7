#include "kmsclient/simulator/simulated_clock.h"

#include "core/error.h"

#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
using kms::simulator::Motion;
using kms::simulator::SimulatedClock;

constexpr TimePoint start = std::chrono::sys_days{std::chrono::year{2027} / 6 / 17};

class SimulatedClockTest : public testing::Test {
protected:
    TimePoint m_base = start;
    SimulatedClock m_clock{[this] { return m_base; }};
};

TEST_F(SimulatedClockTest, FollowsItsBase) {
    m_base += 90s;
    EXPECT_EQ(m_clock.now(), start + 90s);
    EXPECT_EQ(m_clock.motion(), Motion::Runs);
}

TEST_F(SimulatedClockTest, RunsOnFromWhereItWasSet) {
    m_clock.set(start + 48h, Motion::Runs);
    m_base += 1s;
    EXPECT_EQ(m_clock.now(), start + 48h + 1s);
}

TEST_F(SimulatedClockTest, StandsWhereItWasSet) {
    m_clock.set(start - 1h, Motion::Stands);
    m_base += 1h;
    EXPECT_EQ(m_clock.now(), start - 1h);
    m_clock.set(Motion::Runs);
    m_base += 1s;
    EXPECT_EQ(m_clock.now(), start - 1h + 1s);
    m_clock.set(Motion::Stands);
    m_base += 1s;
    EXPECT_EQ(m_clock.now(), start - 1h + 1s);
}

TEST_F(SimulatedClockTest, IsAdvancedInBothDirectionsWhetherItRunsOrStands) {
    m_clock.advance(25h);
    EXPECT_EQ(m_clock.now(), start + 25h);
    m_clock.advance(-26h);
    EXPECT_EQ(m_clock.now(), start - 1h);
    m_clock.set(Motion::Stands);
    m_clock.advance(250ms);
    EXPECT_EQ(m_clock.now(), start - 1h + 250ms);
    EXPECT_EQ(m_clock.motion(), Motion::Stands);
}

TEST_F(SimulatedClockTest, RefusesTimesThatNobodyCouldWrite) {
    EXPECT_THROW(m_clock.set(std::chrono::sys_days{std::chrono::year{9000} / 1 / 1}, Motion::Runs), Error);
    EXPECT_THROW(m_clock.advance(-24h * 365 * 100), Error);
    EXPECT_EQ(m_clock.now(), start);
}

}  // namespace

}  // namespace keyconvoy::tests
