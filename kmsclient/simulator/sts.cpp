#include "kmsclient/simulator/sts.h"

#include "kmsclient/simulator/call.h"

#include <algorithm>
#include <array>

namespace keyconvoy::kms::simulator {

namespace {

constexpr const char* xmlType = "text/xml";
constexpr std::string_view nameSpace = "https://sts.amazonaws.com/doc/2011-06-15/";

struct ErrorName {
    std::string_view ours;
    std::string_view sts;
    int status;
};
/// Query services drop "Exception" and call two of them by other names.
constexpr std::array<ErrorName, 4> errorNames{{
    {"InvalidSignatureException", "SignatureDoesNotMatch", 403},
    {"UnrecognizedClientException", "InvalidClientTokenId", 403},
    {"MissingAuthenticationTokenException", "MissingAuthenticationToken", 403},
    {"IncompleteSignatureException", "IncompleteSignature", 400},
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

/// The value of a form member; the two that matter here need no decoding.
std::string formValue(std::string_view body, std::string_view name) {
    std::size_t start = 0;
    while (start <= body.size()) {
        const std::size_t end = std::min(body.find('&', start), body.size());
        const std::string_view pair = body.substr(start, end - start);
        if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
            return std::string{pair.substr(name.size() + 1)};
        }
        start = end + 1;
    }
    return "";
}

}  // namespace

HttpReply answerSts(const HttpRequest& request, const std::string& requestId) {
    const std::string action = formValue(request.body, "Action");
    const std::string version = formValue(request.body, "Version");
    if (action != "GetCallerIdentity" || version != "2011-06-15") {
        throw ApiError{"InvalidAction", "Could not find operation " + action + " for version " + version};
    }
    const std::string result =
        element("Arn", callerArn()) + element("UserId", "AIDAKEYCONVOYREHEARSAL") + element("Account", accountId);
    return {.status = 200,
            .contentType = xmlType,
            .headers = {},
            .body = "<GetCallerIdentityResponse xmlns=\"" + std::string{nameSpace} + "\"><GetCallerIdentityResult>" + result +
                    "</GetCallerIdentityResult><ResponseMetadata>" + element("RequestId", requestId) +
                    "</ResponseMetadata></GetCallerIdentityResponse>"};
}

HttpReply stsError(const ApiError& error, const std::string& requestId) {
    const auto* row = std::ranges::find(errorNames, error.type(), &ErrorName::ours);
    const bool renamed = row != errorNames.end();
    const std::string code = renamed ? std::string{row->sts} : error.type();
    const int status = renamed ? row->status : error.status();
    const std::string fault = element("Type", status >= 500 ? "Receiver" : "Sender") + element("Code", code) +
                              element("Message", error.message().value_or(""));
    return {.status = status,
            .contentType = xmlType,
            .headers = {},
            .body = "<ErrorResponse xmlns=\"" + std::string{nameSpace} + "\"><Error>" + fault + "</Error>" +
                    element("RequestId", requestId) + "</ErrorResponse>"};
}

}  // namespace keyconvoy::kms::simulator
