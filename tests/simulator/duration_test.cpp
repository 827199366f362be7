#include "kmsclient/simulator/duration.h"

#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
using namespace kms::simulator;

TEST(Duration, IsReadInEveryUnit) {
    EXPECT_EQ(parseDuration("25h"), 25h);
    EXPECT_EQ(parseDuration("-10m"), -10min);
    EXPECT_EQ(parseDuration("+3600s"), 1h);
    EXPECT_EQ(parseDuration("2d"), 48h);
    EXPECT_EQ(parseDuration("250ms"), 250ms);
    EXPECT_EQ(parseDuration("0"), 0s);
    for (const char* bad :
         {"", "h", "25", "25 h", "2w", "--1h", "+-1h", "1.5h", "99999999999999999999s", "999999999d", "ms", "1 ms"}) {
        EXPECT_EQ(parseDuration(bad), std::nullopt) << bad;
    }
}

TEST(Duration, IsWrittenInTheLargestUnitThatFits) {
    for (const char* text : {"0", "1ms", "-250ms", "90s", "-10m", "25h", "2d", "1001ms"}) {
        EXPECT_EQ(toDuration(parseDuration(text).value()), text);
    }
    EXPECT_EQ(toDuration(120min), "2h");
}

}  // namespace

}  // namespace keyconvoy::tests
