#include "kmsclient/kms_client.h"
#include "tests/cli/cli_fixture.h"

#include <algorithm>
#include <filesystem>
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using ::testing::HasSubstr;

std::string arnOf(const Finished& imported) {
    return imported.json()["result"]["kms"]["keyArn"].get<std::string>();
}

std::string materialOf(const Finished& imported) {
    return imported.json()["result"]["kms"]["keyMaterialId"].get<std::string>();
}

/// What comes after an import, as an engineer types it.
class KeyLife : public WithKms {
protected:
    using WithKms::WithKms;

    [[nodiscard]] Arguments quickWrap() const {
        return Arguments{"--wrapping-key-spec",
                         "RSA_2048",
                         "--wrapping-algorithm",
                         "RSAES_OAEP_SHA_1",
                         "--allow-sha1",
                         "a test",
                         "--check",
                         "works",
                         "--yes",
                         "--json"};
    }
    [[nodiscard]] Finished runHere(const Arguments& arguments) const { return run(arguments, account()); }
    [[nodiscard]] Finished rotate(const std::string& arn, const Arguments& key, const Arguments& tokenAndPin) const {
        return runHere(Arguments{"rotate", "--key-id", arn, "--expires", "never"} + key + quickWrap() + tokenAndPin + kms());
    }
    [[nodiscard]] Finished rotate(const std::string& arn, const Arguments& key) const { return rotate(arn, key, login()); }
    [[nodiscard]] Finished reimport(const std::string& arn) const {
        return runHere(Arguments{"reimport", "--key-id", arn, "--expires", "never"} + quickWrap() + module() + pinOptions() +
                       kms());
    }
    [[nodiscard]] Finished deleteMaterial(const std::string& arn, const Arguments& more = {}) const {
        return runHere(Arguments{"delete-material", "--key-id", arn, "--confirm", arn.substr(arn.size() - 4), "--yes", "--json"} +
                       more + kms());
    }
    [[nodiscard]] Json shown(const std::string& arn) const {
        return runHere(Arguments{"kms", "show", "--key-id", arn, "--json"} + kms()).json()["result"]["key"];
    }
};

TEST_F(KeyLife, OfSeveralMaterialsReimportTakesTheOneThatKmsLacks) {
    const Finished first = runHere(quickImport());
    ASSERT_EQ(first.exitCode, 0) << first;
    const std::string arn = arnOf(first);
    ASSERT_EQ(rotate(arn, {"--label", "successor"}).exitCode, 0);
    const Finished undecided = reimport(arn);
    expectFailure(undecided, {.exitCode = 2, .fragments = {"lacks none of them", materialOf(first)}});
    ASSERT_EQ(deleteMaterial(arn, {"--key-material-id", materialOf(first)}).exitCode, 0);
    EXPECT_EQ(shown(arn)["keyState"], Json("PendingImport"));
    const Finished again = reimport(arn);
    ASSERT_EQ(again.exitCode, 0) << again;
    EXPECT_EQ(materialOf(again), materialOf(first));
    EXPECT_EQ(shown(arn)["keyState"], Json("Enabled"));
}

TEST_F(KeyLife, ACopyOnRecordIsNamedWhereTheKeyIsNoMore) {
    store().addToken("Site B");
    const Finished imported = runHere(quickImport());
    ASSERT_EQ(imported.exitCode, 0) << imported;
    const std::string pin = "file:" + home().write("pin-b", std::string{userPin} + "\n").string();
    const Finished backup = run(Arguments{"key", "backup", "--key", "orders", "--to", "Site B", "--to-pin-source", pin,
                                          "--allow-sha1", "a test", "--transport-key-spec", "RSA_2048", "--yes", "--json"} +
                                login());
    ASSERT_EQ(backup.exitCode, 0) << backup;
    ASSERT_EQ(run(Arguments{"key", "destroy", "--key", "orders", "--yes", "--json"} + login()).exitCode, 0);
    expectFailure(reimport(arnOf(imported)), {.exitCode = 3, .fragments = {"Site B", "--token"}});
    const Finished deleted = deleteMaterial(arnOf(imported));
    ASSERT_EQ(deleted.exitCode, 0) << deleted;
    EXPECT_EQ(deleted.json()["result"]["copies"].size(), 2U) << "the one that is gone, and its backup";
}

TEST_F(KeyLife, ADamagedSheetIsNamedWhereOneIsMissing) {
    const Finished imported = runHere(quickImport());
    ASSERT_EQ(imported.exitCode, 0) << imported;
    const std::string sheet = imported.json()["result"]["materialSheet"]["file"].get<std::string>();
    std::filesystem::resize_file(sheet, 100);
    expectFailure(reimport(arnOf(imported)), {.exitCode = 3, .fragments = {"cannot be read as sheets", sheet}});
}

