#include "core/base64.h"
#include "tests/cli/cli_fixture.h"
#include "wrapping/opening/open_envelope.h"

#include <csignal>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <openssl/ec.h>
#include <sys/stat.h>

namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
namespace opening = wrapping::opening;

/// A station without network: the parameters come in files, the wrapping key pair is the test's own.
class Wrap : public WithSoftHsm {
protected:
    Wrap() { std::filesystem::create_directory(out()); }

    [[nodiscard]] std::filesystem::path out() const { return home().folder() / "out"; }
    [[nodiscard]] bool nothingWasWritten() const { return std::filesystem::is_empty(out()); }
    [[nodiscard]] Bytes publicKey() const { return opening::publicKeyDer(*m_pair); }

    [[nodiscard]] Arguments wrap(const std::string& algorithm = "RSAES_OAEP_SHA_1") const {
        return Arguments{"wrap",
                         "--json",
                         "--yes",
                         "--key-spec",
                         "SYMMETRIC_DEFAULT",
                         "--wrapping-algorithm",
                         algorithm,
                         "--allow-sha1",
                         "a test",
                         "--expires",
                         "P30D",
                         "--label",
                         "orders",
                         "--out",
                         out().string()} +
               login();
    }
    [[nodiscard]] Arguments json(const Bytes& der, TimePoint validTo = systemNow() + 20h,
                                 ByteView importToken = asBytes("import token")) const {
        const Json object{{"KeyId", "arn:aws:kms:us-east-1:111122223333:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"},
                          {"ImportToken", toBase64(importToken)},
                          {"PublicKey", toBase64(der)},
                          {"ParametersValidTo", toRfc3339(validTo)}};
        return {"--parameters", home().write("parameters.json", object.dump()).string()};
    }
    [[nodiscard]] Arguments files(const Bytes& der) const {
        return {"--wrapping-public-key", home().write("WrappingPublicKey.bin", asText(der)).string(),
                "--import-token",        home().write("ImportToken.bin", "import token").string(),
                "--parameters-valid-to", toRfc3339(systemNow() + 20h)};
    }

private:
    opening::PkeyPtr m_pair = opening::generateRsaKeyPair(2048);
};

