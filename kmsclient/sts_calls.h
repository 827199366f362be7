#pragma once

#include "kmsclient/service_call.h"
#include "kmsclient/sts.h"

/// The calls of STS, through whoever signs them.
namespace keyconvoy::kms {

/// Throws as ServiceCaller::call does, and Integrity when the reply makes no sense.
[[nodiscard]] CallerIdentity getCallerIdentity(ServiceCaller& caller);
[[nodiscard]] AssumedRole assumeRole(ServiceCaller& caller, const AssumeRoleRequest& request);
[[nodiscard]] AssumedRole assumeRoleWithWebIdentity(ServiceCaller& caller, const WebIdentityRequest& request);

}  // namespace keyconvoy::kms
