#pragma once

#include "kmsclient/role_credentials.h"

namespace keyconvoy::kms {

/// The credentials to sign with, in botocore's order: environment variables (unless a profile was named on the command line), the
/// profile's role (source_profile, credential_source), web identity, credentials file, credential_process, configuration file,
/// container, instance metadata. A profile that signs in at IAM Identity Center or at the console is refused with the
/// credential_process line that makes the AWS command line do it. Throws NotFound when there are none, naming every place looked
/// at; InvalidInput for a chain of profiles that goes round in circles, naming them.
///
/// The files are read again each time, so that no copy of a secret stays behind in a profile.
[[nodiscard]] Credentials loadCredentials(const CredentialSetup& setup);

}  // namespace keyconvoy::kms
