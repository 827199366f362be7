#pragma once

#include "kmsclient/credentials.h"
#include "kmsclient/kms_error.h"
#include "kmsclient/model.h"

#include <optional>
#include <string>
#include <string_view>

/// AWS STS as far as it is needed, in the query protocol with XML replies (API version 2011-06-15).
namespace keyconvoy::kms {

inline constexpr std::string_view getCallerIdentityBody = "Action=GetCallerIdentity&Version=2011-06-15";

/// AssumeRole. What is absent is left to STS: a session of one hour.
struct AssumeRoleRequest {
    std::string roleArn;
    std::string sessionName;  ///< 2 to 64 of A-Z a-z 0-9 _ + = , . @ -; CloudTrail shows it
    std::optional<std::chrono::seconds> duration;
    std::optional<std::string> externalId;
    std::optional<std::string> mfaSerial;  ///< serial number or ARN of the MFA device, with the code it shows
    std::optional<std::string> mfaCode;
};

/// AssumeRoleWithWebIdentity, which is not signed: the token is the proof.
struct WebIdentityRequest {
    std::string roleArn;
    std::string sessionName;
    std::optional<std::chrono::seconds> duration;
    SecretBytes token;  ///< an OpenID Connect token, 4 to 20000 octets
};

struct AssumedRole {
    Credentials credentials;
    std::string arn;  ///< of the session: arn:aws:sts::account:assumed-role/role/session
    ReplyFacts facts;
};

/// `application/x-www-form-urlencoded`, as the query protocol wants it.
[[nodiscard]] std::string writeAssumeRole(const AssumeRoleRequest& request);
/// Holds the token in ordinary memory, as it is sent; the caller wipes it.
[[nodiscard]] std::string writeAssumeRoleWithWebIdentity(const WebIdentityRequest& request);

/// Throws Integrity when the reply is no GetCallerIdentityResponse with account, ARN and user ID.
[[nodiscard]] CallerIdentity readCallerIdentity(std::string_view xml, const Text& place);
/// The reply to AssumeRole or AssumeRoleWithWebIdentity. Reads in place, and wipes the text. Throws Integrity when it holds no
/// credentials with an end, or no session's ARN.
[[nodiscard]] AssumedRole readAssumedRole(std::string xml, std::string_view operation, const Text& place);
/// Code, message and request ID of an ErrorResponse; never throws.
[[nodiscard]] ServiceFault readXmlFault(const HttpReply& reply);

}  // namespace keyconvoy::kms
