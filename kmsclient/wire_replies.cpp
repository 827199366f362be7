#include "kmsclient/model_names.h"
#include "kmsclient/reply_object.h"
#include "kmsclient/wire.h"

#include <algorithm>
#include <iterator>

namespace keyconvoy::kms::wire {

namespace {

std::optional<std::string> keyMaterialId(const ReplyObject& reply, const Text& place) {
    auto id = reply.optionalText("KeyMaterialId");
    if (!id || id->empty()) {
        return std::nullopt;
    }
    if (id->size() != 64 || id->find_first_not_of("0123456789abcdef") != std::string::npos) {
        throw Error{ErrorKind::Integrity, place,
                    KC_TEXT("Wire", "the key material ID \"%1\" is not 64 hexadecimal digits").with(*id),
                    KC_TEXT("Wire", "check the endpoint: whoever answers there does not answer like KMS")};
    }
    return id;
}

Rotation readRotation(const ReplyObject& entry, const Text& place) {
    Rotation rotation;
    rotation.keyId = entry.optionalText("KeyId").value_or("");
    rotation.keyMaterialId = keyMaterialId(entry, place);
    rotation.keyMaterialDescription = entry.optionalText("KeyMaterialDescription");
    rotation.importState = entry.optionalText("ImportState");
    rotation.keyMaterialState = entry.optionalText("KeyMaterialState");
    rotation.expirationModel = entry.optionalText("ExpirationModel");
    rotation.rotationType = entry.optionalText("RotationType");
    rotation.validTo = entry.optionalTime("ValidTo");
    rotation.rotationDate = entry.optionalTime("RotationDate");
    return rotation;
}

RegionalKey readRegionalKey(const ReplyObject& key) {
    return {.arn = key.text("Arn"), .region = key.text("Region")};
}

std::optional<MultiRegionConfiguration> readMultiRegionConfiguration(const ReplyObject& metadata) {
    if (!metadata.has("MultiRegionConfiguration")) {
        return std::nullopt;
    }
    const ReplyObject members = metadata.object("MultiRegionConfiguration");
    MultiRegionConfiguration configuration;
    configuration.keyType = members.text("MultiRegionKeyType");
    configuration.primary = readRegionalKey(members.object("PrimaryKey"));
    if (members.has("ReplicaKeys")) {
        for (const ReplyObject& replica : members.objects("ReplicaKeys")) {
            configuration.replicas.push_back(readRegionalKey(replica));
        }
    }
    return configuration;
}

KeyState keyStateNamed(const std::string& name) {
    return valueNamed(keyStateNames, name).value_or(KeyState::Unknown);
}

Tag readTag(const ReplyObject& entry) {
    return {.key = entry.text("TagKey"), .value = entry.text("TagValue")};
}

/// One page: its entries under `name`, each read by `readEntry`, and the way to the next.
template <class Entry, class ReadEntry>
Page<Entry> readPage(std::string_view body, const Text& place, const char* name, ReadEntry readEntry) {
    const ReplyObject reply{body, place};
    Page<Entry> page;
    for (const ReplyObject& entry : reply.objects(name)) {
        page.entries.push_back(readEntry(entry));
    }
    if (reply.flag("Truncated")) {
        page.nextMarker = reply.text("NextMarker");
    }
    return page;
}

KeyMetadata keyMetadataIn(const ReplyObject& members) {
    KeyMetadata key;
    key.keyId = members.text("KeyId");
    key.arn = members.text("Arn");
    key.accountId = members.optionalText("AWSAccountId").value_or("");
    key.creationDate = members.optionalTime("CreationDate");
    key.enabled = members.flag("Enabled");
    key.description = members.optionalText("Description").value_or("");
    key.keyUsage = members.text("KeyUsage");
    key.keyStateName = members.text("KeyState");
    key.keyState = keyStateNamed(key.keyStateName);
    key.origin = members.text("Origin");
    key.keySpec = members.text("KeySpec");
    key.validTo = members.optionalTime("ValidTo");
    key.expirationModel = members.optionalText("ExpirationModel");
    key.multiRegion = members.flag("MultiRegion");
    key.multiRegionConfiguration = readMultiRegionConfiguration(members);
    key.currentKeyMaterialId = members.optionalText("CurrentKeyMaterialId");
    key.deletionDate = members.optionalTime("DeletionDate");
    key.pendingDeletionWindowInDays = members.optionalInteger("PendingDeletionWindowInDays");
    key.encryptionAlgorithms = members.texts("EncryptionAlgorithms");
    key.signingAlgorithms = members.texts("SigningAlgorithms");
    key.macAlgorithms = members.texts("MacAlgorithms");
    key.keyAgreementAlgorithms = members.texts("KeyAgreementAlgorithms");
    return key;
}

}  // namespace

KeyMetadata readKeyMetadata(std::string_view body, const Text& place) {
    return keyMetadataIn(ReplyObject{body, place}.object("KeyMetadata"));
}

ReplicateKeyReply readReplicateKey(std::string_view body, const Text& place) {
    const ReplyObject reply{body, place};
    ReplicateKeyReply result;
    result.replica = keyMetadataIn(reply.object("ReplicaKeyMetadata"));
    result.replicaArn = result.replica->arn;
    result.policy = reply.optionalText("ReplicaPolicy");
    if (reply.has("ReplicaTags")) {
        std::ranges::transform(reply.objects("ReplicaTags"), std::back_inserter(result.tags), readTag);
    }
    return result;
}

ImportParameters readImportParameters(std::string_view body, const Text& place) {
    const ReplyObject reply{body, place};
    ImportParameters parameters;
    parameters.keyId = reply.text("KeyId");
    parameters.importToken = reply.blob("ImportToken");
    parameters.publicKey = reply.blob("PublicKey");
    parameters.parametersValidTo = reply.time("ParametersValidTo");
    return parameters;
}

ImportKeyMaterialReply readImportKeyMaterial(std::string_view body, const Text& place) {
    const ReplyObject reply{body.empty() ? "{}" : body, place};
    ImportKeyMaterialReply result;
    result.keyId = reply.optionalText("KeyId").value_or("");
    result.keyMaterialId = keyMaterialId(reply, place);
    return result;
}

Page<Rotation> readRotations(std::string_view body, const Text& place) {
    return readPage<Rotation>(body, place, "Rotations",
                              [&place](const ReplyObject& entry) { return readRotation(entry, place); });
}

Page<KeyEntry> readKeys(std::string_view body, const Text& place) {
    return readPage<KeyEntry>(body, place, "Keys", [](const ReplyObject& entry) {
        return KeyEntry{.keyId = entry.text("KeyId"), .arn = entry.optionalText("KeyArn").value_or("")};
    });
}

Page<Alias> readAliases(std::string_view body, const Text& place) {
    return readPage<Alias>(body, place, "Aliases", [](const ReplyObject& entry) {
        return Alias{.name = entry.text("AliasName"),
                     .arn = entry.optionalText("AliasArn").value_or(""),
                     .targetKeyId = entry.optionalText("TargetKeyId"),
                     .creationDate = entry.optionalTime("CreationDate"),
                     .lastUpdatedDate = entry.optionalTime("LastUpdatedDate")};
    });
}

Page<Tag> readTags(std::string_view body, const Text& place) {
    return readPage<Tag>(body, place, "Tags", readTag);
}

RotationStatus readRotationStatus(std::string_view body, const Text& place) {
    const ReplyObject reply{body, place};
    RotationStatus status;
    status.keyId = reply.optionalText("KeyId").value_or("");
    status.automatic = reply.flag("KeyRotationEnabled");
    status.rotationPeriodInDays = reply.optionalInteger("RotationPeriodInDays");
    status.nextRotationDate = reply.optionalTime("NextRotationDate");
    status.onDemandRotationStartDate = reply.optionalTime("OnDemandRotationStartDate");
    return status;
}

ScheduledDeletion readScheduledDeletion(std::string_view body, const Text& place) {
    const ReplyObject reply{body, place};
    ScheduledDeletion deletion;
    deletion.keyId = reply.text("KeyId");
    deletion.deletionDate = reply.optionalTime("DeletionDate");
    deletion.keyState = keyStateNamed(reply.optionalText("KeyState").value_or(""));
    deletion.pendingWindowInDays = reply.optionalInteger("PendingWindowInDays");
    return deletion;
}

KeyPolicy readKeyPolicy(std::string_view body, const Text& place) {
    return {.policy = ReplyObject{body, place}.text("Policy"), .facts = {}};
}

KeyReply readKeyId(std::string_view body, const Text& place) {
    return {.keyId = ReplyObject{body, place}.text("KeyId"), .facts = {}};
}

void checkNoMembers(std::string_view body, const Text& place) {
    if (!body.empty()) {
        static_cast<void>(ReplyObject{body, place});  // what KMS may add one day is passed over
    }
}

PublicKeyReply readPublicKey(std::string_view body, const Text& place) {
    const ReplyObject reply{body, place};
    PublicKeyReply key;
    key.keyId = reply.text("KeyId");
    key.publicKey = reply.blob("PublicKey");
    key.keySpec = reply.optionalText("KeySpec").value_or("");
    key.keyUsage = reply.optionalText("KeyUsage").value_or("");
    return key;
}

BlobReply readBlob(std::string_view body, const char* member, const Text& place) {
    const ReplyObject reply{body, place};
    BlobReply result;
    result.keyId = reply.text("KeyId");
    result.blob = reply.blob(member);
    return result;
}

DecryptReply readDecrypt(std::string_view body, const Text& place) {
    const ReplyObject reply{body, place};
    DecryptReply result;
    result.keyId = reply.text("KeyId");
    result.plaintext = reply.blob("Plaintext");
    result.keyMaterialId = keyMaterialId(reply, place);
    return result;
}

bool readValid(std::string_view body, const char* member, const Text& place) {
    return ReplyObject{body, place}.flag(member);
}

}  // namespace keyconvoy::kms::wire
