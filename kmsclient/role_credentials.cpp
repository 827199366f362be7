#include "kmsclient/role_credentials.h"

#include "core/files.h"
#include "core/text.h"
#include "kmsclient/sts_calls.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <openssl/crypto.h>

namespace keyconvoy::kms {

namespace {

using namespace std::chrono;

Text placeOf(const Profile& profile) {
    return KC_TEXT("Credentials", "AWS profile \"%1\" in %2").with(profile.name()).with(profile.configFile().path().string());
}

std::string sessionName(const std::optional<std::string>& named, TimePoint now) {
    return named ? *named : "keyconvoy-" + std::to_string(floor<seconds>(now).time_since_epoch().count());
}

std::optional<seconds> duration(const Profile& profile) {
    constexpr int least = 900;
    constexpr int most = 43'200;
    const auto text = profile.setting("duration_seconds");
    if (!text) {
        return std::nullopt;
    }
    int number = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
    if (error != std::errc{} || end != text->data() + text->size() || number < least || number > most) {
        throw Error{ErrorKind::InvalidInput, placeOf(profile),
                    KC_TEXT("RoleCredentials", "its duration_seconds \"%1\" is no number from 900 to 43200").with(*text),
                    KC_TEXT("RoleCredentials", "correct it, or leave it out for one hour")};
    }
    return seconds{number};
}

bool isMfaCode(std::string_view code) {
    return code.size() == 6 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

std::string mfaCode(const CredentialSetup& setup, const Profile& profile, const std::string& serial) {
    if (!setup.askMfaCode) {
        throw Error{ErrorKind::Refused, placeOf(profile),
                    KC_TEXT("RoleCredentials", "its role wants a code of the MFA device %1, and nobody can be asked for it here")
                        .with(serial),
                    KC_TEXT("Credentials", "add this line to the profile (AWS CLI version 2 does the rest):\n%1")
                        .with(shellCommand("credential_process = aws configure export-credentials --profile %1 --format process")
                                  .with(profile.name()))};
    }
    std::string code = setup.askMfaCode({.serial = serial, .profile = profile.name()});
    if (!isMfaCode(code)) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("RoleCredentials", "code of the MFA device %1").with(serial),
                    KC_TEXT("RoleCredentials", "it has six digits, and this has not"),
                    KC_TEXT("RoleCredentials", "type the digits that the device shows, without blanks")};
    }
    return code;
}

/// STS, asked by somebody who already has credentials, or by nobody in particular.
ServiceCaller callerWith(ServiceCaller::Settings settings, Credentials credentials) {
    credentials.renewable = false;  // for one call
    const auto once = std::make_shared<Credentials>(std::move(credentials));
    settings.loadCredentials = [once] { return std::move(*once); };
    return ServiceCaller{std::move(settings)};
}

Credentials sessionOf(AssumedRole role, Text source) {
    role.credentials.source = std::move(source);
    role.credentials.renewable = true;
    return std::move(role.credentials);
}

struct WebIdentity {
    std::optional<std::string> tokenFile, roleArn, sessionName;
};

WebIdentity webIdentityOf(const CredentialSetup& setup, const Profile& profile, Variables variables) {
    const auto either = [&](const char* variable, const char* setting) {
        auto value = variables == Variables::First ? lookUp(setup.environment, variable) : std::nullopt;
        return value ? value : profile.setting(setting);
    };
    return {.tokenFile = either("AWS_WEB_IDENTITY_TOKEN_FILE", "web_identity_token_file"),
            .roleArn = either("AWS_ROLE_ARN", "role_arn"),
            .sessionName = either("AWS_ROLE_SESSION_NAME", "role_session_name")};
}

SecretBytes tokenIn(const std::string& file) {
    constexpr std::size_t largest = 20'000;
    Bytes octets = readFile(file, largest);
    SecretBytes token = SecretBytes::copyOf(asBytes(trimmed(asText(octets))));
    OPENSSL_cleanse(octets.data(), octets.size());
    return token;
}

/// The profile's session, as far as anything decides whose it is and what it may do. AWS takes a session of one Region's STS in
/// all of them.
std::string nameOfSession(const CredentialSetup& setup, const Profile& profile, const std::string& sourceKey) {
    const Endpoints& endpoints = setup.sts.endpoints;
    std::string name = (endpoints.custom ? endpoints.sts.url() : "") + '\n' + profile.name() + '\n' + sourceKey;
    for (const char* setting : {"role_arn", "mfa_serial", "role_session_name", "duration_seconds", "external_id"}) {
        name += '\n' + profile.setting(setting).value_or("");
    }
    return name;
}

Credentials newSession(const CredentialSetup& setup, const Profile& profile, Credentials source) {
    AssumeRoleRequest request;
    request.roleArn = profile.setting("role_arn").value_or("");
    request.sessionName = sessionName(profile.setting("role_session_name"), setup.sts.clock());
    request.duration = duration(profile);
    request.externalId = profile.setting("external_id");
    request.mfaSerial = profile.setting("mfa_serial");
    if (request.mfaSerial) {
        request.mfaCode = mfaCode(setup, profile, *request.mfaSerial);
    }
    ServiceCaller caller = callerWith(setup.sts, std::move(source));
    Credentials session =
        sessionOf(assumeRole(caller, request),
                  KC_TEXT("RoleCredentials", "role %1 of profile %2").with(request.roleArn).with(profile.name()));
    session.loadedAt = setup.sts.clock();
    return session;
}

}  // namespace

bool assumesRole(const Profile& profile) {
    return profile.setting("role_arn") && !profile.setting("web_identity_token_file");
}

Credentials roleCredentials(const CredentialSetup& setup, const Profile& profile, Credentials source) {
    if (!setup.sessions || !profile.setting("mfa_serial")) {
        return newSession(setup, profile, std::move(source));
    }
    const std::string name = nameOfSession(setup, profile, source.accessKeyId);
    if (auto kept = setup.sessions->find(name, setup.sts.clock())) {
        return std::move(*kept);
    }
    Credentials session = newSession(setup, profile, std::move(source));
    setup.sessions->keep(name, session);
    return session;
}

std::optional<Credentials> webIdentityCredentials(const CredentialSetup& setup, const Profile& profile, Variables variables) {
    const WebIdentity identity = webIdentityOf(setup, profile, variables);
    if (!identity.tokenFile) {
        return std::nullopt;
    }
    if (!identity.roleArn) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("RoleCredentials", "web identity token file %1").with(*identity.tokenFile),
                    KC_TEXT("RoleCredentials", "no role is named that is to be assumed with it"),
                    KC_TEXT("RoleCredentials", "set AWS_ROLE_ARN, or role_arn in the profile")};
    }
    WebIdentityRequest request;
    request.roleArn = *identity.roleArn;
    request.sessionName = sessionName(identity.sessionName, setup.sts.clock());
    request.duration = variables == Variables::First && lookUp(setup.environment, "AWS_WEB_IDENTITY_TOKEN_FILE")
                           ? std::nullopt
                           : duration(profile);
    request.token = tokenIn(*identity.tokenFile);
    ServiceCaller caller = callerWith(setup.sts, {});
    return sessionOf(
        assumeRoleWithWebIdentity(caller, request),
        KC_TEXT("RoleCredentials", "role %1 by the web identity token in %2").with(request.roleArn).with(*identity.tokenFile));
}

}  // namespace keyconvoy::kms
