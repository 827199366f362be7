#pragma once

#include "core/finding.h"
#include "kmsclient/credentials.h"
#include "kmsclient/endpoint.h"
#include "kmsclient/kms_error.h"
#include "kmsclient/model.h"
#include "kmsclient/operation.h"
#include "kmsclient/rate_limiter.h"
#include "kmsclient/retry.h"
#include "kmsclient/transport.h"

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::kms {

/// One call as the operation wants it.
struct ServiceCall {
    Operation operation;
    std::string body;
    bool createdJustNow = false;  ///< NotFoundException is waited out (eventual consistency)
    std::string account{};        ///< whose quota it uses; empty for the caller's, as far as that is known
};

struct ServiceReply {
    std::string body;
    ReplyFacts facts;
    Text place;  ///< for what is wrong inside the reply
};

/// The failure of a call that may have been carried out nevertheless: `outcomeUnknown` is set, and the remedy says how to find
/// out. One that says so already stays as it is.
[[nodiscard]] Failure afterUnknownOutcome(Operation operation, Failure failure);

/// How far apart the calls of an operation are kept.
struct CallIntervals {
    bool byQuota = true;                                   ///< those of the operation table, for what is not named here
    std::map<Operation, std::chrono::milliseconds> named;  ///< zero: not at all

    [[nodiscard]] std::chrono::milliseconds of(Operation operation) const;
};

/// Signs, sends, repeats what is safe to repeat, keeps to the quotas, corrects the clock once, renews credentials, and turns
/// error replies into KmsError. One thread.
class ServiceCaller {
public:
    struct Settings {
        Endpoints endpoints;
        TransportOptions transport;
        std::function<Credentials()> loadCredentials;
        Clock clock;
        Wait wait;
        RandomFraction random;
        int attempts = 3;
        std::shared_ptr<RateLimiter> limiter = std::make_shared<RateLimiter>();
        CallIntervals intervals{};
    };
    explicit ServiceCaller(Settings settings);

    /// Throws KmsError, TransportError or Error(Integrity). The failure's `outcomeUnknown` is set when a change may have been
    /// made although no attempt was answered with success: one ended without a reply.
    [[nodiscard]] ServiceReply call(const ServiceCall& call);

    [[nodiscard]] const std::string& kmsUrl() const { return m_kmsUrl; }
    [[nodiscard]] const Endpoints& endpoints() const { return m_settings.endpoints; }
    [[nodiscard]] const Credentials& credentials() const { return m_credentials; }
    [[nodiscard]] const Findings& findings() const { return m_findings; }
    [[nodiscard]] std::optional<std::chrono::seconds> clockOffset() const { return m_clockOffset; }
    [[nodiscard]] std::chrono::seconds clockCorrection() const { return m_signingOffset; }
    [[nodiscard]] TimePoint now() const { return m_settings.clock(); }
    void note(Finding finding) { m_findings.push_back(std::move(finding)); }
    void wait(std::chrono::milliseconds time) const { m_settings.wait(time); }
    /// Whom STS takes the credentials for; renewed ones must be the same principal's.
    void learnPrincipal(std::string_view arn) { m_principal = Principal::fromArn(arn); }

private:
    struct Attempts;
    ServiceReply repeated(const ServiceCall& call, Attempts& attempts);
    ServiceReply attempt(const ServiceCall& call, const Attempts& attempts);
    HttpRequest signedRequest(const ServiceCall& call, const Text& place);
    [[nodiscard]] std::string quotaOf(const ServiceCall& call) const;
    void leaveTimeBefore(const ServiceCall& call);
    void keepCredentialsFresh();
    void takeNewCredentials();
    void checkSamePrincipal();
    [[nodiscard]] std::optional<Principal> askWhoWeAre();
    void observe(const HttpReply& reply);
    void observeClock(const HttpReply& reply);
    bool correctClock();
    void afterKmsError(const ServiceCall& call, const KmsError& error, Attempts& attempts);
    void afterTransportError(const ServiceCall& call, const TransportError& error, Attempts& attempts);
    void outcomeUnknown(const ServiceCall& call, const Error& error, bool worthRetrying, Attempts& attempts);
    [[nodiscard]] std::chrono::milliseconds nextRetry(Attempts& attempts) const;
    bool waitedBeforeRetry(Attempts& attempts) const;
    bool heldBackBeforeRetry(const ServiceCall& call, Attempts& attempts);

    Settings m_settings;
    std::string m_kmsUrl;
    Transport m_transport;
    Credentials m_credentials;
    std::optional<Principal> m_principal;  ///< as far as anybody said so
    bool m_renewing = false;
    Findings m_findings;
    std::optional<std::chrono::seconds> m_clockOffset;
    std::chrono::seconds m_signingOffset{0};  ///< added to our clock when signing, once the server has refused our time
    bool m_tlsNoted = false;
    bool m_clockNoted = false;
};

}  // namespace keyconvoy::kms
