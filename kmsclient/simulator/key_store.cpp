#include "kmsclient/simulator/key_store.h"

#include <algorithm>

namespace keyconvoy::kms::simulator {

namespace {

bool isGone(const KeyRecord& key, TimePoint now) {
    return key.deletionDate && *key.deletionDate <= now;
}

template <class Contents>
auto rowIn(Contents& contents, const Place& place, const std::string& keyId)
    -> decltype(&contents.shelves.find(place)->second.keys.find(keyId)->second) {
    const auto shelf = contents.shelves.find(place);
    if (shelf == contents.shelves.end()) {
        return nullptr;
    }
    const auto row = shelf->second.keys.find(keyId);
    return row == shelf->second.keys.end() ? nullptr : &row->second;
}

}  // namespace

KeyRow* StoreContents::rowOf(const Place& place, const std::string& keyId) {
    return rowIn(*this, place, keyId);
}

const KeyRow* StoreContents::rowOf(const Place& place, const std::string& keyId) const {
    return rowIn(*this, place, keyId);
}

// ---------------------------------------------------------------------------------------------------------------- access

KeyStore::Access::~Access() {
    const Touched touched = std::exchange(m_store.m_touched, {});
    if (m_store.m_watcher) {
        m_store.m_watcher(touched, m_store.m_contents);
    }
}

KeyRecord* KeyStore::Access::find(const Place& place, const std::string& keyId) {
    m_store.settle(place.account, keyId, m_now);
    KeyRow* row = m_store.m_contents.rowOf(place, keyId);
    if (row == nullptr) {
        return nullptr;
    }
    if (seesThePresent()) {
        m_store.remember(*row, m_now);
        return &row->present;
    }
    if (row->present.creationDate > seenTime()) {
        return nullptr;
    }
    const auto seen = std::ranges::find_if(row->earlier, [this](const EarlierVersion& one) { return one.until > seenTime(); });
    KeyRecord& copy = m_seen.emplace_back(seen == row->earlier.end() ? row->present : seen->key);
    m_store.settleAlone(copy, m_now);
    return &copy;
}

RelatedKeys KeyStore::Access::related(const KeyRecord& key) {
    RelatedKeys found;
    for (const auto& [place, shelf] : m_store.m_contents.shelves) {
        if (place.account == key.place.account && shelf.keys.contains(key.id)) {
            if (KeyRecord* one = find(place, key.id)) {
                found.push_back(one);
            }
        }
    }
    return found;
}

std::vector<KeyRecord*> KeyStore::Access::keysIn(const Place& place) {
    std::vector<std::string> ids;  // looking at a key may remove it
    for (const auto& [id, row] : m_store.m_contents.shelves[place].keys) {
        ids.push_back(id);
    }
    std::vector<KeyRecord*> keys;
    for (const std::string& id : ids) {
        if (KeyRecord* key = find(place, id)) {
            keys.push_back(key);
        }
    }
    return keys;
}

KeyRecord* KeyStore::Access::keyWithMaterial(const std::string& region, std::string_view materialId) {
    for (const auto& [place, shelf] : m_store.m_contents.shelves) {
        if (place.region != region) {
            continue;
        }
        for (const auto& [id, row] : shelf.keys) {
            if (materialWithId(row.present, materialId) != nullptr) {
                return find(Place{place}, std::string{id});
            }
        }
    }
    return nullptr;
}

KeyRecord& KeyStore::Access::add(KeyRecord key) {
    KeyRow row{.present = std::move(key), .earlier = {}};
    Shelf& shelf = m_store.m_contents.shelves[row.present.place];
    std::string id = row.present.id;
    m_store.m_touched.keys.emplace(row.present.place, id);
    return shelf.keys.insert_or_assign(std::move(id), std::move(row)).first->second.present;
}

std::optional<AliasRecord> KeyStore::Access::findAlias(const Place& place, const std::string& name) {
    const auto& known = m_store.m_contents.shelves[place].aliases;
    const auto row = known.find(name);
    if (row == known.end()) {
        return std::nullopt;
    }
    AliasRecord alias = row->second;
    if (!seesThePresent() && alias.creationDate > seenTime()) {
        return std::nullopt;
    }
    if (!seesThePresent() && alias.lastUpdatedDate > seenTime()) {
        alias.targetKeyId = alias.earlierTargetKeyId;
    }
    return find(place, alias.targetKeyId) == nullptr ? std::nullopt : std::optional{alias};
}

std::map<std::string, AliasRecord>& KeyStore::Access::aliases(const Place& place) {
    m_store.m_touched.aliases.insert(place);
    return m_store.m_contents.shelves[place].aliases;
}

std::map<std::string, WrappingPair>& KeyStore::Access::pairs() {
    m_store.m_touched.pairs = true;
    std::erase_if(m_store.m_contents.pairs, [this](const auto& row) { return row.second.validTo <= m_now; });
    return m_store.m_contents.pairs;
}

// ------------------------------------------------------------------------------------------------------------------ store

void KeyStore::restore(const std::function<void(StoreContents&)>& change) {
    const std::lock_guard lock{m_mutex};
    change(m_contents);
}

StoreContents KeyStore::contents() {
    const std::lock_guard lock{m_mutex};
    return m_contents;
}

std::vector<Shelf*> KeyStore::shelvesOf(const std::string& account) {
    std::vector<Shelf*> shelves;
    for (auto row = m_contents.shelves.lower_bound(Place{account, ""});
         row != m_contents.shelves.end() && row->first.account == account; ++row) {
        shelves.push_back(&row->second);
    }
    return shelves;
}

/// Related keys together: the end of the last replica starts the wait of a primary that is to be deleted.
void KeyStore::settle(const std::string& account, const std::string& keyId, TimePoint now) {
    std::optional<TimePoint> lastEnd;
    for (Shelf* shelf : shelvesOf(account)) {
        const auto row = shelf->keys.find(keyId);
        if (row == shelf->keys.end()) {
            continue;
        }
        const Place place = row->second.present.place;
        m_touched.keys.emplace(place, keyId);
        settleAlone(row->second.present, now);
        if (isGone(row->second.present, now)) {
            lastEnd = std::max(lastEnd.value_or(TimePoint::min()), *row->second.present.deletionDate);
            m_touched.aliases.insert(place);
            std::erase_if(shelf->aliases, [&keyId](const auto& alias) { return alias.second.targetKeyId == keyId; });
            shelf->keys.erase(row);
        }
    }
    if (lastEnd) {
        startWaitOfPrimary(account, keyId, *lastEnd, now);
    }
}

void KeyStore::settleAlone(KeyRecord& key, TimePoint now) const {
    expireMaterials(key, now);
    if (key.rotationStarted && *key.rotationStarted + m_delays.rotation <= now) {
        finishRotation(key, *key.rotationStarted + m_delays.rotation);
    }
    if (key.transition && key.transition->end <= now) {
        key.transition.reset();
    }
}

void KeyStore::startWaitOfPrimary(const std::string& account, const std::string& keyId, TimePoint replicasGone, TimePoint now) {
    std::vector<KeyRecord*> left;
    for (Shelf* shelf : shelvesOf(account)) {
        if (const auto row = shelf->keys.find(keyId); row != shelf->keys.end()) {
            left.push_back(&row->second.present);
        }
    }
    if (left.size() == 1 && left.front()->deletionWindowDays) {
        left.front()->deletionDate = replicasGone + std::chrono::hours{24 * *left.front()->deletionWindowDays};
        left.front()->deletionWindowDays.reset();
        settle(account, keyId, now);
    }
}

/// A call may change this key now; what it was stays visible to others for a while.
void KeyStore::remember(KeyRow& row, TimePoint now) const {
    if (m_delays.propagation.count() == 0) {
        return;
    }
    std::erase_if(row.earlier, [&](const EarlierVersion& one) { return one.until <= now - m_delays.propagation; });
    if (row.earlier.empty() || row.earlier.back().until != now) {
        row.earlier.push_back({.key = row.present, .until = now});
    }
}

}  // namespace keyconvoy::kms::simulator
