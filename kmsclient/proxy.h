#pragma once

#include "kmsclient/endpoint.h"

#include <string>
#include <string_view>

namespace keyconvoy::kms {

/// The proxy for this endpoint from HTTPS_PROXY, ALL_PROXY and NO_PROXY (lower case first); empty for none. This machine is never
/// reached through one.
[[nodiscard]] std::string proxyFor(const Environment& environment, const Endpoint& endpoint);

/// The proxy's address without the user name and password it may carry.
[[nodiscard]] std::string withoutUserInfo(std::string_view proxy);

}  // namespace keyconvoy::kms
