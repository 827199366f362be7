#include "app/ceremony/import_plan.h"

#include "app/ceremony/checks.h"
#include "app/ceremony/wrapping_route.h"
#include "app/inventory/new_key_rules.h"
#include "core/text.h"

namespace keyconvoy::app {

using wrapping::KeySpec;
using wrapping::KeyUsage;
using wrapping::MaterialKind;

namespace {

Text keyPlace(const std::string& arn) {
    return KC_TEXT("ImportPlan", "KMS key %1").with(arn);
}

void checkUsage(const ImportRequest& request) {
    if (!request.kmsKey.existing) {
        checkSpecAndUsage(request.keySpec, usageForNew(request));
    }
}

/// ImportKeyMaterial: KeyMaterialDescription is for symmetric keys, 0 to 256 of a few characters.
void checkDescription(const ImportRequest& request) {
    if (!request.keyMaterialDescription) {
        return;
    }
    const Text place = KC_TEXT("ImportPlan", "key material description");
    if (materialKind(request.keySpec) != MaterialKind::Symmetric) {
        throw Error{ErrorKind::Refused, place, KC_TEXT("ImportPlan", "KMS takes one for SYMMETRIC_DEFAULT keys only"),
                    KC_TEXT("ImportPlan", "leave it out; describe the KMS key instead")};
    }
    constexpr std::string_view allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:/_ .-\t\n\r";
    if (request.keyMaterialDescription->size() > 256 ||
        request.keyMaterialDescription->find_first_not_of(allowed) != std::string::npos) {
        throw Error{ErrorKind::InvalidInput, place,
                    KC_TEXT("ImportPlan", "KMS takes at most 256 letters, digits, blanks and : / _ . - in it"),
                    KC_TEXT("ImportPlan", "shorten it, or leave other characters out")};
    }
}

void checkPurpose(const ImportRequest& request) {
    if (request.purpose != ImportPurpose::FirstOrSame && !request.kmsKey.existing) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("ImportPlan", "KMS key"), KC_TEXT("ImportPlan", "none is named"),
                    KC_TEXT("ImportPlan", "name the KMS key that holds material with %1").with(typedAs("--key-id"))};
    }
    if (request.purpose == ImportPurpose::Again && request.key.generateWithLabel) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("ImportPlan", "the token key"),
                    KC_TEXT("ImportPlan", "a key that is generated cannot be the material of an earlier import"),
                    KC_TEXT("ImportPlan", "name the token key that was imported then with %1").with(typedAs("--key"))};
    }
}

/// A state in which the key can do nothing, neither take material nor be used: what ends it.
Text wayOutOfState(const kms::KeyMetadata& key) {
    switch (key.keyState) {
        case kms::KeyState::PendingDeletion:
        case kms::KeyState::PendingReplicaDeletion:
            return KC_TEXT("ImportPlan",
                           "if the key is to be kept: %1. Its state is then Disabled, or PendingImport where material is "
                           "missing. Otherwise name another KMS key")
                .with(shellCommand("aws kms cancel-key-deletion --key-id %1").with(key.arn));
        case kms::KeyState::Creating:
        case kms::KeyState::Updating:
            return KC_TEXT("ImportPlan", "this passes by itself within minutes; %1 then").with(typedAs("repeat the command"));
        case kms::KeyState::Disabled:
            return KC_TEXT("ImportPlan", "enable it first: %1")
                .with(shellCommand("aws kms enable-key --key-id %1").with(key.arn));
        case kms::KeyState::PendingImport:
            return key.currentKeyMaterialId ? KC_TEXT("ImportPlan", "import the material that it lacks first: %1")
                                                  .with(typedAs("keyconvoy reimport --key-id %1").with(key.arn))
                                            : KC_TEXT("ImportPlan", "import its material first: %1")
                                                  .with(typedAs("keyconvoy import --key-id %1").with(key.arn));
        case kms::KeyState::Enabled:
        case kms::KeyState::Unavailable:
        case kms::KeyState::Unknown: break;
    }
    return KC_TEXT("ImportPlan", "look at the key with aws kms describe-key, or name another KMS key");
}

Text causeInState(const kms::KeyMetadata& key) {
    switch (key.keyState) {
        case kms::KeyState::PendingDeletion:
            return key.deletionDate
                       ? KC_TEXT("ImportPlan", "its deletion is scheduled for %1 (PendingDeletion); until then nothing uses it")
                             .with(toRfc3339(*key.deletionDate))
                       : KC_TEXT("ImportPlan", "its deletion is scheduled (PendingDeletion); until then nothing uses it");
        case kms::KeyState::PendingReplicaDeletion:
            return KC_TEXT("ImportPlan",
                           "it will be deleted once its replicas in other Regions are (PendingReplicaDeletion); until then "
                           "nothing uses it");
        case kms::KeyState::Disabled: return KC_TEXT("ImportPlan", "it is disabled");
        case kms::KeyState::PendingImport:
            return KC_TEXT("ImportPlan",
                           "it holds no key material, or lacks a part of it (PendingImport): none was imported yet, or it "
                           "expired or was deleted");
        case kms::KeyState::Creating:
        case kms::KeyState::Updating: return KC_TEXT("ImportPlan", "KMS is still at work on it (%1)").with(key.keyStateName);
        case kms::KeyState::Enabled:
        case kms::KeyState::Unavailable:
        case kms::KeyState::Unknown: break;
    }
    return KC_TEXT("ImportPlan", "its state is %1").with(key.keyStateName);
}

}  // namespace

