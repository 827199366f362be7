#include "kmsclient/simulator/signature_check.h"

#include "core/fingerprint.h"
#include "core/hex.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/crypto.h"
#include "kmsclient/simulator/regions.h"

#include <algorithm>
#include <map>
#include <openssl/crypto.h>
#include <set>

namespace keyconvoy::kms::simulator {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view terminator = "aws4_request";
constexpr std::chrono::minutes tolerance{5};

struct Authorization {
    std::string accessKeyId, date, region, service, terminator;
    std::vector<std::string> signedHeaders;
    std::string signature;
};

[[noreturn]] void throwInvalidSignature(std::string message) {
    throw ApiError{"InvalidSignatureException", std::move(message)};
}

std::vector<std::string> split(std::string_view text, char separator) {
    std::vector<std::string> parts;
    for (;;) {
        const std::size_t end = text.find(separator);
        parts.emplace_back(text.substr(0, end));
        if (end == std::string_view::npos) {
            return parts;
        }
        text.remove_prefix(end + 1);
    }
}

std::string trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return "";
    }
    return std::string{text.substr(first, text.find_last_not_of(" \t") - first + 1)};
}

/// Credential=…, SignedHeaders=…, Signature=… in any order, separated by commas and blanks.
std::map<std::string, std::string> authorizationParts(std::string_view text) {
    std::map<std::string, std::string> parts;
    for (const std::string& part : split(text, ',')) {
        const std::string assignment = trimmed(part);
        const std::size_t equals = assignment.find('=');
        if (equals != std::string::npos) {
            parts[assignment.substr(0, equals)] = assignment.substr(equals + 1);
        }
    }
    return parts;
}

std::map<std::string, std::string> requireParts(const HttpRequest& request) {
    const auto header = request.header("authorization");
    if (!header) {
        throw ApiError{"MissingAuthenticationTokenException", "Missing Authentication Token"};
    }
    if (!header->starts_with(std::string{algorithm} + " ")) {
        throw ApiError{"IncompleteSignatureException",
                       "Unsupported AWS 'algorithm': '" + header->substr(0, header->find(' ')) + "'."};
    }
    auto parts = authorizationParts(std::string_view{*header}.substr(algorithm.size()));
    std::string missing;
    for (const char* name : {"Credential", "Signature", "SignedHeaders"}) {
        if (parts[name].empty()) {
            missing += "Authorization header requires '" + std::string{name} + "' parameter. ";
        }
    }
    if (!request.header("x-amz-date")) {
        missing += "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
    }
    if (!missing.empty()) {
        throw ApiError{"IncompleteSignatureException", missing + "Authorization=" + *header};
    }
    return parts;
}

Authorization requireAuthorization(const HttpRequest& request) {
    const auto parts = requireParts(request);
    const auto credential = split(parts.at("Credential"), '/');
    if (credential.size() != 5) {
        throw ApiError{"IncompleteSignatureException",
                       "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '" +
                           parts.at("Credential") + "'"};
    }
    return {.accessKeyId = credential[0],
            .date = credential[1],
            .region = credential[2],
            .service = credential[3],
            .terminator = credential[4],
            .signedHeaders = split(parts.at("SignedHeaders"), ';'),
            .signature = parts.at("Signature")};
}

void checkScope(const Authorization& authorization, std::string_view service, std::string_view requestDate) {
    if (!isServed(authorization.region)) {
        throwInvalidSignature("Credential should be scoped to a valid region. ");
    }
    if (authorization.service != service) {
        throwInvalidSignature("Credential should be scoped to correct service: '" + std::string{service} + "'. ");
    }
    if (authorization.terminator != terminator) {
        throwInvalidSignature("Credential should be scoped with a valid terminator: 'aws4_request', not '" +
                              authorization.terminator + "'. ");
    }
    if (authorization.date != requestDate.substr(0, 8)) {
        throwInvalidSignature("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '" +
                              authorization.date + "' != '" + std::string{requestDate.substr(0, 8)} + "', from '" +
                              std::string{requestDate} + "'.");
    }
}

/// Host and every x-amz- header that is there must be signed, or somebody on the way could have set them.
void checkSignedHeaders(const HttpRequest& request, const Authorization& authorization) {
    std::set<std::string> needed{"host"};
    for (const auto& [name, value] : request.headers) {
        if (const std::string lower = toLowerCase(name); lower.starts_with("x-amz-")) {
            needed.insert(lower);
        }
    }
    for (const std::string& name : needed) {
        if (std::ranges::find(authorization.signedHeaders, name) == authorization.signedHeaders.end()) {
            throwInvalidSignature("'" + (name == "host" ? "Host' or ':authority" : name) +
                                  "' must be a 'SignedHeader' in the AWS Authorization.");
        }
    }
}

