#include "app/inventory/known_copies.h"

#include "app/inventory/stored_names.h"
#include "app/station/state_files.h"
#include "core/hex.h"
#include "core/text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace keyconvoy::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* givenUpSchema = "keyconvoy given-up key 1";
constexpr NameTable<GivenUpKey::How, 2> howNames{{
    {GivenUpKey::How::Destroyed, "destroyed"},
    {GivenUpKey::How::Sealed, "sealed"},
}};
static_assert(hasNoRepeats(howNames));

Json toJson(const GivenUpKey& key) {
    return {{"schema", givenUpSchema},
            {"token", toJson(key.token)},
            {"keyId", toHex(key.id)},
            {"checkValueMethod", key.checkValue ? Json(nameOf(checkValueMethodNames, key.checkValue->method)) : Json(nullptr)},
            {"checkValue", key.checkValue ? Json(toHex(key.checkValue->value)) : Json(nullptr)},
            {"how", nameOf(howNames, key.how)},
            {"date", toRfc3339Milliseconds(key.date)}};
}

/// Nothing for anything but a whole record of ours.
std::optional<GivenUpKey> givenUpFrom(const Json& json) {
    try {
        const auto id = fromHex(json.at("keyId").get<std::string>());
        const auto how = valueNamed(howNames, json.at("how").get<std::string>());
        const auto date = parseRfc3339(json.at("date").get<std::string>());
        if (json.at("schema") != givenUpSchema || !id || !how || !date) {
            return std::nullopt;
        }
        GivenUpKey key{.token = tokenNameFrom(json.at("token")), .id = *id, .checkValue = {}, .how = *how, .date = *date};
        if (!json.at("checkValue").is_null()) {
            key.checkValue = checkValueFrom(json);
            return key.checkValue ? std::optional{std::move(key)} : std::nullopt;
        }
        return key;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

/// One file for each key of a token.
std::string fileNameOf(const GivenUpKey& key) {
    const Json json = toJson(key);
    return shortHash({key.token.serial, key.token.model, json.at("keyId"), json.at("checkValueMethod"), json.at("checkValue")}) +
           ".json";
}

bool isSameKey(const GivenUpKey& key, const TokenName& token, const Bytes& id,
               const std::optional<pkcs11::CheckValue>& checkValue) {
    return key.token.sameTokenAs(token) && (key.checkValue && checkValue ? *key.checkValue == *checkValue : key.id == id);
}

/// What was found so far of one key.
class Copies {
public:
    explicit Copies(std::vector<GivenUpKey> givenUp) : m_givenUp{std::move(givenUp)} {}

    void add(const MaterialSheet& sheet, const TokenName& token, TimePoint lastSeen) {
        auto known = std::ranges::find_if(m_copies, [&token](const KnownCopy& copy) { return copy.token.sameTokenAs(token); });
        if (known == m_copies.end()) {
            known = m_copies.insert(known, {.token = token,
                                            .keyLabel = sheet.keyLabel,
                                            .isBackup = !sheet.token.sameTokenAs(token),
                                            .lastSeen = lastSeen,
                                            .givenUp = {}});
        }
        known->lastSeen = std::max(known->lastSeen, lastSeen);
        known->givenUp.reset();
        for (const GivenUpKey& key : m_givenUp) {  // a copy that was seen later came back
            const bool isLater = key.date >= (known->givenUp ? known->givenUp->date : known->lastSeen);
            if (isLater && isSameKey(key, token, sheet.keyId, sheet.checkValue)) {
                known->givenUp = key;
            }
        }
    }

    [[nodiscard]] std::vector<KnownCopy> take() && { return std::move(m_copies); }

private:
    std::vector<GivenUpKey> m_givenUp;
    std::vector<KnownCopy> m_copies;
};

}  // namespace

GivenUpKeys::GivenUpKeys(const std::optional<fs::path>& stateFolder)
    : m_folder{(stateFolder ? *stateFolder : defaultStateFolder()) / "given-up"} {
}

void GivenUpKeys::note(const GivenUpKey& key) const {
    replaceStateFile(m_folder / fileNameOf(key), toJson(key));
}

std::vector<GivenUpKey> GivenUpKeys::all() const {
    std::vector<GivenUpKey> keys;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{m_folder, error}) {
        const std::optional<Json> json = entry.path().extension() == ".json" ? readStateFile(entry.path()) : std::nullopt;
        if (auto key = json ? givenUpFrom(*json) : std::nullopt) {
            keys.push_back(*std::move(key));
        }
    }
    return keys;
}

std::vector<KnownCopy> copiesOf(const std::vector<FiledSheet>& sheets, const std::optional<fs::path>& stateFolder) {
    const BackupStore backups{stateFolder};
    Copies copies{GivenUpKeys{stateFolder}.all()};
    for (const FiledSheet& filed : sheets) {
        const MaterialSheet& sheet = filed.sheet;
        copies.add(sheet, sheet.token, sheet.importedAt);
        for (const MaterialSheet::Backup& backup : sheet.backups) {
            copies.add(sheet, backup.token, backup.date);
        }
        if (!sheet.checkValue) {
            continue;
        }
        for (const BackupRecord& record : backups.find({sheet.token, sheet.keyId, *sheet.checkValue})) {
            if (record.canBeWrapped) {
                copies.add(sheet, record.backupToken, record.date);
            }
        }
    }
    return std::move(copies).take();
}

Text whereElse(const MaterialSheet& sheet, const TokenName& token, const MaterialSheets& all) {
    std::vector<FiledSheet> sheets = all.find();
    std::erase_if(sheets, [&sheet](const FiledSheet& filed) {
        return filed.sheet.keyId != sheet.keyId || filed.sheet.checkValue != sheet.checkValue;
    });
    sheets.push_back({{}, sheet});
    std::vector<Text> places;
    for (const KnownCopy& copy : copiesOf(sheets)) {
        if (copy.isWayBack() && !copy.token.sameTokenAs(token)) {
            places.push_back(KC_TEXT("KnownCopies", "\"%1\" on %2, serial number %3")
                                 .with(copy.keyLabel)
                                 .with(copy.token.label)
                                 .with(copy.token.serial));
        }
    }
    return places.empty()
               ? KC_TEXT("KnownCopies",
                         "KMS takes this very key only, and no copy of it on another token is on record on this machine")
               : KC_TEXT("KnownCopies", "KMS takes this very key only; copies on record: %1. Name the token that has one with %2")
                     .with(joinedBySemicolons(std::move(places)))
                     .with(typedAs("--token"));
}

Findings importedIntoOthers(const MaterialSheets& all, const TokenName& token, const Bytes& keyId, const std::string& kmsKeyId) {
    Findings findings;
    std::set<std::string> noted;
    for (const FiledSheet& filed : all.find()) {
        const MaterialSheet& sheet = filed.sheet;
        const bool sameKmsKey = !kmsKeyId.empty() && sheet.isOfKey(kmsKeyId);
        if (sameKmsKey || sheet.keyId != keyId || !sheet.token.sameTokenAs(token) || !noted.insert(sheet.keyArn).second) {
            continue;
        }
        findings.push_back(
            {FindingLevel::Warning,
             KC_TEXT("KnownCopies", "the same token key was imported into another KMS key already: %1, on %2 (material sheet %3)")
                 .with(sheet.keyArn)
                 .with(toRfc3339(sheet.importedAt))
                 .with(filed.file.string()),
             KC_TEXT("KnownCopies", "generate a key of its own for each KMS key, unless both are to hold the same one")});
    }
    return findings;
}

}  // namespace keyconvoy::app
