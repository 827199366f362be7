#pragma once

#include "app/ceremony/expiry.h"
#include "app/ceremony/import_facts.h"
#include "app/inventory/material_sheet.h"

/// What an import consists of, for every job that imports: one token key into one KMS key, under a wrapping key and an import
/// token that KMS gave for that very key and Region.
namespace keyconvoy::app {

struct ImportRoute {
    TokenAccess& token;
    KmsAccess& kms;  ///< of the KMS key's Region
    const KeyOnToken& key;
    const WrappingRoute& wrapping;
};

/// GetParametersForImport for `facts.kmsKey`. Throws as checkWrappingKey does.
void getParameters(const ImportRoute& route, ImportFacts& facts, KeyAge age, Details& details);
/// Wraps on the token under the key of these parameters.
void wrapMaterial(const ImportRoute& route, ImportFacts& facts, Details& details);
/// ImportKeyMaterial: as a successor, else as the same material again where the KMS key had some. Throws Refused when the
/// parameters have expired.
void sendMaterial(const ImportRoute& route, const Expiry& expiry, ImportFacts& facts, Details& details);

/// Before anything is sent: KMS takes the very bytes of the earlier import only, and says no more than that others are wrong.
/// Throws Integrity when the check value is not that of the sheet; adds a warning where the two cannot be compared.
void checkIsOfSheet(const MaterialSheet& sheet, const KeyOnToken& key, Findings& findings, Details& details);

/// Describes the KMS key until it shows what was imported, the same material with the same end. Throws Integrity when it shows
/// something else to the end.
void awaitWhatWasImported(KmsAccess& kms, ImportFacts& facts);

/// Writes the sheet of a done import, with the backups of its key that are on record; or once more, when more is known. Where it
/// cannot be written a warning says so: the import is done all the same.
void writeSheetOf(const ImportRoute& route, Mode mode, const MaterialSheets& sheets, ImportFacts& facts, Details& details);

}  // namespace keyconvoy::app
