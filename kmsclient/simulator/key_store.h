#pragma once

#include "kmsclient/simulator/key_record.h"

#include <map>
#include <memory>
#include <mutex>

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

/// Everything the simulator remembers: plain data behind one lock. It is reached only through an Access, which holds the lock;
/// what time has made due (expiry, rotation, deletion) happens when a key is looked at.
class KeyStore {
public:
    explicit KeyStore(std::chrono::milliseconds rotationDelay) : m_rotationDelay{rotationDelay} {}

    class Access {
    public:
        Access(KeyStore& store, TimePoint now) : m_store{store}, m_lock{store.m_mutex}, m_now{now} {}

        [[nodiscard]] TimePoint now() const noexcept { return m_now; }
        [[nodiscard]] KeyRecord* find(const std::string& keyId);  ///< null when there is none
        [[nodiscard]] std::map<std::string, KeyRecord>& keys();
        [[nodiscard]] std::map<std::string, AliasRecord>& aliases();
        [[nodiscard]] std::map<std::string, WrappingPair>& pairs();  ///< whose tokens have not ended

        /// What is due now, for a key that was just changed: a rotation ends at once where no delay is set.
        void settle(KeyRecord& key);

    private:
        KeyStore& m_store;
        std::unique_lock<std::mutex> m_lock;
        TimePoint m_now;
    };

    [[nodiscard]] Access access(TimePoint now) { return Access{*this, now}; }

private:
    void settleAll(TimePoint now);
    void settle(KeyRecord& key, TimePoint now) const;

    std::chrono::milliseconds m_rotationDelay;
    std::mutex m_mutex;
    std::map<std::string, KeyRecord> m_keys;       ///< by key ID
    std::map<std::string, AliasRecord> m_aliases;  ///< by alias name
    std::map<std::string, WrappingPair> m_pairs;   ///< by an ID that the import token carries
};

}  // namespace keyconvoy::kms::simulator
