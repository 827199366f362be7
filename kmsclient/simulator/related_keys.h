#pragma once

#include "kmsclient/simulator/key_record.h"

#include <string>
#include <string_view>
#include <vector>

/// What related multi-Region keys share, kept the same in each of them (KMS Developer Guide, "Multi-Region keys", shared
/// properties, and "Import key material into a multi-Region key").
namespace keyconvoy::kms::simulator {

/// A primary and its replicas, which have one ID in several Regions; or a single-Region key alone.
using RelatedKeys = std::vector<KeyRecord*>;

/// Lists a new material with every related key; gives the entry of `key`, which alone may hold it yet.
[[nodiscard]] MaterialEntry& associate(const RelatedKeys& related, KeyRecord& key, const std::string& id);

/// A material at `key` is deleted. A permanently associated one stays listed, and so does a pending one at a replica; deleted at
/// the primary, or at a single-Region key, a pending one is gone from all.
void removeMaterial(const RelatedKeys& related, KeyRecord& key, const std::string& id);

void describeMaterial(const RelatedKeys& related, std::string_view id, const std::string& description);

/// Whether every replica holds the material; true where there are none.
[[nodiscard]] bool replicasHold(const RelatedKeys& related, std::string_view id);

/// NON_CURRENT, CURRENT, PENDING_ROTATION, or PENDING_MULTI_REGION_IMPORT_AND_ROTATION until every replica holds it.
[[nodiscard]] std::string_view materialStateName(const RelatedKeys& related, const MaterialEntry& entry);

void startRotation(const RelatedKeys& related, TimePoint now);

/// A replica as ReplicateKey makes it: with every material listed; material of origin EXTERNAL is never copied. Description,
/// policy and tags are the replica's own and empty.
[[nodiscard]] KeyRecord replicaOf(const KeyRecord& primary, const std::string& region, TimePoint now, TimePoint created);

/// Both primaries are Updating until then.
void movePrimary(const RelatedKeys& related, const std::string& region, TimePoint updated);

}  // namespace keyconvoy::kms::simulator