// ---------------------------------------------------------------------------------------------------------------- times

/// YYYYMMDDTHHMMSSZ
std::optional<TimePoint> parseBasicTime(std::string_view text) {
    if (text.size() != 16) {
        return std::nullopt;
    }
    std::string extended{text};
    for (const std::size_t dash : {4U, 7U}) {
        extended.insert(dash, 1, '-');
    }
    for (const std::size_t colon : {13U, 16U}) {
        extended.insert(colon, 1, ':');
    }
    return parseRfc3339(extended);
}

std::string toBasicTime(TimePoint time) {
    std::string text = toRfc3339(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

void checkDate(std::string_view requestDate, TimePoint now) {
    const auto signedAt = parseBasicTime(requestDate);
    if (!signedAt) {
        throw ApiError{"IncompleteSignatureException", "Date must be in ISO-8601 'basic format'. Got '" +
                                                           std::string{requestDate} +
                                                           "'. See http://en.wikipedia.org/wiki/ISO_8601"};
    }
    if (*signedAt < now - tolerance) {
        throwInvalidSignature("Signature expired: " + std::string{requestDate} + " is now earlier than " +
                              toBasicTime(now - tolerance) + " (" + toBasicTime(now) + " - 5 min.)");
    }
    if (*signedAt > now + tolerance) {
        throwInvalidSignature("Signature not yet current: " + std::string{requestDate} + " is still later than " +
                              toBasicTime(now + tolerance) + " (" + toBasicTime(now) + " + 5 min.)");
    }
}

// ------------------------------------------------------------------------------------------------------------ signature

/// Without blanks at the ends, runs of blanks as one.
std::string canonicalValue(std::string_view value) {
    std::string canonical;
    for (const char c : trimmed(value)) {
        const bool repeated = c == ' ' && !canonical.empty() && canonical.back() == ' ';
        if (!repeated) {
            canonical += c;
        }
    }
    return canonical;
}

std::string canonicalHeaders(const HttpRequest& request, const std::vector<std::string>& names) {
    std::string lines;
    for (const std::string& name : names) {
        std::string values;
        for (const auto& [header, value] : request.headers) {
            if (toLowerCase(header) == name) {
                values += (values.empty() ? "" : ",") + canonicalValue(value);
            }
        }
        lines += name + ":" + values + "\n";
    }
    return lines;
}

std::string canonicalRequest(const HttpRequest& request, const Authorization& authorization) {
    const std::size_t question = request.target.find('?');
    const std::string query = question == std::string::npos ? "" : request.target.substr(question + 1);
    std::string signedHeaders;
    for (const std::string& name : authorization.signedHeaders) {
        signedHeaders += (signedHeaders.empty() ? "" : ";") + name;
    }
    return request.method + "\n" + request.target.substr(0, question) + "\n" + query + "\n" +
           canonicalHeaders(request, authorization.signedHeaders) + "\n" + signedHeaders + "\n" +
           Fingerprint::of(asBytes(request.body)).hex();
}

std::string expectedSignature(const HttpRequest& request, const Authorization& authorization, const std::string& secret,
                              const std::string& requestDate) {
    const std::string scope =
        authorization.date + "/" + authorization.region + "/" + authorization.service + "/" + authorization.terminator;
    const std::string toSign = std::string{algorithm} + "\n" + requestDate + "\n" + scope + "\n" +
                               Fingerprint::of(asBytes(canonicalRequest(request, authorization))).hex();
    const std::string start = "AWS4" + secret;
    Bytes key(start.begin(), start.end());
    for (const std::string& part : {authorization.date, authorization.region, authorization.service, authorization.terminator}) {
        key = hmac("SHA256", key, asBytes(part));
    }
    return toHex(hmac("SHA256", key, asBytes(toSign)));
}

}  // namespace

std::string checkSignature(const HttpRequest& request, std::string_view service, const SecretOf& secretOf, TimePoint now) {
    const Authorization authorization = requireAuthorization(request);
    const std::string requestDate = request.header("x-amz-date").value_or("");
    const std::string secret = secretOf(authorization.accessKeyId);
    checkScope(authorization, service, requestDate);
    checkSignedHeaders(request, authorization);
    checkDate(requestDate, now);
    const std::string expected = expectedSignature(request, authorization, secret, requestDate);
    const std::string& given = authorization.signature;
    if (given.size() != expected.size() || CRYPTO_memcmp(given.data(), expected.data(), expected.size()) != 0) {
        throwInvalidSignature(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
            "signing "
            "method. Consult the service documentation for details.");
    }
    return authorization.region;
}

}  // namespace keyconvoy::kms::simulator
