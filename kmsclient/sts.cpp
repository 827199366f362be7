#include "kmsclient/sts.h"

#include <openssl/crypto.h>
#include <pugixml.hpp>

namespace keyconvoy::kms {

namespace {

[[noreturn]] void throwNoIdentity(const Text& place) {
    throw Error{ErrorKind::Integrity, place, KC_TEXT("Sts", "the answer names no caller (account, ARN and user ID)"),
                KC_TEXT("Sts", "check the endpoint and the proxy: whoever answers there is not STS")};
}

[[noreturn]] void throwNoSession(const Text& place) {
    throw Error{ErrorKind::Integrity, place,
                KC_TEXT("Sts", "the answer holds no session (access key, secret, token, end, and the role's ARN)"),
                KC_TEXT("Sts", "check the endpoint and the proxy: whoever answers there is not STS")};
}

/// Everything but unreserved characters (RFC 3986, section 2.3) as %XX.
void appendEncoded(std::string& body, std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    for (const char c : text) {
        const bool letterOrDigit = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (letterOrDigit || std::string_view{"-._~"}.find(c) != std::string_view::npos) {
            body += c;
        } else {
            const unsigned octet = static_cast<unsigned char>(c);
            body += '%';
            body += digits[octet >> 4U];
            body += digits[octet & 0x0FU];
        }
    }
}

void append(std::string& body, std::string_view name, std::string_view value) {
    body.append("&").append(name).append("=");
    appendEncoded(body, value);
}

void append(std::string& body, std::string_view name, const std::optional<std::string>& value) {
    if (value) {
        append(body, name, std::string_view{*value});
    }
}

std::string begun(std::string_view operation, const std::string& roleArn, const std::string& sessionName,
                  const std::optional<std::chrono::seconds>& duration) {
    std::string body = "Action=" + std::string{operation} + "&Version=2011-06-15";
    append(body, "RoleArn", std::string_view{roleArn});
    append(body, "RoleSessionName", std::string_view{sessionName});
    if (duration) {
        append(body, "DurationSeconds", std::string_view{std::to_string(duration->count())});
    }
    return body;
}

/// Wipes a text when it goes out of use.
class Wiped {
public:
    explicit Wiped(std::string& text) : m_text{text} {}
    Wiped(const Wiped&) = delete;
    Wiped& operator=(const Wiped&) = delete;
    ~Wiped() { OPENSSL_cleanse(m_text.data(), m_text.size()); }

private:
    std::string& m_text;
};

SecretBytes secretIn(const pugi::xml_node& parent, const char* name) {
    return SecretBytes::copyOf(asBytes(parent.child_value(name)));
}

}  // namespace

std::string writeAssumeRole(const AssumeRoleRequest& request) {
    std::string body = begun("AssumeRole", request.roleArn, request.sessionName, request.duration);
    append(body, "ExternalId", request.externalId);
    append(body, "SerialNumber", request.mfaSerial);
    append(body, "TokenCode", request.mfaCode);
    return body;
}

std::string writeAssumeRoleWithWebIdentity(const WebIdentityRequest& request) {
    std::string body = begun("AssumeRoleWithWebIdentity", request.roleArn, request.sessionName, request.duration);
    body.reserve(body.size() + 32 + 3 * request.token.size());  // growing would leave copies behind
    append(body, "WebIdentityToken", asText(request.token.view()));
    return body;
}

CallerIdentity readCallerIdentity(std::string_view xml, const Text& place) {
    pugi::xml_document document;
    if (!document.load_buffer(xml.data(), xml.size())) {
        throwNoIdentity(place);
    }
    const pugi::xml_node response = document.child("GetCallerIdentityResponse");
    const pugi::xml_node result = response.child("GetCallerIdentityResult");
    CallerIdentity identity;
    identity.account = result.child_value("Account");
    identity.arn = result.child_value("Arn");
    identity.userId = result.child_value("UserId");
    identity.facts.requestId = response.child("ResponseMetadata").child_value("RequestId");
    if (identity.account.empty() || identity.arn.empty() || identity.userId.empty()) {
        throwNoIdentity(place);
    }
    return identity;
}

AssumedRole readAssumedRole(std::string xml, std::string_view operation, const Text& place) {
    const Wiped wiped{xml};
    pugi::xml_document document;
    if (!document.load_buffer_inplace(xml.data(), xml.size())) {
        throwNoSession(place);
    }
    const std::string name{operation};
    const pugi::xml_node result = document.child((name + "Response").c_str()).child((name + "Result").c_str());
    const pugi::xml_node given = result.child("Credentials");
    AssumedRole role;
    role.arn = result.child("AssumedRoleUser").child_value("Arn");
    role.credentials.accessKeyId = given.child_value("AccessKeyId");
    role.credentials.secretAccessKey = secretIn(given, "SecretAccessKey");
    role.credentials.sessionToken = secretIn(given, "SessionToken");
    role.credentials.expiration = parseRfc3339(given.child_value("Expiration"));
    role.credentials.principal = Principal::fromArn(role.arn);
    if (role.credentials.accessKeyId.empty() || role.credentials.secretAccessKey.empty() ||
        role.credentials.sessionToken.empty() || !role.credentials.expiration || !role.credentials.principal) {
        throwNoSession(place);
    }
    return role;
}

ServiceFault readXmlFault(const HttpReply& reply) {
    pugi::xml_document document;
    if (!document.load_buffer(reply.body.data(), reply.body.size()) || !document.child("ErrorResponse")) {
        return readJsonFault(reply);  // an imitation of KMS that has no STS answers in JSON
    }
    const pugi::xml_node response = document.child("ErrorResponse");
    ServiceFault fault;
    fault.code = response.child("Error").child_value("Code");
    fault.text = response.child("Error").child_value("Message");
    fault.requestId = response.child_value("RequestId");
    return fault;
}

}  // namespace keyconvoy::kms
