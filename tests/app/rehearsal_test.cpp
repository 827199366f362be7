#include "app/rehearsal/rehearsal.h"

#include "app/rehearsal/child_process.h"
#include "tests/app/inventory_support.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

namespace keyconvoy::tests {
namespace {

using ::testing::HasSubstr;

class Rehearsal : public ::testing::Test {
protected:
    void SetUp() override { ::setenv("TMPDIR", m_temporary.c_str(), 1); }
    void TearDown() override { ::unsetenv("TMPDIR"); }

    [[nodiscard]] app::RehearsalRequest request() const { return {KEYCONVOY_SIMULATOR, m_folder.path() / "result.json"}; }
    Json rehearse() { return m_person.run(app::makeRehearsalJob(request(), m_person.context())); }
    /// Programs that a rehearsal finds: these and no others.
    void onlyOnPath(const std::vector<std::string>& programs) const {
        const std::filesystem::path bin = m_folder.path() / "bin";
        std::filesystem::create_directory(bin);
        for (const std::string& program : programs) {
            std::filesystem::create_symlink(*app::findProgram(program), bin / program);
        }
        ::setenv("PATH", bin.c_str(), 1);
    }
    [[nodiscard]] Json resultFile() const {
        return parseStrictJson(asText(readFile(m_folder.path() / "result.json", 10U << 20U)), KC_TEXT("Test", "result"));
    }
    [[nodiscard]] std::vector<std::string> outcomes(const Json& result) const {
        std::vector<std::string> rows;
        for (const Json& key : result["keys"]) {
            rows.push_back(key["token"].get<std::string>() + " " + key["keySpec"].get<std::string>() + " " +
                           key["outcome"].get<std::string>());
        }
        return rows;
    }

