#include "core/error.h"
#include "core/files.h"
#include "tests/simulator/process_client.h"
#include "tests/support/sanitizers.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <random>
#include <set>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

/// The real program on a state folder: killed in the middle of its work, out of disk space, started twice.
namespace keyconvoy::tests {

namespace {

/// What one client was told.
struct Acknowledged {
    std::string keyId;
    int last = 0;                      ///< the number in the key's description
    std::vector<std::string> created;  ///< keys that were made besides
};

/// Counts up a key's description and makes a key now and then, until the program is gone.
void work(const SimulatorProcess& simulator, Acknowledged& told, std::atomic<int>& calls) {
    try {
        if (told.keyId.empty()) {
            told.keyId = mustCallProgram(simulator, "CreateKey", {{"Origin", "EXTERNAL"}, {"Description", "0"}})
                             .at("KeyMetadata")
                             .at("KeyId");
        }
        for (;;) {
            mustCallProgram(simulator, "UpdateKeyDescription",
                            {{"KeyId", told.keyId}, {"Description", std::to_string(told.last + 1)}});
            ++told.last;
            if (++calls % 8 == 0) {
                told.created.push_back(
                    mustCallProgram(simulator, "CreateKey", {{"Origin", "EXTERNAL"}}).at("KeyMetadata").at("KeyId"));
            }
        }
    } catch (const std::exception&) {  // killed: nobody was told of this call
    }
}

/// The change that was under way when the program was killed may count or not; every other one counts.
void expectAllThere(const SimulatorProcess& simulator, Acknowledged& told) {
    if (told.keyId.empty()) {
        return;
    }
    const auto describe = [&simulator](const std::string& id) {
        return mustCallProgram(simulator, "DescribeKey", {{"KeyId", id}}).at("KeyMetadata");
    };
    const int kept = std::stoi(describe(told.keyId).at("Description").get<std::string>());
    EXPECT_THAT(kept, testing::AnyOf(told.last, told.last + 1));
    told.last = kept;
    for (const std::string& id : told.created) {
        EXPECT_EQ(describe(id).at("KeyState"), "PendingImport");
    }
}

TEST(StateProgram, LosesNothingThatWasAcknowledgedWhenItIsKilledAtAnyMoment) {
    const TemporaryFolder folder{"keyconvoy-state-"};
    const std::vector<std::string> options{"--state", (folder.path() / "state").string()};
    std::mt19937 random{std::random_device{}()};
    std::array<Acknowledged, 3> told;
    for (int round = 0; round < 6; ++round) {
        SimulatorProcess simulator{options};
        for (Acknowledged& client : told) {
            expectAllThere(simulator, client);
        }
        std::atomic<int> calls = 0;
        const int enough = std::uniform_int_distribution{0, 40}(random);
        const int more = std::uniform_int_distribution{0, 2000}(random);
        std::vector<std::jthread> clients;
        for (Acknowledged& client : told) {
            clients.emplace_back([&simulator, &client, &calls] { work(simulator, client, calls); });
        }
        while (calls < enough) {
            std::this_thread::yield();
        }
        for (int i = 0; i < more; ++i) {  // into the middle of a call
            std::this_thread::yield();
        }
        kill(simulator.process(), SIGKILL);
        clients.clear();
    }
    const SimulatorProcess simulator{options};
    for (Acknowledged& client : told) {
        expectAllThere(simulator, client);
    }
}

TEST(StateProgram, TakesAnImportTokenOfBeforeItWasKilled) {
    const TemporaryFolder folder{"keyconvoy-state-"};
    const std::vector<std::string> options{"--state", folder.path().string()};
    SimulatorProcess first{options};
    const std::string id = mustCallProgram(first, "CreateKey", {{"Origin", "EXTERNAL"}}).at("KeyMetadata").at("KeyId");
    const Parameters parameters = parametersOfProgram(first, id);
    EXPECT_EQ(first.end(SIGKILL).exitCode, -1);
    SimulatorProcess second{options};
    EXPECT_EQ(importIntoProgram(second, id, parameters, filled(32, 1)).status, 200);
    EXPECT_EQ(second.end(SIGKILL).exitCode, -1);
    const SimulatorProcess third{options};
    EXPECT_EQ(mustCallProgram(third, "DescribeKey", {{"KeyId", id}}).at("KeyMetadata").at("KeyState"), "Enabled");
}

TEST(StateProgram, ChangesNothingOnAFullDisk) {
    const TemporaryFolder folder{"keyconvoy-state-"};
    const std::vector<std::string> options{"--state", folder.path().string()};
    SimulatorProcess simulator{options};
    const std::string id = mustCallProgram(simulator, "CreateKey", {{"Origin", "EXTERNAL"}}).at("KeyMetadata").at("KeyId");
    const Parameters parameters = parametersOfProgram(simulator, id);
    const auto limitFiles = [&simulator](rlim_t bytes) {
        const rlimit limit{.rlim_cur = bytes, .rlim_max = RLIM_INFINITY};
        ASSERT_EQ(prlimit(simulator.process(), RLIMIT_FSIZE, &limit, nullptr), 0);
    };
    const auto size = std::filesystem::file_size(folder.path() / "state.jsonl");
    const auto keys = [&simulator] { return mustCallProgram(simulator, "ListKeys", Json::object()).at("Keys").size(); };
    limitFiles(size + 10);
    for (const RawReply& refused : {callProgram(simulator, "CreateKey", {{"Origin", "EXTERNAL"}}),
                                    callProgram(simulator, "UpdateKeyDescription", {{"KeyId", id}, {"Description", "changed"}}),
                                    callProgram(simulator, "CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", id}}),
                                    importIntoProgram(simulator, id, parameters, filled(32, 1))}) {
        EXPECT_EQ(refused.status, 500);
        EXPECT_EQ(Json::parse(refused.body).at("__type"), "KMSInternalException");
    }
    EXPECT_EQ(keys(), 1U);
    const Json described = mustCallProgram(simulator, "DescribeKey", {{"KeyId", id}}).at("KeyMetadata");
    EXPECT_EQ(described.at("Description"), "");
    EXPECT_EQ(described.at("KeyState"), "PendingImport");
    EXPECT_TRUE(mustCallProgram(simulator, "ListAliases", Json::object()).at("Aliases").empty());
    EXPECT_EQ(std::filesystem::file_size(folder.path() / "state.jsonl"), size);

