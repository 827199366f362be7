#pragma once

#include "core/error.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What AWS says when it denies access, taken apart (IAM User Guide, "Troubleshoot access denied error messages").
namespace keyconvoy::kms {

/// The kinds of policy that AWS names in a refusal.
enum class PolicyKind : std::uint8_t {
    Identity,
    Resource,  ///< a key policy, or the trust policy of a role
    PermissionsBoundary,
    Session,
    VpcEndpoint,
    ServiceControl,
    ResourceControl,
};
enum class Denial : std::uint8_t { NoAllow, Explicit };

/// Which policy said no, and how.
struct DenyingPolicy {
    PolicyKind kind;
    Denial denial;
    std::string arn;  ///< of the policy that denies; empty: not told
};

/// What could be read out of the text; empty and absent: it does not say.
struct AccessRefusal {
    std::string caller;    ///< ARN
    std::string action;    ///< "kms:ImportKeyMaterial"
    std::string resource;  ///< ARN
    std::optional<DenyingPolicy> policy;
};

/// Whether an exception of KMS or STS is a refusal of this kind.
[[nodiscard]] bool deniesAccess(std::string_view code);

[[nodiscard]] AccessRefusal readAccessRefusal(std::string_view text);

/// Who was refused what, and by which policy. `action` is the call's own, for texts that name none.
[[nodiscard]] Text causeOf(const AccessRefusal& refusal, const std::string& action);
/// Who can change that, and how.
[[nodiscard]] Text remedyOf(const AccessRefusal& refusal, const std::string& action);

}  // namespace keyconvoy::kms
