#pragma once

#include "core/strict_json.h"
#include "kmsclient/simulator/call.h"
#include "kmsclient/simulator/request_rules.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// The operations of the KMS API that the simulator answers. Each takes a checked request and gives the reply's members, null for
/// an empty body; throws ApiError.
namespace keyconvoy::kms::simulator {

[[nodiscard]] Json createKey(const Call& call);
[[nodiscard]] Json describeKey(const Call& call);
[[nodiscard]] Json listKeys(const Call& call);
[[nodiscard]] Json enableKey(const Call& call);
[[nodiscard]] Json disableKey(const Call& call);
[[nodiscard]] Json scheduleKeyDeletion(const Call& call);
[[nodiscard]] Json cancelKeyDeletion(const Call& call);
[[nodiscard]] Json updateKeyDescription(const Call& call);

[[nodiscard]] Json getParametersForImport(const Call& call);
[[nodiscard]] Json importKeyMaterial(const Call& call);
[[nodiscard]] Json deleteImportedKeyMaterial(const Call& call);

[[nodiscard]] Json listKeyRotations(const Call& call);
[[nodiscard]] Json rotateKeyOnDemand(const Call& call);
[[nodiscard]] Json getKeyRotationStatus(const Call& call);
[[nodiscard]] Json changeAutomaticRotation(const Call& call);  ///< EnableKeyRotation and DisableKeyRotation

[[nodiscard]] Json replicateKey(const Call& call);
[[nodiscard]] Json updatePrimaryRegion(const Call& call);

[[nodiscard]] Json encrypt(const Call& call);
[[nodiscard]] Json decrypt(const Call& call);
[[nodiscard]] Json generateMac(const Call& call);
[[nodiscard]] Json verifyMac(const Call& call);
[[nodiscard]] Json getPublicKey(const Call& call);
[[nodiscard]] Json sign(const Call& call);
[[nodiscard]] Json verify(const Call& call);
[[nodiscard]] Json deriveSharedSecret(const Call& call);

[[nodiscard]] Json createAlias(const Call& call);
[[nodiscard]] Json updateAlias(const Call& call);
[[nodiscard]] Json deleteAlias(const Call& call);
[[nodiscard]] Json listAliases(const Call& call);
[[nodiscard]] Json tagResource(const Call& call);
[[nodiscard]] Json untagResource(const Call& call);
[[nodiscard]] Json listResourceTags(const Call& call);
[[nodiscard]] Json getKeyPolicy(const Call& call);
[[nodiscard]] Json putKeyPolicy(const Call& call);
[[nodiscard]] Json listKeyPolicies(const Call& call);

/// KeyMetadata as DescribeKey gives it; `related` is what KeyStore::Access::related gives for the key.
[[nodiscard]] Json keyMetadata(const KeyRecord& key, const RelatedKeys& related);

/// The Tags member of a new key, empty without one. Throws TagException.
[[nodiscard]] std::vector<Tag> requestedTags(const Call& call);

/// The Policy member, or the policy KMS gives a key without one. Throws MalformedPolicyDocumentException unless it is a JSON
/// object.
[[nodiscard]] std::string requestedPolicy(const Call& call);

/// One page of a list: `Limit` elements from `Marker` on, with NextMarker and Truncated.
[[nodiscard]] Json page(const Call& call, std::string_view member, const Json& all, std::int64_t usualLimit);

struct Operation {
    std::string_view name;
    std::span<const MemberRule> rules;
    Json (*run)(const Call& call);
};

/// Null for a name that KMS, or this simulator, does not know.
[[nodiscard]] const Operation* operationNamed(std::string_view name);

}  // namespace keyconvoy::kms::simulator
