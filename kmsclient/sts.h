#pragma once

#include "kmsclient/kms_error.h"
#include "kmsclient/model.h"

#include <string>
#include <string_view>

/// AWS STS as far as it is needed: GetCallerIdentity, in the query protocol with XML replies (API version 2011-06-15).
namespace keyconvoy::kms {

inline constexpr std::string_view getCallerIdentityBody = "Action=GetCallerIdentity&Version=2011-06-15";

/// Throws Integrity when the reply is no GetCallerIdentityResponse with account, ARN and user ID.
[[nodiscard]] CallerIdentity readCallerIdentity(std::string_view xml, const Text& place);
/// Code, message and request ID of an ErrorResponse; never throws.
[[nodiscard]] ServiceFault readXmlFault(const HttpReply& reply);

}  // namespace keyconvoy::kms
