#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/regions.h"
#include "kmsclient/simulator/state_rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>

/// ReplicateKey and UpdatePrimaryRegion.
namespace keyconvoy::kms::simulator {

namespace {

void requirePrimary(const KeyRecord& key) {
    if (!isPrimary(key)) {
        throw unsupported(key.arn + " is not a multi-region primary key.");
    }
}

void requireServed(const std::string& region) {
    if (partitionOf(region).empty()) {
        throw validationError("Region " + region + " is not a valid Region or multi-Region keys are not supported in Region " +
                              region + ".");
    }
    if (!isServed(region)) {
        throw validationError("The replica key Region must be in the same AWS partition as the primary key Region.");
    }
}

void requireRegionForReplica(const KeyRecord& primary, const RelatedKeys& related, const std::string& region) {
    requireServed(region);
    if (region == primary.place.region) {
        throw validationError(region + " cannot have a replica because it contains the primary.");
    }
    const auto there = std::ranges::find_if(related, [&region](const KeyRecord* key) { return key->place.region == region; });
    if (there != related.end()) {
        throw ApiError{"AlreadyExistsException", (*there)->arn + " already exists."};
    }
}

Json tagList(const std::vector<Tag>& tags) {
    Json list = Json::array();
    for (const Tag& tag : tags) {
        list.push_back({{"TagKey", tag.key}, {"TagValue", tag.value}});
    }
    return list;
}

}  // namespace

/// The reply tells the expiration model of the primary, which the replica itself does not have before its own import.
Json replicateKey(const Call& call) {
    KeyStore::Access access = call.toChange();
    const KeyRecord& primary = requireKey(call, access, Aliases::Refused);
    requireState(call.operation, primary);
    requirePrimary(primary);
    const std::string region = call.text("ReplicaRegion");
    requireRegionForReplica(primary, access.related(primary), region);
    KeyRecord replica = replicaOf(primary, region, call.now, access.endOfReplication());
    replica.description = call.text("Description");
    replica.policy = requestedPolicy(call);
    replica.tags = requestedTags(call);
    RelatedKeys related = access.related(primary);
    related.push_back(&replica);
    Json metadata = keyMetadata(replica, related);
    if (primary.origin == Origin::External) {
        metadata["ExpirationModel"] = earliestEnd(primary) ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE";
    }
    Json reply{{"ReplicaKeyMetadata", std::move(metadata)}, {"ReplicaPolicy", replica.policy}};
    if (!replica.tags.empty()) {
        reply["ReplicaTags"] = tagList(replica.tags);
    }
    access.add(std::move(replica));
    return reply;
}

/// What AWS answers for a Region without a replica, and whether the replica must be Enabled too, is not known: both are refused.
Json updatePrimaryRegion(const Call& call) {
    KeyStore::Access access = call.toChange();
    const KeyRecord& primary = requireKey(call, access, Aliases::Refused);
    requireState(call.operation, primary);
    requirePrimary(primary);
    const std::string region = call.text("PrimaryRegion");
    requireServed(region);
    if (region == primary.place.region) {
        throw unsupported(primary.arn + " is already the primary key.");
    }
    const Place target{.account = primary.place.account, .region = region};
    const KeyRecord* replica = access.find(target, primary.id);
    if (replica == nullptr) {
        throw ApiError{"NotFoundException", "Key '" + keyArn(target, primary.id) + "' does not exist"};
    }
    requireState(call.operation, *replica);
    movePrimary(access.related(primary), region, access.endOfReplication());
    return nullptr;
}

}  // namespace keyconvoy::kms::simulator
