#include "app/ceremony/import_facts.h"

#include "app/ceremony/successor.h"
#include "app/station/to_json.h"
#include "core/text.h"
#include "wrapping/envelope_layout.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

Json kmsResult(const ImportFacts& facts, const KmsAccess& kms) {
    Json json = kms.toJson();
    json["keyArn"] = facts.kmsKey->arn;
    json["createdInThisRun"] = facts.creation.key.has_value();
    json["keySpec"] = facts.kmsKey->keySpec;
    json["keyUsage"] = facts.kmsKey->keyUsage;
    json["keyState"] = facts.kmsKey->keyStateName;
    json["multiRegion"] = facts.kmsKey->multiRegion;
    json["rotatedInThisRun"] = facts.rotated;
    json["keyMaterialId"] = orNull(knownMaterialId(facts));
    return json;
}

Json parametersResult(const kms::ImportParameters& parameters) {
    return {{"validTo", toRfc3339Milliseconds(parameters.parametersValidTo)},
            {"requestId", parameters.facts.requestId},
            {"importTokenSha256", Fingerprint::of(parameters.importToken).hex()},
            {"connection", toJson(parameters.facts.connection)}};
}

void add(LeftBehind& left, Text sentence) {
    left.what =
        left.what.empty() ? std::move(sentence) : KC_TEXT("ImportFacts", "%1; %2").with(left.what).with(std::move(sentence));
}

void addImport(LeftBehind& left, const ImportFacts& facts) {
    const std::string& requestId = facts.import->facts.requestId;
    if (facts.check) {
        add(left, KC_TEXT("ImportFacts", "the import was done (request ID %1), and the check says %2")
                      .with(requestId)
                      .with(toString(facts.check->result)));
        left.rest = Rest::Nothing;
    } else if (facts.arrived) {
        add(left, KC_TEXT("ImportFacts", "the import itself was done (request ID %1)").with(requestId));
        left.rest = Rest::Check;
    } else {
        add(left, KC_TEXT("ImportFacts",
                          "ImportKeyMaterial was answered without an error (request ID %1), but KMS was not seen to "
                          "hold the material; importing the same key once more does no harm")
                      .with(requestId));
        left.rest = Rest::Job;
    }
    left.kmsKeyArn = facts.kmsKey->arn;
    if (facts.successor && !facts.rotated) {
        left.rest = facts.arrived ? Rest::Nothing : Rest::Job;  // a check would look at the current material
        add(left, facts.rotationAsked
                      ? KC_TEXT("ImportFacts", "KMS was asked to rotate the new material in and goes on by itself; look with %1")
                            .with(typedAs("keyconvoy kms show --key-id %1").with(facts.kmsKey->arn))
                      : KC_TEXT("ImportFacts", "the new material is not rotated in yet; to go on: %1")
                            .with(commandThatFinishes(*facts.kmsKey)));
    }
}

Json importCallResult(const ImportFacts& facts) {
    return {{"requestId", facts.import->facts.requestId},
            {"time", toRfc3339(facts.importedAt)},
            {"attempts", facts.import->facts.attempts},
            {"expirationModel", facts.validTo ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE"},
            {"validTo", orNull(facts.validTo)}};
}

}  // namespace

std::string kindOf(const pkcs11::TokenDescription& token) {
    return toEnglish(kindInWords(token));
}

Text kindExplained(const pkcs11::TokenDescription& token) {
    return token.software ? KC_TEXT("ImportFacts", "software: its keys are files of this user or memory of this program")
                          : KC_TEXT("ImportFacts", "not known to be software");
}

Details describeForPerson(const kms::KeyMetadata& key) {
    return {{KC_TEXT("ImportFacts", "KMS key"), key.arn, DetailKind::Identifier},
            {KC_TEXT("ImportFacts", "KMS key spec and usage"), key.keySpec + ", " + key.keyUsage},
            {KC_TEXT("ImportFacts", "KMS key state"), key.keyStateName}};
}

Details describeForPerson(Mode mode, const pkcs11::Token& token) {
    const pkcs11::TokenDescription description = token.description();
    return {{KC_TEXT("ImportFacts", "mode"), inWords(mode)},
            {KC_TEXT("ImportFacts", "token"),
             KC_TEXT("ImportFacts", "%1, serial number %2").with(description.label).with(description.serial.str())},
            {KC_TEXT("ImportFacts", "kind of token"), kindExplained(description)}};
}

Details describeForPerson(const wrapping::WrappingPublicKey& wrappingKey) {
    return {{KC_TEXT("ImportFacts", "wrapping key, SHA-256"), wrappingKey.fingerprint().hexGroups(), DetailKind::Fingerprint},
            {KC_TEXT("ImportFacts", "the same in words"), wrappingKey.fingerprint().words(), DetailKind::FingerprintWords}};
}