/// The first rotation is refused.
class KeyLifeWithoutRotation : public KeyLife {
protected:
    KeyLifeWithoutRotation() : KeyLife{{"--fault", "access-denied,operation=RotateKeyOnDemand,calls=1"}} {}
};

TEST_F(KeyLifeWithoutRotation, WhatABrokenOffRotationLeftIsTakenUpWithItsKey) {
    const Finished first = runHere(quickImport());
    ASSERT_EQ(first.exitCode, 0) << first;
    const std::string arn = arnOf(first);
    expectFailure(rotate(arn, {"--label", "successor"}), {.exitCode = 4, .fragments = {"kms:RotateKeyOnDemand"}});
    EXPECT_THAT(shown(arn)["next"].dump(), HasSubstr("keyconvoy rotate --key-id"));
    expectFailure(rotate(arn, {"--label", "another"}),
                  {.exitCode = 4, .fragments = {"waits to be rotated in", "keyconvoy delete-material --key-id"}});
    EXPECT_NE(rotate(arn, {"--key", "orders"}).exitCode, 0) << "that is not the material that waits";
    const Finished taken = rotate(arn, {"--key", "successor"});
    ASSERT_EQ(taken.exitCode, 0) << taken;
    EXPECT_EQ(taken.json()["result"]["kms"]["rotatedInThisRun"], Json(true));
    EXPECT_EQ(shown(arn)["materials"].size(), 2U);
}

TEST_F(KeyLife, MaterialOfADestroyedKeyIsNotDeletedAsIfItWereStillThere) {
    const Finished imported = runHere(quickImport());
    ASSERT_EQ(imported.exitCode, 0) << imported;
    const std::string arn = arnOf(imported);
    ASSERT_EQ(
        run(Arguments{"key", "destroy", "--key", "orders", "--accept-loss", "a test", "--yes", "--json"} + login()).exitCode, 0);
    expectFailure(deleteMaterial(arn), {.exitCode = 4, .fragments = {"was destroyed at", "--accept-loss"}});
    EXPECT_EQ(shown(arn)["keyState"], Json("Enabled"));
    const Finished lost = deleteMaterial(arn, {"--accept-loss", "a test"});
    ASSERT_EQ(lost.exitCode, 0) << lost;
    EXPECT_TRUE(lost.json()["result"]["copies"][0]["givenUpAt"].is_string()) << lost;
    expectFailure(deleteMaterial(arn, {"--accept-loss", "a test"}), {.exitCode = 4, .fragments = {"nothing to delete"}});
}

TEST_F(KeyLife, AlarmsOfSeveralRegionsAreNotPutIntoOneTemplate) {
    const std::string there = kms()[3];
    for (const char* region : {"us-east-1", "eu-west-1"}) {
        Arguments elsewhere = quickImport() + Arguments{"--label", region};
        std::ranges::replace(elsewhere, there, std::string{region});
        std::ranges::replace(elsewhere, std::string{"never"}, std::string{"P10D"});
        const auto label = std::ranges::find(elsewhere, "orders");
        elsewhere.erase(label - 1, label + 1);
        const Finished imported = runHere(elsewhere);
        ASSERT_EQ(imported.exitCode, 0) << imported;
    }
    const auto file = home().folder() / "alarms.json";
    Arguments expiry =
        Arguments{"expiry", "--json", "--alarms", file.string(), "--region", "eu-west-1", "--region", "eu-west-1"} + kms();
    expectFailure(runHere(expiry), {.exitCode = 2, .fragments = {"eu-west-1", "us-east-1", "one template for each"}});
    EXPECT_FALSE(std::filesystem::exists(file));
    const auto last = std::ranges::find(expiry, there);
    expiry.erase(last - 1, last + 1);
    const Finished one = runHere(expiry);
    ASSERT_EQ(one.exitCode, 0) << one;
    EXPECT_EQ(one.json()["result"]["ends"].size(), 1U) << "a Region that is named twice is one";
    EXPECT_EQ(one.json()["result"]["ends"][0]["ceremonyOverdue"], Json(true));
}

/// KMS shows what it was told some seconds later.
class KeyLifeOfSlowKms : public KeyLife {
protected:
    KeyLifeOfSlowKms() : KeyLife{{"--propagation-delay", "2s"}} {}
};

TEST_F(KeyLifeOfSlowKms, RotationWaitsUntilTheNewMaterialIsShown) {
    const Finished first = runHere(quickImport());
    ASSERT_EQ(first.exitCode, 0) << first;
    const Finished rotated = rotate(arnOf(first), {"--label", "successor"});
    ASSERT_EQ(rotated.exitCode, 0) << rotated;
    const Finished deleted = deleteMaterial(arnOf(first), {"--key-material-id", materialOf(first)});
    ASSERT_EQ(deleted.exitCode, 0) << deleted;
    EXPECT_EQ(deleted.json()["result"]["keyStateAfter"], Json("PendingImport"));
}

}  // namespace

}  // namespace keyconvoy::tests
