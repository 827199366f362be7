#include "tests/cli/cli_fixture.h"

#include <csignal>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using Rehearse = CommandLine;

TEST_F(Rehearse, MissingSimulatorIsNamedWithItsPackage) {
    expectFailure(
        run({"rehearse", "--json", "--simulator", "/nowhere/simulator", "--result", (home().folder() / "r.json").string()}),
        {.exitCode = 3, .fragments = {"/nowhere/simulator", "package keyconvoy-kms-simulator"}});
    EXPECT_FALSE(std::filesystem::exists(home().folder() / "r.json"));
}

TEST_F(Rehearse, SimulatorThatIsNotInstalledIsNamedWithItsDebianPackage) {
    const std::filesystem::path alone = home().folder() / "alone";
    std::filesystem::create_directory(alone);
    std::filesystem::copy_file(KEYCONVOY_PROGRAM, alone / "keyconvoy");
    const Finished finished = run({"rehearse", "--json", "--result", (home().folder() / "r.json").string()},
                                  {.environment = {{"PATH", alone.string()}}, .program = alone / "keyconvoy"});
    expectFailure(finished, {.exitCode = 5, .fragments = {"Debian package keyconvoy-kms-simulator", "PATH"}});
    EXPECT_FALSE(std::filesystem::exists(home().folder() / "r.json"));
}

/// The simulator has the program's stderr: its end is seen only once both are gone.
TEST_F(Rehearse, KilledItTakesTheSimulatorWithIt) {
    Running running{home(), {"rehearse", "--simulator", KEYCONVOY_SIMULATOR, "--result", (home().folder() / "r.json").string()}};
    ASSERT_TRUE(running.waitForError("make fresh tokens"));
    running.signal(SIGKILL);
    EXPECT_EQ(running.finish().exitCode, 128 + SIGKILL);
}

/// Both signals wait while the process is stopped, so that it cannot come to its end between them.
TEST_F(Rehearse, EndedAtOnceItNamesTheFolderThatIsLeft) {
    Running running{home(), {"rehearse", "--simulator", KEYCONVOY_SIMULATOR, "--result", (home().folder() / "r.json").string()}};
    ASSERT_TRUE(running.waitForError("all of it is kept in "));
    for (const int signal : {SIGSTOP, SIGINT, SIGTERM, SIGCONT}) {
        running.signal(signal);
    }
    const Finished finished = running.finish();
    SCOPED_TRACE(testing::Message() << finished);
    EXPECT_EQ(finished.exitCode, 7);
    EXPECT_NE(finished.err.find("/keyconvoy-rehearsal-"), std::string::npos);
    EXPECT_NE(finished.err.find("remove the folder keyconvoy-rehearsal-"), std::string::npos);
}

TEST_F(Rehearse, ResultFileThatIsThereIsNotOverwritten) {
    const std::string file = home().write("r.json", "older").string();
    expectFailure(run({"rehearse", "--json", "--simulator", KEYCONVOY_SIMULATOR, "--result", file}),
                  {.exitCode = 4, .fragments = {"r.json"}});
}

TEST_F(Rehearse, ResultFolderThatIsMissingIsToldBeforeAnythingBegins) {
    const Finished finished =
        run({"rehearse", "--json", "--simulator", KEYCONVOY_SIMULATOR, "--result", (home().folder() / "no" / "r.json").string()});
    expectFailure(finished, {.exitCode = 3, .fragments = {"there is no such folder"}});
    EXPECT_EQ(finished.err.find("make fresh tokens"), std::string::npos);
}

TEST_F(Rehearse, WholeMainJobGoesAsItMust) {
    const Finished finished =
        run({"rehearse", "--simulator", KEYCONVOY_SIMULATOR, "--result", (home().folder() / "r.json").string()});
    SCOPED_TRACE(testing::Message() << finished);
    ASSERT_EQ(finished.exitCode, 0);
    for (const char* expected :
         {"everything went as it must", "imported, checked: same-material-twice", "imported, checked: equal-mac",
          "imported, checked: equal-public-key", "refused, as it must be", "result file:", "software"}) {
        EXPECT_NE(finished.out.find(expected), std::string::npos) << expected;
    }
    EXPECT_TRUE(std::filesystem::exists(home().folder() / "r.json"));
}

TEST_F(Rehearse, ScenarioThatIsNoneIsTold) {
    expectFailure(run({"rehearse", "--json", "--scenario", "death", "--simulator", KEYCONVOY_SIMULATOR}),
                  {.exitCode = 2, .fragments = {"--scenario", "death", "import, life, restore"}});
}

TEST_F(Rehearse, RestoreIsToldLineByLine) {
    const Finished finished = run({"rehearse", "--scenario", "restore", "--simulator", KEYCONVOY_SIMULATOR, "--result",
                                   (home().folder() / "r.json").string()});
    SCOPED_TRACE(testing::Message() << finished);
    ASSERT_EQ(finished.exitCode, 0);
    for (const char* expected : {"the scenario \"restore\"", "everything went as it must", "the first token was destroyed",
                                 "KMS knows it as the same material", "result file:", "software"}) {
        EXPECT_NE(finished.out.find(expected), std::string::npos) << expected;
    }
}

}  // namespace

}  // namespace keyconvoy::tests
