#include "kmsclient/service_call.h"

#include "core/text.h"
#include "kmsclient/http_date.h"
#include "kmsclient/sts_calls.h"

#include <cstdlib>
#include <utility>

namespace keyconvoy::kms {

using namespace std::chrono;

namespace {

/// AWS accepts five minutes; a minute is worth telling, since ValidTo and the 24 hours of the import token rest on true time.
constexpr seconds notableOffset{60};

/// True for as long as this lives.
class Raised {
public:
    explicit Raised(bool& flag) : m_flag{flag} { flag = true; }
    Raised(const Raised&) = delete;
    Raised& operator=(const Raised&) = delete;
    ~Raised() { m_flag = false; }

private:
    bool& m_flag;
};

std::string secondsText(seconds offset) {
    return std::to_string(std::abs(offset.count()));
}

}  // namespace

Failure afterUnknownOutcome(Operation operation, Failure failure) {
    if (failure.outcomeUnknown) {
        return failure;
    }
    failure.outcomeUnknown = true;
    // The remedy for what is not available only says to repeat; any other comes first.
    const Text& findOut = factsOf(operation).findOut;
    failure.remedy =
        failure.kind == ErrorKind::Unavailable ? findOut : KC_TEXT("ServiceCall", "%1. %2").with(failure.remedy).with(findOut);
    return failure;
}

std::chrono::milliseconds CallIntervals::of(Operation operation) const {
    const auto row = named.find(operation);
    return row != named.end() ? row->second : byQuota ? factsOf(operation).interval : milliseconds{0};
}

/// Where one call stands with its attempts.
struct ServiceCaller::Attempts {
    int number = 1;   ///< requests sent
    int retries = 0;  ///< of which because of a failure; waiting for a new key and correcting the clock do not count
    bool unknownOutcome = false;
    bool clockCorrected = false;
    bool credentialsRenewed = false;
    PropagationDelay propagation;
};

ServiceCaller::ServiceCaller(Settings settings)
    : m_settings{std::move(settings)},
      m_kmsUrl{m_settings.endpoints.kms.url()},
      m_transport{m_settings.transport},
      m_credentials{m_settings.loadCredentials()},
      m_principal{m_credentials.principal} {
}

ServiceReply ServiceCaller::call(const ServiceCall& call) {
    keepCredentialsFresh();
    Attempts attempts;
    try {
        return repeated(call, attempts);
    } catch (const KmsError& refusal) {
        // It is about the last attempt; an earlier one may have been carried out.
        Failure failure = refusal.failure();
        failure.outcomeUnknown = attempts.unknownOutcome && factsOf(call.operation).changes;
        throw KmsError{std::move(failure), refusal.status(), refusal.retryClass()};
    } catch (const Error& error) {
        if (!attempts.unknownOutcome || !factsOf(call.operation).changes) {
            throw;
        }
        throw Error{afterUnknownOutcome(call.operation, error.failure())};
    }
}

ServiceReply ServiceCaller::repeated(const ServiceCall& call, Attempts& attempts) {
    for (;; ++attempts.number) {
        try {
            leaveTimeBefore(call);
            return attempt(call, attempts);
        } catch (const KmsError& error) {
            afterKmsError(call, error, attempts);
        } catch (const TransportError& error) {
            afterTransportError(call, error, attempts);
        }
    }
}

/// Quotas count by account, Region and operation; before the account is known its access key stands for it.
std::string ServiceCaller::quotaOf(const ServiceCall& call) const {
    const std::string& account = !call.account.empty() ? call.account
                                 : m_principal         ? m_principal->account
                                                       : m_credentials.accessKeyId;
    return account + "/" + m_settings.endpoints.region + "/" + std::string{factsOf(call.operation).name};
}

void ServiceCaller::leaveTimeBefore(const ServiceCall& call) {
    const auto time = m_settings.limiter->reserve(quotaOf(call), m_settings.intervals.of(call.operation), now());
    if (time.count() > 0) {
        wait(time);
    }
}

ServiceReply ServiceCaller::attempt(const ServiceCall& call, const Attempts& attempts) {
    const OperationFacts& operation = factsOf(call.operation);
    const bool kms = operation.service == Service::Kms;
    const std::string host = (kms ? m_settings.endpoints.kms : m_settings.endpoints.sts).hostHeader();
    Text place =
        (kms ? KC_TEXT("ServiceCall", "KMS %1 at %2") : KC_TEXT("ServiceCall", "STS %1 at %2")).with(operation.name).with(host);
    HttpReply reply = m_transport.send(signedRequest(call, place));
    observe(reply);
    if (reply.status != 200) {
        throw kmsError(reply, kms ? readJsonFault(reply) : readXmlFault(reply),
                       (kms ? "kms:" : "sts:") + std::string{operation.name}, place);
    }
    std::string requestId = requestIdOf(reply);
    return ServiceReply{
        .body = std::move(reply.body),
        .facts = {.requestId = std::move(requestId), .connection = std::move(reply.connection), .attempts = attempts.number},
        .place = std::move(place)};
}

HttpRequest ServiceCaller::signedRequest(const ServiceCall& call, const Text& place) {
    const OperationFacts& operation = factsOf(call.operation);
    const bool kms = operation.service == Service::Kms;
    HttpRequest request;
    request.endpoint = kms ? m_settings.endpoints.kms : m_settings.endpoints.sts;
    request.body = call.body;
    request.place = place;
    request.freshConnection = operation.changes;
    request.headers["host"] = request.endpoint.hostHeader();
    request.headers["content-type"] = kms ? "application/x-amz-json-1.1" : "application/x-www-form-urlencoded; charset=utf-8";
    if (kms) {
        request.headers["x-amz-target"] = "TrentService." + std::string{operation.name};
    }
    if (operation.anonymous) {
        return request;
    }
    const SigningIdentity identity{.accessKeyId = m_credentials.accessKeyId,
                                   .secretAccessKey = m_credentials.secretAccessKey.view(),
                                   .sessionToken = m_credentials.sessionToken.view()};
    const SigningScope scope{.region = m_settings.endpoints.region, .service = kms ? "kms" : "sts"};
    sign(request.headers, request.body, identity, scope, m_settings.clock() + m_signingOffset);
    return request;
}

void ServiceCaller::keepCredentialsFresh() {
    const TimePoint trueNow = now() + m_signingOffset;
    const Renewal renewal = renewalOf(m_credentials, trueNow);
    if (renewal != Renewal::NotYet && !m_renewing) {
        try {
            takeNewCredentials();
        } catch (const Error& error) {
            if (renewal != Renewal::Advised || error.kind() != ErrorKind::Unavailable) {
                throw;  // otherwise the old ones are good for some minutes more, and the next call tries again
            }
        }
    }
    checkNotExpired(m_credentials, trueNow);
}

/// Throws Refused when the new ones are another principal's; then the old ones stay.
void ServiceCaller::takeNewCredentials() {
    const Raised renewing{m_renewing};
    if (!m_principal && renewalOf(m_credentials, now() + m_signingOffset) != Renewal::TooLate) {
        m_principal = askWhoWeAre();
    }
    Credentials fresh = m_settings.loadCredentials();
    checkNotExpired(fresh, now() + m_signingOffset);
    Credentials old = std::exchange(m_credentials, std::move(fresh));
    try {
        checkSamePrincipal();
    } catch (const Error&) {
        m_credentials = std::move(old);
        throw;
    }
}

void ServiceCaller::checkSamePrincipal() {
    const auto renewed = m_credentials.principal ? m_credentials.principal : m_principal ? askWhoWeAre() : std::nullopt;
    if (!m_principal) {
        m_principal = renewed;
        note({.level = FindingLevel::Warning,
              .what = KC_TEXT("ServiceCall",
                              "the AWS credentials from %1 were renewed, and nobody had said whose the old ones were: whether "
                              "account and role stayed the same is not known")
                          .with(m_credentials.source),
              .remedy = {}});
        return;
    }
    if (renewed != m_principal) {
        throw Error{ErrorKind::Refused, KC_TEXT("ServiceCall", "AWS credentials from %1").with(m_credentials.source),
                    renewed
                        ? KC_TEXT("ServiceCall", "the renewed ones belong to %1 in account %2, the old ones to %3 in account %4")
                              .with(renewed->name)
                              .with(renewed->account)
                              .with(m_principal->name)
                              .with(m_principal->account)
                        : KC_TEXT("ServiceCall", "whose the renewed ones are cannot be found out"),
                    KC_TEXT("ServiceCall", "sign in as before and %1; whoever is to go on with other credentials begins anew")
                        .with(typedAs("repeat the command"))};
    }
}

/// Absent when STS does not answer.
std::optional<Principal> ServiceCaller::askWhoWeAre() {
    try {
        return Principal::fromArn(getCallerIdentity(*this).arn);
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::Cancelled) {
            throw;
        }
        return std::nullopt;
    }
}

