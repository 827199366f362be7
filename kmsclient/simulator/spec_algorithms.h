#pragma once

#include "core/strict_json.h"
#include "kmsclient/simulator/key_record.h"

#include <span>
#include <string_view>

/// Which algorithms a key offers, by KMS's names and in KMS's order (KeyMetadata, GetPublicKey).
namespace keyconvoy::kms::simulator {

using Names = std::span<const std::string_view>;

[[nodiscard]] Names encryptionAlgorithms(const KeyRecord& key);
[[nodiscard]] Names signingAlgorithms(const KeyRecord& key);
[[nodiscard]] Names macAlgorithms(const KeyRecord& key);
[[nodiscard]] Names keyAgreementAlgorithms(const KeyRecord& key);

/// Adds `names` as a member of a reply; KMS leaves out a list that would be empty.
void addNames(Json& reply, const char* member, Names names);

/// InvalidKeyUsageException unless `offered` has the algorithm.
void requireAlgorithm(const KeyRecord& key, Names offered, std::string_view algorithm);

}  // namespace keyconvoy::kms::simulator