wrapping::WrappingPublicKey wrappingKeyIn(const kms::ImportParameters& parameters) {
    try {
        return wrapping::WrappingPublicKey::fromDer(parameters.publicKey,
                                                    KC_TEXT("ImportFacts", "GetParametersForImport, public key"));
    } catch (const Error& error) {  // nobody gave it as input: whoever answered is to blame
        throw Error{ErrorKind::Integrity, error.failure().place, error.failure().cause,
                    KC_TEXT("ImportFacts", "check the endpoint and the proxy: whoever answers there does not answer like KMS")};
    }
}

void checkWrappingKey(const wrapping::WrappingPublicKey& key, wrapping::WrappingKeySpec asked,
                      const std::optional<Fingerprint>& pinned) {
    const Text place = KC_TEXT("ImportFacts", "wrapping public key %1").with(key.fingerprint().hex());
    if (key.spec() != asked) {
        throw Error{ErrorKind::Integrity, place,
                    KC_TEXT("ImportFacts", "it is %1, but %2 was asked for")
                        .with(nameOf(wrapping::wrappingKeySpecNames, key.spec()))
                        .with(nameOf(wrapping::wrappingKeySpecNames, asked)),
                    KC_TEXT("ImportFacts", "find out where this key came from; do not wrap anything under it")};
    }
    if (pinned && key.fingerprint() != *pinned) {
        throw Error{
            ErrorKind::Integrity, place, KC_TEXT("ImportFacts", "it is not the key that was named, %1").with(pinned->hex()),
            KC_TEXT("ImportFacts",
                    "compare the SHA-256 with the sheet of the station that fetched the key; KMS gives a new key on each call")};
    }
}

void checkParametersUsable(TimePoint parametersValidTo, TimePoint now) {
    if (parametersValidTo <= now) {
        throw Error{
            ErrorKind::Refused, KC_TEXT("ImportFacts", "wrapping key and import token"),
            KC_TEXT("ImportFacts", "they expired at %1; now it is %2").with(toRfc3339(parametersValidTo)).with(toRfc3339(now)),
            KC_TEXT("ImportFacts", "get fresh ones from KMS (they are good for 24 hours) and wrap again under them")};
    }
}

std::optional<Error> whatDiffersFromImport(const ImportFacts& facts) {
    const auto differs = [&facts](Text cause) {
        return Error{ErrorKind::Integrity, KC_TEXT("ImportFacts", "KMS key %1").with(facts.kmsKey->arn), std::move(cause),
                     KC_TEXT("ImportFacts", "find out who else imports into this key; CloudTrail names the calls")};
    };
    const auto& fromImport = facts.import->keyMaterialId;
    const auto& fromDescription = facts.expectedMaterialId ? facts.expectedMaterialId : facts.kmsKey->currentKeyMaterialId;
    if (fromImport && fromDescription && *fromImport != *fromDescription) {
        return differs(KC_TEXT("ImportFacts", "it shows the material %1, but the import was answered with %2")
                           .with(*fromDescription)
                           .with(*fromImport));
    }
    const auto& shown = facts.kmsKey->validTo;  // the earliest end of several materials, so it may lie before ours
    if (facts.validTo && facts.kmsKey->expirationModel && (!shown || *shown > *facts.validTo)) {
        return differs(KC_TEXT("ImportFacts", "its material does not expire when asked for, but at: %1")
                           .with(shown ? verbatim(toRfc3339(*shown)) : KC_TEXT("ImportFacts", "never")));
    }
    return std::nullopt;
}

std::optional<std::string> knownMaterialId(const ImportFacts& facts) {
    const bool isTheCurrentOne = !facts.successor;  // else that is the one before it
    return facts.import->keyMaterialId || !isTheCurrentOne ? facts.import->keyMaterialId : facts.kmsKey->currentKeyMaterialId;
}

std::string keyMaterialIdOf(const ImportFacts& facts) {
    if (auto known = knownMaterialId(facts)) {
        return *std::move(known);
    }
    throw Error{ErrorKind::Unavailable, KC_TEXT("ImportFacts", "KMS key %1").with(facts.kmsKey->arn),
                KC_TEXT("ImportFacts", "KMS names no key material ID, so the material cannot be named in a second import"),
                KC_TEXT("ImportFacts", "choose %1, which shows less").with(typedAs("--check works"))};
}

