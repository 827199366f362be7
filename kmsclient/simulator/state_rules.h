#pragma once

#include "kmsclient/simulator/key_record.h"

#include <string_view>

namespace keyconvoy::kms::simulator {

/// Throws KMS's answer when the call does not work in the key's state (KMS Developer Guide, "Key states of KMS keys", its table).
/// Calls that work in every state, and CancelKeyDeletion, which has a rule of its own, are not in it.
void requireState(std::string_view operation, const KeyRecord& key);

}  // namespace keyconvoy::kms::simulator
