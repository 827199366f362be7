#include "kmsclient/simulator/key_record.h"

#include <algorithm>

namespace keyconvoy::kms::simulator {

namespace {

bool isPermanent(const MaterialEntry& entry) {
    return entry.state != MaterialState::PendingRotation;
}

}  // namespace

KeyState stateOf(const KeyRecord& key) {
    if (key.deletionDate) {
        return KeyState::PendingDeletion;
    }
    if (!isComplete(key)) {
        return KeyState::PendingImport;
    }
    return key.disabled ? KeyState::Disabled : KeyState::Enabled;
}

std::string_view awsName(KeyState state) {
    switch (state) {
        case KeyState::Enabled: return "Enabled";
        case KeyState::Disabled: return "Disabled";
        case KeyState::PendingImport: return "PendingImport";
        case KeyState::PendingDeletion: return "PendingDeletion";
    }
    return "";
}

std::string_view awsName(MaterialState state) {
    switch (state) {
        case MaterialState::NonCurrent: return "NON_CURRENT";
        case MaterialState::Current: return "CURRENT";
        case MaterialState::PendingRotation: return "PENDING_ROTATION";
    }
    return "";
}

std::string_view awsName(Origin origin) {
    return origin == Origin::External ? "EXTERNAL" : "AWS_KMS";
}

bool isSymmetric(const KeyRecord& key) {
    return key.spec == wrapping::KeySpec::SymmetricDefault;
}

const MaterialEntry* materialIn(const KeyRecord& key, MaterialState state) {
    const auto entry = std::ranges::find(key.materials, state, &MaterialEntry::state);
    return entry == key.materials.end() ? nullptr : &*entry;
}

MaterialEntry* materialIn(KeyRecord& key, MaterialState state) {
    const auto entry = std::ranges::find(key.materials, state, &MaterialEntry::state);
    return entry == key.materials.end() ? nullptr : &*entry;
}

MaterialEntry* materialWithId(KeyRecord& key, std::string_view id) {
    const auto entry = std::ranges::find(key.materials, id, &MaterialEntry::id);
    return entry == key.materials.end() ? nullptr : &*entry;
}

bool isComplete(const KeyRecord& key) {
    const auto missing = [](const MaterialEntry& entry) { return isPermanent(entry) && !entry.material; };
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
            entry.material.reset();
            entry.validTo.reset();
        }
    }
}

void finishRotation(KeyRecord& key, TimePoint when) {
    key.rotationStarted.reset();
    MaterialEntry* next = materialIn(key, MaterialState::PendingRotation);
    if (next == nullptr) {
        return;  // deleted while the rotation ran
    }
    if (MaterialEntry* current = materialIn(key, MaterialState::Current)) {
        current->state = MaterialState::NonCurrent;
    }
    next->state = MaterialState::Current;
    next->rotationDate = when;
}

void removeMaterial(KeyRecord& key, std::string_view id) {
    MaterialEntry* entry = materialWithId(key, id);
    if (entry == nullptr) {
        return;
    }
    if (!isPermanent(*entry)) {
        std::erase_if(key.materials, [id](const MaterialEntry& candidate) { return candidate.id == id; });
        return;
    }
    entry->material.reset();
    entry->validTo.reset();
}

}  // namespace keyconvoy::kms::simulator
