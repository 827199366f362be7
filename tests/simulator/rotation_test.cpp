#include "tests/simulator/kms.h"

#include <cmath>
#include <gtest/gtest.h>

/// Rotations that take their time.
namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;

Json asNew() {
    return forEver({{"ImportType", "NEW_KEY_MATERIAL"}});
}

kms::simulator::ServerOptions slowly() {
    kms::simulator::ServerOptions options;
    options.service.rotationDelay = 60s;
    return options;
}

/// A key with current and pending material.
class Rotation : public testing::Test {
protected:
    void rotate() { m_kms.must("RotateKeyOnDemand", {{"KeyId", m_id}}); }
    [[nodiscard]] Json status() const { return m_kms.must("GetKeyRotationStatus", {{"KeyId", m_id}}); }

    Kms m_kms{slowly()};
    std::string m_id = m_kms.createKey();
    std::string m_before = m_kms.mustImport(m_id, filled(32, 1), forEver());
    std::string m_after = m_kms.mustImport(m_id, filled(32, 2), asNew());
};

TEST_F(Rotation, IsShownUntilItIsDone) {
    EXPECT_EQ(m_kms.must("RotateKeyOnDemand", {{"KeyId", m_id}}), Json({{"KeyId", m_kms.arn(m_id)}}));
    EXPECT_TRUE(status().contains("OnDemandRotationStartDate"));
    EXPECT_EQ(m_kms.metadata(m_id).at("CurrentKeyMaterialId"), m_before);
    m_kms.advance(61s);
    EXPECT_EQ(status(), Json({{"KeyRotationEnabled", false}, {"KeyId", m_kms.arn(m_id)}}));
    EXPECT_EQ(m_kms.metadata(m_id).at("CurrentKeyMaterialId"), m_after);
}

TEST_F(Rotation, IsNotAskedForTwice) {
    rotate();
    EXPECT_EQ(Json::parse(m_kms.call("RotateKeyOnDemand", {{"KeyId", m_id}}).body).at("__type"), "ConflictException");
}

TEST_F(Rotation, TakesWhatWasImportedMeanwhile) {
    rotate();
    m_kms.must("DeleteImportedKeyMaterial", {{"KeyId", m_id}, {"KeyMaterialId", m_after}});
    const std::string replacement = m_kms.mustImport(m_id, filled(32, 3), asNew());
    m_kms.mustImport(m_id, filled(32, 1), forEver());
    m_kms.advance(61s);
    EXPECT_EQ(m_kms.metadata(m_id).at("CurrentKeyMaterialId"), replacement);
}

TEST_F(Rotation, OfMaterialThatWasDeletedMeanwhileChangesNothing) {
    rotate();
    m_kms.must("DeleteImportedKeyMaterial", {{"KeyId", m_id}, {"KeyMaterialId", m_after}});
    m_kms.advance(61s);
    EXPECT_EQ(m_kms.metadata(m_id).at("CurrentKeyMaterialId"), m_before);
    EXPECT_EQ(m_kms.state(m_id), "Enabled");
}

TEST_F(Rotation, OfMaterialThatExpiresMeanwhileLeavesTheKeyPendingImport) {
    m_kms.mustImport(m_id, filled(32, 2), {{"ValidTo", std::floor(seconds(m_kms.now() + 30s))}});
    rotate();
    m_kms.advance(61s);
    EXPECT_EQ(m_kms.metadata(m_id).at("CurrentKeyMaterialId"), m_after);
    EXPECT_EQ(m_kms.state(m_id), "PendingImport");
    m_kms.mustImport(m_id, filled(32, 2), forEver());
    EXPECT_EQ(m_kms.state(m_id), "Enabled");
}

}  // namespace

}  // namespace keyconvoy::tests
