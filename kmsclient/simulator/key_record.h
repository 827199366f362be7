#pragma once

#include "core/clock.h"
#include "kmsclient/simulator/material.h"

#include <optional>
#include <string>
#include <vector>

/// One KMS key as plain data, and the rules by which its state follows from them (KMS Developer Guide, "Key states of KMS keys"
/// and "Importing key material").
namespace keyconvoy::kms::simulator {

enum class Origin : std::uint8_t { AwsKms, External };
enum class KeyState : std::uint8_t { Enabled, Disabled, PendingImport, PendingDeletion };
enum class MaterialState : std::uint8_t { NonCurrent, Current, PendingRotation };

/// A material that is associated with a key, whether it is there or not.
struct MaterialEntry {
    std::string id;
    MaterialState state = MaterialState::Current;
    std::optional<Material> material;  ///< absent: PENDING_IMPORT
    std::optional<TimePoint> validTo;  ///< absent: does not expire; whole seconds
    std::optional<std::string> description;
    std::optional<TimePoint> rotationDate;  ///< when it became current by rotation
};

struct Tag {
    std::string key;
    std::string value;
};

struct KeyRecord {
    std::string id;
    std::string arn;
    TimePoint creationDate;
    std::string description;
    wrapping::KeySpec spec = wrapping::KeySpec::SymmetricDefault;
    wrapping::KeyUsage usage = wrapping::KeyUsage::EncryptDecrypt;
    Origin origin = Origin::External;
    bool disabled = false;
    std::optional<TimePoint> deletionDate;
    std::vector<MaterialEntry> materials;  ///< oldest first, a pending one last
    std::optional<TimePoint> rotationStarted;
    int rotations = 0;
    std::string policy;
    std::vector<Tag> tags;
};

[[nodiscard]] KeyState stateOf(const KeyRecord& key);
[[nodiscard]] std::string_view awsName(KeyState state);
[[nodiscard]] std::string_view awsName(MaterialState state);
[[nodiscard]] std::string_view awsName(Origin origin);
[[nodiscard]] bool isSymmetric(const KeyRecord& key);

/// The CURRENT or PENDING_ROTATION material; null when there is none.
[[nodiscard]] MaterialEntry* materialIn(KeyRecord& key, MaterialState state);
[[nodiscard]] const MaterialEntry* materialIn(const KeyRecord& key, MaterialState state);
[[nodiscard]] MaterialEntry* materialWithId(KeyRecord& key, std::string_view id);

/// Whether every permanently associated (current and earlier) material is there.
[[nodiscard]] bool isComplete(const KeyRecord& key);
/// The earliest end among the permanently associated materials; absent when none of them ends.
[[nodiscard]] std::optional<TimePoint> earliestEnd(const KeyRecord& key);

/// Deletes what has expired.
void expireMaterials(KeyRecord& key, TimePoint now);
/// Completes a rotation that was asked for: the pending material becomes current.
void finishRotation(KeyRecord& key, TimePoint when);
/// A permanently associated material stays listed without its octets; a pending one frees its slot.
void removeMaterial(KeyRecord& key, std::string_view id);

}  // namespace keyconvoy::kms::simulator
