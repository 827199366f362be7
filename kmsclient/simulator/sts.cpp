#include "kmsclient/simulator/sts.h"

#include "kmsclient/simulator/form.h"
#include "kmsclient/simulator/sts_roles.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace keyconvoy::kms::simulator {

namespace {

constexpr const char* xmlType = "text/xml";
constexpr std::string_view nameSpace = "https://sts.amazonaws.com/doc/2011-06-15/";

struct ErrorName {
    std::string_view ours;
    std::string_view sts;
    int status;
};
/// What is wrong with the credentials or the signature has other names in query services.
constexpr std::array<ErrorName, 5> errorNames{{
    {"InvalidSignatureException", "SignatureDoesNotMatch", 403},
    {"UnrecognizedClientException", "InvalidClientTokenId", 403},
    {"MissingAuthenticationTokenException", "MissingAuthenticationToken", 403},
    {"IncompleteSignatureException", "IncompleteSignature", 400},
    {"ExpiredTokenException", "ExpiredToken", 403},
}};

std::string escaped(std::string_view text) {
    std::string xml;
    for (const char c : text) {
        switch (c) {
            case '&': xml += "&amp;"; break;
            case '<': xml += "&lt;"; break;
            case '>': xml += "&gt;"; break;
            case '"': xml += "&quot;"; break;
            default: xml += c;
        }
    }
    return xml;
}

std::string element(const std::string& name, std::string_view text) {
    return "<" + name + ">" + escaped(text) + "</" + name + ">";
}

Authenticated authenticateForSts(const HttpRequest& request, const SessionSealer& sessions, TimePoint now) {
    try {
        return authenticate(request, "sts", sessions, now);
    } catch (const ApiError& error) {
        const auto* row = std::ranges::find(errorNames, error.type(), &ErrorName::ours);
        if (row == errorNames.end()) {
            throw;
        }
        throw ApiError{std::string{row->sts}, error.message(), row->status};
    }
}

/// Each gives what stands in <…Result>.
std::string callerIdentity(const Caller& caller) {
    return element("Arn", caller.arn) + element("UserId", caller.userId) + element("Account", caller.account);
}

std::string assumedRole(const AssumedRole& role) {
    const std::string credentials =
        element("AccessKeyId", role.credentials.accessKeyId) + element("SecretAccessKey", role.credentials.secretAccessKey) +
        element("SessionToken", role.credentials.sessionToken) + element("Expiration", toRfc3339(role.end));
    return "<AssumedRoleUser>" + element("AssumedRoleId", role.session.userId) + element("Arn", role.session.arn) +
           "</AssumedRoleUser><Credentials>" + credentials + "</Credentials>";
}

std::string assumedByWebIdentity(const AssumedByWebIdentity& assumed) {
    const WebIdentity& identity = assumed.identity;
    return element("SubjectFromWebIdentityToken", identity.subject) + element("Audience", identity.audience) +
           assumedRole(assumed.role) + element("Provider", identity.provider);
}

bool isKnownVersion(const Json& form) {
    return form.value("Version", "") == "2011-06-15";
}

std::string resultOf(const StsCall& call, const SessionSealer& sessions, TimePoint now) {
    if (!call.from) {
        return assumedByWebIdentity(assumeRoleWithWebIdentity(*call.form, sessions, now));
    }
    if (isKnownVersion(*call.form) && call.action == "GetCallerIdentity") {
        return callerIdentity(call.from->caller);
    }
    if (isKnownVersion(*call.form) && call.action == "AssumeRole") {
        return assumedRole(assumeRole(*call.form, call.from->caller, sessions, now));
    }
    throw ApiError{"InvalidAction",
                   "Could not find operation " + call.action + " for version " + call.form->value("Version", "")};
}

}  // namespace

StsCall readStsCall(const HttpRequest& request, const SessionSealer& sessions, TimePoint now) {
    StsCall call{.form = std::make_shared<const Json>(parseForm(request.body)), .action = {}, .from = {}};
    call.action = call.form->value("Action", "");
    if (!isKnownVersion(*call.form) || call.action != "AssumeRoleWithWebIdentity") {
        call.from = authenticateForSts(request, sessions, now);
    }
    return call;
}

HttpReply answerSts(const StsCall& call, const std::string& requestId, const SessionSealer& sessions, TimePoint now) {
    const std::string result = resultOf(call, sessions, now);
    return {.status = 200,
            .contentType = xmlType,
            .headers = {},
            .body = "<" + call.action + "Response xmlns=\"" + std::string{nameSpace} + "\"><" + call.action + "Result>" + result +
                    "</" + call.action + "Result><ResponseMetadata>" + element("RequestId", requestId) + "</ResponseMetadata></" +
                    call.action + "Response>"};
}

HttpReply stsError(const ApiError& error, const std::string& requestId) {
    const std::string fault = element("Type", error.status() >= 500 ? "Receiver" : "Sender") + element("Code", error.type()) +
                              element("Message", error.message().value_or(""));
    return {.status = error.status(),
            .contentType = xmlType,
            .headers = {},
            .body = "<ErrorResponse xmlns=\"" + std::string{nameSpace} + "\"><Error>" + fault + "</Error>" +
                    element("RequestId", requestId) + "</ErrorResponse>"};
}

}  // namespace keyconvoy::kms::simulator
