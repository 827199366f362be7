#include "kmsclient/simulator/key_record_json.h"

#include "core/error.h"
#include "kmsclient/simulator/crypto.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/rsa.h>
#include <set>

/// That every member is written is seen to by the compiler: key_record_json.cpp takes each record apart by name.
namespace keyconvoy::tests {

namespace {

using namespace kms::simulator;

constexpr TimePoint someTime = std::chrono::sys_days{std::chrono::year{2027} / 6 / 17} + std::chrono::milliseconds{250};

KeyRecord fullKey(wrapping::KeySpec spec) {
    KeyRecord key{.id = "12345678-1234-1234-1234-123456789abc",
                  .place = {.account = "000000000000", .region = "us-east-1"},
                  .arn = "arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789abc",
                  .creationDate = someTime,
                  .description = "Schlüssel \"eins\"\n",
                  .spec = spec,
                  .usage = wrapping::KeyUsage::SignVerify,
                  .origin = Origin::AwsKms,
                  .primaryRegion = "eu-west-1",
                  .transition = Transition{.state = KeyState::Updating, .end = someTime + std::chrono::hours{5}},
                  .disabled = true,
                  .deletionDate = someTime + std::chrono::hours{1},
                  .deletionWindowDays = 7,
                  .materials = {},
                  .rotationStarted = someTime + std::chrono::hours{2},
                  .rotations = 3,
                  .policy = "{}",
                  .tags = {{.key = "a", .value = "b"}, {.key = "c", .value = ""}}};
    key.materials.push_back({.id = "first",
                             .state = MaterialState::NonCurrent,
                             .material = nullptr,
                             .validTo = someTime + std::chrono::hours{3},
                             .description = "one",
                             .rotationDate = someTime + std::chrono::hours{4}});
    key.materials.push_back({.id = "second",
                             .state = MaterialState::Pending,
                             .material = std::make_shared<const Material>(generateMaterial(spec)),
                             .validTo = std::nullopt,
                             .description = std::nullopt,
                             .rotationDate = std::nullopt});
    return key;
}

/// Everything there is to see of a key that was written, read and written again.
TEST(KeyRecordJson, GivesBackEveryKindOfKey) {
    prepareMemory();
    for (const auto& [spec, name] : wrapping::keySpecNames) {
        const KeyRecord key = fullKey(spec);
        const Json written = toJson(key);
        const KeyRecord read = keyRecordFromJson(Json::parse(written.dump()));
        EXPECT_EQ(toJson(read).dump(), written.dump()) << name;
        const auto& [before, after] =
            std::pair<const Material&, const Material&>{*key.materials[1].material, *read.materials[1].material};
        EXPECT_TRUE(std::ranges::equal(before.octets.view(), after.octets.view())) << name;
        EXPECT_EQ(before.keyPair == nullptr, after.keyPair == nullptr) << name;
        if (before.keyPair != nullptr) {
            EXPECT_EQ(EVP_PKEY_eq(before.keyPair.get(), after.keyPair.get()), 1) << name;
        }
    }
}

/// A member whose value gets lost would read like that of an empty record.
TEST(KeyRecordJson, WritesNothingLikeAnEmptyKey) {
    prepareMemory();
    const Json empty = toJson(KeyRecord{});
    const Json full = toJson(fullKey(wrapping::KeySpec::Hmac256));
    EXPECT_EQ(full.size(), empty.size());
    for (const auto& [member, value] : full.items()) {
        EXPECT_NE(value, empty.at(member)) << member;
    }
    for (const auto& [member, value] : full.at("materials").at(0).items()) {
        if (member != "material" && member != "state") {
            EXPECT_NE(value, full.at("materials").at(1).at(member)) << member;
        }
    }
}

TEST(KeyRecordJson, GivesBackAliasesAndPairs) {
    const AliasRecord alias{.targetKeyId = "key",
                            .earlierTargetKeyId = "earlier",
                            .creationDate = someTime,
                            .lastUpdatedDate = someTime + std::chrono::hours{1}};
    EXPECT_EQ(toJson(aliasRecordFromJson(toJson(alias))).dump(), toJson(alias).dump());
    const WrappingPair pair{.key = std::shared_ptr<EVP_PKEY>{PkeyPtr{EVP_RSA_gen(2048)}}, .validTo = someTime};
    const WrappingPair read = wrappingPairFromJson(toJson(pair));
    EXPECT_EQ(EVP_PKEY_eq(read.key.get(), pair.key.get()), 1);
    EXPECT_EQ(read.validTo, pair.validTo);
}

TEST(KeyRecordJson, RefusesWhatItDidNotWrite) {
    prepareMemory();
    const auto refuses = [](const char* member, const Json& value) {
        Json json = toJson(fullKey(wrapping::KeySpec::EccNistP256));
        json["materials"][1]["material"][member] = value;
        try {
            static_cast<void>(keyRecordFromJson(json));
            return false;
        } catch (const Error& error) {
            return error.kind() == ErrorKind::Integrity;
        }
    };
    EXPECT_TRUE(refuses("octets", "?"));
    EXPECT_TRUE(refuses("keyPair", "?"));
    EXPECT_TRUE(refuses("keyPair", "AAAA"));
    EXPECT_THROW(static_cast<void>(keyRecordFromJson(Json::object())), std::exception);
}

}  // namespace

}  // namespace keyconvoy::tests
