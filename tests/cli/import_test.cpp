#include "tests/cli/cli_fixture.h"

#include <csignal>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

class Import : public WithKms {
protected:
    /// Everything but what is to be generated and how it is to be told.
    [[nodiscard]] Arguments spec(const std::string& keySpec) const {
        return Arguments{"import",   "--key-spec",   keySpec,  "--label", "orders", "--wrapping-key-spec",
                         "RSA_2048", "--allow-sha1", "a test", "--yes"} +
               kms() + login();
    }
};

TEST_F(Import, TellsTheCheckWhatItDoesNotShowAndWhatToDoNext) {
    const Finished finished = runImport(spec("HMAC_256") + Arguments{"--expires", "P30D"});
    SCOPED_TRACE(testing::Message() << finished);
    ASSERT_EQ(finished.exitCode, 0);
    for (const char* expected : {"done: the key is in KMS, and the check says equal-mac", "does not show: ",
                                 "token:            software", "key ARN:", "wrap strength bits:   112", "what to do next",
                                 "import the same material again before 20", "request ID:", "SHA-1 reason:", "expires, here:"}) {
        EXPECT_NE(finished.out.find(expected), std::string::npos) << expected;
    }
    // The wrapping key's fingerprint in groups of four and in words.
    EXPECT_NE(finished.out.find("wrapping key SHA-256: "), std::string::npos);
    for (const char* expected : {"[1/", "import the wrapped key ... done", "expires, here:", "Go on? yes (--yes)"}) {
        EXPECT_NE(finished.err.find(expected), std::string::npos) << expected;
    }
}

TEST_F(Import, GivesOneJsonObjectAndKeepsQuiet) {
    const Finished finished = runImport(spec("SYMMETRIC_DEFAULT") + Arguments{"--expires", "never", "--json"});
    ASSERT_EQ(finished.exitCode, 0) << finished;
    const Json object = finished.json();
    EXPECT_EQ(object["schema"], Json("keyconvoy.import/1"));
    EXPECT_EQ(object["ok"], Json(true));
    EXPECT_EQ(object["result"]["check"]["result"], Json("same-material-twice"));
    EXPECT_FALSE(object["result"]["check"]["doesNotShow"].get<std::string>().empty());
    // check does it again, on its own.
    const Finished again =
        runImport(Arguments{"check", "--json", "--yes", "--key-id", object["result"]["kms"]["keyArn"].get<std::string>(), "--key",
                            "pkcs11:object=orders", "--wrapping-key-spec", "RSA_2048", "--allow-sha1", "a test"} +
                  kms() + login());
    EXPECT_EQ(again.exitCode, 0) << again;
    EXPECT_EQ(again.json()["result"]["check"]["result"], Json("same-material-twice")) << again;
}

TEST_F(Import, QuietWithYesSaysNothingButItsResult) {
    const Finished finished = runImport(spec("HMAC_256") + Arguments{"--expires", "never", "--quiet"});
    ASSERT_EQ(finished.exitCode, 0) << finished;
    EXPECT_EQ(finished.err, "");
    EXPECT_EQ(finished.out.find("done: the key is in KMS"), 0U);
}

TEST_F(Import, AsksForTheReviewAndEndsWithSevenWhenItIsDeclined) {
    const Arguments arguments = Arguments{"import",
                                          "--key-spec",
                                          "SYMMETRIC_DEFAULT",
                                          "--label",
                                          "orders",
                                          "--expires",
                                          "never",
                                          "--wrapping-key-spec",
                                          "RSA_2048",
                                          "--wrapping-algorithm",
                                          "RSAES_OAEP_SHA_1",
                                          "--allow-sha1",
                                          "a test"} +
                                kms() + login();
    AtTerminal terminal{home(), arguments, account()};
    ASSERT_TRUE(terminal.waitFor("Go on? [y/N] ")) << terminal.screen();
    terminal.type("y\n");
    ASSERT_TRUE(terminal.waitFor("check after import:")) << terminal.screen();
    ASSERT_TRUE(terminal.waitFor("Go on? [y/N] ")) << terminal.screen();
    terminal.type("n\n");
    EXPECT_EQ(terminal.finish(), 7) << terminal.screen();
    EXPECT_NE(terminal.screen().find("the answer was no to this: the import, as shown for review"), std::string::npos)
        << terminal.screen();
    EXPECT_EQ(run(Arguments{"key", "list", "--json"} + login()).json()["result"]["keys"].size(), 0U);
}

TEST_F(Import, WithoutTerminalAndYesNamesTheOption) {
    Arguments arguments = quickImport();
    std::erase(arguments, "--yes");
    expectFailure(runImport(arguments), {.exitCode = 4, .fragments = {"no terminal", "--yes"}});
}

