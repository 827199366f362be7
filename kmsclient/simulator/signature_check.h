#pragma once

#include "core/clock.h"
#include "kmsclient/simulator/http_message.h"

#include <string>
#include <string_view>

namespace keyconvoy::kms::simulator {

struct Credentials {
    std::string accessKeyId;
    std::string secretAccessKey;
};

/// What a signature must be made for.
struct SignatureScope {
    std::string region;
    std::string_view service;  ///< "kms" or "sts"
};

/// Checks AWS Signature Version 4 in the Authorization header: parts, known access key, scope, signed headers, date within five
/// minutes of `now`, and the signature itself. Code of its own, so that an error in the client's signer does not cancel out.
/// Throws ApiError with the exception names of KMS.
void checkSignature(const HttpRequest& request, const Credentials& credentials, const SignatureScope& scope, TimePoint now);

}  // namespace keyconvoy::kms::simulator