TEST_F(Wrap, WritesBothFilesAndShowsTheCommandInOneLine) {
    Arguments arguments = wrap() + json(publicKey());
    std::erase(arguments, "--json");
    const Finished finished = run(arguments);
    SCOPED_TRACE(testing::Message() << finished);
    ASSERT_EQ(finished.exitCode, 0);
    EXPECT_EQ(readFile(out() / "EncryptedKeyMaterial.bin", 10'000).size(), 256U);
    EXPECT_EQ(readFile(out() / "ImportToken.bin", 10'000).size(), 12U);
    const std::size_t command = finished.out.find("  aws kms import-key-material ");
    ASSERT_NE(command, std::string::npos);
    const std::string line = finished.out.substr(command, finished.out.find('\n', command) - command);
    for (const char* part : {"--region us-east-1", "--key-id", "--encrypted-key-material", "--import-token", "--valid-to"}) {
        EXPECT_NE(line.find(part), std::string::npos) << part;
    }
}

TEST_F(Wrap, SaysThatAPeriodCountsFromTheWrap) {
    EXPECT_NE(run({"wrap", "--help"}).out.find("A period counts from the wrap"), std::string::npos);
    const Finished finished = run(wrap() + json(publicKey()));
    EXPECT_NE(finished.err.find("the period counts from:"), std::string::npos) << finished;
    const Json result = finished.json()["result"];
    EXPECT_EQ(result["periodCountsFrom"], Json("wrappedAt"));
    EXPECT_EQ(
        parseRfc3339(result["validTo"].get<std::string>()).value() - parseRfc3339(result["wrappedAt"].get<std::string>()).value(),
        std::chrono::days{30});
}

TEST_F(Wrap, TakesConsoleFilesInAFolder) {
    static_cast<void>(files(publicKey()));
    const Finished finished =
        run(wrap() + Arguments{"--console-files", home().folder().string(), "--parameters-valid-to", toRfc3339(systemNow() + 20h),
                               "--key-id", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"});
    EXPECT_EQ(finished.exitCode, 0) << finished;
    EXPECT_EQ(finished.json()["ok"], Json(true));
}

TEST_F(Wrap, RefusesDerThatIsNone) {
    Bytes truncated = publicKey();
    truncated.resize(truncated.size() - 10);
    Bytes longer = publicKey();
    longer.push_back(0);
    for (const Bytes& der : {truncated, longer, Bytes{1, 2, 3}}) {
        expectFailure(run(wrap() + files(der)), {.exitCode = 2, .fragments = {"WrappingPublicKey.bin"}});
        expectFailure(run(wrap() + json(der)), {.exitCode = 2, .fragments = {"parameters.json"}});
    }
    EXPECT_TRUE(nothingWasWritten());
}

TEST_F(Wrap, RefusesAKeyThatIsNotRsa) {
    const opening::PkeyPtr curve{EVP_EC_gen("P-256")};
    expectFailure(run(wrap() + files(opening::publicKeyDer(*curve))),
                  {.exitCode = 2, .fragments = {"WrappingPublicKey.bin", "RSA"}});
}

TEST_F(Wrap, RefusesAKeyOf1024Bits) {
    const opening::PkeyPtr small = opening::generateRsaKeyPair(1024);
    expectFailure(run(wrap() + files(opening::publicKeyDer(*small))),
                  {.exitCode = 2, .fragments = {"WrappingPublicKey.bin", "1024"}});
}

TEST_F(Wrap, RefusesExpiredParameters) {
    expectFailure(run(wrap() + json(publicKey(), systemNow() - 1h)),
                  {.exitCode = 4, .fragments = {"import token", "expired at", "24 hours"}});
    EXPECT_TRUE(nothingWasWritten());
}

TEST_F(Wrap, RefusesJsonThatIsHalfOrOfSomethingElse) {
    const auto parameters = [this](std::string_view text) {
        return Arguments{"--parameters", home().write("p.json", text).string()};
    };
    expectFailure(run(wrap() + parameters("{\"KeyId\": \"x\", ")), {.exitCode = 2, .fragments = {"p.json", "byte"}});
    expectFailure(run(wrap() + parameters("{\"KeyId\": \"x\"}")), {.exitCode = 2, .fragments = {"p.json", "missing"}});
    expectFailure(run(wrap() + parameters("")), {.exitCode = 2, .fragments = {"p.json"}});
    expectFailure(run(wrap() + Arguments{"--parameters", "/nowhere/p.json"}), {.exitCode = 3, .fragments = {"/nowhere/p.json"}});
}

TEST_F(Wrap, RefusesAPinnedKeyThatIsAnother) {
    expectFailure(run(wrap() + json(publicKey()) + Arguments{"--wrapping-key-sha256", std::string(64, 'a')}),
                  {.exitCode = 6, .fragments = {std::string(64, 'a')}});
    EXPECT_TRUE(nothingWasWritten());
}

TEST_F(Wrap, RefusesToOverwrite) {
    home().write("out/EncryptedKeyMaterial.bin", "older");
    expectFailure(run(wrap() + json(publicKey())), {.exitCode = 4, .fragments = {"EncryptedKeyMaterial.bin"}});
    EXPECT_EQ(asText(readFile(out() / "EncryptedKeyMaterial.bin", 100)), "older");
    EXPECT_EQ(run(Arguments{"key", "list", "--json"} + login()).json()["result"]["keys"].size(), 0U);
}

TEST_F(Wrap, FullDiskLeavesNothingHalfWritten) {
    ASSERT_EQ(run(Arguments{"key", "generate", "--label", "orders", "--key-spec", "SYMMETRIC_DEFAULT"} + login()).exitCode, 0);
    Arguments arguments = wrap() + json(publicKey());
    *std::ranges::find(arguments, "--label") = "--key";
    *std::ranges::find(arguments, "orders") = "pkcs11:object=orders";
    expectFailure(run(arguments, {.largestFile = 100}),
                  {.exitCode = 5, .fragments = {"EncryptedKeyMaterial.bin", "free some space"}});
    EXPECT_TRUE(nothingWasWritten());
}

TEST_F(Wrap, DiskFullAtTheSecondFileLeavesNeither) {
    ASSERT_EQ(run(Arguments{"key", "generate", "--label", "orders", "--key-spec", "SYMMETRIC_DEFAULT"} + login()).exitCode, 0);
    Arguments arguments = wrap() + json(publicKey(), systemNow() + 20h, Bytes(3000, 'x'));
    *std::ranges::find(arguments, "--label") = "--key";
    *std::ranges::find(arguments, "orders") = "pkcs11:object=orders";
    expectFailure(run(arguments, {.largestFile = 2000}), {.exitCode = 5, .fragments = {"ImportToken.bin", "free some space"}});
    EXPECT_TRUE(nothingWasWritten());
}

TEST_F(Wrap, OneFileForKeyAndTokenIsRefusedNamingBothOptions) {
    Arguments arguments = wrap() + files(publicKey());
    *(std::ranges::find(arguments, "--import-token") + 1) = (home().folder() / "WrappingPublicKey.bin").string();
    expectFailure(run(arguments), {.exitCode = 2, .fragments = {"--wrapping-public-key", "--import-token", "same file"}});
}

TEST_F(Wrap, SwappedFilesAreSaidToBeSwapped) {
    Arguments arguments = wrap() + files(publicKey());
    *(std::ranges::find(arguments, "--import-token") + 1) = (home().folder() / "WrappingPublicKey.bin").string();
    *(std::ranges::find(arguments, "--wrapping-public-key") + 1) = (home().folder() / "ImportToken.bin").string();
    expectFailure(run(arguments), {.exitCode = 2, .fragments = {"swapped", "name each file in the place of the other"}});
}

TEST_F(Wrap, WhatAFailureAfterTheKeyLeavesIsTakenUpByTheCommandItGives) {
    const Arguments arguments = wrap() + json(publicKey(), systemNow() + 20h, Bytes(6000, 'x'));
    const Finished failed = run(arguments, {.largestFile = 5500});  // enough for what the token stores
    expectFailure(failed, {.exitCode = 5, .fragments = {"What this run left", "Go on with: keyconvoy wrap ", "--key "}});
    EXPECT_TRUE(nothingWasWritten());
    const Finished next = run(goOnArguments(failed));
    EXPECT_EQ(next.exitCode, 0) << next;
    EXPECT_EQ(readFile(out() / "EncryptedKeyMaterial.bin", 10'000).size(), 256U);
    EXPECT_EQ(run(Arguments{"key", "list", "--json"} + login()).json()["result"]["keys"].size(), 1U);
}

TEST_F(Wrap, APipeThatNobodyWritesToIsWaitedForUntilASignalComes) {
    const std::filesystem::path pipe = home().folder() / "pipe";
    ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
    Running running{home(), wrap() + Arguments{"--parameters", pipe.string()}};
    const FileDescriptor writer{open(pipe.c_str(), O_WRONLY | O_CLOEXEC)};  // opens when the program reads
    running.signal(SIGTERM);
    expectFailure(running.finish(), {.exitCode = 7, .fragments = {pipe.string(), "asked to stop"}});
    EXPECT_TRUE(nothingWasWritten());
}

TEST_F(Wrap, RefusesATimeThatNoImportTokenHas) {
    Arguments arguments = wrap() + files(publicKey());
    *(std::ranges::find(arguments, "--parameters-valid-to") + 1) = toRfc3339(systemNow() + 30h);
    expectFailure(run(arguments), {.exitCode = 2, .fragments = {"--parameters-valid-to", "more than 24 hours ahead"}});
    EXPECT_TRUE(nothingWasWritten());
}

TEST_F(Wrap, RefusesAFolderThatIsNotThere) {
    Arguments arguments = wrap() + json(publicKey());
    *std::ranges::find(arguments, out().string()) = "/nowhere/out";
    const Finished finished = run(arguments);
    expectFailure(finished, {.exitCode = finished.exitCode, .fragments = {"/nowhere/out"}});
    EXPECT_NE(finished.exitCode, 1);
}

}  // namespace

}  // namespace keyconvoy::tests
