#pragma once

#include "core/bytes.h"
#include "core/strict_json.h"
#include "kmsclient/simulator/accounts.h"
#include "kmsclient/simulator/import_token.h"
#include "kmsclient/simulator/key_store.h"
#include "kmsclient/simulator/rsa_pair_pool.h"
#include "kmsclient/simulator/sessions.h"

#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms::simulator {

/// What all calls share.
struct World {
    KeyStore store;
    RsaPairPool pairs;
    ImportTokenSealer tokens;
    SessionSealer sessions;
};

/// One request that passed the signature check and the model's constraints.
struct Call {
    std::string_view operation;
    const Json& request;
    World& world;
    TimePoint now;
    const Caller& caller;
    const std::string& region;  ///< that the request was signed for

    [[nodiscard]] Place place() const { return {caller.account, region}; }
    /// The keys as a call that reads sees them.
    [[nodiscard]] KeyStore::Access toRead() const { return world.store.access(now, Sight::Propagated); }
    /// The keys as they are, for a call that changes something.
    [[nodiscard]] KeyStore::Access toChange() const { return world.store.access(now, Sight::Present); }

    [[nodiscard]] bool has(std::string_view member) const;
    [[nodiscard]] std::string text(std::string_view member) const;  ///< empty when absent
    [[nodiscard]] std::string textOr(std::string_view member, std::string_view otherwise) const;
    [[nodiscard]] std::optional<std::string> optionalText(std::string_view member) const;
    [[nodiscard]] Bytes blob(std::string_view member) const;
    [[nodiscard]] std::int64_t numberOr(std::string_view member, std::int64_t otherwise) const;
    [[nodiscard]] bool flag(std::string_view member) const;  ///< false when absent
    [[nodiscard]] std::optional<TimePoint> time(std::string_view member) const;
};

/// Seconds since 1970 with a fraction, as KMS writes times.
[[nodiscard]] double wireTime(TimePoint time);

enum class Aliases : std::uint8_t { Taken, Refused };

/// The key that `KeyId` names, in any form KMS takes for this operation; throws KMS's answer when there is none.
[[nodiscard]] KeyRecord& requireKey(const Call& call, KeyStore::Access& access, Aliases aliases);
[[nodiscard]] KeyRecord& requireKeyNamed(const Call& call, KeyStore::Access& access, Aliases aliases,
                                         const std::string& identifier);

/// A copy for a call that reads: what is slow is then done without the store's lock.
[[nodiscard]] KeyRecord copyOfKey(const Call& call, Aliases aliases);

[[nodiscard]] std::string aliasArn(const Place& place, std::string_view aliasName);

/// UnsupportedOperationException for keys whose material KMS made.
void requireExternal(const KeyRecord& key);
/// InvalidKeyUsageException unless the key may do this.
void requireUsage(const Call& call, const KeyRecord& key, wrapping::KeyUsage usage);
/// Ends a call with DryRun true that would have succeeded.
void endDryRun(const Call& call);

}  // namespace keyconvoy::kms::simulator