Error stateRefusal(const kms::KeyMetadata& key) {
    return Error{ErrorKind::Refused, keyPlace(key.arn), causeInState(key), wayOutOfState(key)};
}

void checkImportRequest(const ImportRequest& request, TimePoint now) {
    checkUsage(request);
    checkWrappingWish(request.keySpec, request.wrapping);
    checkDescription(request);
    checkThatWishesFit(request.keySpec, request.wrapping, request.check);
    checkPurpose(request);
    static_cast<void>(request.expiry.validTo(now));
}

Findings checkImportTarget(const kms::KeyMetadata& key, const ImportRequest& request) {
    const auto refuse = [&key](Text cause, Text remedy) -> Error {
        return Error{ErrorKind::Refused, keyPlace(key.arn), std::move(cause), std::move(remedy)};
    };
    if (key.origin != "EXTERNAL") {
        throw refuse(KC_TEXT("ImportPlan", "its origin is %1; only a key made with origin EXTERNAL takes imported material")
                         .with(key.origin),
                     KC_TEXT("ImportPlan", "leave %1 out to have a new key created, or name one with origin EXTERNAL")
                         .with(typedAs("--key-id")));
    }
    if (key.keySpec != nameOf(wrapping::keySpecNames, request.keySpec)) {
        throw refuse(KC_TEXT("ImportPlan", "its key spec is %1, but %2 was named")
                         .with(key.keySpec)
                         .with(nameOf(wrapping::keySpecNames, request.keySpec)),
                     KC_TEXT("ImportPlan", "name the key spec of the KMS key, which can never change, or another key"));
    }
    using enum kms::KeyState;
    if (key.keyState != PendingImport && key.keyState != Enabled && key.keyState != Disabled) {
        throw stateRefusal(key);
    }
    if (holdsMaterial(key) && request.key.generateWithLabel && request.purpose != ImportPurpose::Successor) {
        throw refuse(
            KC_TEXT("ImportPlan", "it was given material before, and takes only the same again; a new key cannot be the same"),
            KC_TEXT("ImportPlan", "name the token key that was imported then with %1, or import into a new KMS key")
                .with(typedAs("--key")));
    }
    Findings findings;
    if (key.multiRegion && request.purpose != ImportPurpose::Successor) {
        findings.push_back(
            {.level = FindingLevel::Note,
             .what =
                 KC_TEXT("ImportPlan", "this is a multi-Region key; its replicas in other Regions need the same material each"),
             .remedy = KC_TEXT("ImportPlan", "give it to them afterwards: %1")
                           .with(typedAs("keyconvoy replicate --key-id %1").with(key.arn))});
    }
    if (key.keyState == Disabled) {
        findings.push_back({.level = FindingLevel::Warning,
                            .what = KC_TEXT("ImportPlan", "the KMS key is disabled; the import enables it"),
                            .remedy = KC_TEXT("ImportPlan", "disable it again afterwards if that was meant")});
    }
    return findings;
}

Findings importTargetFindings(const kms::KeyMetadata& key, const ImportRequest& request) {
    try {
        return checkImportTarget(key, request);
    } catch (const Error& error) {
        return {{.level = FindingLevel::Problem, .what = error.failure().cause, .remedy = error.failure().remedy}};
    }
}

bool holdsMaterial(const kms::KeyMetadata& key) {
    return key.currentKeyMaterialId || key.keyState == kms::KeyState::Enabled || key.keyState == kms::KeyState::Disabled;
}

KeyUsage usageForNew(const ImportRequest& request) {
    return request.kmsKey.usageForNew.value_or(usualUsage(request.keySpec));
}

KeyUsage usageOf(const kms::KeyMetadata& key) {
    const auto usage = valueNamed(wrapping::keyUsageNames, key.keyUsage);
    if (!usage) {
        throw Error{ErrorKind::Refused, keyPlace(key.arn),
                    KC_TEXT("ImportPlan", "its usage %1 is not known here").with(key.keyUsage),
                    KC_TEXT("ImportPlan", "use a newer version of this program, or another key")};
    }
    return *usage;
}

KeySpec keySpecOf(const kms::KeyMetadata& key) {
    const auto spec = valueNamed(wrapping::keySpecNames, key.keySpec);
    if (!spec) {
        throw Error{ErrorKind::Refused, keyPlace(key.arn),
                    KC_TEXT("ImportPlan", "its key spec %1 takes no imported material").with(key.keySpec),
                    KC_TEXT("ImportPlan", "name a key with a key spec that does")};
    }
    return *spec;
}

}  // namespace keyconvoy::app
