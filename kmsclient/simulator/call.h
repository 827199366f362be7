#pragma once

#include "core/bytes.h"
#include "core/strict_json.h"
#include "kmsclient/simulator/import_token.h"
#include "kmsclient/simulator/key_store.h"
#include "kmsclient/simulator/rsa_pair_pool.h"

#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms::simulator {

/// The account that every ARN of the simulator names. Clients tell a rehearsal by it, so no option changes it.
inline constexpr std::string_view accountId = "000000000000";

/// What all calls share.
struct World {
    std::string region;
    KeyStore store;
    RsaPairPool pairs;
    ImportTokenSealer tokens;
};

/// One request that passed the signature check and the model's constraints.
struct Call {
    std::string_view operation;
    const Json& request;
    World& world;
    TimePoint now;

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

[[nodiscard]] std::string keyArn(const World& world, std::string_view keyId);
[[nodiscard]] std::string aliasArn(const World& world, std::string_view aliasName);
[[nodiscard]] std::string callerArn();

/// `arn`, with what a state forbids: KMS's wording for each.
void refusePendingDeletion(const KeyRecord& key);
void refusePendingImport(const KeyRecord& key);
/// For everything that uses the material: only an Enabled key.
void requireEnabled(const KeyRecord& key);
void requireExternal(const KeyRecord& key);
/// InvalidKeyUsageException unless the key may do this.
void requireUsage(const Call& call, const KeyRecord& key, wrapping::KeyUsage usage);
/// Ends a call with DryRun true that would have succeeded.
void endDryRun(const Call& call);

}  // namespace keyconvoy::kms::simulator
