#pragma once

#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/http_message.h"
#include "kmsclient/simulator/sessions.h"

namespace keyconvoy::kms::simulator {

/// STS, query protocol, version 2011-06-15: GetCallerIdentity, AssumeRole, AssumeRoleWithWebIdentity. Throws ApiError with the
/// names of STS.
[[nodiscard]] HttpReply answerSts(const HttpRequest& request, const std::string& requestId, const SessionSealer& sessions,
                                  TimePoint now);

/// An error as STS words it, in XML.
[[nodiscard]] HttpReply stsError(const ApiError& error, const std::string& requestId);

}  // namespace keyconvoy::kms::simulator
