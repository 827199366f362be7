#include "kmsclient/credentials.h"

#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <openssl/crypto.h>

namespace keyconvoy::kms {

namespace {

SecretBytes secretFrom(std::string&& text) {
    SecretBytes secret = SecretBytes::copyOf(asBytes(trimmed(text)));
    OPENSSL_cleanse(text.data(), text.size());
    return secret;
}

SecretBytes secretFrom(std::optional<std::string>&& text) {
    return text ? secretFrom(std::move(*text)) : SecretBytes{};
}

[[noreturn]] void throwIncomplete(const Text& source, const char* present, const char* missing) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("Credentials", "AWS credentials from %1").with(source),
                KC_TEXT("Credentials", "%1 is set, but %2 is not").with(present).with(missing),
                KC_TEXT("Credentials", "set both, or neither")};
}

std::optional<TimePoint> parsedExpiration(const std::optional<std::string>& text, const Text& source) {
    if (!text) {
        return std::nullopt;
    }
    const auto time = parseRfc3339(*text);
    if (!time) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Credentials", "AWS credentials from %1").with(source),
                    KC_TEXT("Credentials", "their expiration \"%1\" is no RFC 3339 time").with(*text),
                    KC_TEXT("Credentials", "it is written like 2027-06-17T12:00:00Z")};
    }
    return time;
}

}  // namespace

std::optional<Credentials> environmentCredentials(const Environment& environment) {
    const Text source = KC_TEXT("Credentials", "environment variables");
    const auto id = lookUp(environment, "AWS_ACCESS_KEY_ID");
    auto secret = lookUp(environment, "AWS_SECRET_ACCESS_KEY");
    if (!id && !secret) {
        return std::nullopt;
    }
    if (!id || !secret) {
        throwIncomplete(source, id ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY",
                        id ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID");
    }
    Credentials credentials;
    credentials.accessKeyId = trimmed(*id);
    credentials.secretAccessKey = secretFrom(std::move(secret));
    credentials.sessionToken = secretFrom(lookUpFirst(environment, {"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"}));
    credentials.expiration = parsedExpiration(lookUp(environment, "AWS_CREDENTIAL_EXPIRATION"), source);
    credentials.source = source;
    return credentials;
}

std::optional<Credentials> staticCredentials(const ProfileSetting& setting, const Text& source) {
    const auto id = setting("aws_access_key_id");
    auto secret = setting("aws_secret_access_key");
    if (!id && !secret) {
        return std::nullopt;
    }
    if (!id || !secret) {
        throwIncomplete(source, id ? "aws_access_key_id" : "aws_secret_access_key",
                        id ? "aws_secret_access_key" : "aws_access_key_id");
    }
    Credentials credentials;
    credentials.accessKeyId = *id;
    credentials.secretAccessKey = secretFrom(std::move(secret));
    auto token = setting("aws_session_token");
    credentials.sessionToken = secretFrom(token ? std::move(token) : setting("aws_security_token"));
    credentials.source = source;
    return credentials;
}

void checkUsable(const Credentials& credentials) {
    const auto printable = [](std::uint8_t c) { return c > ' ' && c < 0x7F; };
    std::optional<Text> broken;
    if (!std::ranges::all_of(asBytes(credentials.accessKeyId), printable) ||
        credentials.accessKeyId.find_first_of("/,") != std::string::npos) {
        broken = KC_TEXT("Credentials", "access key ID");
    } else if (!std::ranges::all_of(credentials.secretAccessKey.view(), printable)) {
        broken = KC_TEXT("Credentials", "secret access key");
    } else if (!std::ranges::all_of(credentials.sessionToken.view(), printable)) {
        broken = KC_TEXT("Credentials", "session token");
    }
    if (broken) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("Credentials", "AWS credentials from %1").with(credentials.source),
                    KC_TEXT("Credentials", "the %1 holds characters that none can have").with(*std::move(broken)),
                    KC_TEXT("Credentials", "copy it again, without quotes, blanks or line ends")};
    }
}

Renewal renewalOf(const Credentials& credentials, TimePoint now) {
    using namespace std::chrono;
    if (!credentials.renewable || !credentials.expiration) {
        return Renewal::NotYet;
    }
    const milliseconds left = *credentials.expiration - now;
    const milliseconds life = credentials.loadedAt ? *credentials.expiration - *credentials.loadedAt : milliseconds{hours{1}};
    return left <= milliseconds{0}                          ? Renewal::TooLate
           : left < std::min(milliseconds{10min}, life / 6) ? Renewal::Needed
           : left < std::min(milliseconds{15min}, life / 4) ? Renewal::Advised
                                                            : Renewal::NotYet;
}

void checkNotExpired(const Credentials& credentials, TimePoint now) {
    if (credentials.expiration && *credentials.expiration <= now) {
        throw Error{ErrorKind::Refused, KC_TEXT("Credentials", "AWS credentials from %1").with(credentials.source),
                    KC_TEXT("Credentials", "they ended at %1").with(toRfc3339(*credentials.expiration)),
                    KC_TEXT("Credentials", "sign in again (aws sso login, or whatever gives you credentials) and %1")
                        .with(typedAs("repeat the command"))};
    }
}

}  // namespace keyconvoy::kms
