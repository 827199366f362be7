#include "app/ceremony/successor.h"

#include "app/ceremony/import_plan.h"
#include "app/inventory/kms_keys.h"
#include "core/text.h"

#include <algorithm>

namespace keyconvoy::app {

namespace {

constexpr std::string_view onDemand = "ON_DEMAND";
constexpr std::string_view current = "CURRENT";
constexpr std::string_view pendingRotation = "PENDING_ROTATION";

Error refusal(const std::string& keyArn, Text cause, Text remedy) {
    return Error{ErrorKind::Refused, KC_TEXT("Successor", "KMS key %1").with(keyArn), std::move(cause), std::move(remedy)};
}

std::optional<kms::Rotation> materialIn(const kms::KeyRotations& materials, const std::string& keyMaterialId) {
    const auto found = std::ranges::find(materials.rotations, keyMaterialId, &kms::Rotation::keyMaterialId);
    return found == materials.rotations.end() ? std::nullopt : std::optional{*found};
}

void awaitState(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId, std::string_view state,
                const Text& waitedFor) {
    kms.waitUntil(waitedFor, [&] {
        const auto material = materialIn(kms.client().listKeyRotations(keyArn, true), keyMaterialId);
        return material && material->keyMaterialState == state;
    });
}

void checkKind(const kms::KeyMetadata& key) {
    if (key.keySpec != "SYMMETRIC_DEFAULT") {
        throw refusal(key.arn,
                      KC_TEXT("Successor", "a key of the key spec %1 has one material for its whole life").with(key.keySpec),
                      KC_TEXT("Successor", "create a new KMS key, import into it, and point the alias there"));
    }
    if (key.keyState != kms::KeyState::Enabled) {
        throw stateRefusal(key);
    }
    if (key.multiRegionConfiguration && key.multiRegionConfiguration->keyType == "REPLICA") {
        throw refusal(
            key.arn, KC_TEXT("Successor", "it is a replica; new material begins at the primary key"),
            KC_TEXT("Successor", "name the primary key %1, in its Region").with(key.multiRegionConfiguration->primary.arn));
    }
}

void checkNoRotationRuns(KmsAccess& kms, const kms::KeyMetadata& key) {
    if (const auto started = kms.client().getKeyRotationStatus(key.arn).onDemandRotationStartDate) {
        throw refusal(
            key.arn,
            KC_TEXT("Successor", "a rotation runs, since %1; its materials are left alone meanwhile").with(toRfc3339(*started)),
            KC_TEXT("Successor", "wait until it is done, which takes minutes, then repeat; look with %1")
                .with(typedAs("keyconvoy kms show --key-id %1").with(key.arn)));
    }
}

std::optional<std::string> pendingIn(const kms::KeyRotations& materials) {
    const auto pending = std::ranges::find_if(materials.rotations, &isPending);
    return pending == materials.rotations.end() ? std::nullopt : pending->keyMaterialId;
}

Error alreadyWaits(const kms::KeyMetadata& key, const std::string& keyMaterialId) {
    return refusal(
        key.arn,
        KC_TEXT("Successor", "the key material %1 waits to be rotated in already, and KMS holds one such material only")
            .with(keyMaterialId),
        KC_TEXT("Successor", "rotate that one in (%1), or delete it (%2)")
            .with(commandThatFinishes(key))
            .with(typedAs("keyconvoy delete-material --key-id %1 --key-material-id %2").with(key.arn).with(keyMaterialId)));
}

}  // namespace

SuccessorPlan planSuccessor(KmsAccess& kms, const kms::KeyMetadata& key, Waiting waiting) {
    checkKind(key);
    checkNoRotationRuns(kms, key);
    const kms::KeyRotations materials = kms.client().listKeyRotations(key.arn, true);
    const std::optional<std::string> pending = pendingIn(materials);
    if (pending && waiting == Waiting::IsRefused) {
        throw alreadyWaits(key, *pending);
    }
    const auto done = static_cast<int>(std::ranges::count(materials.rotations, onDemand, [](const kms::Rotation& rotation) {
        return std::string_view{rotation.rotationType ? *rotation.rotationType : std::string_view{}};
    }));
    if (done >= rotationsOnDemandOfAKey) {
        throw refusal(
            key.arn,
            KC_TEXT("Successor", "it was rotated %1 times, and KMS rotates a key no more often").with(std::to_string(done)),
            KC_TEXT("Successor", "create a new KMS key, import into it, and point the alias there"));
    }
    Details details{{KC_TEXT("Successor", "current material"), key.currentKeyMaterialId.value_or(""), DetailKind::Identifier},
                    {KC_TEXT("Successor", "rotations"), KC_TEXT("Successor", "%1 done, this is one of the %2 that are left")
                                                            .with(std::to_string(done))
                                                            .with(std::to_string(rotationsOnDemandOfAKey - done))}};
    if (pending) {
        details.push_back({KC_TEXT("Successor", "waits to be rotated in"), *pending, DetailKind::Identifier});
    }
    return {.forReview = std::move(details), .takenUp = pending};
}

void awaitSuccessor(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId) {
    kms.waitUntilAgrees(KC_TEXT("Successor", "waiting until KMS shows the new material"), [&]() -> std::optional<Error> {
        const auto material = materialIn(kms.client().listKeyRotations(keyArn, true), keyMaterialId);
        if (material && isPending(*material)) {
            return std::nullopt;
        }
        return Error{ErrorKind::Integrity, KC_TEXT("Successor", "KMS key %1").with(keyArn),
                     KC_TEXT("Successor", "it does not show the material %1 as waiting to be rotated in, but: %2")
                         .with(keyMaterialId)
                         .with(material ? verbatim(material->keyMaterialState.value_or("")) : KC_TEXT("Successor", "not at all")),
                     KC_TEXT("Successor", "find out who else imports into this key; CloudTrail names the calls")};
    });
}

bool hasReplicas(const kms::KeyMetadata& key) {
    return key.multiRegionConfiguration && !key.multiRegionConfiguration->replicas.empty();
}

Text commandThatFinishes(const kms::KeyMetadata& key) {
    return hasReplicas(key) ? typedAs("keyconvoy replicate --key-id %1").with(key.arn)
                            : typedAs("keyconvoy rotate --key-id %1 --key LABEL").with(key.arn);
}

void awaitCurrent(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId) {
    awaitState(kms, keyArn, keyMaterialId, current, KC_TEXT("Successor", "waiting until KMS has rotated the new material in"));
}

void askForRotation(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId) {
    awaitState(kms, keyArn, keyMaterialId, pendingRotation,
               KC_TEXT("Successor", "waiting until KMS has seen the new material in every Region"));
    if (!kms.client().getKeyRotationStatus(keyArn).onDemandRotationStartDate) {
        static_cast<void>(kms.client().rotateKeyOnDemand(keyArn));
    }
}

void awaitRotation(KmsAccess& kms, const std::string& keyArn, const std::string& keyMaterialId) {
    awaitCurrent(kms, keyArn, keyMaterialId);
    kms.waitUntilAgrees(
        KC_TEXT("Successor", "waiting until KMS shows the new material as the current one"), [&]() -> std::optional<Error> {
            const kms::KeyMetadata key = kms.describe(keyArn);
            if (!key.currentKeyMaterialId || *key.currentKeyMaterialId == keyMaterialId) {
                return std::nullopt;
            }
            return Error{
                ErrorKind::Integrity, KC_TEXT("Successor", "KMS key %1").with(keyArn),
                KC_TEXT("Successor", "the rotation is done, but its current material is %1").with(*key.currentKeyMaterialId),
                KC_TEXT("Successor", "find out who else rotates this key; CloudTrail names the calls")};
        });
}

}  // namespace keyconvoy::app