TEST_F(Import, SimulatorWithoutDeclarationIsRefused) {
    Arguments arguments = quickImport();
    std::erase(arguments, "--rehearsal");
    expectFailure(runImport(arguments), {.exitCode = 4, .fragments = {"--rehearsal", "simulator"}});
}

TEST_F(Import, TokenThatKnowsOnlySha1IsRefusedWithoutAReason) {
    expectFailure(runImport(Arguments{"import", "--json", "--yes", "--key-spec", "SYMMETRIC_DEFAULT", "--label", "orders",
                                      "--expires", "never", "--wrapping-key-spec", "RSA_2048"} +
                            kms() + login()),
                  {.exitCode = 4, .fragments = {"can do RSAES_OAEP_SHA_1", "with --allow-sha1 REASON"}});
    EXPECT_EQ(run(Arguments{"key", "list", "--json"} + login()).json()["result"]["keys"].size(), 0U);
}

TEST_F(Import, EachWayThatWasTriedInVainHasALineOfItsOwn) {
    const Finished finished = runImport(Arguments{"import", "--quiet", "--yes", "--key-spec", "RSA_2048", "--label", "orders",
                                                  "--expires", "never", "--wrapping-key-spec", "RSA_2048"} +
                                        kms() + login());
    SCOPED_TRACE(testing::Message() << finished);
    EXPECT_EQ(finished.exitCode, 4);
    for (const char* expected :
         {"wrapping for RSA_2048: it cannot wrap such a key in any allowed way\n", "\n  - RSA_2048 by RSA_AES_KEY_WRAP_SHA_256",
          "CKR_MECHANISM_INVALID", "\n  - throw-away key (generic secret, 20 bytes): made at ", "\n  what to do: "}) {
        EXPECT_NE(finished.err.find(expected), std::string::npos) << expected;
    }
}

TEST_F(Import, ImpossibleCombinationIsRefusedBeforeTheTokenIsTouched) {
    expectFailure(run(Arguments{"import", "--json", "--yes", "--key-spec", "RSA_2048", "--label", "orders", "--expires", "never",
                                "--wrapping-algorithm", "RSAES_OAEP_SHA_256", "--module", "/nowhere/module.so", "--token", "x"} +
                      kms()),
                  {.exitCode = 4, .fragments = {"RSA_2048", "RSAES_OAEP_SHA_256"}});
}

TEST_F(Import, KeyThatIsNotExtractableEndsWithTheReason) {
    ASSERT_EQ(run(Arguments{"key", "generate", "--label", "sealed", "--key-spec", "SYMMETRIC_DEFAULT"} + login()).exitCode, 0);
    ASSERT_EQ(
        run(Arguments{"key", "seal", "--yes", "--accept-loss", "a test", "--key", "pkcs11:object=sealed"} + login()).exitCode, 0);
    Arguments arguments = quickImport();
    *std::ranges::find(arguments, "--label") = "--key";
    *std::ranges::find(arguments, "orders") = "pkcs11:object=sealed";
    expectFailure(runImport(arguments), {.exitCode = 4, .fragments = {"sealed", "EXTRACTABLE"}});
}

TEST_F(Import, DuplicateLabelIsRefusedBeforeAKmsKeyIsCreated) {
    ASSERT_EQ(run(Arguments{"key", "generate", "--label", "orders", "--key-spec", "SYMMETRIC_DEFAULT"} + login()).exitCode, 0);
    expectFailure(runImport(quickImport()), {.exitCode = 4, .fragments = {"orders", "already", "--key"}});
    EXPECT_EQ(std::ranges::count(proxy().operations(), "CreateKey"), 0);
}

TEST_F(Import, TokenPulledAtTheWrapIsToldWithTheKmsKeyThatExists) {
    const Arguments pulled = quickImport(bent({{"fail", "C_WrapKey:2:32"}}) + pinOptions());
    expectFailure(runImport(pulled), {.exitCode = 5, .fragments = {"CKR_DEVICE_REMOVED", "arn:aws:kms:"}});
}

TEST_F(Import, AfterKeyGenerationTheTokenKeyIsTakenUpByTheCommandItGives) {
    proxy().inject(Fault::Unavailable, "CreateKey", 100);
    const Finished failed = runImport(quickImport());
    expectFailure(failed, {.exitCode = 5, .fragments = {"can be used with --key '", "would not take this up", "Go on with: "}});
    const Arguments next = goOnArguments(failed);
    EXPECT_EQ(std::ranges::count(next, "--label"), 0);
    EXPECT_EQ(std::ranges::count(next, "--key-id"), 0);
    EXPECT_EQ(std::ranges::count(next, "a test"), 1) << "quoted for the shell";
    ASSERT_EQ(std::ranges::count(next, "--key"), 1);
    EXPECT_TRUE((std::ranges::find(next, "--key") + 1)->starts_with("pkcs11:"));
}

