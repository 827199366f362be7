#pragma once

#include <functional>
#include <string>

namespace keyconvoy::kms {

/// What somebody is asked for who assumes a role with an MFA device.
struct MfaDevice {
    std::string serial;   ///< serial number or ARN
    std::string profile;  ///< the AWS profile that names it
};

/// Gives the six digits that the device shows. May throw Error(Cancelled).
using AskMfaCode = std::function<std::string(const MfaDevice&)>;

/// Gives this code, once; asked again it throws Refused, since a code is good for one session.
[[nodiscard]] AskMfaCode mfaCodeGiven(std::string code);

}  // namespace keyconvoy::kms
