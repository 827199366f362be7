#pragma once

#include "ui/desk.h"
#include "wrapping/key_spec.h"

#include <QString>

namespace keyconvoy::app {
struct Question;
}

/// What KMS's names mean, for people who do not read them every day.
namespace keyconvoy::ui {

[[nodiscard]] QString nameOfSpec(wrapping::KeySpec spec);     ///< "ECC_NIST_P256"
[[nodiscard]] QString meaningOfSpec(wrapping::KeySpec spec);  ///< "P-256 key pair, sign and verify, or agree on keys"
[[nodiscard]] QString nameOfUsage(wrapping::KeyUsage usage);
[[nodiscard]] QString meaningOfUsage(wrapping::KeyUsage usage);
/// The usages that KMS allows for this spec, the usual one first.
[[nodiscard]] std::vector<wrapping::KeyUsage> usagesOf(wrapping::KeySpec spec);

/// What helps with this question in a rehearsal: the PIN of its token. Empty otherwise.
[[nodiscard]] QString rehearsalHint(const Desk& desk, const app::Question& question);

}  // namespace keyconvoy::ui
