#include "kmsclient/simulator/fault_answers.h"

#include <algorithm>
#include <array>

namespace keyconvoy::kms::simulator {

namespace {

template <class Kind>
const Kind* endingOf(const CallFaults& faults) {
    return faults.ending ? std::get_if<Kind>(&*faults.ending) : nullptr;
}

/// "a" or "an" and the policy's name, as they stand in the texts of AWS.
struct PolicyWords {
    PolicyKind kind;
    std::string_view article;
    std::string_view name;
};
constexpr std::array<PolicyWords, 7> policyWords{{
    {PolicyKind::Identity, "an", "identity-based policy"},
    {PolicyKind::Resource, "a", "resource-based policy"},
    {PolicyKind::PermissionsBoundary, "a", "permissions boundary"},
    {PolicyKind::Session, "a", "session policy"},
    {PolicyKind::VpcEndpoint, "a", "VPC endpoint policy"},
    {PolicyKind::ServiceControl, "a", "service control policy"},
    {PolicyKind::ResourceControl, "a", "resource control policy"},
}};

struct ServerErrorRow {
    std::string_view exception;
    const char* text;
    int status;
};
/// Texts of the API reference; the last two are the common errors of all services.
constexpr std::array<ServerErrorRow, 5> serverErrorRows{{
    {"KMSInternalException", "The request was rejected because an internal exception occurred. The request can be retried.", 500},
    {"DependencyTimeoutException", "The system timed out while trying to fulfill the request. You can retry the request.", 500},
    {"KeyUnavailableException",
     "The request was rejected because the specified KMS key was not available. You can retry the request.", 500},
    {"InternalFailure", "The request processing has failed because of an unknown error, exception or failure.", 500},
    {"ServiceUnavailable", "The request has failed due to a temporary failure of the server.", 503},
}};

}  // namespace

void refuseCaller(const CallFaults& faults, Protocol protocol) {
    const bool query = protocol == Protocol::Query;
    if (endingOf<ExpiredCredentials>(faults) != nullptr) {
        throw ApiError{query ? "ExpiredToken" : "ExpiredTokenException", "The security token included in the request is expired",
                       query ? 403 : 400};
    }
    if (endingOf<Throttling>(faults) != nullptr) {
        throw query ? ApiError{"Throttling", "Rate exceeded"}
                    : ApiError{"ThrottlingException",
                               "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."};
    }
}

std::string accessDeniedText(const AccessDenied& denied, const AccessAttempt& attempt) {
    if (attempt.caller.empty()) {
        return "Not authorized to perform " + attempt.action;
    }
    const auto* words = std::ranges::find(policyWords, denied.policy, &PolicyWords::kind);
    const std::string name{words->name};
    std::string text =
        "User: " + attempt.caller + " is not authorized to perform: " + attempt.action + " on resource: " + attempt.resource;
    if (denied.denial == Denial::NoAllow) {
        return text + " because no " + name + " allows the " + attempt.action + " action";
    }
    text += " with an explicit deny in " + std::string{words->article} + " " + name;
    return denied.policyArn.empty() ? text : text + ": " + denied.policyArn;
}

ApiError accessDeniedError(const AccessDenied& denied, const AccessAttempt& attempt, Protocol protocol) {
    std::string text = accessDeniedText(denied, attempt);
    return protocol == Protocol::Query ? ApiError{"AccessDenied", std::move(text), 403}
                                       : ApiError{"AccessDeniedException", std::move(text)};
}

void failService(const CallFaults& faults, Protocol protocol, Moment moment) {
    const auto* error = endingOf<ServerError>(faults);
    if (error == nullptr || error->moment != moment) {
        return;
    }
    const bool foreign = protocol == Protocol::Query && error->exception.ends_with("Exception");
    const std::string_view exception = foreign ? "InternalFailure" : std::string_view{error->exception};
    const auto* row = std::ranges::find(serverErrorRows, exception, &ServerErrorRow::exception);
    throw ApiError{std::string{row->exception}, row->text, row->status};
}

std::optional<DropPoint> dropPoint(const CallFaults& faults) {
    const auto* dropped = endingOf<DroppedConnection>(faults);
    return dropped == nullptr ? std::nullopt : std::optional{dropped->point};
}

}  // namespace keyconvoy::kms::simulator
