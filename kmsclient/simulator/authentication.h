#pragma once

#include "core/clock.h"
#include "kmsclient/simulator/http_message.h"
#include "kmsclient/simulator/sessions.h"

#include <string>
#include <string_view>

namespace keyconvoy::kms::simulator {

/// Who signed a request, and for which Region.
struct Authenticated {
    Caller caller;
    std::string accessKeyId;
    std::string region;
};

/// Checks the signature of a request to `service` ("kms", "sts") against the users of the accounts and the sessions of
/// `sessions`. Throws ApiError with the exception names of KMS.
[[nodiscard]] Authenticated authenticate(const HttpRequest& request, std::string_view service, const SessionSealer& sessions,
                                         TimePoint now);

}  // namespace keyconvoy::kms::simulator
