#include "kmsclient/key_arn.h"
#include "kmsclient/kms_client_impl.h"
#include "kmsclient/lost_key.h"
#include "kmsclient/paging.h"

#include <algorithm>

/// KmsClient: keys as a whole.
namespace keyconvoy::kms {

namespace {

using namespace std::chrono;

bool isPendingDeletion(const KeyMetadata& key) {
    return key.keyState == KeyState::PendingDeletion || key.keyState == KeyState::PendingReplicaDeletion;
}

/// Whether the waiting period is the one that was asked for: somebody else may have chosen another.
bool endsAfter(const KeyMetadata& key, int days, TimePoint now) {
    constexpr hours slack{2};  // the request may have waited, and clocks differ
    if (key.pendingDeletionWindowInDays) {
        return *key.pendingDeletionWindowInDays == days;
    }
    return key.deletionDate && abs(*key.deletionDate - (now + hours{24 * days})) < slack;
}

std::optional<std::string> replicaIn(const KeyMetadata& key, const std::string& region) {
    if (!key.multiRegionConfiguration) {
        return std::nullopt;
    }
    const auto& replicas = key.multiRegionConfiguration->replicas;
    const auto replica = std::ranges::find(replicas, region, &RegionalKey::region);
    return replica == replicas.end() ? std::nullopt : std::optional{replica->arn};
}

/// The reply about a replica in another Region than was asked for must not be used.
void checkReplicaRegion(const std::string& arn, const std::string& region, const ServiceReply& reply) {
    const auto parsed = KeyArn::parse(arn);
    if (!parsed || parsed->region() != region) {
        throw Error{ErrorKind::Integrity, reply.place,
                    KC_TEXT("KmsClient", "the reply is about the replica %1, which is not in %2").with(arn).with(region),
                    KC_TEXT("KmsClient", "check the endpoint: whoever answers there does not answer like KMS")};
    }
}

}  // namespace

KeyMetadataReply KmsClient::createKey(const CreateKeyRequest& request) {
    constexpr std::size_t mostTags = 50;
    if (request.tags.size() >= mostTags) {
        return create(request, std::nullopt);
    }
    try {
        return create(request, CreationMark::random());
    } catch (const Error& error) {
        // Tags ask for a permission of their own, which somebody who sets none may lack. Nothing has been made then.
        const bool onlyTheMark = request.tags.empty() && error.failure().code == "AccessDeniedException" &&
                                 !error.failure().outcomeUnknown &&
                                 error.failure().serviceText.find("kms:TagResource") != std::string::npos;
        if (!onlyTheMark) {
            throw;
        }
    }
    return create(request, std::nullopt);
}

KeyMetadataReply KmsClient::create(CreateKeyRequest request, const std::optional<CreationMark>& mark) {
    LostKey lost{request, mark, m_impl->caller.now()};
    if (mark) {
        request.tags.push_back(mark->tag());
    }
    const auto send = [&] {
        ServiceReply reply = m_impl->caller.call({.operation = Operation::CreateKey, .body = wire::writeCreateKey(request)});
        KeyMetadata metadata =
            readReply(Operation::CreateKey, [&reply] { return wire::readKeyMetadata(reply.body, reply.place); });
        return KeyMetadataReply{.metadata = std::move(metadata), .facts = std::move(reply.facts)};
    };
    const auto look = [&](const Failure& failure) -> std::optional<KeyMetadataReply> {
        auto found = lost.find(*this, [this](milliseconds time) { m_impl->caller.wait(time); });
        if (!found) {
            throw Error{lost.described(failure)};
        }
        return found;
    };
    KeyMetadataReply reply = m_impl->settled(Operation::CreateKey, send, look);
    m_impl->createdHere[reply.metadata.keyId] = m_impl->caller.now();
    return reply;
}

KeyMetadataReply KmsClient::describeKey(const std::string& keyId) {
    ServiceReply reply = m_impl->callFor(keyId, Operation::DescribeKey, keyIdBody(keyId));
    KeyMetadataReply result{.metadata = wire::readKeyMetadata(reply.body, reply.place), .facts = {}};
    checkSameKey(keyId, result.metadata.arn, reply);
    result.facts = std::move(reply.facts);
    return result;
}

KeyMetadataReply KmsClient::awaitKeyState(const std::string& keyId, KeyState wanted) {
    PropagationDelay propagation;
    for (;;) {
        KeyMetadataReply reply = describeKey(keyId);
        const auto delay = reply.metadata.keyState == wanted ? milliseconds{0} : propagation.next();
        if (delay.count() == 0) {
            return reply;
        }
        m_impl->caller.wait(delay);
    }
}

KeyList KmsClient::listKeys() {
    return allPages<KeyEntry>(
        [this](const std::string& marker) {
            return m_impl->caller.call({.operation = Operation::ListKeys, .body = wire::writePage({}, marker)});
        },
        wire::readKeys);
}

ReplicateKeyReply KmsClient::replicateKey(const ReplicateKeyRequest& request) {
    // A replica that is there already is not the one whose reply was lost.
    const auto before = knownReplica(request.keyId, request.replicaRegion);
    const auto send = [&] {
        ServiceReply reply = m_impl->callFor(request.keyId, Operation::ReplicateKey, wire::writeReplicateKey(request));
        ReplicateKeyReply result = readReply(Operation::ReplicateKey, [&] {
            ReplicateKeyReply read = wire::readReplicateKey(reply.body, reply.place);
            checkSameKey(request.keyId, read.replicaArn, reply);
            checkReplicaRegion(read.replicaArn, request.replicaRegion, reply);
            return read;
        });
        result.facts = std::move(reply.facts);
        return result;
    };
    const auto look = [&](const Failure& failure) -> std::optional<ReplicateKeyReply> {
        if (!before) {
            throw Error{failure};
        }
        KeyMetadataReply primary = describeKey(request.keyId);
        auto replica = replicaIn(primary.metadata, request.replicaRegion);
        if (!before->empty() || !replica) {
            return std::nullopt;
        }
        ReplicateKeyReply found;
        found.replicaArn = std::move(*replica);
        found.facts = std::move(primary.facts);
        return found;
    };
    return m_impl->settled(Operation::ReplicateKey, send, look);
}

/// The ARN of the replica in this Region, empty when there is none; absent when KMS does not tell.
std::optional<std::string> KmsClient::knownReplica(const std::string& keyId, const std::string& region) {
    try {
        return replicaIn(describeKey(keyId).metadata, region).value_or("");
    } catch (const KmsError&) {
        return std::nullopt;
    }
}

ReplyFacts KmsClient::updatePrimaryRegion(const std::string& keyId, const std::string& primaryRegion) {
    const auto send = [&] {
        return m_impl->changeFor(keyId, Operation::UpdatePrimaryRegion,
                                 wire::writeMembers({.texts = {{"KeyId", keyId}, {"PrimaryRegion", primaryRegion}}}));
    };
    const auto look = [&](const Failure&) -> std::optional<ReplyFacts> {
        KeyMetadataReply key = describeKey(keyId);
        const auto& configuration = key.metadata.multiRegionConfiguration;
        return configuration && configuration->primary.region == primaryRegion ? std::optional{std::move(key.facts)}
                                                                               : std::nullopt;
    };
    return m_impl->settled(Operation::UpdatePrimaryRegion, send, look);
}

ReplyFacts KmsClient::enableKey(const std::string& keyId) {
    return m_impl->changeFor(keyId, Operation::EnableKey, keyIdBody(keyId));
}

ReplyFacts KmsClient::disableKey(const std::string& keyId) {
    return m_impl->changeFor(keyId, Operation::DisableKey, keyIdBody(keyId));
}

ReplyFacts KmsClient::updateKeyDescription(const std::string& keyId, const std::string& description) {
    return m_impl->changeFor(keyId, Operation::UpdateKeyDescription,
                             wire::writeMembers({.texts = {{"KeyId", keyId}, {"Description", description}}}));
}

ScheduledDeletion KmsClient::scheduleKeyDeletion(const std::string& keyId, int pendingWindowInDays) {
    const auto send = [&] {
        return m_impl->readFor(
            keyId, Operation::ScheduleKeyDeletion,
            wire::writeMembers({.texts = {{"KeyId", keyId}}, .numbers = {{"PendingWindowInDays", pendingWindowInDays}}}),
            wire::readScheduledDeletion);
    };
    const auto look = [&](const Failure&) -> std::optional<ScheduledDeletion> {
        KeyMetadataReply key = describeKey(keyId);
        const TimePoint now = m_impl->caller.now() + m_impl->caller.clockOffset().value_or(seconds{0});
        if (!isPendingDeletion(key.metadata) || !endsAfter(key.metadata, pendingWindowInDays, now)) {
            return std::nullopt;
        }
        return ScheduledDeletion{.keyId = key.metadata.arn,
                                 .deletionDate = key.metadata.deletionDate,
                                 .keyState = key.metadata.keyState,
                                 .pendingWindowInDays = pendingWindowInDays,
                                 .facts = std::move(key.facts)};
    };
    return m_impl->settled(Operation::ScheduleKeyDeletion, send, look);
}

KeyReply KmsClient::cancelKeyDeletion(const std::string& keyId) {
    const auto send = [&] { return m_impl->readFor(keyId, Operation::CancelKeyDeletion, keyIdBody(keyId), wire::readKeyId); };
    const auto look = [&](const Failure&) -> std::optional<KeyReply> {
        KeyMetadataReply key = describeKey(keyId);
        return isPendingDeletion(key.metadata)
                   ? std::nullopt
                   : std::optional{KeyReply{.keyId = key.metadata.arn, .facts = std::move(key.facts)}};
    };
    return m_impl->settled(Operation::CancelKeyDeletion, send, look);
}

}  // namespace keyconvoy::kms
