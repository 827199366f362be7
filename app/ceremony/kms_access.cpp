#include "app/ceremony/kms_access.h"

#include "core/text.h"
#include "kmsclient/endpoint.h"
#include "kmsclient/key_arn.h"

#include <condition_variable>
#include <mutex>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

using namespace std::chrono;
using namespace std::chrono_literals;

namespace {

constexpr seconds longestWait = 5min;
constexpr seconds longestPause = 32s;

/// What KMS says while a change has not spread yet.
bool isNotSettled(const Error& error) {
    const std::string& code = error.failure().code;
    return code == "NotFoundException" || code == "KMSInvalidStateException";
}

}  // namespace

Step KmsAccess::identityStep() {
    return makeStep("kms.identity", KC_TEXT("KmsAccess", "find out who KMS takes us for"),
                    [this](Details& details) { connect(details); });
}

void KmsAccess::connect(Details& details) {
    m_client.emplace(m_station.client, m_context.clock);
    m_identity = m_client->getCallerIdentity();
    checkMode(m_station.mode, m_identity.account, std::nullopt, m_identity.facts.connection);
    details.push_back({KC_TEXT("KmsAccess", "mode"), inWords(m_station.mode)});
    details.push_back({KC_TEXT("KmsAccess", "Region"), m_client->region()});
    details.push_back({KC_TEXT("KmsAccess", "endpoint"), m_client->endpointUrl(), DetailKind::Identifier});
    details.push_back({KC_TEXT("KmsAccess", "account"), m_identity.account});
    details.push_back({KC_TEXT("KmsAccess", "caller"), m_identity.arn, DetailKind::Identifier});
    details.push_back({KC_TEXT("KmsAccess", "TLS"), m_identity.facts.connection.tlsInWords()});
}

kms::KmsClient& KmsAccess::client() {
    if (!m_client) {
        throw Error{ErrorKind::Internal, KC_TEXT("KmsAccess", "KMS"),
                    KC_TEXT("KmsAccess", "it is used before we know who we are"),
                    KC_TEXT("KmsAccess", "report this as a defect")};
    }
    return *m_client;
}

TimePoint KmsAccess::now() const {
    return m_context.clock() + (m_client ? m_client->clockCorrection() : 0s);
}

kms::KeyMetadata KmsAccess::describe(const std::string& keyId) {
    checkKeyIsOurs(keyId);
    kms::KeyMetadataReply reply = client().describeKey(keyId);
    checkMode(m_station.mode, m_identity.account, reply.metadata.arn, reply.facts.connection);
    return std::move(reply.metadata);
}

/// What an ARN says can be refused before KMS is asked.
void KmsAccess::checkKeyIsOurs(const std::string& keyId) const {
    const auto arn = kms::KeyArn::parse(keyId);
    if (!arn) {
        return;
    }
    if (arn->region() != m_client->region()) {
        throw Error{
            ErrorKind::InvalidInput, KC_TEXT("KmsAccess", "key %1").with(keyId),
            KC_TEXT("KmsAccess", "it lives in Region %1, but this run speaks to %2").with(arn->region()).with(m_client->region()),
            KC_TEXT("KmsAccess", "choose the key's Region with %1, or another key").with(typedAs("--region"))};
    }
    if (arn->account() != m_identity.account) {
        throw Error{
            ErrorKind::Refused, KC_TEXT("KmsAccess", "key %1").with(keyId),
            KC_TEXT("KmsAccess", "it belongs to account %1, but the credentials are of %2; KMS takes no import across accounts")
                .with(arn->account())
                .with(m_identity.account),
            KC_TEXT("KmsAccess", "use credentials of the key's own account")};
    }
}

void KmsAccess::create(const kms::CreateKeyRequest& request, Creation& made) {
    try {
        kms::KeyMetadataReply reply = client().createKey(request);
        made.key = std::move(reply.metadata);
        made.requestId = std::move(reply.facts.requestId);
    } catch (const Error& error) {
        made.mayExist = error.failure().outcomeUnknown;
        throw;
    }
    made.key = describeUntil(made.key->arn, KC_TEXT("KmsAccess", "waiting until the new KMS key is visible everywhere"),
                             [](const kms::KeyMetadata& key) { return key.keyState == kms::KeyState::PendingImport; });
}

