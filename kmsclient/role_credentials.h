#pragma once

#include "kmsclient/mfa.h"
#include "kmsclient/role_sessions.h"
#include "kmsclient/service_call.h"

#include <memory>
#include <optional>
#include <string>

/// Credentials of a role, from STS.
namespace keyconvoy::kms {

/// Everything credentials may be made from.
struct CredentialSetup {
    Environment environment;
    std::optional<std::string> profile;      ///< named on the command line
    AskMfaCode askMfaCode;                   ///< empty: nobody can be asked
    std::shared_ptr<RoleSessions> sessions;  ///< of roles that want an MFA code; empty: each client asks for its own
    ServiceCaller::Settings sts;  ///< for calls to STS, but for the credentials; its clock and waiting serve for everything
};

/// Whether the profile assumes a role with the credentials of another source: role_arn, without web_identity_token_file.
[[nodiscard]] bool assumesRole(const Profile& profile);
/// A session that was kept for the same profile, or AssumeRole as the profile says (role_arn, role_session_name,
/// duration_seconds, external_id, mfa_serial), signed by `source`.
[[nodiscard]] Credentials roleCredentials(const CredentialSetup& setup, const Profile& profile, Credentials source);

/// Where the settings of a profile may come from the environment instead.
enum class Variables : std::uint8_t { First, Aside };
/// AssumeRoleWithWebIdentity as AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN and AWS_ROLE_SESSION_NAME say, or the profile's
/// web_identity_token_file, role_arn and role_session_name. Absent when no token file is named. The file is read each time.
[[nodiscard]] std::optional<Credentials> webIdentityCredentials(const CredentialSetup& setup, const Profile& profile,
                                                                Variables variables);

}  // namespace keyconvoy::kms
