#include "kmsclient/simulator/cross_account.h"

#include "kmsclient/simulator/api_error.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

/// KMS API Reference, "Cross-account use: Yes".
constexpr std::array<std::string_view, 10> crossAccountOperations{
    "DescribeKey", "GetKeyRotationStatus", "GetPublicKey", "GenerateMac", "VerifyMac", "Sign", "Verify", "Encrypt",
    "Decrypt",     "DeriveSharedSecret"};

bool names(const std::string& principal, const Caller& caller) {
    return principal == "*" || principal == caller.account || principal == "arn:aws:iam::" + caller.account + ":root" ||
           principal == caller.principal || principal == caller.arn;
}

/// A text, or a list of them.
bool anyNames(const Json& principals, const Caller& caller) {
    if (principals.is_array()) {
        return std::ranges::any_of(principals, [&caller](const Json& one) { return anyNames(one, caller); });
    }
    return principals.is_string() && names(principals.get_ref<const std::string&>(), caller);
}

bool admits(const Json& statement, const Caller& caller) {
    if (!statement.is_object() || statement.value("Effect", Json{}) != "Allow") {
        return false;
    }
    const Json principal = statement.value("Principal", Json{});
    return anyNames(principal.is_object() ? principal.value("AWS", Json{}) : principal, caller);
}

bool policyAdmits(const std::string& policy, const Caller& caller) {
    const Json parsed = Json::parse(policy, nullptr, false);
    const Json statements = parsed.is_object() ? parsed.value("Statement", Json{}) : Json{};
    if (statements.is_array()) {
        return std::ranges::any_of(statements, [&caller](const Json& one) { return admits(one, caller); });
    }
    return admits(statements, caller);
}

}  // namespace

void requireGranted(const Call& call, const KeyRecord* key, const std::string& identifier) {
    const bool offered = std::ranges::find(crossAccountOperations, call.operation) != crossAccountOperations.end();
    if (offered && key != nullptr && policyAdmits(key->policy, call.caller)) {
        return;
    }
    const std::string action = "kms:" + std::string{call.operation};
    throw ApiError{"AccessDeniedException", "User: " + call.caller.arn + " is not authorized to perform: " + action +
                                                " on resource: " + identifier + " because no resource-based policy allows the " +
                                                action + " action"};
}

}  // namespace keyconvoy::kms::simulator
