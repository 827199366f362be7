#include "kmsclient/simulator/key_store.h"

namespace keyconvoy::kms::simulator {

namespace {

bool isGone(const KeyRecord& key, TimePoint now) {
    return key.deletionDate && *key.deletionDate <= now;
}

}  // namespace

KeyStore::Access::~Access() {
    if (m_store.m_watcher) {
        m_store.m_watcher(m_touched, m_store.m_contents);
    }
}

KeyRecord* KeyStore::Access::find(const std::string& keyId) {
    const auto row = m_store.m_contents.keys.find(keyId);
    if (row == m_store.m_contents.keys.end() || isGone(row->second, m_now)) {
        return nullptr;
    }
    m_touched.keys.insert(keyId);
    m_store.settle(row->second, m_now);
    return &row->second;
}

const std::map<std::string, KeyRecord>& KeyStore::Access::allKeys() {
    m_store.settleAll(m_now);
    return m_store.m_contents.keys;
}

void KeyStore::Access::add(KeyRecord key) {
    m_touched.keys.insert(key.id);
    m_store.m_contents.keys.insert_or_assign(key.id, std::move(key));
}

std::map<std::string, KeyRecord>& KeyStore::Access::keys() {
    m_touched.allKeys = true;
    m_store.settleAll(m_now);
    return m_store.m_contents.keys;
}

std::map<std::string, AliasRecord>& KeyStore::Access::aliases() {
    m_touched.aliases = true;
    return m_store.m_contents.aliases;
}

std::map<std::string, WrappingPair>& KeyStore::Access::pairs() {
    m_touched.pairs = true;
    std::erase_if(m_store.m_contents.pairs, [this](const auto& row) { return row.second.validTo <= m_now; });
    return m_store.m_contents.pairs;
}

void KeyStore::Access::settle(KeyRecord& key) {
    m_store.settle(key, m_now);
}

void KeyStore::restore(const std::function<void(StoreContents&)>& change) {
    const std::lock_guard lock{m_mutex};
    change(m_contents);
}

void KeyStore::settleAll(TimePoint now) {
    std::erase_if(m_contents.keys, [now](const auto& row) { return isGone(row.second, now); });
    std::erase_if(m_contents.aliases, [this](const auto& row) { return !m_contents.keys.contains(row.second.targetKeyId); });
    for (auto& [id, key] : m_contents.keys) {
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
