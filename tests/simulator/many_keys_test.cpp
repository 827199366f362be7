#include "core/base64.h"
#include "tests/simulator/key_material.h"
#include "tests/simulator/kms.h"

#include <atomic>
#include <gtest/gtest.h>
#include <set>
#include <thread>

/// Many keys, and many callers at once.
namespace keyconvoy::tests {

namespace {

constexpr int callers = 8;

/// What each of several threads does with its number.
template <class Work>
void inParallel(Work work) {
    std::vector<std::jthread> threads;
    for (int caller = 0; caller < callers; ++caller) {
        threads.emplace_back([&work, caller] { work(caller); });
    }
}

TEST(ManyKeys, AThousandAreMadeAtOnceAndListed) {
    const Kms kms;
    std::atomic<int> made = 0;
    inParallel([&](int) {
        for (int i = 0; i < 1000 / callers; ++i) {
            made += kms.call("CreateKey", {{"Origin", "EXTERNAL"}}).status == 200 ? 1 : 0;
        }
    });
    EXPECT_EQ(made, 1000);
    std::set<std::string> ids;
    Json request{{"Limit", 1000}};
    const Json page = kms.must("ListKeys", request);
    for (const Json& key : page.at("Keys")) {
        ids.insert(key.at("KeyId"));
    }
    EXPECT_EQ(ids.size(), 1000U);
    EXPECT_EQ(page.at("Truncated"), false);
}

/// Signatures and state changes of one key from many sides; whatever the order, each answer is one that KMS could give.
TEST(ManyCallers, UseAndChangeOneKey) {
    const Kms kms;
    const std::string id = kms.createKey("ECC_NIST_P256");
    const Bytes material = encoded(*ecKey("P-256"), "PrivateKeyInfo");
    kms.mustImport(id, material, forEver());
    std::atomic<int> unexpected = 0;
    inParallel([&](int caller) {
        const Json message{{"KeyId", id}, {"Message", "AA=="}, {"SigningAlgorithm", "ECDSA_SHA_256"}};
        for (int i = 0; i < 20; ++i) {
            const RawReply reply =
                caller != 0 ? kms.call("Sign", message) : kms.call(i % 2 == 0 ? "DisableKey" : "EnableKey", {{"KeyId", id}});
            const bool disabled = reply.body.find("DisabledException") != std::string::npos;
            unexpected += reply.status == 200 || disabled ? 0 : 1;
        }
    });
    EXPECT_EQ(unexpected, 0);
}

/// Of several imports of different first material at once, one wins and the others learn which.
TEST(ManyCallers, ImportIntoOneKey) {
    const Kms kms;
    const std::string id = kms.createKey();
    const Parameters given = kms.parameters(id);
    std::atomic<int> taken = 0;
    std::atomic<int> refused = 0;
    inParallel([&](int caller) {
        const Bytes blob = wrapFor(given, filled(32, static_cast<std::uint8_t>(caller)));
        const RawReply reply = kms.call(
            "ImportKeyMaterial",
            forEver({{"KeyId", id}, {"ImportToken", toBase64(given.importToken)}, {"EncryptedKeyMaterial", toBase64(blob)}}));
        taken += reply.status == 200 ? 1 : 0;
        refused += reply.body.find("IncorrectKeyMaterialException") != std::string::npos ? 1 : 0;
    });
    EXPECT_EQ(taken, 1);
    EXPECT_EQ(refused, callers - 1);
    EXPECT_EQ(kms.materials(id).size(), 1U);
}

}  // namespace

}  // namespace keyconvoy::tests
