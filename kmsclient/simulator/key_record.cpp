#include "kmsclient/simulator/key_record.h"

#include "kmsclient/simulator/regions.h"

#include <algorithm>

namespace keyconvoy::kms::simulator {

namespace {

bool isPermanent(const MaterialEntry& entry) {
    return entry.state != MaterialState::Pending;
}

template <class Record>
auto* entryWhere(Record& key, const auto& value, auto member) {
    const auto entry = std::ranges::find(key.materials, value, member);
    return entry == key.materials.end() ? nullptr : &*entry;
}

}  // namespace

std::string keyArn(const Place& place, std::string_view keyId) {
    return "arn:" + std::string{partition} + ":kms:" + place.region + ":" + place.account + ":key/" + std::string{keyId};
}

KeyState lastingStateOf(const KeyRecord& key) {
    if (key.deletionWindowDays) {
        return KeyState::PendingReplicaDeletion;
    }
    if (key.deletionDate) {
        return KeyState::PendingDeletion;
    }
    if (key.transition && key.transition->state == KeyState::Creating) {
        return KeyState::Creating;
    }
    if (!isComplete(key)) {
        return KeyState::PendingImport;
    }
    return key.disabled ? KeyState::Disabled : KeyState::Enabled;
}

KeyState stateOf(const KeyRecord& key) {
    const KeyState lasting = lastingStateOf(key);
    const bool ending = lasting == KeyState::PendingDeletion || lasting == KeyState::PendingReplicaDeletion;
    return key.transition && !ending ? key.transition->state : lasting;
}

std::string_view awsName(KeyState state) {
    switch (state) {
        case KeyState::Creating: return "Creating";
        case KeyState::Enabled: return "Enabled";
        case KeyState::Disabled: return "Disabled";
        case KeyState::PendingImport: return "PendingImport";
        case KeyState::Updating: return "Updating";
        case KeyState::PendingDeletion: return "PendingDeletion";
        case KeyState::PendingReplicaDeletion: return "PendingReplicaDeletion";
    }
    return "";
}

std::string_view awsName(Origin origin) {
    return origin == Origin::External ? "EXTERNAL" : "AWS_KMS";
}

bool isSymmetric(const KeyRecord& key) {
    return key.spec == wrapping::KeySpec::SymmetricDefault;
}

bool isMultiRegion(const KeyRecord& key) {
    return key.primaryRegion.has_value();
}

bool isPrimary(const KeyRecord& key) {
    return key.primaryRegion == key.place.region;
}

bool isReplica(const KeyRecord& key) {
    return isMultiRegion(key) && !isPrimary(key);
}

const MaterialEntry* materialIn(const KeyRecord& key, MaterialState state) {
    return entryWhere(key, state, &MaterialEntry::state);
}

MaterialEntry* materialIn(KeyRecord& key, MaterialState state) {
    return entryWhere(key, state, &MaterialEntry::state);
}

MaterialEntry* materialWithId(KeyRecord& key, std::string_view id) {
    return entryWhere(key, id, &MaterialEntry::id);
}

const MaterialEntry* materialWithId(const KeyRecord& key, std::string_view id) {
    return entryWhere(key, id, &MaterialEntry::id);
}

bool isComplete(const KeyRecord& key) {
    const auto missing = [](const MaterialEntry& entry) { return isPermanent(entry) && entry.material == nullptr; };
    return !key.materials.empty() && std::ranges::none_of(key.materials, missing);
}

std::optional<TimePoint> earliestEnd(const KeyRecord& key) {
    std::optional<TimePoint> earliest;
    for (const MaterialEntry& entry : key.materials) {
        if (isPermanent(entry) && entry.validTo && (!earliest || *entry.validTo < *earliest)) {
            earliest = entry.validTo;
        }
    }
    return earliest;
}

void expireMaterials(KeyRecord& key, TimePoint now) {
    for (MaterialEntry& entry : key.materials) {
        if (entry.validTo && *entry.validTo <= now) {
            dropMaterial(entry);
        }
    }
}

void finishRotation(KeyRecord& key, TimePoint when) {
    key.rotationStarted.reset();
    MaterialEntry* next = materialIn(key, MaterialState::Pending);
    if (next == nullptr) {
        return;  // deleted while the rotation ran
    }
    if (MaterialEntry* current = materialIn(key, MaterialState::Current)) {
        current->state = MaterialState::NonCurrent;
    }
    next->state = MaterialState::Current;
    next->rotationDate = when;
}

void dropMaterial(MaterialEntry& entry) {
    entry.material.reset();
    entry.validTo.reset();
}

}  // namespace keyconvoy::kms::simulator
