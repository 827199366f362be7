#pragma once

#include "app/ceremony/import_job.h"
#include "core/finding.h"
#include "kmsclient/model.h"

namespace keyconvoy::app {

/// Everything about a request that can be refused before anything is touched. Throws InvalidInput or Refused, naming the rule.
void checkImportRequest(const ImportRequest& request, TimePoint now);

/// Whether material can be imported into this existing KMS key at all. Throws Refused; gives what a person should know before
/// agreeing.
[[nodiscard]] Findings checkImportTarget(const kms::KeyMetadata& key, const ImportRequest& request);

/// The refusal of a KMS key for its state, with what leads out of that state.
[[nodiscard]] Error stateRefusal(const kms::KeyMetadata& key);

/// The same without ending anything: what KMS or this program would refuse is a Problem, with its remedy.
[[nodiscard]] Findings importTargetFindings(const kms::KeyMetadata& key, const ImportRequest& request);

/// True when material was imported before, so that only the same material is taken.
[[nodiscard]] bool holdsMaterial(const kms::KeyMetadata& key);

/// The usage the KMS key is to be created with, or has.
[[nodiscard]] wrapping::KeyUsage usageForNew(const ImportRequest& request);
[[nodiscard]] wrapping::KeyUsage usageOf(const kms::KeyMetadata& key);
/// Throws Refused for a key spec that takes no imported material.
[[nodiscard]] wrapping::KeySpec keySpecOf(const kms::KeyMetadata& key);

}  // namespace keyconvoy::app
