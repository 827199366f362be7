#include "kmsclient/simulator/command_line.h"

#include "core/error.h"

#include <gtest/gtest.h>
#include <vector>

namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
using namespace kms::simulator;

CommandLine parse(const std::vector<std::string_view>& arguments) {
    return parseCommandLine(arguments);
}

bool refuses(const std::vector<std::string_view>& arguments) {
    try {
        static_cast<void>(parse(arguments));
        return false;
    } catch (const Error& error) {
        return error.kind() == ErrorKind::InvalidInput;
    }
}

TEST(CommandLine, HasSensibleDefaults) {
    const CommandLine line = parse({});
    EXPECT_EQ(line.action, Action::Serve);
    EXPECT_EQ(line.server.host, "127.0.0.1");
    EXPECT_EQ(line.server.port, 0);
    EXPECT_EQ(line.server.service.region, "us-east-1");
    EXPECT_FALSE(line.server.tls);
    EXPECT_FALSE(line.exitWithParent);
}

TEST(CommandLine, TakesValuesBehindBlankOrEqualsSign) {
    const CommandLine line = parse({"--listen", "[::1]:8443", "--region=eu-west-1", "--time-offset", "25h", "--exit-with-parent",
                                    "--rotation-delay=90s", "--replication-delay=3m", "--propagation-delay", "30s", "--key-pool",
                                    "3", "--tls-cert=c.pem", "--tls-key=k.pem"});
    EXPECT_EQ(line.server.host, "::1");
    EXPECT_EQ(line.server.port, 8443);
    EXPECT_EQ(line.server.service.region, "eu-west-1");
    EXPECT_EQ(line.server.service.rotationDelay, 90s);
    EXPECT_EQ(line.server.service.replicationDelay, 3min);
    EXPECT_EQ(line.server.service.propagationDelay, 30s);
    EXPECT_EQ(line.server.service.readyPairs, 3U);
    EXPECT_EQ(line.timeOffset, 25h);
    EXPECT_TRUE(line.exitWithParent);
    ASSERT_TRUE(line.server.tls);
    EXPECT_EQ(line.server.tls->key, "k.pem");
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
    EXPECT_TRUE(refuses({"--account", "111122223333"}));
    EXPECT_TRUE(refuses({"serve"}));
    EXPECT_TRUE(refuses({"--listen"}));
    EXPECT_TRUE(refuses({"--listen", "127.0.0.1"}));
    EXPECT_TRUE(refuses({"--listen", "127.0.0.1:70000"}));
    EXPECT_TRUE(refuses({"--listen", "127.0.0.1:-1"}));
    EXPECT_TRUE(refuses({"--region", "mars-north-1"}));
    EXPECT_TRUE(refuses({"--region", "cn-north-1"}));
    EXPECT_TRUE(refuses({"--time-offset", "soon"}));
    EXPECT_TRUE(refuses({"--key-pool", "17"}));
    EXPECT_TRUE(refuses({"--tls-cert", "c.pem"}));
}

TEST(CommandLine, ReadsTimes) {
    EXPECT_EQ(parseDuration("25h"), 25h);
    EXPECT_EQ(parseDuration("-10m"), -10min);
    EXPECT_EQ(parseDuration("+3600s"), 1h);
    EXPECT_EQ(parseDuration("2d"), 48h);
    EXPECT_EQ(parseDuration("0"), 0s);
    for (const char* bad : {"", "h", "25", "25 h", "2w", "--1h", "1.5h", "99999999999999999999s", "999999999d"}) {
        EXPECT_EQ(parseDuration(bad), std::nullopt) << bad;
    }
}

TEST(SimulatorCommandLine, ExitWithParentTakesAProcessId) {
    EXPECT_EQ(parse({"--exit-with-parent=4711"}).parent, 4711);
    EXPECT_TRUE(parse({"--exit-with-parent=4711"}).exitWithParent);
    EXPECT_THROW(parse({"--exit-with-parent=none"}), Error);
}

}  // namespace

}  // namespace keyconvoy::tests
