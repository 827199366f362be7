#pragma once

#include "kmsclient/simulator/related_keys.h"

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

namespace keyconvoy::kms::simulator {

struct AliasRecord {
    std::string targetKeyId;
    std::string earlierTargetKeyId;  ///< before the last update
    TimePoint creationDate;
    TimePoint lastUpdatedDate;
};

/// A wrapping key pair that was given out, kept until its import token ends.
struct WrappingPair {
    std::shared_ptr<EVP_PKEY> key;
    TimePoint validTo;
};

/// A key as it was, for calls that read and do not see the present yet.
struct EarlierVersion {
    KeyRecord key;
    TimePoint until;
};
struct KeyRow {
    KeyRecord present;
    std::vector<EarlierVersion> earlier;  ///< oldest first
};
/// What one account has in one Region.
struct Shelf {
    std::map<std::string, KeyRow> keys;          ///< by key ID
    std::map<std::string, AliasRecord> aliases;  ///< by alias name
};

struct StoreContents {
    std::map<Place, Shelf> shelves;
    std::map<std::string, WrappingPair> pairs;  ///< by an ID that the import token carries

    [[nodiscard]] KeyRow* rowOf(const Place& place, const std::string& keyId);  ///< null when there is none
    [[nodiscard]] const KeyRow* rowOf(const Place& place, const std::string& keyId) const;
};

/// What may have changed while one Access lasted: what it gave out, and what time made due.
struct Touched {
    std::set<std::pair<Place, std::string>> keys;
    std::set<Place> aliases;
    bool pairs = false;
};

/// How long KMS takes for what is not done when it answers.
struct StoreDelays {
    std::chrono::milliseconds rotation{0};     ///< an on-demand rotation
    std::chrono::milliseconds replication{0};  ///< a new replica is Creating, a moved primary Updating
    std::chrono::milliseconds propagation{0};  ///< calls that read see a key as it was so long ago
};

/// Which view of the keys a call gets: calls that change something always get the present one.
enum class Sight : std::uint8_t { Present, Propagated };

/// Everything the simulator remembers: plain data behind one lock. It is reached only through an Access, which holds the lock and
/// is let go before anything slow; what time has made due (expiry, rotation, deletion) happens when a key is looked at.
class KeyStore {
public:
    explicit KeyStore(const StoreDelays& delays) : m_delays{delays} {}

    class Access {
    public:
        Access(KeyStore& store, TimePoint now, Sight sight) : m_store{store}, m_lock{store.m_mutex}, m_now{now}, m_sight{sight} {}
        Access(const Access&) = delete;
        Access& operator=(const Access&) = delete;
        ~Access();  ///< tells the watcher

        [[nodiscard]] KeyRecord* find(const Place& place, const std::string& keyId);  ///< null when there is none
        [[nodiscard]] RelatedKeys related(const KeyRecord& key);                      ///< by Region
        [[nodiscard]] std::vector<KeyRecord*> keysIn(const Place& place);             ///< by key ID
        /// The key of this Region, in whatever account, with which the material is associated; null when there is none.
        [[nodiscard]] KeyRecord* keyWithMaterial(const std::string& region, std::string_view materialId);
        KeyRecord& add(KeyRecord key);

        [[nodiscard]] std::optional<AliasRecord> findAlias(const Place& place, const std::string& name);
        [[nodiscard]] std::map<std::string, AliasRecord>& aliases(const Place& place);  ///< to be changed; by name

        [[nodiscard]] std::map<std::string, WrappingPair>& pairs();  ///< whose tokens have not ended

        /// What is due now, for a key that was just changed: a rotation ends at once where no delay is set.
        void settle(const KeyRecord& key) { m_store.settle(key.place.account, key.id, m_now); }
        /// When what is begun now will be done.
        [[nodiscard]] TimePoint endOfReplication() const { return m_now + m_store.m_delays.replication; }

    private:
        [[nodiscard]] TimePoint seenTime() const { return m_now - m_store.m_delays.propagation; }
        [[nodiscard]] bool seesThePresent() const {
            return m_sight == Sight::Present || m_store.m_delays.propagation.count() == 0;
        }

        KeyStore& m_store;
        std::unique_lock<std::mutex> m_lock;
        TimePoint m_now;
        Sight m_sight;
        std::deque<KeyRecord> m_seen;  ///< keys as they were, for a call that does not see the present
    };

    [[nodiscard]] Access access(TimePoint now, Sight sight) { return Access{*this, now, sight}; }

    /// Called whenever an Access ends, on its thread and under the store's lock. Must not throw.
    using Watcher = std::function<void(const Touched&, const StoreContents&)>;
    /// Before the first Access.
    void watch(Watcher watcher) { m_watcher = std::move(watcher); }
    /// Brings back what was kept elsewhere, under the lock; the watcher is not told.
    void restore(const std::function<void(StoreContents&)>& change);
    /// A copy of everything, which shares the material.
    [[nodiscard]] StoreContents contents();

private:
    [[nodiscard]] std::vector<Shelf*> shelvesOf(const std::string& account);
    void settle(const std::string& account, const std::string& keyId, TimePoint now);
    void settleAlone(KeyRecord& key, TimePoint now) const;
    void startWaitOfPrimary(const std::string& account, const std::string& keyId, TimePoint replicasGone, TimePoint now);
    void remember(KeyRow& row, TimePoint now) const;

    StoreDelays m_delays;
    std::mutex m_mutex;
    StoreContents m_contents;
    Watcher m_watcher;
    Touched m_touched;  ///< by the Access that there is
};

}  // namespace keyconvoy::kms::simulator
