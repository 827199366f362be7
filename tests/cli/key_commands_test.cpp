#include "tests/cli/cli_fixture.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

class KeyCommands : public WithSoftHsm {
protected:
    [[nodiscard]] Arguments generate(const std::string& keyLabel, const std::string& keySpec = "HMAC_256") const {
        return Arguments{"key", "generate", "--label", keyLabel, "--key-spec", keySpec} + login();
    }
    [[nodiscard]] Arguments named(const std::string& keyLabel) const { return Arguments{"--key", "pkcs11:object=" + keyLabel}; }
};

TEST_F(KeyCommands, GenerateListAndShowAgree) {
    const Finished generated = run(generate("orders") + Arguments{"--json"});
    ASSERT_EQ(generated.exitCode, 0) << generated;
    const Json key = generated.json()["result"]["key"];
    EXPECT_EQ(key["origin"], Json("generated on the token"));
    const Json listed = run(Arguments{"key", "list", "--json"} + login()).json()["result"]["keys"];
    ASSERT_EQ(listed.size(), 1U);
    EXPECT_EQ(listed[0]["id"], key["id"]);
    const Json shown = run(Arguments{"key", "show", "--json"} + named("orders") + login()).json()["result"]["key"];
    EXPECT_EQ(shown["checkValue"], key["checkValue"]);
    EXPECT_EQ(shown["origin"], Json("not generated in this run"));
}

TEST_F(KeyCommands, TextsNameTheMethodOfTheCheckValueAndTheKindOfToken) {
    const Finished finished = run(generate("orders"));
    EXPECT_EQ(finished.exitCode, 0) << finished;
    for (const char* expected :
         {"method: HMAC over 16 zero bytes", "token:            software", "sensitive, always sensitive, extractable"}) {
        EXPECT_NE(finished.out.find(expected), std::string::npos) << expected << finished;
    }
    EXPECT_NE(finished.err.find("[3/3] generate the key on the token ... done"), std::string::npos) << finished;
    EXPECT_TRUE(run(Arguments{"key", "list", "--quiet"} + login()).err.empty());
}

TEST_F(KeyCommands, EmptyTokenIsToldInWords) {
    const Finished finished = run(Arguments{"key", "list"} + login());
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_NE(finished.out.find("no keys: "), std::string::npos) << finished;
}

TEST_F(KeyCommands, DuplicateLabelIsRefused) {
    ASSERT_EQ(run(generate("orders")).exitCode, 0);
    expectFailure(run(generate("orders") + Arguments{"--json"}),
                  {.exitCode = 4, .fragments = {"orders", "taken", "another label"}});
}

TEST_F(KeyCommands, LabelsThatPeopleOrTerminalsCannotTakeAreRefusedBeforeTheTokenIsTouched) {
    const std::vector<std::pair<std::string, std::string>> refused{{"a\nb", "control characters"},
                                                                   {"a\tb", "control characters"},
                                                                   {"\x1b[31mred", "control characters"},
                                                                   {"a\x7f", "control characters"},
                                                                   {"a\xc2\x9b", "control characters"},
                                                                   {"a\xe2\x80\xae", "direction"},
                                                                   {"\xff\xfe", "no UTF-8"},
                                                                   {"a\xc3", "no UTF-8"},
                                                                   {"   ", "blank"},
                                                                   {" a", "blank"},
                                                                   {"a ", "blank"},
                                                                   {std::string(256, 'a'), "256 bytes"}};
    for (const auto& [bad, why] : refused) {
        expectFailure(run(Arguments{"key", "generate", "--json", "--key-spec", "HMAC_256", "--token", "x", "--module",
                                    "/nowhere/module.so", "--label", bad}),
                      {.exitCode = 2, .fragments = {"--label", why}});
    }
}

TEST_F(KeyCommands, LabelsOfPeopleAreTaken) {
    for (const std::string& good : {std::string{"Schl\xc3\xbcssel 2027 \xe2\x80\x94 Standort A"}, std::string(255, 'a')}) {
        const Finished finished = run(generate(good) + Arguments{"--json"});
        EXPECT_EQ(finished.exitCode, 0) << finished;
        EXPECT_EQ(finished.json()["result"]["key"]["label"], Json(good));
    }
}

TEST_F(KeyCommands, UnknownKeyIsNotFound) {
    expectFailure(run(Arguments{"key", "show", "--json"} + named("nothing") + login()),
                  {.exitCode = 3, .fragments = {"nothing"}});
}

