#include "kmsclient/simulator/command_line.h"

#include "core/error.h"
#include "core/files.h"

#include <gtest/gtest.h>
#include <regex>
#include <set>
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
    EXPECT_TRUE(std::holds_alternative<std::monostate>(line.server.tls));
    EXPECT_FALSE(line.control);
    EXPECT_TRUE(line.faults.empty());
    EXPECT_FALSE(line.exitWithParent);
}

TEST(CommandLine, TakesValuesBehindBlankOrEqualsSign) {
    const CommandLine line = parse({"--listen", "[::1]:8443", "--region=eu-west-1", "--time-offset", "25h", "--exit-with-parent",
                                    "--rotation-delay=90s", "--replication-delay=3m", "--propagation-delay", "30s", "--key-pool",
                                    "3", "--tls-certificate=c.pem", "--tls-key=k.pem"});
    EXPECT_EQ(line.server.host, "::1");
    EXPECT_EQ(line.server.port, 8443);
    EXPECT_EQ(line.server.service.region, "eu-west-1");
    EXPECT_EQ(line.server.service.rotationDelay, 90s);
    EXPECT_EQ(line.server.service.replicationDelay, 3min);
    EXPECT_EQ(line.server.service.propagationDelay, 30s);
    EXPECT_EQ(line.server.service.readyPairs, 3U);
    EXPECT_EQ(line.timeOffset, 25h);
    EXPECT_TRUE(line.exitWithParent);
    EXPECT_EQ(std::get<TlsFiles>(line.server.tls).key, "k.pem");
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
    EXPECT_TRUE(refuses({"--tls-certificate", "c.pem"}));
    EXPECT_TRUE(refuses({"--tls-certificate", "c.pem", "--tls-key", "k.pem", "--tls"}));
    EXPECT_TRUE(refuses({"--tls-ca-out", "a.pem", "--tls-key", "k.pem"}));
    EXPECT_TRUE(refuses({"--time", "tomorrow"}));
    EXPECT_TRUE(refuses({"--control", "4711"}));
    EXPECT_TRUE(refuses({"--fault", "flood"}));
}

TEST(CommandLine, TakesWhatIsToGoWrong) {
    const CommandLine line = parse({"--tls", "--tls-ca-out", "a.pem", "--control=[::1]:0", "--fault", "throttling,calls=2",
                                    "--fault=stale-reads", "--time", "2027-06-17T12:00:00Z", "--time-stands"});
    EXPECT_EQ(std::get<SelfMadeTls>(line.server.tls).authorityFile, "a.pem");
    ASSERT_TRUE(line.control);
    EXPECT_EQ(line.control->host, "::1");
    EXPECT_EQ(line.faults.size(), 2U);
    EXPECT_EQ(line.time, parseRfc3339("2027-06-17T12:00:00Z"));
    EXPECT_EQ(line.motion, Motion::Stands);
}

/// Whether an option of this name is taken, or would be with a value.
bool isKnown(const std::string& option) {
    try {
        static_cast<void>(parse({option}));
        return true;
    } catch (const Error& error) {
        return toEnglish(error.failure().cause) != "there is no such option";
    }
}

/// "--word" wherever it stands in the text.
std::set<std::string> optionsIn(const std::string& text) {
    static const std::regex option{"--[a-z]+(-[a-z]+)*"};
    std::set<std::string> options;
    for (std::sregex_iterator found{text.begin(), text.end(), option}, end; found != end; ++found) {
        options.insert(found->str());
    }
    return options;
}

TEST(CommandLine, HasTheSameOptionsInHelpAndManualPage) {
    const std::string help = helpText();
    std::string page{
        asText(readFile(std::filesystem::path{KEYCONVOY_SOURCE_FOLDER} / "packaging/man/keyconvoy-kms-simulator.1", 1U << 20U))};
    std::erase(page, '\\');  // which troff wants before a hyphen that is typed
    const std::set<std::string> ofOthers = optionsIn("aws --endpoint-url --ca-bundle --region create-key --origin");
    std::set<std::string> inHelp = optionsIn(help.substr(0, help.find("\nExamples")));
    EXPECT_GT(inHelp.size(), 15U);
    for (const std::string& option : inHelp) {
        EXPECT_TRUE(optionsIn(page).contains(option)) << option << " is not in the manual page";
        EXPECT_TRUE(isKnown(option)) << option;
    }
    inHelp.insert(ofOthers.begin(), ofOthers.end());
    for (const std::string& option : optionsIn(page)) {
        EXPECT_TRUE(inHelp.contains(option)) << option << " is not in the help";
    }
}

TEST(SimulatorCommandLine, ExitWithParentTakesAProcessId) {
    EXPECT_EQ(parse({"--exit-with-parent=4711"}).parent, 4711);
    EXPECT_TRUE(parse({"--exit-with-parent=4711"}).exitWithParent);
    EXPECT_THROW(parse({"--exit-with-parent=none"}), Error);
}

}  // namespace

}  // namespace keyconvoy::tests
