#include "kmsclient/simulator/authentication.h"

#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/signature_check.h"

namespace keyconvoy::kms::simulator {

namespace {

[[noreturn]] void throwUnknownCredentials() {
    throw ApiError{"UnrecognizedClientException", "The security token included in the request is invalid."};
}

struct Signer {
    Caller caller;
    std::string secretAccessKey;
};

Signer requireUser(const std::string& accessKeyId) {
    std::string account{accountId};
    for (char digit = '0'; digit <= '9'; ++digit) {
        account.back() = digit;
        const Credentials credentials = credentialsOf(account);
        if (credentials.accessKeyId == accessKeyId) {
            return {.caller = userOf(account), .secretAccessKey = credentials.secretAccessKey};
        }
    }
    throwUnknownCredentials();
}

Signer requireSession(const std::string& accessKeyId, const std::string& token, const SessionSealer& sessions, TimePoint now) {
    const auto session = sessions.open(token);
    if (!session || session->credentials.accessKeyId != accessKeyId) {
        throwUnknownCredentials();
    }
    if (session->end <= now) {
        throw ApiError{"ExpiredTokenException", "The security token included in the request is expired"};
    }
    return {.caller = session->caller, .secretAccessKey = session->credentials.secretAccessKey};
}

}  // namespace

Authenticated authenticate(const HttpRequest& request, std::string_view service, const SessionSealer& sessions, TimePoint now) {
    Authenticated authenticated;
    const auto secretOf = [&](const std::string& accessKeyId) {
        const auto token = request.header("x-amz-security-token");
        Signer signer = token ? requireSession(accessKeyId, *token, sessions, now) : requireUser(accessKeyId);
        authenticated.caller = std::move(signer.caller);
        authenticated.accessKeyId = accessKeyId;
        return signer.secretAccessKey;
    };
    authenticated.region = checkSignature(request, service, secretOf, now);
    return authenticated;
}

}  // namespace keyconvoy::kms::simulator
