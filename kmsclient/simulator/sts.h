#pragma once

#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/http_message.h"

namespace keyconvoy::kms::simulator {

/// STS, query protocol, version 2011-06-15: GetCallerIdentity and nothing else. Throws ApiError.
[[nodiscard]] HttpReply answerSts(const HttpRequest& request, const std::string& requestId);

/// An error as STS words it: XML, and names of its own for what the signature check found.
[[nodiscard]] HttpReply stsError(const ApiError& error, const std::string& requestId);

}  // namespace keyconvoy::kms::simulator
