#pragma once

#include "kmsclient/mfa.h"

#include <string>

namespace keyconvoy::cli {

/// Asks at the terminal for the code that the device shows, without an echo; it comes neither from an argument nor from the
/// environment. Throws Refused when there is no terminal, Cancelled when it is not answered.
[[nodiscard]] std::string askMfaCodeAtTerminal(const kms::MfaDevice& device);

}  // namespace keyconvoy::cli
