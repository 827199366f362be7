#pragma once

#include "core/strict_json.h"
#include "kmsclient/simulator/sessions.h"

#include <string>

/// AssumeRole and AssumeRoleWithWebIdentity. Every role of the simulator's accounts exists, and whoever has credentials of one of
/// them, or a JSON Web Token that has not ended, may assume it.
namespace keyconvoy::kms::simulator {

struct AssumedRole {
    Caller session;
    Credentials credentials;
    TimePoint end;
};

/// `form` is the request; session policies, tags and the like are refused. Throws ApiError with the names of STS.
[[nodiscard]] AssumedRole assumeRole(const Json& form, const Caller& caller, const SessionSealer& sessions, TimePoint now);

struct AssumedByWebIdentity {
    AssumedRole role;
    std::string subject, provider, audience;
};
[[nodiscard]] AssumedByWebIdentity assumeRoleWithWebIdentity(const Json& form, const SessionSealer& sessions, TimePoint now);

}  // namespace keyconvoy::kms::simulator