void ServiceCaller::observe(const HttpReply& reply) {
    observeClock(reply);
    const ConnectionEvidence& connection = reply.connection;
    if (connection.tls && !connection.amazonRoot && !m_tlsNoted) {
        m_tlsNoted = true;
        note({.level = FindingLevel::Warning,
              .what = KC_TEXT("ServiceCall",
                              "TLS: private or intercepted: the certificate of %1 ends at \"%2\", which is no root of Amazon "
                              "Trust Services")
                          .with(connection.host)
                          .with(connection.rootSubject),
              .remedy = KC_TEXT("ServiceCall", "whoever owns that root can swap the wrapping key; %1 refuses such connections")
                            .with(typedAs("--require-amazon-roots"))});
    }
}

void ServiceCaller::observeClock(const HttpReply& reply) {
    const auto header = reply.headers.find("date");
    const auto serverTime = header == reply.headers.end() ? std::nullopt : parseHttpDate(header->second);
    if (!serverTime) {
        return;
    }
    m_clockOffset = round<seconds>(*serverTime + milliseconds{500} - now());  // the header cuts fractions off
    if (abs(*m_clockOffset) < notableOffset || m_clockNoted) {
        return;
    }
    m_clockNoted = true;
    note({.level = FindingLevel::Warning,
          .what =
              (m_clockOffset->count() > 0 ? KC_TEXT("ServiceCall", "this machine's clock is %1 seconds behind the time of %2")
                                          : KC_TEXT("ServiceCall", "this machine's clock is %1 seconds ahead of the time of %2"))
                  .with(secondsText(*m_clockOffset))
                  .with(reply.connection.host),
          .remedy = KC_TEXT("ServiceCall", "set the clock: expiry times and the 24 hours of the import token rest on it")});
}

