#include "kmsclient/model_names.h"
#include "kmsclient/reply_object.h"
#include "kmsclient/wire.h"

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

}  // namespace

KeyMetadata readKeyMetadata(std::string_view body, const Text& place) {
    const ReplyObject members = ReplyObject{body, place}.object("KeyMetadata");
    KeyMetadata key;
    key.keyId = members.text("KeyId");
    key.arn = members.text("Arn");
    key.accountId = members.optionalText("AWSAccountId").value_or("");
    key.creationDate = members.optionalTime("CreationDate");
    key.enabled = members.flag("Enabled");
    key.description = members.optionalText("Description").value_or("");
    key.keyUsage = members.text("KeyUsage");
    key.keyStateName = members.text("KeyState");
    key.keyState = valueNamed(keyStateNames, key.keyStateName).value_or(KeyState::Unknown);
    key.origin = members.text("Origin");
    key.keySpec = members.text("KeySpec");
    key.validTo = members.optionalTime("ValidTo");
    key.expirationModel = members.optionalText("ExpirationModel");
    key.multiRegion = members.flag("MultiRegion");
    key.currentKeyMaterialId = members.optionalText("CurrentKeyMaterialId");
    key.deletionDate = members.optionalTime("DeletionDate");
    key.encryptionAlgorithms = members.texts("EncryptionAlgorithms");
    key.signingAlgorithms = members.texts("SigningAlgorithms");
    key.macAlgorithms = members.texts("MacAlgorithms");
    key.keyAgreementAlgorithms = members.texts("KeyAgreementAlgorithms");
    return key;
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

RotationsPage readRotations(std::string_view body, const Text& place) {
    const ReplyObject reply{body, place};
    RotationsPage page;
    for (const ReplyObject& entry : reply.objects("Rotations")) {
        page.rotations.push_back(readRotation(entry, place));
    }
    if (reply.flag("Truncated")) {
        page.nextMarker = reply.text("NextMarker");
    }
    return page;
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
