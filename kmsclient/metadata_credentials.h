#pragma once

#include "kmsclient/credentials.h"
#include "kmsclient/retry.h"

#include <optional>
#include <string_view>

/// The credentials that AWS gives to its own containers and machines (AWS SDKs and Tools Reference Guide, "Container credential
/// provider" and "IMDS credential provider"): over plain http, at addresses of the machine itself or of its link.
namespace keyconvoy::kms {

/// From AWS_CONTAINER_CREDENTIALS_RELATIVE_URI (at 169.254.170.2) or AWS_CONTAINER_CREDENTIALS_FULL_URI (https, this machine,
/// 169.254.170.2, 169.254.170.23 or fd00:ec2::23), with AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE or
/// AWS_CONTAINER_AUTHORIZATION_TOKEN. Absent when neither is set. Throws InvalidInput, Refused for another host, Unavailable.
[[nodiscard]] std::optional<Credentials> containerCredentials(const Environment& environment, const Wait& wait);

/// From the instance metadata service, version 2 only: with a token, which nobody gets who can only make this program ask. At
/// AWS_EC2_METADATA_SERVICE_ENDPOINT, else at 169.254.169.254. Absent when AWS_EC2_METADATA_DISABLED is "true", or nobody answers
/// within a second, or has a role for this machine. Throws InvalidInput or Refused for the setting.
[[nodiscard]] std::optional<Credentials> instanceCredentials(const Environment& environment, const Profile& profile);

/// What both services answer: JSON with AccessKeyId, SecretAccessKey, Token and Expiration. Throws Integrity naming what is
/// missing, never a value.
[[nodiscard]] Credentials parseMetadataReply(std::string_view json, const Text& source);

}  // namespace keyconvoy::kms
