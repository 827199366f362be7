#pragma once

#include "app/ceremony/checks.h"
#include "app/ceremony/key_on_token.h"
#include "app/ceremony/kms_access.h"
#include "app/ceremony/wrapping_route.h"
#include "app/inventory/material_sheet.h"
#include "kmsclient/model.h"
#include "wrapping/on_token_wrap.h"

#include <filesystem>
#include <optional>
#include <vector>

namespace keyconvoy::app {

inline void append(Findings& findings, const Findings& more) {
    findings.insert(findings.end(), more.begin(), more.end());
}

/// What an import found out and did, step by step; the result is written from it.
struct ImportFacts {
    TimePoint startedAt, endedAt;
    wrapping::KeyUsage usage = wrapping::KeyUsage::EncryptDecrypt;
    std::optional<kms::KeyMetadata> kmsKey;
    Creation creation;  ///< of the KMS key, in this run
    std::optional<kms::ImportParameters> parameters;
    std::optional<wrapping::WrappingPublicKey> wrappingKey;
    std::optional<wrapping::EncryptedKeyMaterial> material;
    TimePoint importedAt;
    std::optional<TimePoint> validTo;
    std::optional<kms::ImportKeyMaterialReply> import;
    std::optional<std::string> keyMaterialDescription;  ///< that was sent with it
    bool arrived = false;                               ///< KMS was seen to hold material after the import
    bool successor = false;                             ///< another material beside the current one, to be rotated in
    bool rotationAsked = false;                         ///< KMS rotates that in, by itself from then on
    bool rotated = false;                               ///< that became the current material
    std::optional<std::string> expectedMaterialId;      ///< of the same material again, which KMS lists already
    std::optional<CheckOutcome> check;
    std::optional<MaterialSheets::Written> sheet;  ///< absent: it could not be written, as a finding says
    Findings findings;
};

[[nodiscard]] Details describeForPerson(const kms::KeyMetadata& key);
[[nodiscard]] Details describeForPerson(Mode mode, const pkcs11::Token& token);
/// The fingerprint in groups for reading aloud, and in words.
[[nodiscard]] Details describeForPerson(const wrapping::WrappingPublicKey& wrappingKey);

/// The wrapping key of a reply. Throws Integrity where that is no RSA public key as KMS gives them.
[[nodiscard]] wrapping::WrappingPublicKey wrappingKeyIn(const kms::ImportParameters& parameters);
/// Throws Integrity when KMS gave a key of another size than asked for, Refused when it is not the pinned one.
void checkWrappingKey(const wrapping::WrappingPublicKey& key, wrapping::WrappingKeySpec asked,
                      const std::optional<Fingerprint>& pinned);
/// Throws Refused when wrapping key and import token have expired (24 hours after they were given).
void checkParametersUsable(TimePoint parametersValidTo, TimePoint now);
/// An Integrity error when the KMS key does not show what was imported: another material ID, another expiry.
[[nodiscard]] std::optional<Error> whatDiffersFromImport(const ImportFacts& facts);
/// From the import's reply, or from DescribeKey.
[[nodiscard]] std::optional<std::string> knownMaterialId(const ImportFacts& facts);
/// The same. Throws Unavailable when KMS gives neither.
[[nodiscard]] std::string keyMaterialIdOf(const ImportFacts& facts);

/// What a hand-over has written, and what is done with it elsewhere.
struct WrittenForImport {
    std::vector<std::filesystem::path> files;
    std::string command;
};
/// "the KMS key … exists and can be used with --key-id; …"; absent while nothing was made.
[[nodiscard]] std::optional<LeftBehind> whatExistsNow(const ImportFacts& facts, const KeyOnToken& key,
                                                      const std::optional<WrittenForImport>& written = std::nullopt);

/// What is written down of a done import; `backups` are those on record of its token key.
[[nodiscard]] MaterialSheet sheetOf(const ImportFacts& facts, Mode mode, const TokenAccess& token, const KeyOnToken& key,
                                    const std::vector<BackupRecord>& backups);
[[nodiscard]] Json importResult(const ImportFacts& facts, Mode mode, const TokenAccess& token, const KmsAccess& kms,
                                const KeyOnToken& key, const WrappingRoute& route);
/// {"wrappingKeySha256", "wrappingKeyWords", "wrapStrengthBits", "keyStrengthBits", "blobBytes", "blobSha256"} and the route's
/// members.
[[nodiscard]] Json wrappingResult(const WrappingRoute& route, const wrapping::WrappingPublicKey& wrappingKey,
                                  const wrapping::EncryptedKeyMaterial& material);
/// Whether the token is known to be software, for a person, with what that means.
[[nodiscard]] Text kindExplained(const pkcs11::TokenDescription& token);
/// "software" or "not known to be software", for results.
[[nodiscard]] std::string kindOf(const pkcs11::TokenDescription& token);

}  // namespace keyconvoy::app
