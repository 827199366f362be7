#include "app/inventory/known_copies.h"

#include "app/inventory/stored_names.h"
#include "app/station/state_files.h"
#include "core/fingerprint.h"
#include "core/hex.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

namespace fs = std::filesystem;

constexpr const char* givenUpSchema = "keyconvoy given-up key 1";
constexpr NameTable<GivenUpKey::How, 2> howNames{{
    {GivenUpKey::How::Destroyed, "destroyed"},
    {GivenUpKey::How::Sealed, "sealed"},
}};

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
            const auto method = valueNamed(checkValueMethodNames, json.at("checkValueMethod").get<std::string>());
            const auto value = fromHex(json.at("checkValue").get<std::string>());
            if (!method || !value) {
                return std::nullopt;
            }
            key.checkValue = pkcs11::CheckValue{*method, *value};
        }
        return key;
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

/// One file for each key of a token.
std::string fileNameOf(const GivenUpKey& key) {
    Json json = toJson(key);
    json.erase("date");
    json.erase("how");
    json["token"].erase("label");
    return Fingerprint::of(asBytes(json.dump(-1, ' ', true, Json::error_handler_t::replace))).hex().substr(0, 32) + ".json";
}

bool isSameKey(const GivenUpKey& key, const TokenName& token, const Bytes& id,
               const std::optional<pkcs11::CheckValue>& checkValue) {
    return key.token.sameTokenAs(token) && (key.checkValue && checkValue ? *key.checkValue == *checkValue : key.id == id);
}

/// What was found so far of one key.
class Copies {
public:
    explicit Copies(const GivenUpKeys& givenUp) : m_givenUp{givenUp} {}

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
        known->givenUp = m_givenUp.find(token, sheet.keyId, sheet.checkValue);
        if (known->givenUp && known->givenUp->date < known->lastSeen) {  // it came back
            known->givenUp.reset();
        }
    }

    [[nodiscard]] std::vector<KnownCopy> take() && { return std::move(m_copies); }

private:
    const GivenUpKeys& m_givenUp;
    std::vector<KnownCopy> m_copies;
};

}  // namespace

GivenUpKeys::GivenUpKeys(const std::optional<fs::path>& stateFolder)
    : m_folder{(stateFolder ? *stateFolder : defaultStateFolder()) / "given-up"} {
}

void GivenUpKeys::note(const GivenUpKey& key) const {
    replaceStateFile(m_folder / fileNameOf(key), toJson(key));
}

std::optional<GivenUpKey> GivenUpKeys::find(const TokenName& token, const Bytes& id,
                                            const std::optional<pkcs11::CheckValue>& checkValue) const {
    std::optional<GivenUpKey> last;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{m_folder, error}) {
        const std::optional<Json> json = entry.path().extension() == ".json" ? readStateFile(entry.path()) : std::nullopt;
        auto key = json ? givenUpFrom(*json) : std::nullopt;
        if (key && isSameKey(*key, token, id, checkValue) && (!last || last->date < key->date)) {
            last = std::move(key);
        }
    }
    return last;
}

std::vector<KnownCopy> copiesOf(const std::vector<FiledSheet>& sheets, const std::optional<fs::path>& stateFolder) {
    const GivenUpKeys givenUp{stateFolder};
    const BackupStore backups{stateFolder};
    Copies copies{givenUp};
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

}  // namespace keyconvoy::app