std::optional<LeftBehind> whatExistsNow(const ImportFacts& facts, const KeyOnToken& key,
                                        const std::optional<WrittenForImport>& written) {
    LeftBehind left;
    if (facts.import) {
        addImport(left, facts);
    }
    if (facts.sheet) {
        add(left, KC_TEXT("ImportFacts", "its material sheet is %1").with(facts.sheet->file.string()));
    }
    if (const auto created = facts.creation.leftBehind()) {
        add(left,
            facts.arrived ? KC_TEXT("ImportFacts", "the KMS key %1 was made for it").with(facts.kmsKey->arn) : created->what);
        left.kmsKeyMayExist = created->kmsKeyMayExist;
        left.kmsKeyArn = created->kmsKeyArn;
    }
    if (key.generates() && key.exists()) {
        add(left, facts.arrived ? KC_TEXT("ImportFacts", "the token key %1 was made for it").with(key.description().uri)
                                : KC_TEXT("ImportFacts", "the token key exists now and can be used with %1")
                                      .with(typedAs("--key '%1'").with(key.description().uri)));
        left.tokenKeyUri = key.description().uri;
    }
    if (written) {
        for (const std::filesystem::path& file : written->files) {
            add(left, KC_TEXT("ImportFacts", "the file %1 was written completely").with(file.string()));
        }
        add(left, KC_TEXT("ImportFacts", "import, in the folder that holds both files, with: %1").with(written->command));
        left.rest = Rest::Nothing;
    }
    return left.what.empty() ? std::nullopt : std::optional{std::move(left)};
}

MaterialSheet sheetOf(const ImportFacts& facts, Mode mode, const TokenAccess& token, const KeyOnToken& key,
                      const std::vector<BackupRecord>& backups) {
    MaterialSheet sheet;
    sheet.importedAt = facts.importedAt;
    sheet.mode = mode;
    sheet.keyArn = facts.kmsKey->arn;
    sheet.keySpec = facts.kmsKey->keySpec;
    sheet.keyUsage = facts.kmsKey->keyUsage;
    sheet.multiRegion = facts.kmsKey->multiRegion;
    sheet.keyMaterialId = knownMaterialId(facts);
    sheet.keyMaterialDescription = facts.keyMaterialDescription;
    sheet.validTo = facts.validTo;
    sheet.parametersRequestId = facts.parameters->facts.requestId;
    sheet.importRequestId = facts.import->facts.requestId;
    sheet.token = TokenName::of(token.token().description());
    sheet.keyId = key.description().id;
    sheet.keyLabel = key.description().label;
    sheet.typeName = key.description().typeName;
    sheet.checkValue = key.checkValue().value;
    for (const BackupRecord& backup : backups) {
        sheet.backups.push_back({backup.backupToken, backup.date});
    }
    const wrapping::WrappingChoice choice = facts.material->plan.choice;
    sheet.wrappingAlgorithm = nameOf(wrapping::wrappingAlgorithmNames, choice.algorithm);
    sheet.wrappingKeySpec = nameOf(wrapping::wrappingKeySpecNames, choice.keySpec);
    sheet.paddedPlaintextBytes = wrapping::paddedPlaintextBytes(facts.material->blob, choice);
    if (facts.check) {
        sheet.check = toString(facts.check->result);
    }
    return sheet;
}

Json wrappingResult(const WrappingRoute& route, const wrapping::WrappingPublicKey& wrappingKey,
                    const wrapping::EncryptedKeyMaterial& material) {
    Json json = route.toJson();
    json["wrappingKeySha256"] = wrappingKey.fingerprint().hex();
    json["wrappingKeyWords"] = wrappingKey.fingerprint().words();
    json["wrapStrengthBits"] = material.wrapStrengthBits;
    json["keyStrengthBits"] = material.keyStrengthBits;
    json["blobBytes"] = material.blob.size();
    json["blobSha256"] = Fingerprint::of(material.blob).hex();
    return json;
}

Json importResult(const ImportFacts& facts, Mode mode, const TokenAccess& token, const KmsAccess& kms, const KeyOnToken& key,
                  const WrappingRoute& route) {
    return {{"mode", toString(mode)},
            {"startedAt", toRfc3339(facts.startedAt)},
            {"endedAt", toRfc3339(facts.endedAt)},
            {"token", kindOf(token.token().description())},
            {"tokenDetails", toJson(token.token())},
            {"module", toJson(token.token().module().description())},
            {"key", key.toJson()},
            {"kms", kmsResult(facts, kms)},
            {"wrapping", wrappingResult(route, *facts.wrappingKey, *facts.material)},
            {"qualification", route.qualificationJson()},
            {"parameters", parametersResult(*facts.parameters)},
            {"import", importCallResult(facts)},
            {"check", facts.check ? toJson(*facts.check) : Json(nullptr)},
            {"residue", key.residue()},
            {"tokenKey", "retained"},
            {"materialSheet",
             facts.sheet ? Json{{"file", facts.sheet->file.string()}, {"sha256", facts.sheet->sha256.hex()}} : Json(nullptr)},
            {"findings", toJson(facts.findings)}};
}

}  // namespace keyconvoy::app
