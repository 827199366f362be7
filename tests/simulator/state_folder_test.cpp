#include "kmsclient/simulator/state_folder.h"

#include "core/base64.h"
#include "core/error.h"
#include "core/files.h"
#include "tests/simulator/kms.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <thread>

namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
using namespace kms::simulator;

class StateFolderTest : public testing::Test {
protected:
    ServerOptions options() const { return {.service = {.stateFolder = m_state}}; }
    /// Everything that DescribeKey and its kind tell of all keys.
    static std::string everything(const Kms& kms) {
        Json all = Json::array();
        const Json keys = kms.must("ListKeys", Json::object()).at("Keys");
        for (const Json& key : keys) {
            const std::string id = key.at("KeyId");
            all.push_back(kms.metadata(id));
            all.push_back(kms.must("ListResourceTags", {{"KeyId", id}}));
            all.push_back(kms.must("GetKeyPolicy", {{"KeyId", id}}));
            all.push_back(all[all.size() - 3].at("KeySpec") == "SYMMETRIC_DEFAULT" ? kms.materials(id) : Json{});
        }
        all.push_back(kms.must("ListAliases", Json::object()));
        return all.dump();
    }
    ErrorKind refusal() const {
        try {
            const Kms kms{options()};
            return ErrorKind::Internal;
        } catch (const Error& error) {
            return error.kind();
        }
    }

    TemporaryFolder m_folder{"keyconvoy-state-"};
    std::filesystem::path m_state = m_folder.path() / "state";
};

TEST_F(StateFolderTest, KeepsKeysAliasesTagsAndMaterials) {
    std::string before;
    std::string ciphertext;
    std::string symmetric;
    {
        const Kms kms{options()};
        symmetric = kms.createKey();
        kms.mustImport(symmetric, filled(32, 1), forEver({{"KeyMaterialDescription", "first"}}));
        kms.mustImport(symmetric, filled(32, 2), forEver({{"ImportType", "NEW_KEY_MATERIAL"}}));
        kms.must("RotateKeyOnDemand", {{"KeyId", symmetric}});
        kms.must("CreateAlias", {{"AliasName", "alias/kept"}, {"TargetKeyId", symmetric}});
        kms.must("TagResource", {{"KeyId", symmetric}, {"Tags", Json::array({{{"TagKey", "a"}, {"TagValue", "b"}}})}});
        const std::string hmac = kms.createKey("HMAC_256");
        kms.mustImport(hmac, filled(32, 3), {{"ValidTo", seconds(kms.now() + 24h)}});
        kms.must("DisableKey", {{"KeyId", hmac}});
        kms.must("CreateKey", {{"KeySpec", "ECC_NIST_P256"}, {"KeyUsage", "SIGN_VERIFY"}});
        kms.must("ScheduleKeyDeletion", {{"KeyId", kms.createKey()}});
        ciphertext = kms.must("Encrypt", {{"KeyId", symmetric}, {"Plaintext", "AAEC"}}).at("CiphertextBlob");
        before = everything(kms);
    }
    const Kms kms{options()};
    EXPECT_EQ(everything(kms), before);
    EXPECT_EQ(kms.must("Decrypt", {{"CiphertextBlob", ciphertext}}).at("Plaintext"), "AAEC");
    EXPECT_EQ(kms.must("DescribeKey", {{"KeyId", "alias/kept"}}).at("KeyMetadata").at("KeyId"), symmetric);
}

TEST_F(StateFolderTest, ForgetsWhatWasTakenAway) {
    std::string id;
    {
        Kms kms{options()};
        id = kms.createKey();
        kms.must("CreateAlias", {{"AliasName", "alias/gone"}, {"TargetKeyId", id}});
        kms.must("CreateAlias", {{"AliasName", "alias/moved"}, {"TargetKeyId", id}});
        kms.must("DeleteAlias", {{"AliasName", "alias/gone"}});
        kms.mustImport(id, filled(32, 1), forEver());
        kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}});
    }
    const Kms kms{options()};
    EXPECT_EQ(kms.state(id), "PendingImport");
    EXPECT_EQ(kms.must("ListAliases", Json::object()).at("Aliases").size(), 1U);
}