    TemporaryFolder m_folder{"keyconvoy-rehearsal-test-"};
    std::filesystem::path m_temporary = [this] {
        std::filesystem::create_directory(m_folder.path() / "tmp with a space");
        return m_folder.path() / "tmp with a space";
    }();
    Operator m_person;
};

TEST_F(Rehearsal, TakesEveryKeyThroughTheMainJobAndAsksNothing) {
    const Json result = rehearse();
    EXPECT_EQ(result["ok"], true);
    EXPECT_TRUE(m_person.asked.empty());
    EXPECT_THAT(
        outcomes(result),
        ::testing::ElementsAre("SoftHSM SYMMETRIC_DEFAULT imported-and-checked", "SoftHSM HMAC_256 imported-and-checked",
                               "SoftHSM ECC_NIST_P384 imported-and-checked", "NSS softokn SYMMETRIC_DEFAULT imported-and-checked",
                               "NSS softokn ECC_NIST_P256 imported-and-checked", "NSS softokn RSA_2048 imported-and-checked",
                               "SoftHSM RSA_2048 refused-as-expected"));
    EXPECT_EQ(result["keys"][1]["check"], "equal-mac");
    EXPECT_EQ(result["keys"][2]["check"], "equal-public-key");
    EXPECT_THAT(result["keys"][6]["details"].dump(), HasSubstr("RSA_AES_KEY_WRAP_SHA_1"));
    EXPECT_FALSE(m_person.progress.empty());

    const Json file = resultFile();
    EXPECT_EQ(file["schema"], "keyconvoy.rehearsal.1");
    EXPECT_EQ(file["mode"], "rehearsal");
    EXPECT_EQ(file["keys"].size(), 7U);
    EXPECT_EQ(file["keys"][0]["import"]["token"], "software");
    EXPECT_TRUE(std::filesystem::is_empty(m_temporary));
}

TEST_F(Rehearsal, LeavesOutATokenThatIsNotInstalled) {
    onlyOnPath({"softhsm2-util"});
    const Json result = rehearse();
    EXPECT_EQ(result["ok"], true);
    ASSERT_EQ(result["leftOut"].size(), 1U);
    EXPECT_EQ(result["leftOut"][0]["token"], "NSS softokn");
    EXPECT_THAT(result["leftOut"][0]["reason"].get<std::string>(), HasSubstr("libnss3-tools"));
    EXPECT_THAT(outcomes(result), ::testing::Contains("NSS softokn RSA_2048 left-out"));
    EXPECT_THAT(outcomes(result), ::testing::Contains("SoftHSM HMAC_256 imported-and-checked"));
}

TEST_F(Rehearsal, WithNoTokenAtAllIsAnError) {
    onlyOnPath({});
    const Failure failure = failureOf([&] { rehearse(); });
    EXPECT_EQ(failure.kind, ErrorKind::NotFound);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("softhsm2"));
    EXPECT_FALSE(std::filesystem::exists(m_folder.path() / "result.json"));
    EXPECT_TRUE(std::filesystem::is_empty(m_temporary));
}

TEST_F(Rehearsal, AProgramThatIsNoSimulatorIsSaidToBeNone) {
    app::RehearsalRequest wrong = request();
    for (const auto& [program, kind] :
         {std::pair{"/bin/true", ErrorKind::Unavailable}, std::pair{"/bin/echo", ErrorKind::Integrity},
          std::pair{"/nowhere/simulator", ErrorKind::NotFound}}) {
        wrong.simulator = program;
        EXPECT_EQ(failureOf([&] { m_person.run(app::makeRehearsalJob(wrong, m_person.context())); }).kind, kind) << program;
    }
}

TEST_F(Rehearsal, NeverOverwritesAResult) {
    writeNewFile(m_folder.path() / "result.json", asBytes("precious"));
    EXPECT_EQ(failureOf([&] { rehearse(); }).kind, ErrorKind::Refused);
    EXPECT_TRUE(m_person.seen.empty());
}

TEST_F(Rehearsal, StoppedMidwayItLeavesNeitherTokensNorSimulator) {
    std::stop_source stop;
    app::RunContext context = m_person.context();
    context.stop = stop.get_token();
    context.progress = [&](const Text& text) {
        if (toEnglish(text).find("generate the key") != std::string::npos) {
            stop.request_stop();
        }
    };
    const Failure failure = failureOf([&] { m_person.run(app::makeRehearsalJob(request(), context)); });
    EXPECT_EQ(failure.kind, ErrorKind::Cancelled);
    EXPECT_TRUE(std::filesystem::is_empty(m_temporary));
    EXPECT_FALSE(std::filesystem::exists(m_folder.path() / "result.json"));
}

TEST(ChildProcess, GivesLinesAndItsEnd) {
    app::ChildProcess child{{"/bin/sh", {"-c", "echo one; echo two; exit 3"}, {}}, app::ChildProcess::ErrorOutput::Inherited};
    EXPECT_EQ(child.readLine(std::chrono::seconds{30}, {}), "one");
    const auto [rest, status] = child.finish();
    EXPECT_EQ(rest, "two\n");
    EXPECT_EQ(WEXITSTATUS(status), 3);
}

TEST(ChildProcess, IsEndedAndWaitedForOnDestruction) {
    pid_t id = -1;
    {
        const app::ChildProcess child{{"/bin/sleep", {"1000"}, {}}, app::ChildProcess::ErrorOutput::Inherited};
        id = child.id();
        EXPECT_EQ(::kill(id, 0), 0);
    }
    EXPECT_NE(::kill(id, 0), 0);
}

TEST(ChildProcess, ThatIgnoresSigtermIsKilled) {
    pid_t id = -1;
    {
        app::ChildProcess child{{"/bin/sh", {"-c", "trap '' TERM; echo ready; while :; do sleep 1000; done"}, {}},
                                app::ChildProcess::ErrorOutput::Inherited};
        ASSERT_EQ(child.readLine(std::chrono::seconds{30}, {}), "ready");
        id = child.id();
    }
    EXPECT_NE(::kill(id, 0), 0);
}

TEST(RunTool, SaysWhatAFailedToolPrinted) {
    const Failure failure = failureOf([] { app::runTool({"/bin/sh", {"-c", "echo first; echo no room left >&2; exit 1"}, {}}); });
    EXPECT_EQ(failure.kind, ErrorKind::Unavailable);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("no room left"));
}

TEST(RunTool, AProgramThatIsNotThereCannotBeStarted) {
    EXPECT_EQ(failureOf([] { app::runTool({"/nowhere/tool", {}, {}}); }).kind, ErrorKind::Unavailable);
}

TEST(RunTool, GivesTheEnvironmentOnTopOfOurs) {
    EXPECT_NO_THROW(app::runTool(
        {"/bin/sh", {"-c", "test \"$KEYCONVOY_TEST\" = 'a value' && test -n \"$PATH\""}, {{"KEYCONVOY_TEST", "a value"}}}));
}

}  // namespace
}  // namespace keyconvoy::tests
