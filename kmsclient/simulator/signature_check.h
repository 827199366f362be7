#pragma once

#include "core/clock.h"
#include "kmsclient/simulator/http_message.h"

#include <functional>
#include <string>
#include <string_view>

namespace keyconvoy::kms::simulator {

/// The secret of an access key; throws ApiError when it knows none.
using SecretOf = std::function<std::string(const std::string& accessKeyId)>;

/// Checks AWS Signature Version 4 in the Authorization header: parts, access key, scope (a Region that the simulator stands for,
/// `service`), signed headers, date within five minutes of `now`, and the signature itself. Code of its own, so that an error in
/// the client's signer does not cancel out. Gives the scope's Region; throws ApiError with the exception names of KMS.
[[nodiscard]] std::string checkSignature(const HttpRequest& request, std::string_view service, const SecretOf& secretOf,
                                         TimePoint now);

}  // namespace keyconvoy::kms::simulator
