#include "tests/cli/cli_fixture.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using TokenCommands = WithSoftHsm;

TEST_F(TokenCommands, ListShowsEachTokenAndSaysSoftware) {
    const Finished text = run(Arguments{"token", "list"} + module());
    SCOPED_TRACE(testing::Message() << text);
    EXPECT_EQ(text.exitCode, 0);
    EXPECT_TRUE(text.err.empty());
    for (const char* expected : {"label:            Site A", "token:            software", "URI:              pkcs11:"}) {
        EXPECT_NE(text.out.find(expected), std::string::npos) << expected;
    }
    const Json object = run(Arguments{"token", "list", "--json"} + module()).json();
    EXPECT_EQ(object["ok"], Json(true));
    EXPECT_EQ(object["result"]["tokens"][0]["label"], Json("Site A"));
}

TEST_F(TokenCommands, ListTellsAnEmptyStateInWords) {
    // The lie makes a module without a token: its list of slots fails as a module's does that has lost its reader.
    const SoftHsmStore empty;
    const Finished finished = run(Arguments{"token", "list"} + moduleOptions(empty.profile()));
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_NE(finished.out.find("(none: not initialised)"), std::string::npos) << finished;
}

TEST_F(TokenCommands, ShowListsMechanismsAndWarnsOfBelievingThem) {
    const Finished finished = run(Arguments{"token", "show"} + token());
    EXPECT_EQ(finished.exitCode, 0) << finished;
    for (const char* expected : {"CKM_RSA_PKCS_OAEP", "tokens list what they cannot do", "login:            not logged in"}) {
        EXPECT_NE(finished.out.find(expected), std::string::npos) << expected << finished;
    }
}

TEST_F(TokenCommands, TwoTokensOfOneNameAreRefusedAndBothShown) {
    store().addToken("Twin");
    store().addToken("Twin");
    const Finished finished = run(Arguments{"token", "show", "--json", "--token", "Twin"} + module());
    expectFailure(finished, {.exitCode = 4, .fragments = {"Twin", "2 tokens match", "serial"}});
    const std::string cause = finished.json()["error"]["cause"].get<std::string>();
    EXPECT_NE(cause.find("serial="), cause.rfind("serial="));
}

TEST_F(TokenCommands, UnknownTokenIsNotFound) {
    expectFailure(run(Arguments{"token", "show", "--json", "--token", "Site Z"} + module()),
                  {.exitCode = 3, .fragments = {"Site Z"}});
}

TEST_F(TokenCommands, ModuleThatIsNoneIsTold) {
    expectFailure(run({"token", "list", "--json", "--module", "/usr/lib/x86_64-linux-gnu/libz.so.1"}),
                  {.exitCode = 2, .fragments = {"libz.so.1", "C_GetFunctionList"}});
    expectFailure(run({"token", "list", "--json", "--module", home().write("text.so", "no library").string()}),
                  {.exitCode = 2, .fragments = {"text.so", "cannot be loaded"}});
    expectFailure(run({"token", "list", "--json", "--module", "/nowhere/module.so"}),
                  {.exitCode = 3, .fragments = {"/nowhere/module.so"}});
}

TEST_F(TokenCommands, InitialisationStringThatTheModuleRefusesIsTold) {
    expectFailure(run(Arguments{"token", "list", "--json", "--module-init", "nonsense"} + module()),
                  {.exitCode = 2, .fragments = {"initialisation"}});
}

TEST_F(TokenCommands, ProfileFileReplacesTheModuleOptions) {
    const std::string profile = "library = \"" + SoftHsmStore::library().string() + "\"\n[environment]\nSOFTHSM2_CONF = \"" +
                                store().configuration().string() + "\"\n";
    const Finished finished = run({"token", "list", "--json", "--module-profile", home().write("p.toml", profile).string()});
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_EQ(finished.json()["result"]["tokens"][0]["label"], Json("Site A"));
    expectFailure(run({"token", "list", "--json", "--module-profile", home().write("bad.toml", "libary = 1\n").string()}),
                  {.exitCode = 2, .fragments = {"bad.toml", "libary"}});
}

