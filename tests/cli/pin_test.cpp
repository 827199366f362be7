#include "tests/cli/cli_fixture.h"

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace keyconvoy::tests {

namespace {

class Pin : public WithSoftHsm {
protected:
    /// The cheapest command that logs in.
    [[nodiscard]] Arguments listKeys() const { return Arguments{"key", "list", "--json"} + token(); }
    [[nodiscard]] Finished listWith(const std::string& source, const Surroundings& surroundings = {}) const {
        return run(listKeys() + Arguments{"--pin-source", source}, surroundings);
    }
    [[nodiscard]] std::string file(std::string_view content) const { return "file:" + home().write("a-pin", content).string(); }
};

TEST_F(Pin, ComesFromAFileWithOrWithoutALineEnd) {
    for (const char* end : {"", "\n", "\r\n"}) {
        const Finished finished = listWith(file(std::string{userPin} + end));
        EXPECT_EQ(finished.exitCode, 0) << finished;
        EXPECT_EQ(finished.err.find("warning"), std::string::npos) << finished;
    }
}

TEST_F(Pin, ComesFromTheLineOfAPipe) {
    EXPECT_EQ(listWith("fd:3", {.pipes = {std::string{userPin} + "\nsomething else\n"}}).exitCode, 0);
}

TEST_F(Pin, ComesFromANamedPipe) {
    const std::filesystem::path fifo = home().folder() / "fifo";
    ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
    Running running{home(), listKeys() + Arguments{"--pin-source", "file:" + fifo.string()}};
    std::ofstream{fifo} << userPin << '\n';
    EXPECT_EQ(running.finish().exitCode, 0);
}

TEST_F(Pin, OfANamedPipeIsWaitedForUntilASignalComes) {
    const std::filesystem::path pipe = home().folder() / "pin.pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    Running running{home(), listKeys() + Arguments{"--pin-source", "file:" + pipe.string()}};
    const FileDescriptor writer{open(pipe.c_str(), O_WRONLY | O_CLOEXEC)};  // opens when the program reads
    running.signal(SIGTERM);
    const Finished finished = running.finish();
    expectFailure(finished, {.exitCode = 7, .fragments = {pipe.string(), "no PIN was sent"}});
    EXPECT_EQ(finished.err.find("... error"), std::string::npos) << "the step's line is ended first: " << finished;
}

TEST_F(Pin, FileThatOthersCanReadIsWarnedOf) {
    const std::string source = file(userPin);
    std::filesystem::permissions(source.substr(5), std::filesystem::perms::group_read, std::filesystem::perm_options::add);
    const Finished finished = listWith(source);
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_NE(finished.err.find("can be read by other users"), std::string::npos) << finished;
    EXPECT_NE(finished.err.find("chmod 600"), std::string::npos) << finished;
}

TEST_F(Pin, WrongOneIsTriedOnceAndNamed) {
    expectFailure(listWith(file("00000000")),
                  {.exitCode = 2, .fragments = {"Site A", "CKR_PIN_INCORRECT", "PIN is wrong", "not again"}});
}

TEST_F(Pin, EmptyOneIsNotTried) {
    for (const char* content : {"", "\n", "\r\n"}) {
        expectFailure(listWith(file(content)), {.exitCode = 2, .fragments = {"a-pin", "empty", "no PIN was sent"}});
    }
}

TEST_F(Pin, UnclearOnesAreNotTried) {
    expectFailure(listWith(file(std::string{userPin} + "\n\n")), {.exitCode = 2, .fragments = {"more than one line"}});
    expectFailure(listWith(file("12\t34")), {.exitCode = 2, .fragments = {"control characters"}});
    expectFailure(listWith(file("\xef\xbb\xbf" + std::string{userPin})), {.exitCode = 2, .fragments = {"byte-order mark"}});
    expectFailure(listWith(file(std::string(513, '1'))), {.exitCode = 2, .fragments = {"longer than any PIN"}});
}

TEST_F(Pin, SourceMustBeAFileOrAPipe) {
    expectFailure(listWith("file:/dev/zero"), {.exitCode = 2, .fragments = {"/dev/zero", "neither a file nor a pipe"}});
    expectFailure(listWith("file:" + home().folder().string()), {.exitCode = 2, .fragments = {"neither a file nor a pipe"}});
    expectFailure(listWith("file:/nowhere/pin"), {.exitCode = 3, .fragments = {"/nowhere/pin", "no PIN was sent"}});
    expectFailure(listWith("fd:77"), {.exitCode = 3, .fragments = {"fd:77"}});
}

TEST_F(Pin, SourceOfAnUnknownFormIsNotRepeated) {
    const Finished finished = listWith("4711-secret");
    expectFailure(finished, {.exitCode = 2, .fragments = {"--pin-source", "file:PATH"}});
    EXPECT_EQ((finished.out + finished.err).find("4711"), std::string::npos);
}

TEST_F(Pin, WithoutTerminalAndSourceTheOptionIsNamed) {
    expectFailure(run(listKeys()), {.exitCode = 4, .fragments = {"Site A", "no terminal", "--pin-source file:PATH"}});
}

TEST_F(Pin, LockedOneIsNotTried) {
    const std::filesystem::path recording = home().folder() / "recording";
    expectFailure(
        run(Arguments{"key", "list", "--json"} + bent({{"user-pin", "locked"}, {"fail", "C_Login:all:6"}}) + pinOptions()),
        {.exitCode = 4, .fragments = {"CKR_PIN_LOCKED", "locked", "security officer"}});
}

TEST_F(Pin, FinalTryNeedsConsentThatYesDoesNotGive) {
    const Arguments finalTry =
        Arguments{"key", "show", "--key", "pkcs11:object=x", "--json"} + bent({{"user-pin", "final-try"}}) + pinOptions();
    expectFailure(run(finalTry), {.exitCode = 4, .fragments = {"consent", "--allow-final-try"}});
    // With the consent the login is tried, and the command goes on to look for the key.
    expectFailure(run(finalTry + Arguments{"--allow-final-try"}), {.exitCode = 3, .fragments = {"x"}});
}

TEST_F(Pin, PadIsWaitedForAndSaid) {
    const Finished finished = run(Arguments{"key", "list", "--json"} + bent({{"pin-pad", std::string{userPin}}}));
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_NE(finished.err.find("at the token's own pad"), std::string::npos) << finished;
}

TEST_F(Pin, CancelledAtThePadIsCancelled) {
    expectFailure(run(Arguments{"key", "list", "--json"} + bent({{"pin-pad", "cancel"}})),
                  {.exitCode = 7, .fragments = {"cancelled", "pad"}});
}

TEST_F(Pin, LoginFromOutsideNeedsNone) {
    const Finished finished = run(Arguments{"key", "list", "--json"} + bent({{"logged-in", std::string{userPin}}}));
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_NE(finished.out.find("outside"), std::string::npos) << finished;
}

TEST_F(Pin, OfTheSecurityOfficerIsNeverTakenFromPinSource) {
    const Finished finished = run(Arguments{"token", "trust", "--json", "--wrapping-public-key", "x", "--label", "y"} + login());
    expectFailure(finished, {.exitCode = 2, .fragments = {"--pin-source", "no such option"}});
}

// ------------------------------------------------------------------------------------------------------------ at a terminal

class PinAtTerminal : public WithSoftHsm {
protected:
    [[nodiscard]] Arguments listKeys() const { return Arguments{"key", "list"} + token(); }
};

TEST_F(PinAtTerminal, IsNotShownAndTheEchoComesBack) {
    AtTerminal terminal{home(), listKeys()};
    ASSERT_TRUE(terminal.waitFor("PIN (not shown): ")) << terminal.screen();
    EXPECT_FALSE(terminal.echoes());
    terminal.type(std::string{userPin} + "\n");
    EXPECT_EQ(terminal.finish(), 0) << terminal.screen();
    EXPECT_TRUE(terminal.echoes());
    EXPECT_EQ(terminal.screen().find(userPin), std::string::npos);
    EXPECT_NE(terminal.screen().find("no keys"), std::string::npos) << terminal.screen();
}

TEST_F(PinAtTerminal, WrongOneEndsTheCommandWithoutASecondQuestion) {
    AtTerminal terminal{home(), listKeys()};
    ASSERT_TRUE(terminal.waitFor("PIN (not shown): "));
    terminal.type("00000000\n");
    EXPECT_EQ(terminal.finish(), 2) << terminal.screen();
    EXPECT_NE(terminal.screen().find("the PIN is wrong"), std::string::npos) << terminal.screen();
    EXPECT_EQ(terminal.screen().find("PIN (not shown): "), terminal.screen().rfind("PIN (not shown): "));
}

TEST_F(PinAtTerminal, InterruptedQuestionIsCancelledAndTheEchoComesBack) {
    AtTerminal terminal{home(), listKeys()};
    ASSERT_TRUE(terminal.waitFor("PIN (not shown): "));
    terminal.type("\x03");  // Ctrl-C
    EXPECT_EQ(terminal.finish(), 7) << terminal.screen();
    EXPECT_TRUE(terminal.echoes());
}

TEST_F(PinAtTerminal, EndOfInputIsCancelled) {
    AtTerminal terminal{home(), listKeys()};
    ASSERT_TRUE(terminal.waitFor("PIN (not shown): "));
    terminal.type("\x04");  // Ctrl-D
    EXPECT_EQ(terminal.finish(), 7) << terminal.screen();
    EXPECT_TRUE(terminal.echoes());
}

TEST_F(PinAtTerminal, FinalTryWantsTheWholeWord) {
    const Arguments finalTry = Arguments{"key", "list"} + bent({{"user-pin", "final-try"}}) + pinOptions();
    AtTerminal hasty{home(), finalTry};
    ASSERT_TRUE(hasty.waitFor("Type yes to consent: ")) << hasty.screen();
    hasty.type("y\n");
    EXPECT_EQ(hasty.finish(), 7) << hasty.screen();

    AtTerminal sure{home(), finalTry};
    ASSERT_TRUE(sure.waitFor("Type yes to consent: "));
    sure.type("yes\n");
    EXPECT_EQ(sure.finish(), 0) << sure.screen();
}

}  // namespace

}  // namespace keyconvoy::tests
