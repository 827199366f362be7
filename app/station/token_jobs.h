#pragma once

#include "app/ceremony/job.h"
#include "app/station/station.h"
#include "core/finding.h"
#include "wrapping/qualification/qualification.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

namespace keyconvoy::app {

/// `token list`: needs no login.
struct TokenList {
    pkcs11::ModuleDescription module;
    std::vector<pkcs11::TokenDescription> tokens;
};
[[nodiscard]] TokenList listTokens(const pkcs11::ModuleProfile& module);
[[nodiscard]] Json toJson(const TokenList& list);

/// `token show`: one token with its mechanisms.
struct TokenDetails {
    pkcs11::ModuleDescription module;
    pkcs11::TokenDescription token;
    pkcs11::LoginState login = pkcs11::LoginState::NotLoggedIn;
    std::vector<pkcs11::Mechanism> mechanisms;
};
[[nodiscard]] TokenDetails showToken(const TokenStation& station);
[[nodiscard]] Json toJson(const TokenDetails& details);

/// The same with every qualification of this token that still holds; needs no login. `folder` as for QualificationStore.
struct TokenSurvey {
    TokenDetails details;
    std::vector<wrapping::qualification::Result> qualifications;
};
[[nodiscard]] TokenSurvey surveyToken(const TokenStation& station, const std::optional<std::filesystem::path>& folder);

/// `token qualify`: only the combinations asked for; names the throw-away keys first and asks.
struct QualifyRequest {
    TokenStation token;
    std::vector<wrapping::qualification::Combination> combinations;
    std::optional<std::filesystem::path> qualificationFolder;
    bool again = false;  ///< run even where a kept result still holds
};
class QualifyJob : public Job {
public:
    /// One for each combination asked for, in that order; valid after the end.
    [[nodiscard]] virtual std::vector<wrapping::qualification::Result> results() const = 0;
    /// What is to be said about the runs besides their results: one that could not be kept.
    [[nodiscard]] virtual Findings findings() const = 0;

protected:
    using Job::Job;
};
[[nodiscard]] std::unique_ptr<QualifyJob> makeQualifyJob(QualifyRequest request, RunContext context);

/// `token trust`: an administrator puts a wrapping key with CKA_TRUSTED on the token (security officer's login).
struct TrustRequest {
    TokenStation token;
    std::filesystem::path wrappingPublicKeyFile;  ///< DER
    std::optional<Fingerprint> pinned;
    pkcs11::ObjectLabel label;
};
[[nodiscard]] std::unique_ptr<Job> makeTrustJob(TrustRequest request, RunContext context);

/// `doctor`: creates nothing, logs in only when asked.
struct DoctorRequest {
    std::optional<TokenStation> token;
    std::optional<KmsStation> kms;
    bool logIn = false;
};
class DoctorJob : public Job {
public:
    [[nodiscard]] virtual const Findings& findings() const = 0;  ///< in the order of the checks; valid after the end
    /// The token that was looked at, when there is one.
    [[nodiscard]] virtual std::optional<pkcs11::TokenDescription> token() const = 0;

protected:
    using Job::Job;
};
[[nodiscard]] std::unique_ptr<DoctorJob> makeDoctorJob(DoctorRequest request, RunContext context);

}  // namespace keyconvoy::app
