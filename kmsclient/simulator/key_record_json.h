#pragma once

#include "core/strict_json.h"
#include "kmsclient/simulator/key_store.h"

/// The records of the store as JSON and back, every member of them. Key material is in it as it is: for the state folder, never
/// for an answer or a log.
namespace keyconvoy::kms::simulator {

[[nodiscard]] Json toJson(const KeyRecord& key);
[[nodiscard]] Json toJson(const AliasRecord& alias);
[[nodiscard]] Json toJson(const WrappingPair& pair);

/// Throw Error(Integrity) or nlohmann's exceptions for what toJson() did not write.
[[nodiscard]] KeyRecord keyRecordFromJson(const Json& json);
[[nodiscard]] AliasRecord aliasRecordFromJson(const Json& json);
[[nodiscard]] WrappingPair wrappingPairFromJson(const Json& json);

}  // namespace keyconvoy::kms::simulator
