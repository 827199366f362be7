#include "kmsclient/simulator/related_keys.h"

#include <algorithm>

namespace keyconvoy::kms::simulator {

MaterialEntry& associate(const RelatedKeys& related, KeyRecord& key, const std::string& id) {
    const MaterialState state = key.materials.empty() ? MaterialState::Current : MaterialState::Pending;
    for (KeyRecord* other : related) {
        MaterialEntry& entry = other->materials.emplace_back();
        entry.id = id;
        entry.state = state;
    }
    return key.materials.back();
}

void removeMaterial(const RelatedKeys& related, KeyRecord& key, const std::string& id) {
    MaterialEntry* entry = materialWithId(key, id);
    if (entry == nullptr) {
        return;
    }
    if (entry->state != MaterialState::Pending || isReplica(key)) {
        dropMaterial(*entry);
        return;
    }
    for (KeyRecord* other : related) {
        std::erase_if(other->materials, [&id](const MaterialEntry& candidate) { return candidate.id == id; });
    }
}

void describeMaterial(const RelatedKeys& related, std::string_view id, const std::string& description) {
    for (KeyRecord* key : related) {
        if (MaterialEntry* entry = materialWithId(*key, id)) {
            entry->description = description;
        }
    }
}

bool replicasHold(const RelatedKeys& related, std::string_view id) {
    return std::ranges::all_of(related, [id](const KeyRecord* key) {
        const MaterialEntry* entry = materialWithId(*key, id);
        return !isReplica(*key) || (entry != nullptr && entry->material != nullptr);
    });
}

std::string_view materialStateName(const RelatedKeys& related, const MaterialEntry& entry) {
    switch (entry.state) {
        case MaterialState::NonCurrent: return "NON_CURRENT";
        case MaterialState::Current: return "CURRENT";
        case MaterialState::Pending:
            return replicasHold(related, entry.id) ? "PENDING_ROTATION" : "PENDING_MULTI_REGION_IMPORT_AND_ROTATION";
    }
    return "";
}

void startRotation(const RelatedKeys& related, TimePoint now) {
    for (KeyRecord* key : related) {
        ++key->rotations;
        key->rotationStarted = now;
    }
}

KeyRecord replicaOf(const KeyRecord& primary, const std::string& region, TimePoint now, TimePoint created) {
    KeyRecord replica = primary;
    replica.place.region = region;
    replica.arn = keyArn(replica.place, replica.id);
    replica.creationDate = now;
    replica.transition = Transition{.state = KeyState::Creating, .end = created};
    replica.description.clear();
    replica.policy.clear();
    replica.tags.clear();
    if (replica.origin == Origin::External) {
        std::ranges::for_each(replica.materials, &dropMaterial);
    }
    return replica;
}

void movePrimary(const RelatedKeys& related, const std::string& region, TimePoint updated) {
    for (KeyRecord* key : related) {
        if (isPrimary(*key) || key->place.region == region) {
            key->transition = Transition{.state = KeyState::Updating, .end = updated};
        }
    }
    for (KeyRecord* key : related) {
        key->primaryRegion = region;
    }
}

}  // namespace keyconvoy::kms::simulator
