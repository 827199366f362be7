#include "kmsclient/access_denied.h"

#include "core/text.h"

#include <algorithm>
#include <array>

namespace keyconvoy::kms {

namespace {

constexpr std::array<std::string_view, 4> denyingCodes{"AccessDeniedException", "AccessDenied", "NotAuthorizedException",
                                                       "NotAuthorized"};

struct PolicyName {
    PolicyKind kind;
    std::string_view name;
};
/// As AWS writes them behind "because no" and "with an explicit deny in a".
constexpr std::array<PolicyName, 7> policyNames{{
    {PolicyKind::Identity, "identity-based policy"},
    {PolicyKind::Resource, "resource-based policy"},
    {PolicyKind::PermissionsBoundary, "permissions boundary"},
    {PolicyKind::Session, "session policy"},
    {PolicyKind::VpcEndpoint, "VPC endpoint policy"},
    {PolicyKind::ServiceControl, "service control policy"},
    {PolicyKind::ResourceControl, "resource control policy"},
}};

/// What stands behind the mark, as far as there is no blank; empty without the mark.
std::string wordAfter(std::string_view text, std::string_view mark) {
    const std::size_t start = text.find(mark);
    if (start == std::string_view::npos) {
        return {};
    }
    text.remove_prefix(start + mark.size());
    return std::string{text.substr(0, text.find(' '))};
}

std::optional<DenyingPolicy> policyAt(std::string_view text, std::string_view mark, Denial denial) {
    const std::size_t start = text.find(mark);
    if (start == std::string_view::npos) {
        return std::nullopt;
    }
    text.remove_prefix(start + mark.size());
    const auto row = std::ranges::find_if(policyNames, [text](const PolicyName& name) { return text.starts_with(name.name); });
    if (row == policyNames.end()) {
        return std::nullopt;
    }
    text.remove_prefix(row->name.size());
    return DenyingPolicy{.kind = row->kind, .denial = denial, .arn = denial == Denial::Explicit ? wordAfter(text, ": ") : ""};
}

/// The policy that belongs to the resource itself: AWS STS works on roles.
Text resourcePolicy(const std::string& action) {
    return action.starts_with("sts:") ? KC_TEXT("AccessDenied", "the role's trust policy")
                                      : KC_TEXT("AccessDenied", "the key policy");
}

Text noAllow(PolicyKind kind, const std::string& action) {
    switch (kind) {
        case PolicyKind::Identity:
            return KC_TEXT("AccessDenied", "no IAM policy of the caller (identity-based policy) allows it");
        case PolicyKind::Resource:
            return KC_TEXT("AccessDenied", "%1 (resource-based policy) does not allow it").with(resourcePolicy(action));
        case PolicyKind::PermissionsBoundary:
            return KC_TEXT("AccessDenied", "the caller's permissions boundary does not allow it, whatever other policies say");
        case PolicyKind::Session:
            return KC_TEXT("AccessDenied", "the session policy that these credentials were issued with does not allow it");
        case PolicyKind::VpcEndpoint:
            return KC_TEXT("AccessDenied", "the policy of the VPC endpoint that the call took does not allow it");
        case PolicyKind::ServiceControl:
            return KC_TEXT("AccessDenied", "no service control policy of the organization allows it to the caller's account");
        case PolicyKind::ResourceControl:
            return KC_TEXT("AccessDenied",
                           "no resource control policy of the organization allows it on resources of this account");
    }
    return {};
}

Text explicitDeny(PolicyKind kind, const std::string& action) {
    switch (kind) {
        case PolicyKind::Identity:
            return KC_TEXT("AccessDenied", "an IAM policy of the caller (identity-based policy) denies it outright");
        case PolicyKind::Resource:
            return KC_TEXT("AccessDenied", "%1 (resource-based policy) denies it outright").with(resourcePolicy(action));
        case PolicyKind::PermissionsBoundary:
            return KC_TEXT("AccessDenied", "the caller's permissions boundary denies it outright");
        case PolicyKind::Session:
            return KC_TEXT("AccessDenied", "the session policy that these credentials were issued with denies it outright");
        case PolicyKind::VpcEndpoint:
            return KC_TEXT("AccessDenied", "the policy of the VPC endpoint that the call took denies it outright");
        case PolicyKind::ServiceControl:
            return KC_TEXT("AccessDenied",
                           "a service control policy of the organization denies it outright to the caller's account");
        case PolicyKind::ResourceControl:
            return KC_TEXT("AccessDenied",
                           "a resource control policy of the organization denies it outright on resources of this account");
    }
    return {};
}

/// Who can change the policy, as the subject of a sentence.
Text whoChanges(PolicyKind kind, const std::string& action) {
    switch (kind) {
        case PolicyKind::Identity:
        case PolicyKind::PermissionsBoundary: return KC_TEXT("AccessDenied", "an IAM administrator of the caller's account");
        case PolicyKind::Resource:
            return action.starts_with("sts:")
                       ? KC_TEXT("AccessDenied", "an IAM administrator of the role's account (iam:UpdateAssumeRolePolicy)")
                       : KC_TEXT("AccessDenied", "an administrator of the key, in the account that owns it (kms:PutKeyPolicy)");
        case PolicyKind::Session:
            return KC_TEXT("AccessDenied", "whoever issues these credentials (the program or sign-in that assumes the role)");
        case PolicyKind::VpcEndpoint:
            return KC_TEXT("AccessDenied", "the network administrator who owns the VPC endpoint (ec2:ModifyVpcEndpoint)");
        case PolicyKind::ServiceControl:
        case PolicyKind::ResourceControl:
            return KC_TEXT("AccessDenied", "an administrator of the organization's policies, in its management account");
    }
    return {};
}

/// `keyconvoy policy` is about one import; what it gives to nobody has to be written by hand.
bool policyCommandGives(std::string_view action) {
    constexpr std::array givenToNobody{
        "kms:RotateKeyOnDemand", "kms:ReplicateKey", "kms:UpdatePrimaryRegion", "kms:DeleteImportedKeyMaterial",
        "kms:CreateAlias",       "kms:UpdateAlias",  "kms:DeleteAlias"};
    return action.starts_with("kms:") && std::ranges::find(givenToNobody, action) == givenToNobody.end();
}

}  // namespace

bool deniesAccess(std::string_view code) {
    return std::ranges::find(denyingCodes, code) != denyingCodes.end();
}

AccessRefusal readAccessRefusal(std::string_view text) {
    AccessRefusal refusal;
    refusal.caller = wordAfter(text, "User: ");
    refusal.action = wordAfter(text, "authorized to perform: ");
    if (refusal.action.empty()) {
        refusal.action = wordAfter(text, "authorized to perform ");
    }
    refusal.resource = wordAfter(text, " on resource: ");
    if (refusal.resource == "*") {
        refusal.resource.clear();
    }
    refusal.policy = policyAt(text, " because no ", Denial::NoAllow);
    for (const char* mark : {" with an explicit deny in a ", " with an explicit deny in an "}) {
        refusal.policy = refusal.policy ? refusal.policy : policyAt(text, mark, Denial::Explicit);
    }
    return refusal;
}

Text causeOf(const AccessRefusal& refusal, const std::string& action) {
    const std::string& called = refusal.action.empty() ? action : refusal.action;
    Text what = refusal.resource.empty()
                    ? KC_TEXT("AccessDenied", "the call %1 is refused").with(called)
                    : KC_TEXT("AccessDenied", "the call %1 on %2 is refused").with(called).with(refusal.resource);
    if (!refusal.caller.empty()) {
        what = KC_TEXT("AccessDenied", "%1 to %2").with(std::move(what)).with(refusal.caller);
    }
    if (!refusal.policy) {
        return KC_TEXT("AccessDenied", "%1, and AWS does not say by which policy").with(std::move(what));
    }
    const auto& [kind, denial, arn] = *refusal.policy;
    Text why = denial == Denial::NoAllow ? noAllow(kind, called) : explicitDeny(kind, called);
    Text cause = arranged("%1: %2").with(std::move(what)).with(std::move(why));
    return arn.empty() ? cause : arranged("%1 (%2)").with(std::move(cause)).with(arn);
}

Text remedyOf(const AccessRefusal& refusal, const std::string& action) {
    const std::string& called = refusal.action.empty() ? action : refusal.action;
    if (!refusal.policy) {
        return KC_TEXT("AccessDenied",
                       "have an administrator look for this call (%1) in CloudTrail, and allow it in an IAM policy of the caller "
                       "and, where the key policy does not hand this over to IAM, in the key policy")
            .with(called);
    }
    const auto& [kind, denial, arn] = *refusal.policy;
    if (denial == Denial::Explicit) {
        return KC_TEXT("AccessDenied",
                       "%1 can change that: the Deny statement that matches %2 must go, or its conditions must be met; an Allow "
                       "elsewhere does not help against it")
            .with(whoChanges(kind, called))
            .with(called);
    }
    if (kind == PolicyKind::Identity || kind == PolicyKind::Resource) {
        Text remedy =
            KC_TEXT("AccessDenied", "%1 can change that: an Allow statement for %2, with conditions that the call meets")
                .with(whoChanges(kind, called))
                .with(called);
        return policyCommandGives(called)
                   ? KC_TEXT("AccessDenied", "%1; %2 writes it").with(std::move(remedy)).with(typedAs("keyconvoy policy"))
                   : remedy;
    }
    return KC_TEXT("AccessDenied",
                   "%1 can change that: an Allow statement for %2 there, besides those in the IAM policy and the key policy")
        .with(whoChanges(kind, called))
        .with(called);
}

}  // namespace keyconvoy::kms