/// Only the present is stored: a change that the propagation delay still hid is seen once the simulator starts again.
TEST_F(StateFolderTest, KeepsThePresentAndNotWhatPropagationStillShowed) {
    ServerOptions slow = options();
    slow.service.propagationDelay = 1h;
    std::string id;
    {
        Kms kms{slow};
        kms.freeze();
        id = kms.createKey();
        kms.advance(1h);
        kms.mustImport(id, filled(32, 1), forEver());
        EXPECT_EQ(kms.state(id), "PendingImport");
    }
    Kms kms{slow};
    kms.freeze();
    kms.mustFail("DescribeKey", {{"KeyId", id}}, "NotFoundException",
                 "Key '" + kms.arn(id) + "' does not exist");  // when a key was created is stored, too
    kms.advance(1h);
    EXPECT_EQ(kms.state(id), "Enabled");
}

/// What AssumeRole gave, from its reply in XML.
Credentials credentialsIn(const std::string& xml) {
    const auto element = [&xml](const std::string& name) {
        const std::size_t start = xml.find("<" + name + ">") + name.size() + 2;
        return xml.substr(start, xml.find("</" + name + ">") - start);
    };
    return {.accessKeyId = element("AccessKeyId"),
            .secretAccessKey = element("SecretAccessKey"),
            .sessionToken = element("SessionToken")};
}

TEST_F(StateFolderTest, KeepsImportAndSessionTokens) {
    Credentials session;
    std::string id;
    Parameters parameters;
    {
        const Kms kms{options()};
        session = credentialsIn(
            kms.askSts("Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000003%3Arole%2Fofficer"
                       "&RoleSessionName=one")
                .body);
        const KmsCaller role = kms.with(session, "000000000003").in("eu-central-1");
        id = role.createKey();
        parameters = role.parameters(id);
    }
    const Kms kms{options()};
    const KmsCaller role = kms.with(session, "000000000003").in("eu-central-1");
    EXPECT_EQ(role.call("ImportKeyMaterial", forEver({{"KeyId", id},
                                                      {"ImportToken", toBase64(parameters.importToken)},
                                                      {"EncryptedKeyMaterial", toBase64(wrapFor(parameters, filled(32, 7)))}}))
                  .status,
              200);
    EXPECT_EQ(role.state(id), "Enabled");
}

TEST_F(StateFolderTest, KeepsRelatedKeysAndWhatTheyWaitFor) {
    std::string id;
    std::string primary;
    std::string replica;
    const auto described = [&id](const Kms& kms, const std::string& region) {
        return kms.in(region).metadata(id).dump() + kms.in(region).materials(id).dump();
    };
    ServerOptions slow = options();
    slow.service.replicationDelay = 24h;
    {
        const Kms kms{slow};
        id = kms.createPrimary();
        kms.mustImport(id, filled(32, 1), forEver());
        kms.must("CreateKey", {{"Origin", "EXTERNAL"}});
        const KmsCaller there = kms.replicate(id, "eu-west-1");
        EXPECT_EQ(there.state(id), "Creating");
        kms.must("ScheduleKeyDeletion", {{"KeyId", id}, {"PendingWindowInDays", 7}});
        there.must("CreateAlias", {{"AliasName", "alias/there"}, {"TargetKeyId", kms.in("eu-west-1").createKey()}});
        primary = described(kms, "us-east-1");
        replica = described(kms, "eu-west-1");
    }
    Kms kms{slow};
    EXPECT_EQ(kms.state(id), "PendingReplicaDeletion");
    EXPECT_EQ(described(kms, "us-east-1"), primary);
    EXPECT_EQ(described(kms, "eu-west-1"), replica);
    EXPECT_EQ(kms.must("ListKeys", Json::object()).at("Keys").size(), 2U);
    EXPECT_TRUE(kms.must("ListAliases", Json::object()).at("Aliases").empty());
    EXPECT_EQ(kms.in("eu-west-1").must("ListAliases", Json::object()).at("Aliases").size(), 1U);
    kms.advance(25h);
    EXPECT_EQ(kms.in("eu-west-1").state(id), "PendingImport");
}