    limitFiles(RLIM_INFINITY);
    EXPECT_EQ(importIntoProgram(simulator, id, parameters, filled(32, 1)).status, 200) << "there is space again";
    static_cast<void>(simulator.end(SIGKILL));
    const SimulatorProcess again{options};
    EXPECT_EQ(mustCallProgram(again, "DescribeKey", {{"KeyId", id}}).at("KeyMetadata").at("KeyState"), "Enabled");
}

TEST(StateProgram, IsRefusedWhereAnotherOneWorks) {
    const TemporaryFolder folder{"keyconvoy-state-"};
    const SimulatorProcess first{{"--state", folder.path().string()}};
    const Ended second = run({simulatorPath(), "--state", folder.path().string()}, {});
    EXPECT_EQ(second.exitCode, 5);
    EXPECT_EQ(second.output, "");
    EXPECT_EQ(second.errors, "keyconvoy-kms-simulator: state folder " + folder.path().string() +
                                 ": another simulator uses it; end that one, or name another state folder\n");
}

TEST(StateProgram, EndsWithAClearErrorWhenItsStateIsDamaged) {
    const TemporaryFolder folder{"keyconvoy-state-"};
    SimulatorProcess simulator{{"--state", folder.path().string()}};
    EXPECT_EQ(simulator.end(SIGTERM).exitCode, 0);
    const std::string file = (folder.path() / "state.jsonl").string();
    { std::fstream{file, std::ios::in | std::ios::out}.seekp(3).put('?'); }
    const Ended ended = run({simulatorPath(), "--state", folder.path().string()}, {});
    EXPECT_EQ(ended.exitCode, 6);
    EXPECT_EQ(ended.errors, "keyconvoy-kms-simulator: state file " + file +
                                ": it is damaged: line 1 is not what was written; bring the folder back from a copy, or start "
                                "with another state folder\n");
}

TEST(StateProgram, DropsAnUnfinishedChange) {
    const TemporaryFolder folder{"keyconvoy-state-"};
    const std::vector<std::string> options{"--state", folder.path().string()};
    SimulatorProcess simulator{options};
    const std::string id = mustCallProgram(simulator, "CreateKey", {{"Origin", "EXTERNAL"}}).at("KeyMetadata").at("KeyId");
    static_cast<void>(simulator.end(SIGKILL));
    { std::ofstream{folder.path() / "state.jsonl", std::ios::app} << "0123456789"; }
    const SimulatorProcess again{options};
    EXPECT_EQ(mustCallProgram(again, "DescribeKey", {{"KeyId", id}}).at("KeyMetadata").at("KeyId"), id);
}

std::set<std::string> openFilesOf(const std::string& process) {
    std::set<std::string> targets;
    for (const auto& entry : std::filesystem::directory_iterator{"/proc/" + process + "/fd"}) {
        std::error_code gone;
        targets.insert(std::filesystem::read_symlink(entry.path(), gone).string());
    }
    return targets;
}

TEST(StateProgram, TouchesNoDiskWithoutAFolder) {
    const SimulatorProcess simulator;
    const std::string id = mustCallProgram(simulator, "CreateKey", {{"Origin", "EXTERNAL"}}).at("KeyMetadata").at("KeyId");
    EXPECT_EQ(importIntoProgram(simulator, id, parametersOfProgram(simulator, id), filled(32, 1)).status, 200);
    const std::set<std::string> inherited = openFilesOf("self");  // a test runner may keep a log open for all below it
    for (const std::string& target : openFilesOf(std::to_string(simulator.process()))) {
        if (inherited.contains(target)) {
            continue;
        }
        EXPECT_THAT(target, testing::AnyOf(testing::StartsWith("socket:"), testing::StartsWith("pipe:"),
                                           testing::StartsWith("anon_inode:"), testing::StartsWith("/dev/"), ""))
            << "an open file";
    }
    std::ifstream io{"/proc/" + std::to_string(simulator.process()) + "/io"};
    for (std::string line; std::getline(io, line);) {
        if (line.starts_with("write_bytes:") && !underThreadSanitizer) {  // whose own memory is a file
            EXPECT_EQ(line, "write_bytes: 0");                            // what it wanted written to a disk
        }
    }
}

}  // namespace

}  // namespace keyconvoy::tests
