#include "app/ceremony/material_import.h"

#include "core/hex.h"
#include "core/text.h"

namespace keyconvoy::app {

namespace {

/// Without an import type, so that a repeat after a lost reply is taken as the same material again; for a key that holds material
/// the very material is named.
kms::ImportKeyMaterialRequest importCall(const ImportFacts& facts) {
    kms::ImportKeyMaterialRequest call;
    call.keyId = facts.kmsKey->arn;
    call.importToken = facts.parameters->importToken;
    call.encryptedKeyMaterial = facts.material->blob;
    call.expirationModel =
        facts.validTo ? kms::ExpirationModel::KeyMaterialExpires : kms::ExpirationModel::KeyMaterialDoesNotExpire;
    call.validTo = facts.validTo;
    call.keyMaterialDescription = facts.keyMaterialDescription;
    if (facts.successor && !facts.expectedMaterialId) {
        call.importType = kms::ImportType::NewKeyMaterial;
    } else if (facts.kmsKey->currentKeyMaterialId) {
        call.importType = kms::ImportType::ExistingKeyMaterial;
        call.keyMaterialId = facts.expectedMaterialId ? facts.expectedMaterialId : facts.kmsKey->currentKeyMaterialId;
    }
    return call;
}

}  // namespace

void getParameters(const ImportRoute& route, ImportFacts& facts, KeyAge age, Details& details) {
    const wrapping::WrappingChoice choice = route.wrapping.plan().choice;
    facts.parameters = route.kms.parameters(facts.kmsKey->arn, choice, age);
    facts.wrappingKey = wrappingKeyIn(*facts.parameters);
    checkWrappingKey(*facts.wrappingKey, choice.keySpec, route.wrapping.wish().pinnedWrappingKey);
    append(details, describeForPerson(*facts.wrappingKey));
    details.push_back(
        {KC_TEXT("MaterialImport", "usable until"), toRfc3339(facts.parameters->parametersValidTo), DetailKind::Time});
    details.push_back({KC_TEXT("MaterialImport", "TLS"), facts.parameters->facts.connection.tlsInWords()});
}

void wrapMaterial(const ImportRoute& route, ImportFacts& facts, Details& details) {
    facts.material = wrapping::wrapOnToken(route.token.token(), route.key.key(), route.wrapping.plan(), *facts.wrappingKey,
                                           route.wrapping.wish().wrappingKeyOnToken);
    details.push_back({KC_TEXT("MaterialImport", "wrapped key, bytes"), std::to_string(facts.material->blob.size())});
    details.push_back({KC_TEXT("MaterialImport", "wrapped key, SHA-256"), Fingerprint::of(facts.material->blob).hexGroups(),
                       DetailKind::Fingerprint});
}

void sendMaterial(const ImportRoute& route, const Expiry& expiry, ImportFacts& facts, Details& details) {
    checkParametersUsable(facts.parameters->parametersValidTo, route.kms.now());
    facts.validTo = expiry.validTo(route.kms.now());
    append(details, describeExpiry(facts.validTo, route.kms.now()));
    facts.importedAt = route.kms.now();
    facts.import = route.kms.client().importKeyMaterial(importCall(facts));
    details.push_back({KC_TEXT("MaterialImport", "request ID"), facts.import->facts.requestId, DetailKind::Identifier});
    if (facts.import->keyMaterialId) {
        details.push_back({KC_TEXT("MaterialImport", "key material ID"), *facts.import->keyMaterialId, DetailKind::Identifier});
    }
}

void checkIsOfSheet(const MaterialSheet& sheet, const KeyOnToken& key, Findings& findings, Details& details) {
    const auto& value = key.checkValue().value;
    if (!sheet.checkValue || !value || sheet.checkValue->method != value->method) {
        findings.push_back({FindingLevel::Warning,
                            KC_TEXT("MaterialImport",
                                    "whether this is the key of the sheet is not known before KMS looks: there "
                                    "is no check value of one method on both sides"),
                            {}});
        return;
    }
    if (*sheet.checkValue != *value) {
        throw Error{ErrorKind::Integrity, KC_TEXT("MaterialImport", "token key \"%1\"").with(key.description().label),
                    KC_TEXT("MaterialImport", "its check value is %1, but the material sheet says %2")
                        .with(toHex(value->value))
                        .with(toHex(sheet.checkValue->value)),
                    KC_TEXT("MaterialImport",
                            "find the key that was imported at %1: \"%2\", ID %3, on the token with the serial number "
                            "%4, or a copy of it on a backup token")
                        .with(toRfc3339(sheet.importedAt))
                        .with(sheet.keyLabel)
                        .with(toHex(sheet.keyId))
                        .with(sheet.token.serial)};
    }
    details.push_back({KC_TEXT("MaterialImport", "check value"), KC_TEXT("MaterialImport", "%1, as the material sheet of %2 says")
                                                                     .with(toHex(value->value))
                                                                     .with(toRfc3339(sheet.importedAt))});
}

void awaitWhatWasImported(KmsAccess& kms, ImportFacts& facts) {
    kms.waitUntilAgrees(KC_TEXT("MaterialImport", "waiting until KMS shows what was imported"), [&]() -> std::optional<Error> {
        auto differs = whatDiffersFromImport(facts);
        if (differs) {
            facts.kmsKey = kms.describe(facts.kmsKey->arn);
        }
        return differs;
    });
}

void writeSheetOf(const ImportRoute& route, Mode mode, const MaterialSheets& sheets, ImportFacts& facts, Details& details) {
    try {
        std::vector<BackupRecord> backups;
        if (const auto& value = route.key.checkValue().value) {
            backups = BackupStore{}.find({TokenName::of(route.token.token().description()), route.key.description().id, *value});
            std::erase_if(backups, [](const BackupRecord& backup) { return !backup.canBeWrapped; });
        }
        const MaterialSheet sheet = sheetOf(facts, mode, route.token, route.key, backups);
        facts.sheet = facts.sheet ? sheets.replace(*facts.sheet, sheet) : sheets.add(sheet);
        details.push_back({KC_TEXT("MaterialImport", "material sheet"), facts.sheet->file.string()});
    } catch (const Error& error) {
        details.push_back({KC_TEXT("MaterialImport", "material sheet"), KC_TEXT("MaterialImport", "not written")});
        facts.findings.push_back({FindingLevel::Warning,
                                  KC_TEXT("MaterialImport", "the material sheet was not written: %1: %2")
                                      .with(error.failure().place)
                                      .with(error.failure().cause),
                                  KC_TEXT("MaterialImport", "keep the result of this import in its place")});
    }
}

}  // namespace keyconvoy::app
