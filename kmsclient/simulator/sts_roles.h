#pragma once

#include "core/strict_json.h"
#include "kmsclient/simulator/sessions.h"

#include <optional>
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

/// What a JSON Web Token says of its bearer: its claims sub, iss and aud.
struct WebIdentity {
    std::string subject, provider, audience;
};
struct AssumedByWebIdentity {
    AssumedRole role;
    WebIdentity identity;
};
[[nodiscard]] AssumedByWebIdentity assumeRoleWithWebIdentity(const Json& form, const SessionSealer& sessions, TimePoint now);

/// Whose token the request brings, good or expired, and the account of the role that it asks for; absent when one of the two
/// cannot be read.
struct WebIdentityRequest {
    WebIdentity identity;
    std::string account;
};
[[nodiscard]] std::optional<WebIdentityRequest> readWebIdentityRequest(const Json& form);

}  // namespace keyconvoy::kms::simulator
