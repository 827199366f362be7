#include "app/ceremony/regional_key.h"

#include <algorithm>
#include <iterator>

namespace keyconvoy::app {

namespace {

bool isSettled(const kms::KeyMetadata& key) {
    return key.keyState != kms::KeyState::Creating && key.keyState != kms::KeyState::Updating;
}

}  // namespace

void RegionalKey::connect(Details& details) {
    m_kms.connect(details);
}

void RegionalKey::look(const std::string& keyId, Details& details) {
    connect(details);
    m_key = m_kms.describeUntil(
        keyId, KC_TEXT("RegionalKey", "waiting until the KMS key in %1 is ready").with(m_kms.client().region()), &isSettled);
    m_materials = materialsOf(m_kms.client(), *m_key, m_kms.now());
    details.push_back({KC_TEXT("RegionalKey", "KMS key"), m_key->arn, DetailKind::Identifier});
    details.push_back({KC_TEXT("RegionalKey", "state"), m_key->keyStateName});
    details.push_back({KC_TEXT("RegionalKey", "materials"), KC_TEXT("RegionalKey", "%1, of which it holds %2")
                                                                .with(std::to_string(m_materials.size()))
                                                                .with(std::to_string(m_materials.size() - lacking().size()))});
}

void RegionalKey::lookAgain() {
    m_key = m_kms.describe(m_key->arn);
    m_materials = materialsOf(m_kms.client(), *m_key, m_kms.now());
}

void RegionalKey::awaitListed(const std::string& keyMaterialId) {
    m_kms.waitUntil(
        KC_TEXT("RegionalKey", "waiting until the KMS key in %1 lists the material").with(m_kms.client().region()), [&] {
            lookAgain();
            return m_key->currentKeyMaterialId && std::ranges::count(m_materials, keyMaterialId, &KmsMaterial::id) > 0;
        });
}

std::vector<KmsMaterial> RegionalKey::lacking() const {
    std::vector<KmsMaterial> lacking;
    std::ranges::copy_if(m_materials, std::back_inserter(lacking), [](const KmsMaterial& material) { return !material.held; });
    return lacking;
}

KmsStation inRegion(KmsStation station, const std::string& region) {
    station.client.region = region;
    return station;
}

}  // namespace keyconvoy::app
