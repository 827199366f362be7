#pragma once

#include "app/ceremony/kms_access.h"
#include "app/ceremony/question.h"
#include "kmsclient/model.h"

#include <cstdint>
#include <optional>
#include <string>

/// The next material of a symmetric KMS key: imported beside the current one, then rotated in. KMS encrypts with it from then on
/// and keeps the old one for decryption (AWS KMS Developer Guide, "Rotate keys", on-demand rotation).
namespace keyconvoy::app {

/// How often KMS rotates one key on demand, in its whole life.
inline constexpr int rotationsOnDemandOfAKey = 25;

/// Whether KMS rotates it only once keys of other Regions hold the new material too.
[[nodiscard]] bool hasReplicas(const kms::KeyMetadata& key);

/// What finishes a rotation that was broken off: with replicas each of them needs the material first.
[[nodiscard]] Text commandThatFinishes(const kms::KeyMetadata& key);

enum class Waiting : std::uint8_t { IsRefused, MayBeTakenUp };
struct SuccessorPlan {
    Details forReview;                   ///< how many rotations are left, which material is replaced
    std::optional<std::string> takenUp;  ///< the material that waits to be rotated in already: it must be the very one
};
/// Throws Refused when the key can take no successor now: it is not symmetric or not enabled, a replica, a rotation runs, none is
/// left, or a material waits that is not to be taken up.
[[nodiscard]] SuccessorPlan planSuccessor(KmsAccess& kms, const kms::KeyMetadata& key, Waiting waiting);

/// Waits until KMS shows this material as the one that waits to be rotated in. Throws Integrity when it shows something else to
/// the end.
void awaitSuccessor(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId);

/// Waits until this material is the current one, at a replica after the primary's rotation.
void awaitCurrent(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId);

/// Waits until every Region has it, for KMS refuses to rotate before that; then RotateKeyOnDemand, unless a rotation runs.
void askForRotation(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId);
/// Then waits until this material is the current one, as KMS takes minutes for that. Throws Integrity when another became
/// current, Unavailable when it takes too long; KMS goes on by itself then.
void awaitRotation(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId);

}  // namespace keyconvoy::app
