#pragma once

#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/faults.h"

#include <string>
#include <string_view>

/// How KMS (JSON protocol) and STS (query protocol) word the faults that end a call. Each function throws the answer that belongs
/// to its place in the order of checks, or returns.
namespace keyconvoy::kms::simulator {

enum class Protocol : std::uint8_t { Json, Query };

/// What AWS says once the signature is known to be good: expired credentials, throttling.
void refuseCaller(const CallFaults& faults, Protocol protocol);

/// A call as a policy sees it.
struct AccessAttempt {
    std::string caller;    ///< ARN; empty: nobody yet, as for AssumeRoleWithWebIdentity
    std::string action;    ///< "kms:DescribeKey"
    std::string resource;  ///< ARN, or "*" where an action has none
};
/// `describe` is asked only when access is denied.
template <class Describe>
void refuseAccess(const CallFaults& faults, Protocol protocol, Describe describe);

/// The text of a refusal (IAM User Guide, "Troubleshoot access denied error messages").
[[nodiscard]] std::string accessDeniedText(const AccessDenied& denied, const AccessAttempt& attempt);
[[nodiscard]] ApiError accessDeniedError(const AccessDenied& denied, const AccessAttempt& attempt, Protocol protocol);

/// A server's error at this moment of the call. STS knows no exceptions of KMS and has InternalFailure for them.
void failService(const CallFaults& faults, Protocol protocol, Moment moment);

/// Where the connection is lost; absent when it is not.
[[nodiscard]] std::optional<DropPoint> dropPoint(const CallFaults& faults);

template <class Describe>
void refuseAccess(const CallFaults& faults, Protocol protocol, Describe describe) {
    const auto* denied = faults.ending ? std::get_if<AccessDenied>(&*faults.ending) : nullptr;
    if (denied != nullptr) {
        throw accessDeniedError(*denied, describe(), protocol);
    }
}

}  // namespace keyconvoy::kms::simulator
