#include "kmsclient/kms_client.h"
#include "tests/cli/cli_fixture.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <thread>

namespace keyconvoy::tests {

namespace {

class KmsCreate : public WithKms {
protected:
    [[nodiscard]] Arguments create(const Arguments& more = {}) const {
        return Arguments{"kms", "create", "--json", "--yes", "--key-spec", "SYMMETRIC_DEFAULT"} + more + kms();
    }
    [[nodiscard]] Finished runCreate(const Arguments& more = {}) const { return run(create(more), account()); }
    [[nodiscard]] kms::KmsClient client() const {
        kms::ClientOptions options;
        options.endpointUrl = simulator().url();
        options.region = simulator().region();
        options.credentials = kms::ExplicitCredentials{simulator().accessKeyId(), simulator().secretAccessKey(), std::nullopt};
        return kms::KmsClient{options, systemNow};
    }
    [[nodiscard]] std::ptrdiff_t calls(const char* operation) { return std::ranges::count(proxy().operations(), operation); }
};

std::string arnIn(const Finished& finished) {
    return finished.json()["result"]["key"]["arn"].get<std::string>();
}

TEST_F(KmsCreate, TheKeyIsAsAskedForAndSaysWhatToDoNext) {
    const std::string policy =
        home()
            .write("policy.json", R"({"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":)"
                                  R"("arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"}]})")
            .string();
    const Finished finished = runCreate({"--alias", "alias/orders", "--description", "of a test", "--tag", "Team=pay=ments",
                                         "--tag", "Empty=", "--multi-region", "--policy", policy});
    ASSERT_EQ(finished.exitCode, 0) << finished;
    const Json result = finished.json()["result"];
    EXPECT_EQ(result["origin"], Json("EXTERNAL"));
    EXPECT_EQ(result["key"]["keyState"], Json("PendingImport"));
    EXPECT_EQ(result["key"]["aliases"], Json::array({"alias/orders"}));
    EXPECT_EQ(result["key"]["multiRegion"], Json("PRIMARY"));
    EXPECT_NE(result["key"]["next"].dump().find("keyconvoy import --key-id"), std::string::npos) << finished;
    const kms::KeyMetadata key = client().describeKey(arnIn(finished)).metadata;
    EXPECT_EQ(key.description, "of a test");
    EXPECT_TRUE(key.multiRegion);
    const kms::TagList tags = client().listResourceTags(key.arn);
    EXPECT_EQ(std::ranges::count(tags.entries, kms::Tag{"Team", "pay=ments"}), 1);
    EXPECT_EQ(std::ranges::count(tags.entries, kms::Tag{"Empty", ""}), 1);
    EXPECT_NE(client().getKeyPolicy(key.arn).policy.find("000000000000:root"), std::string::npos);
    EXPECT_EQ(client().listAliases(key.arn).entries.front().name, "alias/orders");
}

TEST_F(KmsCreate, ForAPersonItIsACalmAccount) {
    const Finished finished = run(Arguments{"kms", "create", "--yes", "--key-spec", "ECC_NIST_P256"} + kms(), account());
    ASSERT_EQ(finished.exitCode, 0) << finished;
    for (const char* expected : {"waits for its material", "PendingImport", "SIGN_VERIFY", "EXTERNAL", "keyconvoy import"}) {
        EXPECT_NE(finished.out.find(expected), std::string::npos) << expected << finished;
    }
}

TEST_F(KmsCreate, LostReplyEndsWithTheOneKeyThatWasMade) {
    proxy().inject(Fault::CutAfterRequest, "CreateKey");
    const Finished finished = runCreate();
    ASSERT_EQ(finished.exitCode, 0) << finished;
    EXPECT_EQ(client().listKeys().entries.size(), 1U);
    EXPECT_EQ(client().listKeys().entries.front().arn, arnIn(finished));
    EXPECT_EQ(calls("CreateKey"), 1);
}

TEST_F(KmsCreate, TakenAliasIsRefusedBeforeAnythingIsCreated) {
    const Finished first = runCreate({"--alias", "alias/orders"});
    ASSERT_EQ(first.exitCode, 0) << first;
    const std::string keyId = arnIn(first).substr(arnIn(first).rfind('/') + 1);
    expectFailure(runCreate({"--alias", "alias/orders"}),
                  {.exitCode = 4, .fragments = {"alias/orders", keyId, "nothing was created", "keyconvoy kms show --key-id"}});
    EXPECT_EQ(calls("CreateKey"), 1);
}

/// Between the look and the key somebody else takes the name: the key is there, and is named.
TEST_F(KmsCreate, AliasThatIsTakenMeanwhileNamesTheKeyThatExists) {
    proxy().hold("CreateKey");
    Running running{home(), create({"--alias", "alias/orders"}), account()};
    while (!proxy().holds()) {
        std::this_thread::yield();
    }
    client().createAlias("alias/orders", newKmsKey("SYMMETRIC_DEFAULT"));
    proxy().release();
    const Finished finished = running.finish();
    expectFailure(finished, {.exitCode = 4,
                             .fragments = {"AlreadyExistsException", "alias/orders", "exists now", "arn:aws:kms:",
                                           "aws kms create-alias --alias-name alias/orders --target-key-id arn:aws:kms:"}});
    EXPECT_EQ(client().listKeys().entries.size(), 2U);
}

TEST_F(KmsCreate, WhatKmsWouldRefuseIsRefusedBeforeAnythingIsSent) {
    const auto file = [this](const char* name, const std::string& content) { return home().write(name, content).string(); };
    struct Case {
        Arguments options;
        Expected expected;
    };
    const std::vector<Case> cases{
        {{"--key-usage", "SIGN_VERIFY"}, {.exitCode = 2, .fragments = {"--key-usage", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"}}},
        {{"--policy", file("bad.json", "{\"Version\":")}, {.exitCode = 2, .fragments = {"--policy"}}},
        {{"--policy", file("list.json", "[]")}, {.exitCode = 2, .fragments = {"--policy", "no object"}}},
        {{"--policy", file("large.json", "{\"a\":\"" + std::string(40'000, 'x') + "\"}")},
         {.exitCode = 2, .fragments = {"--policy", "32768"}}},
        {{"--policy", "/nowhere/policy.json"}, {.exitCode = 3, .fragments = {"/nowhere/policy.json"}}},
        {{"--tag", "Team"}, {.exitCode = 2, .fragments = {"--tag", "KEY=VALUE"}}},
        {{"--tag", "=x"}, {.exitCode = 2, .fragments = {"--tag", "1 to 128"}}},
        {{"--tag", "aws:x=y"}, {.exitCode = 4, .fragments = {"aws:"}}},
        {{"--tag", "keyconvoy:request=y"}, {.exitCode = 4, .fragments = {"keyconvoy:"}}},
        {{"--tag", "a=1", "--tag", "a=2"}, {.exitCode = 2, .fragments = {"twice"}}},
        {{"--alias", "orders"}, {.exitCode = 2, .fragments = {"alias/orders"}}},
        {{"--alias", "alias/"}, {.exitCode = 2, .fragments = {"alias/"}}},
        {{"--alias", "alias/a b"}, {.exitCode = 2, .fragments = {"alias/a b"}}},
        {{"--alias", "alias/aws/x"}, {.exitCode = 4, .fragments = {"AWS's own"}}},
        {{"--description", std::string(8193, 'x')}, {.exitCode = 2, .fragments = {"8192"}}},
    };
    for (const Case& each : cases) {
        SCOPED_TRACE(each.options.back().substr(0, 60));
        expectFailure(runCreate(each.options), each.expected);
    }
    EXPECT_TRUE(proxy().operations().empty());
}

TEST_F(KmsCreate, PolicyThatKmsRefusesIsToldInItsWords) {
    const std::string policy = home().write("euro.json", "{\"Id\":\"\u20ac\"}").string();
    expectFailure(runCreate({"--policy", policy}), {.exitCode = 2, .fragments = {"ValidationException", "policy"}});
    EXPECT_TRUE(client().listKeys().entries.empty());
}

TEST_F(KmsCreate, ANoCreatesNothing) {
    Arguments arguments = create();
    std::erase(arguments, "--yes");
    std::erase(arguments, "--json");
    AtTerminal terminal{home(), arguments, account()};
    ASSERT_TRUE(terminal.waitFor("Go on? [y/N] ")) << terminal.screen();
    terminal.type("n\n");
    EXPECT_EQ(terminal.finish(), 7) << terminal.screen();
    EXPECT_TRUE(client().listKeys().entries.empty());
}

}  // namespace

}  // namespace keyconvoy::tests
