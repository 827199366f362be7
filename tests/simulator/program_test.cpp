#include "core/clock.h"
#include "core/files.h"
#include "tests/simulator/kms.h"
#include "tests/simulator/simulator_process.h"
#include "tests/simulator/sockets.h"

#include <csignal>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;

/// GetCallerIdentity's cousin without a body of interest: a signed ListKeys.
RawReply listKeys(const SimulatorProcess& simulator, TimePoint now) {
    RawRequest request{.headers = {{"Host", "127.0.0.1"},
                                   {"Content-Type", "application/x-amz-json-1.1"},
                                   {"X-Amz-Date", basicTime(now)},
                                   {"X-Amz-Target", "TrentService.ListKeys"},
                                   {"Connection", "close"},
                                   {"Content-Length", "2"}},
                       .body = "{}"};
    const Credentials credentials{.accessKeyId = simulator.text("accessKeyId"),
                                  .secretAccessKey = simulator.text("secretAccessKey")};
    request.headers.emplace_back("Authorization", authorization(request, credentials, {.date = basicTime(now)}));
    return parseReply(exchange(simulator.port(), request.octets()));
}

TEST(Program, PrintsOneLineWhenItIsReady) {
    SimulatorProcess simulator;
    EXPECT_THAT(simulator.text("url"), testing::MatchesRegex("http://127\\.0\\.0\\.1:[0-9]+"));
    EXPECT_EQ(simulator.text("account"), "000000000000");
    EXPECT_EQ(simulator.text("region"), "us-east-1");
    EXPECT_EQ(listKeys(simulator, systemNow()).status, 200);
    EXPECT_EQ(simulator.end(SIGTERM).output, "");
}

TEST(Program, EndsCleanlyOnSigtermAndSigint) {
    for (const int signal : {SIGTERM, SIGINT}) {
        SimulatorProcess simulator;
        const FileDescriptor idle = connectToLoopback(simulator.port());
        EXPECT_EQ(simulator.end(signal).exitCode, 0);
    }
}

TEST(Program, DoesNotServeWhenNobodyCanReadWhereItListens) {
    const std::string line = "exec \"$0\" --listen 127.0.0.1:0 >/dev/full";
    EXPECT_EQ(run({"/bin/sh", "-c", line, simulatorPath()}, {}).exitCode, 5);
}

TEST(Program, LivesAtAnotherTimeWhenTold) {
    const SimulatorProcess simulator{{"--time-offset", "25h"}};
    const RawReply now = listKeys(simulator, systemNow());
    EXPECT_EQ(Json::parse(now.body).at("__type"), "InvalidSignatureException");
    EXPECT_THAT(Json::parse(now.body).at("message").get<std::string>(), testing::StartsWith("Signature expired: "));
    EXPECT_EQ(listKeys(simulator, systemNow() + 25h).status, 200);
}

TEST(Program, ReadsItsTimeFromAFileForEachRequest) {
    const TemporaryFolder folder{"keyconvoy-simulator-time-"};
    const std::filesystem::path file = folder.path() / "offset";
    const SimulatorProcess simulator{{"--time-offset-file", file.string()}};
    EXPECT_EQ(listKeys(simulator, systemNow()).status, 200);
    writeNewFile(file, asBytes("2d\n"));
    EXPECT_EQ(listKeys(simulator, systemNow() + 48h).status, 200);
    EXPECT_EQ(listKeys(simulator, systemNow()).status, 400);
}

TEST(Program, EndsWithItsParent) {
    // A shell starts it, waits until it is ready, and ends. The pipe's other end is open in the simulator for as long as it
    // lives.
    const TemporaryFolder folder{"keyconvoy-simulator-parent-"};
    const std::string script = "mkfifo ready && { '" + simulatorPath() +
                               "' --exit-with-parent --key-pool 0 > ready & } && read -r line < ready && echo \"$line\"";
    std::array<int, 2> ends{};
    ASSERT_EQ(pipe(ends.data()), 0);
    const FileDescriptor watched{ends[0]};
    {
        const FileDescriptor inherited{ends[1]};
        const Ended shell = run({"/bin/sh", "-c", "cd '" + folder.path().string() + "' && " + script}, {"PATH=/usr/bin:/bin"});
        EXPECT_THAT(shell.output, testing::HasSubstr("\"url\""));
    }
    char octet = 0;
    EXPECT_EQ(read(watched.get(), &octet, 1), 0);
}

TEST(Program, RefusesBadOptionsInASentence) {
    const Ended ended = run({simulatorPath(), "--listen", "0.0.0.0:0"}, {});
    EXPECT_EQ(ended.exitCode, 2);
    EXPECT_EQ(ended.output, "");
    EXPECT_EQ(
        ended.errors,
        "keyconvoy-kms-simulator: address 0.0.0.0: the simulator listens on loopback addresses only; use 127.0.0.1 or ::1\n");
    EXPECT_EQ(run({simulatorPath(), "--account", "1"}, {}).exitCode, 2);
}

TEST(Program, HelpsAndTellsItsVersion) {
    EXPECT_THAT(run({simulatorPath(), "--help"}, {}).output, testing::HasSubstr("Example"));
    EXPECT_THAT(run({simulatorPath(), "--version"}, {}).output, testing::MatchesRegex("keyconvoy-kms-simulator [0-9.]+\n"));
}

}  // namespace

}  // namespace keyconvoy::tests