TEST_F(TokenCommands, LabelThatWouldSteerTheTerminalIsShownEscaped) {
    store().addToken("red\x1b[31m");
    for (const Arguments& arguments :
         {Arguments{"token", "list"} + module(), Arguments{"token", "show", "--token", "pkcs11:token=red%1B%5B31m"} + module(),
          Arguments{"key", "list", "--token", "pkcs11:token=red%1B%5B31m"} + module() + pinOptions(),
          Arguments{"key", "list", "--token", "nothing"} + module()}) {
        const Finished finished = run(arguments);
        EXPECT_EQ((finished.out + finished.err).find('\x1b'), std::string::npos) << finished;
        EXPECT_NE((finished.out + finished.err).find("red\\x1b[31m"), std::string::npos) << finished;
    }
}

TEST_F(TokenCommands, QualifyTellsByExitCodeWhetherAllSomeOrNoneQualified) {
    const Arguments qualify = Arguments{"token", "qualify", "--json", "--yes", "--wrapping-key-spec", "RSA_2048"} + login();
    const Arguments aes{"--key-spec", "SYMMETRIC_DEFAULT", "--wrapping-algorithm"};
    const Finished all = run(qualify + aes + Arguments{"RSAES_OAEP_SHA_1"});
    EXPECT_EQ(all.exitCode, 0) << all;
    EXPECT_EQ(all.json()["ok"], Json(true));
    const Finished none = run(qualify + aes + Arguments{"RSAES_OAEP_SHA_256"});
    expectFailure(none, {.exitCode = 4, .fragments = {"0 of 1 combinations qualified", "RSAES_OAEP_SHA_256", "SHA-1"}});
    EXPECT_TRUE(none.json().contains("result"));
    const Finished part = run(qualify + aes + Arguments{"RSAES_OAEP_SHA_1", "--wrapping-algorithm", "RSAES_OAEP_SHA_256"});
    expectFailure(part, {.exitCode = 8, .fragments = {"1 of 2 combinations qualified", "RSAES_OAEP_SHA_256"}});
    EXPECT_EQ(part.json()["result"]["results"].size(), 2U);
    EXPECT_FALSE(all.json().contains("error"));
}

TEST_F(TokenCommands, QualifyAsksBeforeItMakesKeys) {
    const Arguments qualify =
        Arguments{
            "token",   "qualify", "--key-spec", "HMAC_256", "--wrapping-algorithm", "RSAES_OAEP_SHA_1", "--wrapping-key-spec",
            "RSA_2048"} +
        login();
    expectFailure(
        run(qualify + Arguments{"--json"}),
        {.exitCode = 4, .fragments = {"agreeing to this: making throw-away keys on the token", "no terminal", "--yes"}});
    AtTerminal terminal{home(), qualify};
    ASSERT_TRUE(terminal.waitFor("Go on? [y/N] ")) << terminal.screen();
    terminal.type("n\n");
    EXPECT_EQ(terminal.finish(), 7) << terminal.screen();
}

TEST_F(TokenCommands, QualifyRefusesWhatKmsWouldNotTake) {
    expectFailure(run(Arguments{"token", "qualify", "--json", "--yes", "--key-spec", "RSA_2048", "--wrapping-algorithm",
                                "RSAES_OAEP_SHA_256"} +
                      login()),
                  {.exitCode = 4, .fragments = {"RSA_2048", "RSAES_OAEP_SHA_256"}});
}

TEST_F(TokenCommands, DoctorSaysThatNothingIsInTheWay) {
    const Finished finished = run(Arguments{"doctor", "--login"} + login());
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_NE(finished.out.find("nothing is in the way"), std::string::npos) << finished;
    EXPECT_NE(finished.out.find("token: software"), std::string::npos) << finished;
}

TEST_F(TokenCommands, DoctorEndsWithSixWhereSomethingIsInTheWay) {
    const Finished finished = run({"doctor", "--json", "--module", "/nowhere/module.so", "--token", "x"});
    expectFailure(finished, {.exitCode = 6, .fragments = {"what an import needs", "/nowhere/module.so"}});
    EXPECT_EQ(finished.json()["result"]["findings"][0]["level"], Json("problem"));
    const Finished told = run({"doctor", "--module", "/nowhere/module.so", "--token", "x"});
    EXPECT_NE(told.out.find("1 problem is in the way"), std::string::npos) << told;
    EXPECT_NE(told.err.find("error: what an import needs: "), std::string::npos) << told;
}

}  // namespace

}  // namespace keyconvoy::tests