/// A clock that is set back later must not bring back what has ended.
TEST_F(StateFolderTest, ForgetsWhatTimeTookAway) {
    std::string expired;
    std::string deleted;
    {
        Kms kms{options()};
        expired = kms.createKey();
        kms.mustImport(expired, filled(32, 1), {{"ValidTo", seconds(kms.now() + 24h)}});
        deleted = kms.createKey();
        kms.must("CreateAlias", {{"AliasName", "alias/deleted"}, {"TargetKeyId", deleted}});
        kms.must("ScheduleKeyDeletion", {{"KeyId", deleted}, {"PendingWindowInDays", 7}});
        kms.advance(8 * 24h);
        EXPECT_EQ(kms.state(expired), "PendingImport");
        EXPECT_EQ(kms.call("DescribeKey", {{"KeyId", deleted}}).status, 400);
    }
    const Kms kms{options()};
    EXPECT_EQ(kms.state(expired), "PendingImport");
    kms.mustFail("DescribeKey", {{"KeyId", deleted}}, "NotFoundException", "Key '" + kms.arn(deleted) + "' does not exist");
    EXPECT_TRUE(kms.must("ListAliases", Json::object()).at("Aliases").empty());
}

TEST_F(StateFolderTest, IsForItsOwnerAlone) {
    const Kms kms{options()};
    for (const auto& entry : std::filesystem::directory_iterator{m_state}) {
        EXPECT_EQ(entry.status().permissions() & std::filesystem::perms::mask, std::filesystem::perms{0600}) << entry.path();
    }
    EXPECT_EQ(std::filesystem::status(m_state).permissions() & std::filesystem::perms::mask, std::filesystem::perms{0700});
}

TEST_F(StateFolderTest, IsUsedByOneSimulatorAtATime) {
    {
        const Kms first{options()};
        EXPECT_EQ(refusal(), ErrorKind::Unavailable);
    }
    const Kms after{options()};
}

TEST_F(StateFolderTest, IsNotMadeInNowhere) {
    m_state = m_folder.path() / "not" / "there";
    EXPECT_EQ(refusal(), ErrorKind::Unavailable);
    m_state = m_folder.path() / "file";
    writeNewFile(m_state, asBytes("x"));
    EXPECT_EQ(refusal(), ErrorKind::Unavailable);
}

TEST_F(StateFolderTest, SaysWhenItIsDamagedOrForeign) {
    { static_cast<void>(Kms{options()}.createKey()); }
    const std::filesystem::path file = m_state / "state.jsonl";
    const std::string whole{asText(readFile(file, 1U << 20U))};
    const auto overwrite = [&file](const std::string& text) { std::ofstream{file, std::ios::trunc} << text; };
    std::string spoilt = whole;
    spoilt[100] ^= 1;
    overwrite(spoilt);
    EXPECT_EQ(refusal(), ErrorKind::Integrity);
    overwrite("");
    EXPECT_EQ(refusal(), ErrorKind::Integrity);
    JournalFile::replace(file, {R"({"format":"keyconvoy-kms-simulator state 2"})"});
    EXPECT_EQ(refusal(), ErrorKind::Integrity);
    JournalFile::replace(file, {"not JSON"});
    EXPECT_EQ(refusal(), ErrorKind::Integrity);
}

TEST_F(StateFolderTest, IsMadeSmallerAtAStartOnceMostOfItIsOld) {
    std::string id;
    const std::filesystem::path file = m_state / "state.jsonl";
    {
        const Kms kms{options()};
        id = kms.createKey();
        for (int i = 0; std::filesystem::file_size(file) < (1U << 20U); ++i) {
            kms.must("UpdateKeyDescription", {{"KeyId", id}, {"Description", std::to_string(i) + std::string(8000, 'x')}});
        }
    }
    std::string before;
    {
        const Kms kms{options()};
        before = everything(kms);
        EXPECT_LT(std::filesystem::file_size(file), 32'000U);
    }
    EXPECT_EQ(everything(Kms{options()}), before);
}

TEST_F(StateFolderTest, IsWrittenByManyCallsAtOnce) {
    {
        const Kms kms{options()};
        std::vector<std::jthread> clients;
        for (int client = 0; client < 4; ++client) {
            clients.emplace_back([&kms] {
                const std::string id = kms.createKey();
                for (int i = 1; i <= 20; ++i) {
                    kms.must("UpdateKeyDescription", {{"KeyId", id}, {"Description", std::to_string(i)}});
                }
            });
        }
    }
    const Kms kms{options()};
    const Json keys = kms.must("ListKeys", Json::object()).at("Keys");
    EXPECT_EQ(keys.size(), 4U);
    for (const Json& key : keys) {
        EXPECT_EQ(kms.metadata(key.at("KeyId")).at("Description"), "20");
    }
}

}  // namespace

}  // namespace keyconvoy::tests
