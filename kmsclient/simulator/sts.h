#pragma once

#include "core/strict_json.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/authentication.h"
#include "kmsclient/simulator/http_message.h"
#include "kmsclient/simulator/sessions.h"

#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::kms::simulator {

/// STS, query protocol, version 2011-06-15: GetCallerIdentity, AssumeRole, AssumeRoleWithWebIdentity. The functions throw
/// ApiError with the names of STS.

struct StsCall {
    std::shared_ptr<const Json> form;  ///< the request's members, as texts
    std::string action;
    std::optional<Authenticated> from;  ///< absent for AssumeRoleWithWebIdentity, whose token is the authentication
};

/// Reads a request and checks its signature.
[[nodiscard]] StsCall readStsCall(const HttpRequest& request, const SessionSealer& sessions, TimePoint now);

[[nodiscard]] HttpReply answerSts(const StsCall& call, const std::string& requestId, const SessionSealer& sessions,
                                  TimePoint now);

/// An error as STS words it, in XML.
[[nodiscard]] HttpReply stsError(const ApiError& error, const std::string& requestId);

}  // namespace keyconvoy::kms::simulator