TEST_F(Import, AfterCreateKeyBothKeysAreTakenUpByTheCommandItGives) {
    proxy().inject(Fault::GarbageBody, "GetParametersForImport");
    const Finished failed = runImport(quickImport() + Arguments{"--description", "of a test"});
    expectFailure(failed,
                  {.exitCode = 6, .fragments = {"can be used with --key-id", "can be used with --key '", "Go on with: "}});
    const Finished next = runImport(goOnArguments(failed));
    EXPECT_EQ(next.exitCode, 0) << next;
    EXPECT_EQ(std::ranges::count(proxy().operations(), "CreateKey"), 1);
    EXPECT_EQ(run(Arguments{"key", "list", "--json"} + login()).json()["result"]["keys"].size(), 1U);
}

TEST_F(Import, AfterTheImportTheCheckIsLeftAndItsCommandIsGiven) {
    proxy().inject(Fault::GarbageBody, "Encrypt");
    const Finished failed = runImport(quickImport());
    expectFailure(failed,
                  {.exitCode = 6, .fragments = {"the import itself was done", "do not import again", "keyconvoy check "}});
    const Finished next = runImport(goOnArguments(failed));
    EXPECT_EQ(next.exitCode, 0) << next;
    EXPECT_EQ(next.json()["schema"], Json("keyconvoy.check/1"));
    EXPECT_EQ(std::ranges::count(proxy().operations(), "ImportKeyMaterial"), 1);
}

TEST_F(Import, ResultThatStandardOutputDoesNotTakeStandsOnStandardError) {
    Surroundings surroundings = account();
    surroundings.standardOutput = "/dev/full";
    for (const std::string form : {"--json", "--quiet"}) {
        Arguments arguments = quickImport();
        *std::ranges::find(arguments, "--json") = form;
        *std::ranges::find(arguments, "orders") = "orders " + form;
        const Finished finished = run(arguments, surroundings);
        EXPECT_EQ(finished.exitCode, 5) << finished;
        EXPECT_NE(finished.err.find("arn:aws:kms:us-east-1:000000000000:key/"), std::string::npos) << finished;
        EXPECT_NE(finished.err.find("repeat nothing"), std::string::npos) << finished;
    }
}

TEST_F(Import, ClosedStandardOutputIsAFailureAndTheResultStandsOnStandardError) {
    Surroundings surroundings = account();
    surroundings.program = "/bin/sh";
    const Arguments shell{"-c", "exec \"$0\" \"$@\" >&-", KEYCONVOY_PROGRAM};
    const Finished finished = run(shell + quickImport(), surroundings);
    EXPECT_EQ(finished.exitCode, 5) << finished;
    EXPECT_NE(finished.err.find("arn:aws:kms:us-east-1:000000000000:key/"), std::string::npos) << finished;
}

/// Nobody but KMS names the material; whoever answered without it may not have had it.
TEST_F(Import, SecondImportThatIsAnsweredWithoutAMaterialIdShowsNothing) {
    Arguments arguments = quickImport();
    *std::ranges::find(arguments, "works") = "strongest";
    proxy().inject(Fault::PassThrough, "ImportKeyMaterial");
    proxy().inject(Fault::EmptyObject, "ImportKeyMaterial");
    const Finished finished = runImport(arguments);
    expectFailure(finished, {.exitCode = 6, .fragments = {"without a key material ID", "the import itself was done"}});
}

TEST_F(Import, FailureBeforeAnythingIsMadeGivesNoCommandToGoOnWith) {
    proxy().inject(Fault::Unavailable, "", 100);
    const Finished failed = runImport(quickImport());
    expectFailure(failed, {.exitCode = 5});
    EXPECT_EQ(failed.out.find("Go on with"), std::string::npos) << failed;
}

TEST_F(Import, SignalEndsItAtTheNextCallAndASecondOneAtOnce) {
    proxy().inject(Fault::Silence, "GetParametersForImport", 10);
    Running running{home(), quickImport(), account()};
    ASSERT_TRUE(running.waitForError("get wrapping key and import token"));
    while (std::ranges::count(proxy().operations(), "GetParametersForImport") == 0) {
        std::this_thread::yield();
    }
    running.signal(SIGTERM);
    ASSERT_TRUE(running.waitForError("once more ends at once"));
    running.signal(SIGINT);
    const Finished finished = running.finish();
    EXPECT_EQ(finished.exitCode, 7);
    EXPECT_NE(finished.err.find("may have been done or half done"), std::string::npos) << finished;
    EXPECT_EQ(finished.json()["error"]["kind"], Json("cancelled")) << "one object on stdout, also then";
}

}  // namespace

}  // namespace keyconvoy::tests
