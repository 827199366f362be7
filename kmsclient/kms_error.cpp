#include "kmsclient/kms_error.h"

#include "core/strict_json.h"
#include "core/text.h"
#include "kmsclient/access_denied.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::kms {

namespace {

std::string header(const HttpReply& reply, const char* name) {
    const auto place = reply.headers.find(name);
    return place == reply.headers.end() ? std::string{} : place->second;
}

std::string textMember(const Json& object, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        const auto place = object.find(name);
        if (place != object.end() && place->is_string()) {
            return place->get<std::string>();
        }
    }
    return {};
}

std::optional<Json> parsedObject(std::string_view body) {
    try {
        Json json = parseStrictJson(body, Text{});
        return json.is_object() ? std::optional{std::move(json)} : std::nullopt;
    } catch (const Error&) {
        return std::nullopt;
    }
}

/// What an HTTP status says when the body says nothing.
ExceptionMeaning meaningOfStatus(int status) {
    if (status == 429) {
        return {{},
                ErrorKind::Unavailable,
                RetryClass::Throttled,
                KC_TEXT("KmsError", "too many calls in a short time"),
                KC_TEXT("KmsError", "wait a minute and %1").with(typedAs("repeat the command"))};
    }
    if (status == 500 || (status >= 502 && status <= 504)) {
        return {{},
                ErrorKind::Unavailable,
                RetryClass::Transient,
                KC_TEXT("KmsError", "the service, or a proxy before it, is not available at the moment"),
                KC_TEXT("KmsError", "wait a minute and %1; then check the endpoint and the proxy")
                    .with(typedAs("repeat the command"))};
    }
    if (status >= 300 && status < 400) {
        return {{},
                ErrorKind::Integrity,
                RetryClass::Never,
                KC_TEXT("KmsError", "the answer points to another address, which KMS never does"),
                KC_TEXT("KmsError", "check the endpoint and the proxy; a sign-in page of the network may stand between")};
    }
    if (status == 401 || status == 403 || status == 407) {
        return {{},
                ErrorKind::Refused,
                RetryClass::Never,
                KC_TEXT("KmsError", "the call was refused without a reason"),
                KC_TEXT("KmsError", "check the proxy and the endpoint first, then credentials and permissions (%2)")};
    }
    return {{},
            ErrorKind::Integrity,
            RetryClass::Never,
            KC_TEXT("KmsError", "the answer is no answer of KMS"),
            KC_TEXT("KmsError", "check the endpoint and the proxy; if they are right, report this with the request ID")};
}

/// A code that the table does not know: the model grows several times a year.
ExceptionMeaning meaningOfUnknown(int status) {
    ExceptionMeaning byStatus = meaningOfStatus(status);
    if (byStatus.kind == ErrorKind::Unavailable) {
        return byStatus;
    }
    return {{},
            ErrorKind::Refused,
            RetryClass::Never,
            KC_TEXT("KmsError", "the service refused with an error that is not known here"),
            KC_TEXT("KmsError", "go by the text of the service; the documentation of the call %1 describes its errors")};
}

/// Some texts say more than their exception's name.
ExceptionMeaning sharpened(ExceptionMeaning meaning, const std::string& text) {
    const auto says = [&text](std::string_view words) { return text.find(words) != std::string::npos; };
    if (says("already associated")) {
        meaning.cause = KC_TEXT("KmsError", "KMS has this key material for this key already");
        meaning.remedy =
            KC_TEXT("KmsError",
                    "an earlier attempt may have succeeded: look at the key's materials (ListKeyRotations); to give the "
                    "material a new expiry, import it as EXISTING_KEY_MATERIAL");
    } else if (says("is pending deletion")) {
        meaning.cause = KC_TEXT("KmsError", "the deletion of this KMS key is scheduled; until then nothing uses it");
        meaning.remedy =
            KC_TEXT("KmsError",
                    "if the key is to be kept: %1; its state is then Disabled, or PendingImport where material is missing")
                .with(shellCommand("aws kms cancel-key-deletion --key-id KEY"));
    } else if (says("is pending import")) {
        meaning.cause = KC_TEXT("KmsError", "the KMS key holds no key material, or lacks a part of it (PendingImport)");
        meaning.remedy = KC_TEXT("KmsError",
                                 "import its material first: %1, with %2 and the token key that was imported before, or with %3 "
                                 "and a new one if it never had any")
                             .with(typedAs("keyconvoy import --key-id KEY"))
                             .with(typedAs("--key"))
                             .with(typedAs("--label"));
    } else if (says("scoped to a valid region") || says("scoped to correct region")) {
        meaning.retry = RetryClass::Never;
        meaning.cause = KC_TEXT("KmsError", "the request is signed for another Region than the one that answers");
        meaning.remedy = KC_TEXT("KmsError", "check %1 (AWS_REGION, the profile's region) against the endpoint and the key's ARN")
                             .with(typedAs("--region"));
    }
    return meaning;
}

/// A refusal's text says who was refused what by which policy.
ExceptionMeaning ofRefusal(ExceptionMeaning meaning, const std::string& text, const std::string& action) {
    const AccessRefusal refusal = readAccessRefusal(text);
    meaning.cause = causeOf(refusal, action);
    meaning.remedy = remedyOf(refusal, action);
    return meaning;
}

ExceptionMeaning meaningOf(const ServiceFault& fault, int status, const std::string& action) {
    if (const ExceptionMeaning* known = exceptionMeaning(fault.code)) {
        return deniesAccess(fault.code) ? ofRefusal(*known, fault.text, action) : sharpened(*known, fault.text);
    }
    return fault.code.empty() ? meaningOfStatus(status) : meaningOfUnknown(status);
}

}  // namespace

std::string plainCode(std::string_view type) {
    if (const auto hash = type.rfind('#'); hash != std::string_view::npos) {
        type.remove_prefix(hash + 1);
    }
    return std::string{trimmed(type.substr(0, type.find(':')))};
}

std::string requestIdOf(const HttpReply& reply) {
    return header(reply, "x-amzn-requestid");
}

ServiceFault readJsonFault(const HttpReply& reply) {
    ServiceFault fault;
    fault.requestId = requestIdOf(reply);
    if (const auto json = parsedObject(reply.body)) {
        fault.code = plainCode(textMember(*json, {"__type", "code"}));
        fault.text = textMember(*json, {"message", "Message"});
    }
    if (fault.code.empty()) {
        fault.code = plainCode(header(reply, "x-amzn-errortype"));
    }
    return fault;
}

KmsError kmsError(const HttpReply& reply, const ServiceFault& fault, const std::string& action, const Text& place) {
    const std::string operation = action.substr(action.find(':') + 1);
    ExceptionMeaning meaning = meaningOf(fault, reply.status, action);
    Failure failure;
    failure.kind = meaning.kind;
    failure.place = place;
    failure.cause = std::move(meaning.cause).with(operation).with(action);
    failure.remedy = std::move(meaning.remedy).with(operation).with(action);
    failure.code = fault.code.empty() ? "HTTP " + std::to_string(reply.status) : fault.code;
    failure.serviceText = fault.text;
    failure.requestId = fault.requestId;
    return KmsError{std::move(failure), reply.status, meaning.retry};
}

}  // namespace keyconvoy::kms