TEST_F(KeyCommands, AKeyIsNamedByItsLabelToo) {
    ASSERT_EQ(run(generate("orders")).exitCode, 0);
    const Finished shown = run(Arguments{"key", "show", "--json", "--key", "orders"} + login());
    EXPECT_EQ(shown.exitCode, 0) << shown;
    EXPECT_EQ(shown.json()["result"]["key"]["label"], Json("orders"));
    expectFailure(run(Arguments{"key", "show", "--json", "--key", "nope"} + login()),
                  {.exitCode = 3, .fragments = {"nope", "has this URI or label", "keyconvoy key list"}});
    expectFailure(run(Arguments{"key", "show", "--json", "--key", "orders"} + module() + pinOptions()),
                  {.exitCode = 2, .fragments = {"--token", "which token is meant"}});
}

TEST_F(KeyCommands, TokenWithoutTheMechanismIsTold) {
    // CKM_EC_EDWARDS keys exist on SoftHSM, so the shim takes a mechanism away from generating.
    expectFailure(run(Arguments{"key", "generate", "--json", "--label", "orders", "--key-spec", "SYMMETRIC_DEFAULT"} +
                      bent({{"fail", "C_GenerateKey:all:70"}}) + pinOptions()),
                  {.exitCode = 4, .fragments = {"CKR_MECHANISM_INVALID"}});
}

TEST_F(KeyCommands, TokenPulledMidwayIsUnavailable) {
    expectFailure(run(Arguments{"key", "generate", "--json", "--label", "orders", "--key-spec", "SYMMETRIC_DEFAULT"} +
                      bent({{"fail", "C_GenerateKey:all:32"}}) + pinOptions()),
                  {.exitCode = 5, .fragments = {"CKR_DEVICE_REMOVED"}});
    EXPECT_EQ(run(Arguments{"key", "list", "--json"} + login()).json()["result"]["keys"].size(), 0U);
}

TEST_F(KeyCommands, SealAndDestroyAreRefusedWithoutBackupOrReason) {
    ASSERT_EQ(run(generate("orders")).exitCode, 0);
    for (const char* command : {"seal", "destroy"}) {
        expectFailure(run(Arguments{"key", command, "--json", "--yes"} + named("orders") + login()),
                      {.exitCode = 4, .fragments = {"backup", "--accept-loss"}});
    }
    const Arguments accepted{"--json", "--yes", "--accept-loss", "a trial key"};
    EXPECT_EQ(run(Arguments{"key", "seal"} + accepted + named("orders") + login()).exitCode, 0);
    const Finished destroyed = run(Arguments{"key", "destroy"} + accepted + named("orders") + login());
    EXPECT_EQ(destroyed.exitCode, 0) << destroyed;
    EXPECT_EQ(run(Arguments{"key", "list", "--json"} + login()).json()["result"]["keys"].size(), 0U);
}

TEST_F(KeyCommands, BackupGoesToASecondTokenWithItsOwnPin) {
    store().addToken("Site B");
    ASSERT_EQ(run(generate("orders", "SYMMETRIC_DEFAULT")).exitCode, 0);
    const Arguments backup =
        Arguments{"key",     "backup", "--json", "--yes", "--to", "Site B", "--allow-sha1", "a test", "--transport-key-spec",
                  "RSA_2048"} +
        named("orders") + token() + Arguments{"--pin-source", "fd:3", "--to-pin-source", "fd:3"};
    const std::string pins = std::string{userPin} + "\n" + std::string{userPin} + "\n";
    const Finished finished = run(backup, {.pipes = {pins}});
    EXPECT_EQ(finished.exitCode, 0) << finished;
    const Arguments second = Arguments{"key", "show", "--json", "--token", "Site B"} + named("orders") + module() + pinOptions();
    const Json first = run(Arguments{"key", "show", "--json"} + named("orders") + login()).json()["result"]["key"]["checkValue"];
    EXPECT_EQ(run(second).json()["result"]["key"]["checkValue"], first);
    // With the backup on record the key may go.
    EXPECT_EQ(run(Arguments{"key", "destroy", "--json", "--yes"} + named("orders") + login()).exitCode, 0);
}

TEST_F(KeyCommands, StdoutThatCannotBeWrittenIsToldOnStderr) {
    const Finished finished = run(Arguments{"key", "list", "--json"} + login(), {.standardOutput = "/dev/full"});
    EXPECT_EQ(finished.exitCode, 5) << finished;
    EXPECT_NE(finished.err.find("error: standard output"), std::string::npos) << finished;
    EXPECT_NE(finished.err.find("\"schema\": \"keyconvoy.key-list/1\""), std::string::npos) << "the result is not lost";
}

}  // namespace

}  // namespace keyconvoy::tests
