#include "tests/simulator/kms.h"

#include <gtest/gtest.h>

/// Eventual consistency: for a while, calls that read see a key as it was.
namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;

class Propagation : public testing::Test {
protected:
    Propagation() { m_kms.freeze(); }
    static kms::simulator::ServerOptions options() {
        kms::simulator::ServerOptions options;
        options.service.propagationDelay = 30s;
        return options;
    }
    void wait() { m_kms.advance(30s); }
    /// A key that everybody can see and that has its material.
    std::string settledKey() {
        std::string id = m_kms.createKey();
        wait();
        m_kms.mustImport(id, filled(32, 1), forEver());
        wait();
        return id;
    }

    Kms m_kms{options()};
};

TEST_F(Propagation, NewKeyIsNotFoundAtFirst) {
    const std::string id = m_kms.createKey();
    m_kms.mustFail("GetParametersForImport",
                   {{"KeyId", id}, {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}},
                   "NotFoundException", "Key '" + m_kms.arn(id) + "' does not exist");
    EXPECT_EQ(m_kms.must("ListKeys", Json::object()).at("Keys").size(), 0U);
    wait();
    EXPECT_EQ(m_kms.state(id), "PendingImport");
    EXPECT_EQ(m_kms.must("ListKeys", Json::object()).at("Keys").size(), 1U);
}

TEST_F(Propagation, ImportIsSeenLater) {
    const std::string id = m_kms.createKey();
    wait();
    m_kms.mustImport(id, filled(32, 1), forEver());
    EXPECT_EQ(m_kms.state(id), "PendingImport");
    m_kms.mustFail("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}}, "KMSInvalidStateException",
                   m_kms.arn(id) + " is pending import.");
    m_kms.advance(29s);
    EXPECT_EQ(m_kms.state(id), "PendingImport");
    m_kms.advance(1s);
    EXPECT_EQ(m_kms.state(id), "Enabled");
}

TEST_F(Propagation, CallsThatChangeSeeThePresent) {
    const std::string id = settledKey();
    m_kms.must("DisableKey", {{"KeyId", id}});
    EXPECT_EQ(m_kms.state(id), "Enabled");
    m_kms.must("ScheduleKeyDeletion", {{"KeyId", id}});
    m_kms.mustFail("EnableKey", {{"KeyId", id}}, "KMSInvalidStateException",
                   m_kms.arn(id) + " is pending deletion (or pending replica deletion).");
    EXPECT_EQ(m_kms.state(id), "Enabled");
    wait();
    EXPECT_EQ(m_kms.state(id), "PendingDeletion");
}

TEST_F(Propagation, EachChangeIsSeenInItsTurn) {
    const std::string id = settledKey();
    m_kms.must("DisableKey", {{"KeyId", id}});
    m_kms.advance(10s);
    m_kms.must("EnableKey", {{"KeyId", id}});
    m_kms.advance(10s);
    EXPECT_EQ(m_kms.state(id), "Enabled");
    m_kms.advance(10s);
    EXPECT_EQ(m_kms.state(id), "Disabled");
    m_kms.advance(10s);
    EXPECT_EQ(m_kms.state(id), "Enabled");
}

TEST_F(Propagation, AliasPointsToTheEarlierKeyAtFirst) {
    const std::string one = settledKey();
    const std::string two = settledKey();
    m_kms.must("CreateAlias", {{"AliasName", "alias/orders"}, {"TargetKeyId", one}});
    m_kms.mustFail("DescribeKey", {{"KeyId", "alias/orders"}}, "NotFoundException",
                   "Alias arn:aws:kms:us-east-1:000000000000:alias/orders is not found.");
    wait();
    m_kms.must("UpdateAlias", {{"AliasName", "alias/orders"}, {"TargetKeyId", two}});
    EXPECT_EQ(m_kms.metadata("alias/orders").at("KeyId"), one);
    wait();
    EXPECT_EQ(m_kms.metadata("alias/orders").at("KeyId"), two);
}

TEST_F(Propagation, WhatTimeMakesDueIsSeenAtOnce) {
    const std::string id = m_kms.createKey();
    wait();
    m_kms.mustImport(id, filled(32, 1), {{"ValidTo", seconds(m_kms.now() + 40s)}});
    m_kms.advance(39s);
    EXPECT_EQ(m_kms.state(id), "Enabled");
    m_kms.advance(1s);
    EXPECT_EQ(m_kms.state(id), "PendingImport");
}

}  // namespace

}  // namespace keyconvoy::tests
