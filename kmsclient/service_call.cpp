#include "kmsclient/service_call.h"

#include "core/text.h"
#include "kmsclient/http_date.h"
#include "kmsclient/sts.h"

#include <cstdlib>

namespace keyconvoy::kms {

using namespace std::chrono;

namespace {

/// AWS accepts five minutes; a minute is worth telling, since ValidTo and the 24 hours of the import token rest on true time.
constexpr seconds notableOffset{60};

std::string secondsText(seconds offset) {
    return std::to_string(std::abs(offset.count()));
}

}  // namespace

Failure afterUnknownOutcome(const ServiceCall& call, Failure failure) {
    Text unknown =
        (call.repeatable == Repeatable::OnlyIfNotExecuted
             ? KC_TEXT(
                   "ServiceCall",
                   "%1 may or may not have been carried out; it was not repeated, since that could make a second key. Look first "
                   "(aws kms list-keys; by description, tag or creation date), then %2, or go on with the key that is there")
                   .with(call.operation)
                   .with(typedAs("repeat the command"))
             : KC_TEXT("ServiceCall",
                       "%1 may or may not have been carried out: look with DescribeKey; repeating it with the same "
                       "material does no harm")
                   .with(call.operation));
    // Who answered what is no reply of KMS must be found out first; any other remedy only says to repeat.
    failure.remedy = failure.kind == ErrorKind::Integrity ? KC_TEXT("ServiceCall", "%1. %2").with(failure.remedy).with(unknown)
                                                          : std::move(unknown);
    return failure;
}

/// Where one call stands with its attempts.
struct ServiceCaller::Attempts {
    int number = 1;   ///< requests sent
    int retries = 0;  ///< of which because of a failure; waiting for a new key and correcting the clock do not count
    bool unknownOutcome = false;
    bool clockCorrected = false;
    PropagationDelay propagation;
    bool* report = nullptr;

    void noteUnknownOutcome() {
        unknownOutcome = true;
        if (report != nullptr) {
            *report = true;
        }
    }
};

ServiceCaller::ServiceCaller(Settings settings)
    : m_settings{std::move(settings)},
      m_kmsUrl{m_settings.endpoints.kms.url()},
      m_transport{m_settings.transport},
      m_credentials{m_settings.loadCredentials()} {
}

ServiceReply ServiceCaller::call(const ServiceCall& call, bool* unknownOutcome) {
    renewCredentials();
    Attempts attempts;
    attempts.report = unknownOutcome;
    for (;; ++attempts.number) {
        try {
            return attempt(call, attempts);
        } catch (const KmsError& error) {
            afterKmsError(call, error, attempts);
        } catch (const TransportError& error) {
            afterTransportError(call, error, attempts);
        }
    }
}

ServiceReply ServiceCaller::attempt(const ServiceCall& call, const Attempts& attempts) {
    const bool kms = call.service == Service::Kms;
    const std::string host = (kms ? m_settings.endpoints.kms : m_settings.endpoints.sts).hostHeader();
    Text place =
        (kms ? KC_TEXT("ServiceCall", "KMS %1 at %2") : KC_TEXT("ServiceCall", "STS %1 at %2")).with(call.operation).with(host);
    HttpReply reply = m_transport.post(signedRequest(call, place));
    observe(reply);
    if (reply.status != 200) {
        throw kmsError(reply, kms ? readJsonFault(reply) : readXmlFault(reply), (kms ? "kms:" : "sts:") + call.operation, place);
    }
    std::string requestId = requestIdOf(reply);
    return ServiceReply{
        .body = std::move(reply.body),
        .facts = {.requestId = std::move(requestId), .connection = std::move(reply.connection), .attempts = attempts.number},
        .place = std::move(place),
        .afterUnknownOutcome = attempts.unknownOutcome};
}

HttpRequest ServiceCaller::signedRequest(const ServiceCall& call, const Text& place) {
    const bool kms = call.service == Service::Kms;
    HttpRequest request;
    request.endpoint = kms ? m_settings.endpoints.kms : m_settings.endpoints.sts;
    request.body = call.body;
    request.place = place;
    request.freshConnection = call.changes;
    request.headers["host"] = request.endpoint.hostHeader();
    request.headers["content-type"] = kms ? "application/x-amz-json-1.1" : "application/x-www-form-urlencoded; charset=utf-8";
    if (kms) {
        request.headers["x-amz-target"] = "TrentService." + call.operation;
    }
    const SigningIdentity identity{.accessKeyId = m_credentials.accessKeyId,
                                   .secretAccessKey = m_credentials.secretAccessKey.view(),
                                   .sessionToken = m_credentials.sessionToken.view()};
    const SigningScope scope{.region = m_settings.endpoints.region, .service = kms ? "kms" : "sts"};
    sign(request.headers, request.body, identity, scope, m_settings.clock() + m_signingOffset);
    return request;
}

void ServiceCaller::renewCredentials() {
    const TimePoint trueNow = now() + m_signingOffset;
    if (m_credentials.renewable && expiresSoon(m_credentials, trueNow)) {
        m_credentials = m_settings.loadCredentials();
    }
    checkNotExpired(m_credentials, trueNow);
}

void ServiceCaller::observe(const HttpReply& reply) {
    observeClock(reply);
    const ConnectionEvidence& connection = reply.connection;
    if (connection.tls && !connection.amazonRoot && !m_tlsNoted) {
        m_tlsNoted = true;
        note({.level = FindingLevel::Warning,
              .what = KC_TEXT("ServiceCall",
                              "tls: private or intercepted: the certificate of %1 ends at \"%2\", which is no root of Amazon "
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
        case RetryClass::Transient: outcomeUnknown(call, error, true, attempts); return;
        case RetryClass::Throttled:
            if (waitedBeforeRetry(attempts)) {
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
    attempts.noteUnknownOutcome();
    const bool again = worthRetrying && call.repeatable == Repeatable::Always && waitedBeforeRetry(attempts);
    if (!again) {
        throw call.changes ? Error{afterUnknownOutcome(call, error.failure())} : Error{error.failure()};
    }
}

/// False when no attempt is left.
bool ServiceCaller::waitedBeforeRetry(Attempts& attempts) const {
    if (attempts.retries + 1 >= m_settings.attempts) {
        return false;
    }
    ++attempts.retries;
    wait(retryDelay(attempts.retries, m_settings.random()));
    return true;
}

}  // namespace keyconvoy::kms
