#pragma once

#include "app/ceremony/kms_access.h"
#include "app/ceremony/question.h"
#include "kmsclient/model.h"

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

/// What a person should know before: how many rotations are left, which material is replaced. Throws Refused when the key can
/// take no successor now: it is not symmetric or not enabled, a replica, a material is pending, a rotation runs, or none is left.
[[nodiscard]] Details checkTakesSuccessor(KmsAccess& kms, const kms::KeyMetadata& key);

/// Throws Integrity when KMS does not show this material as the one that waits to be rotated in.
void checkSuccessorArrived(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId);

/// Waits until this material is the current one, at a replica after the primary's rotation.
void awaitCurrent(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId);

/// Waits until every Region has it, for KMS refuses to rotate before that; RotateKeyOnDemand, unless a rotation runs; then waits
/// until this material is the current one, as KMS takes minutes for that. Throws Integrity when another became current,
/// Unavailable when it takes too long; KMS goes on by itself then.
void rotateIn(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId);

}  // namespace keyconvoy::app
