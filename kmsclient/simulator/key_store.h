#pragma once

#include "kmsclient/simulator/key_record.h"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>

namespace keyconvoy::kms::simulator {

struct AliasRecord {
    std::string targetKeyId;
    TimePoint creationDate;
    TimePoint lastUpdatedDate;
};

/// A wrapping key pair that was given out, kept until its import token ends.
struct WrappingPair {
    std::shared_ptr<EVP_PKEY> key;
    TimePoint validTo;
};

/// A store's contents, for whoever keeps them elsewhere too.
struct StoreContents {
    std::map<std::string, KeyRecord> keys;       ///< by key ID
    std::map<std::string, AliasRecord> aliases;  ///< by alias name
    std::map<std::string, WrappingPair> pairs;   ///< by an ID that the import token carries
};

/// What an Access gave out in a form that can be changed.
struct Touched {
    std::set<std::string> keys;
    bool allKeys = false;
    bool aliases = false;
    bool pairs = false;
};

/// Everything the simulator remembers: plain data behind one lock. It is reached only through an Access, which holds the lock;
/// what time has made due (expiry, rotation, deletion) happens when a key is looked at.
class KeyStore {
public:
    explicit KeyStore(std::chrono::milliseconds rotationDelay) : m_rotationDelay{rotationDelay} {}

    class Access {
    public:
        Access(KeyStore& store, TimePoint now) : m_store{store}, m_lock{store.m_mutex}, m_now{now} {}
        Access(const Access&) = delete;
        Access& operator=(const Access&) = delete;
        ~Access();  ///< tells the watcher

        [[nodiscard]] TimePoint now() const noexcept { return m_now; }
        [[nodiscard]] KeyRecord* find(const std::string& keyId);  ///< null when there is none
        [[nodiscard]] std::map<std::string, KeyRecord>& keys();
        /// For looking only.
        [[nodiscard]] const std::map<std::string, KeyRecord>& allKeys();
        void add(KeyRecord key);
        [[nodiscard]] std::map<std::string, AliasRecord>& aliases();
        [[nodiscard]] std::map<std::string, WrappingPair>& pairs();  ///< whose tokens have not ended

        /// What is due now, for a key that was just changed: a rotation ends at once where no delay is set.
        void settle(KeyRecord& key);

    private:
        KeyStore& m_store;
        std::unique_lock<std::mutex> m_lock;
        TimePoint m_now;
        Touched m_touched;
    };

    [[nodiscard]] Access access(TimePoint now) { return Access{*this, now}; }

    /// Called whenever an Access ends, on its thread and under the store's lock. Must not throw.
    using Watcher = std::function<void(const Touched&, const StoreContents&)>;
    /// Before the first Access.
    void watch(Watcher watcher) { m_watcher = std::move(watcher); }
    /// Brings back what was kept elsewhere, under the lock; the watcher is not told.
    void restore(const std::function<void(StoreContents&)>& change);

private:
    void settleAll(TimePoint now);
    void settle(KeyRecord& key, TimePoint now) const;

    std::chrono::milliseconds m_rotationDelay;
    std::mutex m_mutex;
    StoreContents m_contents;
    Watcher m_watcher;
};

}  // namespace keyconvoy::kms::simulator
