#pragma once

#include "kmsclient/simulator/call.h"

namespace keyconvoy::kms::simulator {

/// Throws AccessDeniedException unless the caller may do this with a key of another account: KMS takes the operation across
/// accounts, and an Allow statement of the key's policy names the caller's account, its root, or the caller's own principal
/// (user, role, or role session). Actions, conditions and denials are not looked at. `key` is null when there is none: KMS does
/// not tell.
void requireGranted(const Call& call, const KeyRecord* key, const std::string& identifier);

}  // namespace keyconvoy::kms::simulator
