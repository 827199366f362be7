#pragma once

#include "core/clock.h"
#include "core/finding.h"
#include "kmsclient/kms_client.h"
#include "pkcs11/token.h"

#include <chrono>
#include <string>
#include <vector>

/// What the doctor says about facts; no token and no network is touched here.
namespace keyconvoy::app {

/// A failed check: what it ran into, and what to do.
[[nodiscard]] Finding problemFrom(const Failure& failure);

/// Software token, write protection, state of the PINs, a login from outside.
[[nodiscard]] Findings findingsOn(const pkcs11::TokenDescription& token, pkcs11::LoginState login);
/// Which mechanisms of the main job the token lists; with the remark that lists prove nothing.
[[nodiscard]] Findings findingsOn(const std::vector<pkcs11::Mechanism>& mechanisms);
/// Server time minus ours: AWS refuses signatures that are more than five minutes off.
[[nodiscard]] Finding findingOnClock(std::chrono::seconds offset);

}  // namespace keyconvoy::app
