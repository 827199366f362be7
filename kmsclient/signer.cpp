#include "kmsclient/signer.h"

#include "core/error.h"
#include "core/fingerprint.h"
#include "core/hex.h"

#include <algorithm>
#include <openssl/evp.h>
#include <openssl/hmac.h>

namespace keyconvoy::kms {

namespace {

constexpr std::string_view algorithm = "AWS4-HMAC-SHA256";
constexpr std::size_t digestBytes = 32;

SecretBytes hmacSha256(ByteView key, std::string_view data) {
    SecretBytes mac{digestBytes};
    unsigned int length = 0;
    const auto* octets = reinterpret_cast<const unsigned char*>(data.data());
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), octets, data.size(), mac.writable().data(), &length) ==
        nullptr) {
        throw CryptoError{"HMAC(SHA-256)"};
    }
    return mac;
}

std::string sha256Hex(std::string_view text) {
    return Fingerprint::of(asBytes(text)).hex();
}

std::string squeezed(std::string_view value) {
    std::string result;
    for (const char c : value) {
        const bool blank = c == ' ' || c == '\t';
        if (!blank || (!result.empty() && result.back() != ' ')) {
            result += blank ? ' ' : c;
        }
    }
    if (result.ends_with(' ')) {
        result.pop_back();
    }
    return result;
}

std::string scopeText(std::string_view date, const SigningScope& scope) {
    return std::string{date.substr(0, 8)} + "/" + scope.region + "/" + scope.service + "/aws4_request";
}

}  // namespace

std::string amzDate(TimePoint time) {
    std::string text = toRfc3339(time);
    std::erase_if(text, [](char c) { return c == '-' || c == ':'; });
    return text;
}

std::string signedHeaderList(const Headers& headers) {
    std::string list;
    for (const auto& [name, value] : headers) {
        list += (list.empty() ? "" : ";") + name;
    }
    return list;
}

std::string canonicalRequest(const Headers& headers, std::string_view body) {
    std::string text = "POST\n/\n\n";
    for (const auto& [name, value] : headers) {
        text += name + ":" + squeezed(value) + "\n";
    }
    return text + "\n" + signedHeaderList(headers) + "\n" + sha256Hex(body);
}

std::string stringToSign(std::string_view date, const SigningScope& scope, std::string_view canonicalRequest) {
    return std::string{algorithm} + "\n" + std::string{date} + "\n" + scopeText(date, scope) + "\n" + sha256Hex(canonicalRequest);
}

SecretBytes signingKey(ByteView secretAccessKey, std::string_view date, const SigningScope& scope) {
    constexpr std::string_view prefix = "AWS4";
    SecretBytes start{prefix.size() + secretAccessKey.size()};
    std::ranges::copy(secretAccessKey, std::ranges::copy(asBytes(prefix), start.writable().begin()).out);
    const SecretBytes dateKey = hmacSha256(start.view(), date.substr(0, 8));
    const SecretBytes regionKey = hmacSha256(dateKey.view(), scope.region);
    const SecretBytes serviceKey = hmacSha256(regionKey.view(), scope.service);
    return hmacSha256(serviceKey.view(), "aws4_request");
}

std::string signature(const SecretBytes& key, std::string_view stringToSign) {
    return toHex(hmacSha256(key.view(), stringToSign).view());
}

void sign(Headers& headers, std::string_view body, const SigningIdentity& identity, const SigningScope& scope, TimePoint time) {
    const std::string date = amzDate(time);
    headers["x-amz-date"] = date;
    if (!identity.sessionToken.empty()) {
        headers["x-amz-security-token"] = asText(identity.sessionToken);
    }
    const SecretBytes key = signingKey(identity.secretAccessKey, date, scope);
    const std::string value = std::string{algorithm} + " Credential=" + std::string{identity.accessKeyId} + "/" +
                              scopeText(date, scope) + ", SignedHeaders=" + signedHeaderList(headers) +
                              ", Signature=" + signature(key, stringToSign(date, scope, canonicalRequest(headers, body)));
    headers["authorization"] = value;
}

}  // namespace keyconvoy::kms
