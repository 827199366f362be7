#include "kmsclient/simulator/key_store.h"

namespace keyconvoy::kms::simulator {

namespace {

bool isGone(const KeyRecord& key, TimePoint now) {
    return key.deletionDate && *key.deletionDate <= now;
}

}  // namespace

KeyRecord* KeyStore::Access::find(const std::string& keyId) {
    const auto row = m_store.m_keys.find(keyId);
    if (row == m_store.m_keys.end() || isGone(row->second, m_now)) {
        return nullptr;
    }
    m_store.settle(row->second, m_now);
    return &row->second;
}

std::map<std::string, KeyRecord>& KeyStore::Access::keys() {
    m_store.settleAll(m_now);
    return m_store.m_keys;
}

std::map<std::string, AliasRecord>& KeyStore::Access::aliases() {
    return m_store.m_aliases;
}

std::map<std::string, WrappingPair>& KeyStore::Access::pairs() {
    std::erase_if(m_store.m_pairs, [this](const auto& row) { return row.second.validTo <= m_now; });
    return m_store.m_pairs;
}

void KeyStore::Access::settle(KeyRecord& key) {
    m_store.settle(key, m_now);
}

void KeyStore::settleAll(TimePoint now) {
    std::erase_if(m_keys, [now](const auto& row) { return isGone(row.second, now); });
    std::erase_if(m_aliases, [this](const auto& row) { return !m_keys.contains(row.second.targetKeyId); });
    for (auto& [id, key] : m_keys) {
        settle(key, now);
    }
}

void KeyStore::settle(KeyRecord& key, TimePoint now) const {
    expireMaterials(key, now);
    if (key.rotationStarted && *key.rotationStarted + m_rotationDelay <= now) {
        finishRotation(key, *key.rotationStarted + m_rotationDelay);
    }
}

}  // namespace keyconvoy::kms::simulator
