#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms {

/// Whom AWS takes a caller for, as far as it must not change during a run: account and user or role. The name of the session
/// does not count, since each session of a role has another.
struct Principal {
    std::string account;
    std::string name;  ///< "user/alice", "assumed-role/Import", "root"

    /// From the ARN of GetCallerIdentity or AssumeRole, arn:partition:sts::account:assumed-role/Role/session and the like (IAM
    /// User Guide, "IAM identifiers"); absent for what is none.
    [[nodiscard]] static std::optional<Principal> fromArn(std::string_view arn);
    friend bool operator==(const Principal&, const Principal&) = default;
};

}  // namespace keyconvoy::kms
