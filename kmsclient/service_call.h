#pragma once

#include "core/finding.h"
#include "kmsclient/credentials.h"
#include "kmsclient/endpoint.h"
#include "kmsclient/kms_error.h"
#include "kmsclient/model.h"
#include "kmsclient/retry.h"
#include "kmsclient/transport.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::kms {

enum class Service : std::uint8_t { Kms, Sts };

/// One call as the operation wants it.
struct ServiceCall {
    Service service = Service::Kms;
    std::string operation;
    std::string body;
    Repeatable repeatable = Repeatable::Always;
    /// It changes something: sent on a connection of its own, since libcurl itself repeats a request whose reused connection was
    /// dead.
    bool changes = false;
    bool createdJustNow = false;  ///< NotFoundException is waited out (eventual consistency)
};

struct ServiceReply {
    std::string body;
    ReplyFacts facts;
    Text place;  ///< for what is wrong inside the reply
    /// An earlier attempt ended without a reply, so it may have been executed.
    bool afterUnknownOutcome = false;
};

/// The failure of a call that may have been carried out nevertheless: the remedy says how to find out.
[[nodiscard]] Failure afterUnknownOutcome(const ServiceCall& call, Failure failure);

/// Signs, sends, repeats what is safe to repeat, corrects the clock once, and turns error replies into KmsError. One thread.
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
    };
    explicit ServiceCaller(Settings settings);

    /// Throws KmsError, TransportError or Error(Integrity). `unknownOutcome`, where given, is set as soon as an attempt ended
    /// without a reply, and stays set when the call throws.
    [[nodiscard]] ServiceReply call(const ServiceCall& call, bool* unknownOutcome = nullptr);

    [[nodiscard]] const std::string& kmsUrl() const { return m_kmsUrl; }
    [[nodiscard]] const Endpoints& endpoints() const { return m_settings.endpoints; }
    [[nodiscard]] const Credentials& credentials() const { return m_credentials; }
    [[nodiscard]] const Findings& findings() const { return m_findings; }
    [[nodiscard]] std::optional<std::chrono::seconds> clockOffset() const { return m_clockOffset; }
    [[nodiscard]] std::chrono::seconds clockCorrection() const { return m_signingOffset; }
    [[nodiscard]] TimePoint now() const { return m_settings.clock(); }
    void note(Finding finding) { m_findings.push_back(std::move(finding)); }
    void wait(std::chrono::milliseconds time) const { m_settings.wait(time); }

private:
    struct Attempts;
    ServiceReply attempt(const ServiceCall& call, const Attempts& attempts);
    HttpRequest signedRequest(const ServiceCall& call, const Text& place);
    void renewCredentials();
    void observe(const HttpReply& reply);
    void observeClock(const HttpReply& reply);
    bool correctClock();
    void afterKmsError(const ServiceCall& call, const KmsError& error, Attempts& attempts);
    void afterTransportError(const ServiceCall& call, const TransportError& error, Attempts& attempts);
    void outcomeUnknown(const ServiceCall& call, const Error& error, bool worthRetrying, Attempts& attempts);
    bool waitedBeforeRetry(Attempts& attempts) const;

    Settings m_settings;
    std::string m_kmsUrl;
    Transport m_transport;
    Credentials m_credentials;
    Findings m_findings;
    std::optional<std::chrono::seconds> m_clockOffset;
    std::chrono::seconds m_signingOffset{0};  ///< added to our clock when signing, once the server has refused our time
    bool m_tlsNoted = false;
    bool m_clockNoted = false;
};

}  // namespace keyconvoy::kms
