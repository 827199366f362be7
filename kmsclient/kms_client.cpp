#include "kmsclient/kms_client.h"

#include "core/text.h"
#include "kmsclient/client_setup.h"
#include "kmsclient/key_arn.h"
#include "kmsclient/kms_client_impl.h"
#include "kmsclient/sts_calls.h"

#include <algorithm>

namespace keyconvoy::kms {

namespace {

constexpr std::chrono::minutes creationSpreads{5};

/// KMS would answer NotFoundException, which does not say what to do.
void checkSameRegion(const std::string& keyId, const std::string& region) {
    const auto arn = KeyArn::parse(keyId);
    if (arn && arn->region() != region) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("KmsClient", "key %1").with(keyId),
                    KC_TEXT("KmsClient", "this key is in Region %1, and KMS is asked in %2").with(arn->region()).with(region),
                    KC_TEXT("KmsClient", "%1 with %2")
                        .with(typedAs("repeat the command"))
                        .with(typedAs("--region %1").with(arn->region()))};
    }
}

}  // namespace

std::string_view bareKeyId(std::string_view keyId) {
    if (keyId.find("alias/") != std::string_view::npos) {
        return {};
    }
    const auto slash = keyId.rfind('/');
    return slash == std::string_view::npos ? keyId : keyId.substr(slash + 1);
}

void checkSameKey(const std::string& requested, const std::string& replied, const ServiceReply& reply) {
    const auto wanted = bareKeyId(requested);
    if (!wanted.empty() && bareKeyId(replied) != wanted) {
        throw Error{ErrorKind::Integrity, reply.place,
                    KC_TEXT("KmsClient", "the reply is about key %1, not about %2").with(replied).with(requested),
                    KC_TEXT("KmsClient", "check the endpoint and the proxy, then %1").with(typedAs("repeat the command"))};
    }
}

std::string keyIdBody(const std::string& keyId) {
    return wire::writeMembers({.texts = {{"KeyId", keyId}}});
}

ServiceReply KmsClient::Impl::callFor(const std::string& keyId, Operation operation, std::string body) {
    checkSameRegion(keyId, caller.endpoints().region);
    const auto created = createdHere.find(bareKeyId(keyId));
    const auto arn = KeyArn::parse(keyId);
    return caller.call({.operation = operation,
                        .body = std::move(body),
                        .createdJustNow = created != createdHere.end() && caller.now() - created->second < creationSpreads,
                        .account = arn ? std::string{arn->account()} : std::string{}});
}

ReplyFacts KmsClient::Impl::changeFor(const std::string& keyId, Operation operation, std::string body) {
    ServiceReply reply = callFor(keyId, operation, std::move(body));
    return readReply(operation, [&reply] {
        wire::checkNoMembers(reply.body, reply.place);
        return std::move(reply.facts);
    });
}

bool KmsClient::Impl::worthALook(const OperationFacts& operation, const Error& error, bool unknownBefore) {
    const bool unknown = unknownBefore || error.failure().outcomeUnknown;
    const bool answered = dynamic_cast<const KmsError*>(&error) != nullptr;
    switch (operation.repetition) {
        case Repetition::Harmless: return false;
        case Repetition::MayBeRefused: return unknown && answered && error.failure().code == operation.refusedAs;
        // Where what answers is not KMS, what it says to a second question is worth no more.
        case Repetition::OnlyAfterLook:
        case Repetition::Never: return unknown && (answered || error.kind() == ErrorKind::Unavailable);
    }
    return false;
}

void KmsClient::Impl::noteSettled(Operation operation) {
    caller.note({.level = FindingLevel::Note,
                 .what = KC_TEXT("KmsClient", "the first attempt at %1 got no reply but was carried out: a look at KMS shows it")
                             .with(factsOf(operation).name),
                 .remedy = {}});
}

KmsClient::KmsClient(const ClientOptions& options, Clock clock)
    : KmsClient{options, std::move(clock), ClientSurroundings::ofThisProcess()} {
}

KmsClient::KmsClient(const ClientOptions& options, Clock clock, ClientSurroundings surroundings)
    : m_impl{std::make_unique<Impl>(clientSettings(options, std::move(clock), std::move(surroundings)))} {
}

KmsClient::~KmsClient() = default;
KmsClient::KmsClient(KmsClient&&) noexcept = default;
KmsClient& KmsClient::operator=(KmsClient&&) noexcept = default;

const std::string& KmsClient::region() const {
    return m_impl->caller.endpoints().region;
}

const std::string& KmsClient::endpointUrl() const {
    return m_impl->caller.kmsUrl();
}

std::string KmsClient::accessKeyId() const {
    return m_impl->caller.credentials().accessKeyId;
}

const Text& KmsClient::credentialsSource() const {
    return m_impl->caller.credentials().source;
}

const Findings& KmsClient::findings() const {
    return m_impl->caller.findings();
}

std::chrono::seconds KmsClient::clockCorrection() const {
    return m_impl->caller.clockCorrection();
}

std::optional<std::chrono::seconds> KmsClient::clockOffset() const {
    return m_impl->caller.clockOffset();
}

CallerIdentity KmsClient::getCallerIdentity() {
    CallerIdentity identity = kms::getCallerIdentity(m_impl->caller);
    m_impl->caller.learnPrincipal(identity.arn);
    return identity;
}

AssumedRole KmsClient::assumeRole(const AssumeRoleRequest& request) {
    return kms::assumeRole(m_impl->caller, request);
}

AssumedRole KmsClient::assumeRoleWithWebIdentity(const WebIdentityRequest& request) {
    return kms::assumeRoleWithWebIdentity(m_impl->caller, request);
}

}  // namespace keyconvoy::kms
