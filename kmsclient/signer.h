#pragma once

#include "core/bytes.h"
#include "core/clock.h"
#include "core/secret_bytes.h"

#include <map>
#include <string>
#include <string_view>

/// AWS Signature Version 4 for `POST /` without a query, the only request KMS and STS need. Each stage is a function of its own,
/// so that each can be checked against published values.
namespace keyconvoy::kms {

/// Names in lower case, so that they are sorted as the canonical request wants them.
using Headers = std::map<std::string, std::string>;

struct SigningScope {
    std::string region;
    std::string service;  ///< "kms" or "sts"
};

/// Whoever signs: the parts of credentials that a signature needs.
struct SigningIdentity {
    std::string_view accessKeyId;
    ByteView secretAccessKey;
    ByteView sessionToken;  ///< empty for long-term keys
};

/// YYYYMMDDTHHMMSSZ
[[nodiscard]] std::string amzDate(TimePoint time);

/// "content-type;host;x-amz-date;…"
[[nodiscard]] std::string signedHeaderList(const Headers& headers);
/// The canonical request over all of `headers`; values are trimmed and runs of blanks made one.
[[nodiscard]] std::string canonicalRequest(const Headers& headers, std::string_view body);
[[nodiscard]] std::string stringToSign(std::string_view date, const SigningScope& scope, std::string_view canonicalRequest);
/// The HMAC chain over date, Region and service.
[[nodiscard]] SecretBytes signingKey(ByteView secretAccessKey, std::string_view date, const SigningScope& scope);
[[nodiscard]] std::string signature(const SecretBytes& key, std::string_view stringToSign);

/// Adds x-amz-date, x-amz-security-token (with temporary credentials) and authorization. `headers` holds exactly what is to be
/// signed, host included; what is added to the request later stays unsigned.
void sign(Headers& headers, std::string_view body, const SigningIdentity& identity, const SigningScope& scope, TimePoint time);

}  // namespace keyconvoy::kms
