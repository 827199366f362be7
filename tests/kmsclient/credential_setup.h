#pragma once

#include "kmsclient/credential_chain.h"
#include "tests/kmsclient/failure_matchers.h"
#include "tests/kmsclient/scripted_service.h"
#include "tests/kmsclient/surroundings.h"

#include <fstream>

namespace keyconvoy::kms {

/// Credentials from an environment and files of the test's own, with a server that is STS, container agent or instance metadata.
class CredentialsTest : public testing::Test {
protected:
    [[nodiscard]] CredentialSetup setup(const std::optional<std::string>& profile = std::nullopt) const {
        const Endpoint service = Endpoint::parse(m_service.url(), verbatim("service"));
        const ClientSurroundings surroundings = m_surroundings.forClient();
        return {.environment = surroundings.environment,
                .profile = profile,
                .askMfaCode = m_askMfaCode,
                .sessions = m_sessions,
                .sts = {.endpoints = {.region = "eu-west-1", .kms = service, .sts = service, .custom = true},
                        .transport = {.caBundle = {}, .environment = surroundings.environment},
                        .loadCredentials = {},
                        .clock = [now = m_now] { return now; },
                        .wait = surroundings.wait,
                        .random = surroundings.random}};
    }
    [[nodiscard]] Credentials load(const std::optional<std::string>& profile = std::nullopt) const {
        return loadCredentials(setup(profile));
    }
    [[nodiscard]] std::optional<Failure> failureToLoad(const std::optional<std::string>& profile = std::nullopt) const {
        return tests::failureOf([&] { return load(profile); });
    }
    /// A file in the home folder.
    [[nodiscard]] std::string file(const std::string& name, const std::string& text) const {
        const auto path = m_surroundings.home() / name;
        std::ofstream{path, std::ios::trunc} << text;
        return path.string();
    }
    static std::string secretOf(const Credentials& credentials) {
        return std::string{asText(credentials.secretAccessKey.view())};
    }
    static std::string tokenOf(const Credentials& credentials) { return std::string{asText(credentials.sessionToken.view())}; }

    tests::Surroundings m_surroundings;
    tests::ScriptedService m_service;
    AskMfaCode m_askMfaCode;
    std::shared_ptr<RoleSessions> m_sessions;
    TimePoint m_now = *parseRfc3339("2026-11-21T12:00:00Z");
};

/// What STS answers to `operation`: a session of this role in account 000000000001.
inline std::string session(const std::string& role, const std::string& accessKeyId, const std::string& operation = "AssumeRole",
                           const std::string& end = "2026-11-21T13:00:00Z") {
    return "<" + operation + "Response><" + operation + "Result><AssumedRoleUser><AssumedRoleId>AROA:s</AssumedRoleId><Arn>" +
           "arn:aws:sts::000000000001:assumed-role/" + role + "/s</Arn></AssumedRoleUser><Credentials><AccessKeyId>" +
           accessKeyId + "</AccessKeyId><SecretAccessKey>secret-" + accessKeyId + "</SecretAccessKey><SessionToken>token-" +
           accessKeyId + "</SessionToken><Expiration>" + end + "</Expiration></Credentials></" + operation + "Result></" +
           operation + "Response>";
}

}  // namespace keyconvoy::kms
