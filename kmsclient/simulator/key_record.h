#pragma once

#include "core/clock.h"
#include "kmsclient/simulator/material.h"

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <vector>

/// One KMS key as plain data, and the rules by which its state follows from them (KMS Developer Guide, "Key states of KMS keys",
/// "Importing key material" and "Multi-Region keys").
namespace keyconvoy::kms::simulator {

/// Where keys and aliases live.
struct Place {
    std::string account;
    std::string region;
    friend auto operator<=>(const Place&, const Place&) = default;
};

enum class Origin : std::uint8_t { AwsKms, External };
enum class KeyState : std::uint8_t {
    Creating,
    Enabled,
    Disabled,
    PendingImport,
    Updating,
    PendingDeletion,
    PendingReplicaDeletion
};
enum class MaterialState : std::uint8_t { NonCurrent, Current, Pending };

/// A material that is associated with a key, whether it is there or not. Related multi-Region keys have the same list; what each
/// holds of it, and until when, is its own.
struct MaterialEntry {
    std::string id;
    MaterialState state = MaterialState::Current;
    std::shared_ptr<const Material> material;  ///< null: PENDING_IMPORT
    std::optional<TimePoint> validTo;          ///< absent: does not expire; whole seconds
    std::optional<std::string> description;
    std::optional<TimePoint> rotationDate;  ///< when it became current by rotation
};

struct Tag {
    std::string key;
    std::string value;
};

/// A state that ends by itself: Creating of a new replica, Updating while the primary moves.
struct Transition {
    KeyState state = KeyState::Creating;
    TimePoint end;
};

struct KeyRecord {
    std::string id;
    Place place;
    std::string arn;
    TimePoint creationDate;
    std::string description;
    wrapping::KeySpec spec = wrapping::KeySpec::SymmetricDefault;
    wrapping::KeyUsage usage = wrapping::KeyUsage::EncryptDecrypt;
    Origin origin = Origin::External;
    std::optional<std::string> primaryRegion;  ///< absent: a single-Region key
    std::optional<Transition> transition;
    bool disabled = false;
    std::optional<TimePoint> deletionDate;
    std::optional<int> deletionWindowDays;  ///< PendingReplicaDeletion: what is waited once the replicas are gone
    std::vector<MaterialEntry> materials;   ///< oldest first, a pending one last
    std::optional<TimePoint> rotationStarted;
    int rotations = 0;
    std::string policy;
    std::vector<Tag> tags;
};

/// arn:aws:kms:<region>:<account>:key/<key id>
[[nodiscard]] std::string keyArn(const Place& place, std::string_view keyId);

[[nodiscard]] KeyState stateOf(const KeyRecord& key);
/// The state that Updating hides; otherwise the same.
[[nodiscard]] KeyState lastingStateOf(const KeyRecord& key);
[[nodiscard]] std::string_view awsName(KeyState state);
[[nodiscard]] std::string_view awsName(Origin origin);
[[nodiscard]] bool isSymmetric(const KeyRecord& key);

[[nodiscard]] bool isMultiRegion(const KeyRecord& key);
[[nodiscard]] bool isPrimary(const KeyRecord& key);  ///< of a multi-Region key
[[nodiscard]] bool isReplica(const KeyRecord& key);

/// The current or pending material; null when there is none.
[[nodiscard]] MaterialEntry* materialIn(KeyRecord& key, MaterialState state);
[[nodiscard]] const MaterialEntry* materialIn(const KeyRecord& key, MaterialState state);
[[nodiscard]] MaterialEntry* materialWithId(KeyRecord& key, std::string_view id);
[[nodiscard]] const MaterialEntry* materialWithId(const KeyRecord& key, std::string_view id);

/// Whether every permanently associated (current and earlier) material is there.
[[nodiscard]] bool isComplete(const KeyRecord& key);
/// The earliest end among the permanently associated materials; absent when none of them ends.
[[nodiscard]] std::optional<TimePoint> earliestEnd(const KeyRecord& key);

/// Deletes what has expired.
void expireMaterials(KeyRecord& key, TimePoint now);
/// Completes a rotation that was asked for: the pending material becomes current.
void finishRotation(KeyRecord& key, TimePoint when);
/// The material stays listed without its octets.
void dropMaterial(MaterialEntry& entry);

}  // namespace keyconvoy::kms::simulator