std::optional<LeftBehind> Creation::leftBehind() const {
    LeftBehind left;
    if (mayExist) {
        left.what = KC_TEXT("KmsAccess", "a KMS key may have been created; look for it before another one is made");
        left.kmsKeyMayExist = true;
        return left;
    }
    if (key) {
        left.what =
            KC_TEXT("KmsAccess", "the KMS key %1 exists now and can be used with %2").with(key->arn).with(typedAs("--key-id"));
        left.kmsKeyArn = key->arn;
        left.rest = Rest::Nothing;
        return left;
    }
    return std::nullopt;
}

void KmsAccess::waitUntil(const Text& waitedFor, const std::function<bool()>& attempt) {
    const auto deadline = steady_clock::now() + longestWait;
    for (seconds length = 1s;; length = std::min(2 * length, longestPause)) {
        const bool last = steady_clock::now() + length > deadline;
        try {
            if (attempt()) {
                return;
            }
        } catch (const Error& error) {
            if (last || !isNotSettled(error)) {
                throw;
            }
        }
        if (last) {
            throw Error{ErrorKind::Unavailable, KC_TEXT("KmsAccess", "KMS at %1").with(client().endpointUrl()),
                        KC_TEXT("KmsAccess", "five minutes passed in vain: %1").with(waitedFor),
                        KC_TEXT("KmsAccess", "look at the key with %1; changes in KMS take minutes at times")
                            .with(typedAs("keyconvoy kms show"))};
        }
        m_context.progress(waitedFor);
        pause(length);
    }
}

void KmsAccess::waitUntilAgrees(const Text& waitedFor, const std::function<std::optional<Error>()>& look) {
    std::optional<Error> differs;
    try {
        waitUntil(waitedFor, [&] {
            differs = look();
            return !differs;
        });
    } catch (const Error& error) {
        if (differs && error.kind() == ErrorKind::Unavailable) {
            throw Error{*differs};
        }
        throw;
    }
}

kms::KeyMetadata KmsAccess::describeUntil(const std::string& keyId, const Text& waitedFor,
                                          const std::function<bool(const kms::KeyMetadata&)>& good) {
    kms::KeyMetadata metadata;
    waitUntil(waitedFor, [&] {
        metadata = describe(keyId);
        return good(metadata);
    });
    return metadata;
}

kms::ImportParameters KmsAccess::parameters(const std::string& keyId, wrapping::WrappingChoice choice, KeyAge age) {
    leaveTimeBetweenParameters();
    kms::ImportParameters parameters;
    const auto get = [&] {
        parameters = client().getParametersForImport(keyId, choice.algorithm, choice.keySpec);
        return true;
    };
    if (age == KeyAge::JustCreated) {
        waitUntil(KC_TEXT("KmsAccess", "waiting until the new KMS key is known everywhere"), get);
    } else {
        get();
    }
    m_lastParameters = steady_clock::now();
    checkMode(m_station.mode, m_identity.account, parameters.keyId, parameters.facts.connection);
    return parameters;
}

void KmsAccess::leaveTimeBetweenParameters() const {
    if (!m_lastParameters) {
        return;
    }
    const auto next = *m_lastParameters + pauseBetweenParameters(m_client->endpointUrl());
    const auto left = ceil<milliseconds>(next - steady_clock::now());
    if (left > 0ms) {
        m_context.progress(KC_TEXT("KmsAccess", "leaving KMS the seconds it wants between two GetParametersForImport calls"));
        pause(left);
    }
}

void KmsAccess::pause(milliseconds length) const {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock{mutex};
    never.wait_for(lock, m_context.stop, length, [] { return false; });  // a stop request ends the wait
    m_context.checkNotStopped();
}

Json KmsAccess::toJson() const {
    return {{"region", m_client ? Json(m_client->region()) : Json(nullptr)},
            {"endpoint", m_client ? Json(m_client->endpointUrl()) : Json(nullptr)},
            {"account", m_identity.account},
            {"caller", m_identity.arn},
            {"accessKeyId", m_client ? Json(m_client->accessKeyId()) : Json(nullptr)},
            {"credentials", m_client ? Json(toEnglish(m_client->credentialsSource())) : Json(nullptr)}};
}

milliseconds pauseBetweenParameters(const std::string& endpointUrl) {
    return kms::isLoopback(kms::Endpoint::parse(endpointUrl, verbatim("endpoint")).host) ? 0ms : 4000ms;
}

}  // namespace keyconvoy::app
