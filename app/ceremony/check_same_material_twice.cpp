#include "app/ceremony/checks.h"
#include "app/ceremony/import_facts.h"
#include "app/inventory/kms_keys.h"
#include "core/text.h"
#include "wrapping/wrapping_public_key.h"

#include <algorithm>

namespace keyconvoy::app {

namespace {

/// The developer guide: never touch materials while a rotation runs; what is pending would be rotated in meanwhile.
void checkNoRotationPending(const CheckInput& input) {
    const kms::KeyRotations all = input.kms.client().listKeyRotations(input.keyArn, true);
    const auto pending = std::ranges::find_if(all.rotations, &isPending);
    const bool isTheOneToBeChecked =
        pending != all.rotations.end() && pending->keyMaterialId == input.secondImport->keyMaterialId;
    if (isTheOneToBeChecked && !input.kms.client().getKeyRotationStatus(input.keyArn).onDemandRotationStartDate) {
        return;  // before it is rotated in, which is when a wrong one does no harm yet
    }
    if (pending != all.rotations.end()) {
        throw Error{
            ErrorKind::Refused, KC_TEXT("CheckAfterImport", "key %1").with(input.keyArn),
            KC_TEXT("CheckAfterImport",
                    "key material %1 waits to be rotated in, or is being rotated in; materials are left alone meanwhile")
                .with(pending->keyMaterialId ? verbatim(*pending->keyMaterialId) : KC_TEXT("CheckAfterImport", "(unknown)")),
            KC_TEXT("CheckAfterImport", "wait until the rotation is done, then run %1; or choose %2")
                .with(typedAs("keyconvoy check"))
                .with(typedAs("--check works"))};
    }
}

kms::ImportKeyMaterialReply importAgain(const CheckInput& input, const kms::ImportParameters& parameters, const Bytes& blob) {
    const SecondImport& second = *input.secondImport;
    kms::ImportKeyMaterialRequest request;
    request.keyId = input.keyArn;
    request.importToken = parameters.importToken;
    request.encryptedKeyMaterial = blob;
    request.expirationModel =
        second.validTo ? kms::ExpirationModel::KeyMaterialExpires : kms::ExpirationModel::KeyMaterialDoesNotExpire;
    request.validTo = second.validTo;
    request.importType = kms::ImportType::ExistingKeyMaterial;
    request.keyMaterialId = second.keyMaterialId;
    try {
        return input.kms.client().importKeyMaterial(request);
    } catch (const Error& error) {
        if (error.failure().code == "IncorrectKeyMaterialException") {
            throwNotTheSame(input, KC_TEXT("CheckAfterImport", "KMS says that the token's key is not the material %1: %2")
                                       .with(second.keyMaterialId)
                                       .with(error.failure().serviceText));
        }
        throw;
    }
}

}  // namespace

CheckOutcome checkSameMaterialTwice(const CheckInput& input) {
    CheckOutcome outcome{.result = CheckResult::SameMaterialTwice, .shown = {}, .findings = {}};
    const SecondImport& second = *input.secondImport;
    checkNoRotationPending(input);

    const kms::ImportParameters parameters = input.kms.parameters(input.keyArn, second.plan.choice);
    const wrapping::WrappingPublicKey wrappingKey = wrappingKeyIn(parameters);
    input.context.checkNotStopped();
    const wrapping::EncryptedKeyMaterial material =
        wrapping::wrapOnToken(input.token, input.key, second.plan, wrappingKey, std::nullopt);
    input.context.checkNotStopped();

    const kms::ImportKeyMaterialReply reply = importAgain(input, parameters, material.blob);
    if (!reply.keyMaterialId) {  // an import that may never have reached KMS shows nothing
        throw Error{
            ErrorKind::Integrity, KC_TEXT("CheckAfterImport", "check of %1 against the token key").with(input.keyArn),
            KC_TEXT("CheckAfterImport",
                    "the second import was answered without a key material ID, so nothing shows that KMS took the material"),
            KC_TEXT("CheckAfterImport",
                    "check the endpoint and the proxy: KMS always names the material; the KMS key may be fine all the same, "
                    "so repeat the check with %1")
                .with(typedAs("keyconvoy check"))};
    }
    if (*reply.keyMaterialId != second.keyMaterialId) {
        throwNotTheSame(input, KC_TEXT("CheckAfterImport", "the second import was answered with another key material ID: %1")
                                   .with(*reply.keyMaterialId));
    }
    outcome.shown.push_back(
        KC_TEXT("CheckAfterImport",
                "the token's key, wrapped again under a fresh wrapping key (%1), was accepted as the material %2")
            .with(wrappingKey.fingerprint().hex())
            .with(second.keyMaterialId));
    return outcome;
}

}  // namespace keyconvoy::app
