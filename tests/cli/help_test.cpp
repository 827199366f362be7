#include "app/cli/command.h"
#include "tests/cli/cli_fixture.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using Help = CommandLine;

Arguments wordsOf(const cli::Command& command) {
    const std::string words{command.words};
    const std::size_t blank = words.find(' ');
    return blank == std::string::npos ? Arguments{words} : Arguments{words.substr(0, blank), words.substr(blank + 1)};
}

TEST_F(Help, OfEachCommandSaysWhatItDoesAndHasAnExample) {
    for (const cli::Command& command : cli::allCommands()) {
        const Finished finished = run(wordsOf(command) + Arguments{"--help"});
        SCOPED_TRACE(testing::Message() << finished);
        EXPECT_EQ(finished.exitCode, 0);
        EXPECT_TRUE(finished.err.empty());
        EXPECT_EQ(finished.out.find("keyconvoy " + std::string{command.words} + ": "), 0U);
        EXPECT_NE(finished.out.find("\nExample\n  keyconvoy " + std::string{command.words}), std::string::npos);
        for (const cli::Option* option : command.options) {
            EXPECT_NE(finished.out.find("  " + std::string{option->name}), std::string::npos) << option->name;
        }
    }
}

TEST_F(Help, OfTheProgramListsAllCommandsTheEnvironmentAndTheExitCodes) {
    const Finished finished = run({"help"});
    EXPECT_EQ(finished.exitCode, 0);
    for (const cli::Command& command : cli::allCommands()) {
        EXPECT_NE(finished.out.find("\n  " + std::string{command.words}), std::string::npos) << command.words;
    }
    for (const char* expected : {"XDG_STATE_HOME", "AWS_PROFILE", "Exit codes", "--pin-source"}) {
        EXPECT_NE(finished.out.find(expected), std::string::npos) << expected;
    }
    EXPECT_EQ(run({"--help"}).out, finished.out);
    EXPECT_EQ(run({"-h"}).out, finished.out);
}

TEST_F(Help, WordsBehindHelpNameACommand) {
    EXPECT_EQ(run({"help", "token", "list"}).out, run({"token", "list", "--help"}).out);
    EXPECT_EQ(run({"token", "--help"}).exitCode, 0);
    EXPECT_EQ(run({"help", "tokn"}).exitCode, 2);
}

TEST_F(Help, NamesNoOptionTwiceInOneCommand) {
    for (const cli::Command& command : cli::allCommands()) {
        std::vector<std::string_view> names;
        for (const cli::Option* option : command.options) {
            names.push_back(option->name);
        }
        std::ranges::sort(names);
        EXPECT_EQ(std::ranges::adjacent_find(names), names.end()) << command.words;
        EXPECT_NE(command.run, nullptr);
    }
}

TEST_F(Help, VersionIsOneLineOrOneObject) {
    const Finished finished = run({"--version"});
    EXPECT_EQ(finished.exitCode, 0);
    EXPECT_EQ(finished.out.find("keyconvoy "), 0U);
    EXPECT_EQ(std::ranges::count(finished.out, '\n'), 1);
    const Json object = run({"--json", "--version"}).json();
    EXPECT_EQ(object["ok"], Json(true));
    EXPECT_EQ(object["result"]["version"].get<std::string>() + "\n", finished.out);
}

}  // namespace

}  // namespace keyconvoy::tests
