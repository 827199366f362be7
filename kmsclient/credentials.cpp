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

std::optional<Credentials> fromEnvironment(const Environment& environment) {
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

/// `setting` reads one of the two files.
template <class Setting>
std::optional<Credentials> staticKeys(Setting setting, const Text& source) {
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

Text sourceIn(const Profile& profile, const SharedConfig& file) {
    return KC_TEXT("Credentials", "profile %1 in %2").with(profile.name()).with(file.path().string());
}

/// Signing in at IAM Identity Center and assuming roles are the AWS command line's business.
void refuseWhatNeedsTheAwsCli(const Profile& profile) {
    const bool singleSignOn = profile.setting("sso_session") || profile.setting("sso_start_url") ||
                              profile.setting("sso_account_id") || profile.setting("sso_role_name");
    const bool login = profile.setting("login_session").has_value();
    if (!singleSignOn && !login && !profile.setting("role_arn")) {
        return;
    }
    throw Error{
        ErrorKind::Refused,
        KC_TEXT("Credentials", "AWS profile \"%1\" in %2").with(profile.name()).with(profile.configFile().path().string()),
        singleSignOn ? KC_TEXT("Credentials",
                               "this profile signs in through IAM Identity Center (sso_*), which is left to the AWS command line")
        : login      ? KC_TEXT("Credentials",
                               "this profile signs in through the console (login_session), which is left to the AWS command line")
                     : KC_TEXT("Credentials", "this profile assumes a role (role_arn), which is left to the AWS command line"),
        KC_TEXT("Credentials", "add this line to the profile (AWS CLI version 2 does the rest):\n%1")
            .with(shellCommand("credential_process = aws configure export-credentials --profile %1 --format process")
                      .with(profile.name()))};
}

/// They become parts of header lines, where a blank or a line end would break the request.
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

Text describe(const SharedConfig& file) {
    const std::string path = file.path().string();
    return file.present() ? verbatim(path) : KC_TEXT("SharedConfig", "%1 (not there)").with(path);
}

[[noreturn]] void throwNone(const Environment& environment, const Profile& profile) {
    const bool elsewhere = lookUpFirst(environment, {"AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                                                     "AWS_CONTAINER_CREDENTIALS_FULL_URI"})
                               .has_value();
    Text looked =
        profile.namedByOption()
            ? KC_TEXT("Credentials",
                      "none found: looked for profile %1 in %2 and %3 (keys or credential_process); the environment "
                      "variables were left aside because a profile was named")
            : KC_TEXT("Credentials",
                      "none found: looked at AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, then at profile "
                      "%1 in %2 and %3 (keys or credential_process)");
    throw Error{
        ErrorKind::NotFound, KC_TEXT("Credentials", "AWS credentials"),
        std::move(looked).with(profile.name()).with(describe(profile.credentialsFile())).with(describe(profile.configFile())),
        elsewhere
            ? KC_TEXT("Credentials", "web identity and container credentials are left to the AWS command line: run %1 first")
                  .with(shellCommand("eval \"$(aws configure export-credentials --format env)\""))
            : KC_TEXT("Credentials", "set the two variables, run aws configure, or name a profile with %1")
                  .with(typedAs("--profile"))};
}

}  // namespace

Credentials loadCredentials(const Environment& environment, const Profile& profile, TimePoint now) {
    if (!profile.namedByOption()) {
        if (auto found = fromEnvironment(environment)) {
            checkUsable(*found);
            checkNotExpired(*found, now);
            return std::move(*found);
        }
    }
    const auto process = profile.setting("credential_process");
    if (!process) {
        refuseWhatNeedsTheAwsCli(profile);
    }
    const bool processFirst = process && (profile.setting("role_arn") || profile.setting("sso_session") ||
                                          profile.setting("sso_start_url") || profile.setting("login_session"));
    auto found = processFirst ? std::nullopt
                              : staticKeys([&](const char* name) { return profile.credentialsFileSetting(name); },
                                           sourceIn(profile, profile.credentialsFile()));
    if (!found && process) {
        found = runCredentialProcess(*process, KC_TEXT("Credentials", "credential_process of profile %1").with(profile.name()));
        found->renewable = true;
    }
    if (!found) {
        found = staticKeys([&](const char* name) { return profile.configFileSetting(name); },
                           sourceIn(profile, profile.configFile()));
    }
    if (!found) {
        throwNone(environment, profile);
    }
    checkUsable(*found);
    checkNotExpired(*found, now);
    return std::move(*found);
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
