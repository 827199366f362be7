#include "kmsclient/simulator/operation_kind.h"

#include <algorithm>
#include <array>

namespace keyconvoy::kms::simulator {

namespace {

constexpr std::array<std::string_view, 9> stateReaders{"DescribeKey",      "GetKeyPolicy", "GetKeyRotationStatus",
                                                       "GetPublicKey",     "ListAliases",  "ListKeyPolicies",
                                                       "ListKeyRotations", "ListKeys",     "ListResourceTags"};

/// KMS Developer Guide, "Logging AWS KMS API calls with AWS CloudTrail": these are logged with readOnly true though they use a
/// key.
constexpr std::array<std::string_view, 11> keyUsers{"AssumeRole",
                                                    "AssumeRoleWithWebIdentity",
                                                    "Decrypt",
                                                    "DeriveSharedSecret",
                                                    "Encrypt",
                                                    "GenerateMac",
                                                    "GetCallerIdentity",
                                                    "GetParametersForImport",
                                                    "Sign",
                                                    "Verify",
                                                    "VerifyMac"};

bool isIn(const auto& names, std::string_view name) {
    return std::ranges::find(names, name) != names.end();
}

}  // namespace

OperationKind kindOf(std::string_view operation) {
    return readsState(operation) || isIn(keyUsers, operation) ? OperationKind::Read : OperationKind::Write;
}

bool readsState(std::string_view operation) {
    return isIn(stateReaders, operation);
}

}  // namespace keyconvoy::kms::simulator
