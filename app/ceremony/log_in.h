#pragma once

#include "app/ceremony/job.h"
#include "pkcs11/token.h"

#include <functional>
#include <string>

namespace keyconvoy::app {

/// "<prefix>.login" for any open token; `prefix` distinguishes the two tokens of a backup ("token", "backup-token"). Asks
/// "<prefix>.pin",
/// "<prefix>.pin-pad" or "<prefix>.final-try"; tries once. A session found logged in is used and said to be logged in outside. A
/// wrong PIN ends the job: a PIN is never tried again unasked.
[[nodiscard]] Step makeLogInStep(std::string prefix, std::function<pkcs11::Token&()> token);

/// "<prefix>.security-officer-login": asks "<prefix>.security-officer-pin" with the warning that some HSMs erase everything after
/// a few wrong tries, "<prefix>.security-officer-pin-pad" at a token with a pad, and "<prefix>.security-officer-final-try" before
/// a last one.
[[nodiscard]] Step makeSecurityOfficerLogInStep(std::string prefix, std::function<pkcs11::Token&()> token);

}  // namespace keyconvoy::app