/// False when the offset does not explain the refusal.
bool ServiceCaller::correctClock() {
    if (!m_clockOffset || abs(*m_clockOffset - m_signingOffset) < notableOffset) {
        return false;
    }
    m_signingOffset = *m_clockOffset;
    note(
        {.level = FindingLevel::Warning,
         .what = KC_TEXT("ServiceCall",
                         "the service refused this machine's time; requests are signed with its own time instead (%1 seconds %2)")
                     .with(secondsText(m_signingOffset))
                     .with(m_signingOffset.count() > 0 ? KC_TEXT("ServiceCall", "later") : KC_TEXT("ServiceCall", "earlier")),
         .remedy = KC_TEXT("ServiceCall", "set the clock")});
    return true;
}

void ServiceCaller::afterKmsError(const ServiceCall& call, const KmsError& error, Attempts& attempts) {
    switch (error.retryClass()) {
        case RetryClass::Never: break;
        case RetryClass::ClockCorrected:
            if (!attempts.clockCorrected && correctClock()) {
                attempts.clockCorrected = true;
                return;
            }
            break;
        case RetryClass::AfterCreation:
            if (const auto delay = call.createdJustNow ? attempts.propagation.next() : milliseconds{0}; delay.count() > 0) {
                wait(delay);
                return;
            }
            break;
        case RetryClass::CredentialsRenewed:
            if (m_credentials.renewable && !attempts.credentialsRenewed && !m_renewing) {
                attempts.credentialsRenewed = true;
                takeNewCredentials();
                return;
            }
            break;
        case RetryClass::Transient: outcomeUnknown(call, error, true, attempts); return;
        case RetryClass::Throttled:
            if (heldBackBeforeRetry(call, attempts)) {
                return;
            }
            break;
    }
    throw error;
}

void ServiceCaller::afterTransportError(const ServiceCall& call, const TransportError& error, Attempts& attempts) {
    if (error.delivery() == TransportError::Delivery::Unknown) {
        outcomeUnknown(call, error, error.worthRetrying(), attempts);
    } else if (!error.worthRetrying() || !waitedBeforeRetry(attempts)) {
        throw error;
    }
}

void ServiceCaller::outcomeUnknown(const ServiceCall& call, const Error& error, bool worthRetrying, Attempts& attempts) {
    attempts.unknownOutcome = true;
    const Repetition repetition = factsOf(call.operation).repetition;
    const bool repeatable = repetition == Repetition::Harmless || repetition == Repetition::MayBeRefused;
    if (!worthRetrying || !repeatable || !waitedBeforeRetry(attempts)) {
        throw Error{error.failure()};
    }
}

/// Zero or more when there is an attempt left, which is counted then; less than zero otherwise.
milliseconds ServiceCaller::nextRetry(Attempts& attempts) const {
    if (attempts.retries + 1 >= m_settings.attempts) {
        return milliseconds{-1};
    }
    ++attempts.retries;
    return retryDelay(attempts.retries, m_settings.random());
}

/// False when no attempt is left.
bool ServiceCaller::waitedBeforeRetry(Attempts& attempts) const {
    const auto delay = nextRetry(attempts);
    if (delay.count() < 0) {
        return false;
    }
    wait(delay);
    return true;
}

/// The same after a throttled call, whose next attempt leaves at least the operation's own time, and for the other clients that
/// share the quota too. The waiting is done before that attempt.
bool ServiceCaller::heldBackBeforeRetry(const ServiceCall& call, Attempts& attempts) {
    const auto delay = nextRetry(attempts);
    if (delay.count() < 0) {
        return false;
    }
    m_settings.limiter->holdBack(quotaOf(call), m_settings.intervals.of(call.operation) + delay, now());
    return true;
}

}  // namespace keyconvoy::kms
