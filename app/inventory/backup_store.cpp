#include "app/inventory/backup_store.h"

#include "app/inventory/stored_names.h"
#include "app/station/state_files.h"
#include "core/files.h"
#include "core/fingerprint.h"
#include "core/hex.h"
#include "wrapping/key_spec.h"

#include <nlohmann/json.hpp>
#include <utility>

namespace keyconvoy::app {
namespace {

namespace fs = std::filesystem;

constexpr const char* backupSchema = "keyconvoy backup 1";

/// All records of one key begin with the same name.
std::string namePrefixFor(const BackedUpKey& key) {
    return shortHash({key.token.serial, key.token.model, toHex(key.id), nameOf(checkValueMethodNames, key.checkValue.method),
                      toHex(key.checkValue.value)}) +
           "-";
}

std::string fileNameFor(const BackupRecord& record) {
    return namePrefixFor(record.key) + shortHash({record.backupToken.serial, record.backupToken.model}) + ".json";
}

/// Nothing for anything but a whole record of ours.
std::optional<BackupRecord> recordFrom(const Json& json) {
    try {
        const auto id = fromHex(json.at("keyId").get<std::string>());
        const auto checkValue = checkValueFrom(json);
        const auto date = parseRfc3339(json.at("date").get<std::string>());
        if (json.at("schema") != backupSchema || !id || !checkValue || !date) {
            return std::nullopt;
        }
        return BackupRecord{{tokenNameFrom(json.at("token")), *id, *checkValue},
                            json.at("keyLabel").get<std::string>(),
                            json.at("type").get<std::string>(),
                            tokenNameFrom(json.at("backupToken")),
                            json.at("shownBy").get<std::string>(),
                            *date,
                            json.at("canBeWrapped").get<bool>()};
    } catch (const Json::exception&) {
        return std::nullopt;
    }
}

bool isRecordOf(const BackupRecord& record, const BackedUpKey& key) {
    return record.key.token.sameTokenAs(key.token) && record.key.id == key.id && record.key.checkValue == key.checkValue;
}

struct StoredRecord {
    fs::path file;
    BackupRecord record;
};

std::vector<StoredRecord> recordsIn(const fs::path& folder, std::string_view namePrefix) {
    std::vector<StoredRecord> records;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator{folder, error}) {
        const bool named = entry.path().filename().string().starts_with(namePrefix) && entry.path().extension() == ".json";
        if (!named) {
            continue;
        }
        const std::optional<Json> json = readStateFile(entry.path());
        if (auto record = json ? recordFrom(*json) : std::nullopt) {
            records.push_back({entry.path(), *std::move(record)});
        }
    }
    return records;
}

}  // namespace

TokenName TokenName::of(const pkcs11::TokenDescription& token) {
    return {token.serial.str(), token.model, token.label};
}

Json toJson(const BackupRecord& record) {
    return {{"schema", backupSchema},
            {"token", toJson(record.key.token)},
            {"keyId", toHex(record.key.id)},
            {"keyLabel", record.keyLabel},
            {"type", record.typeName},
            {"checkValueMethod", nameOf(checkValueMethodNames, record.key.checkValue.method)},
            {"checkValue", toHex(record.key.checkValue.value)},
            {"backupToken", toJson(record.backupToken)},
            {"shownBy", record.shownBy},
            {"date", toRfc3339Milliseconds(record.date)},
            {"canBeWrapped", record.canBeWrapped}};
}

BackupStore::BackupStore(const std::optional<fs::path>& stateFolder)
    : m_folder{(stateFolder ? *stateFolder : defaultStateFolder()) / "backups"} {
}

void BackupStore::checkTakesRecords() const {
    makeStateFolder(m_folder);
    checkFolderTakesFiles(m_folder);
}

void BackupStore::keep(const BackupRecord& record) const {
    replaceStateFile(m_folder / fileNameFor(record), toJson(record));
}

std::vector<BackupRecord> BackupStore::find(const BackedUpKey& key) const {
    std::vector<BackupRecord> found;
    for (StoredRecord& stored : recordsIn(m_folder, namePrefixFor(key))) {
        if (isRecordOf(stored.record, key)) {
            found.push_back(std::move(stored.record));
        }
    }
    return found;
}

std::vector<BackupRecord> BackupStore::findCopies(const TokenName& backupToken, const Bytes& id) const {
    std::vector<BackupRecord> found;
    for (StoredRecord& stored : recordsIn(m_folder, "")) {
        if (stored.record.backupToken.sameTokenAs(backupToken) && stored.record.key.id == id) {
            found.push_back(std::move(stored.record));
        }
    }
    return found;
}

void BackupStore::withdrawCopiesOn(const TokenName& backupToken, const pkcs11::CheckValue& checkValue) const {
    for (const StoredRecord& stored : recordsIn(m_folder, "")) {
        if (stored.record.backupToken.sameTokenAs(backupToken) && stored.record.key.checkValue == checkValue) {
            fs::remove(stored.file);
        }
    }
}

pkcs11::KeyDescription describeByRecord(pkcs11::Token& token, pkcs11::KeyReference key,
                                        const std::optional<fs::path>& stateFolder) {
    pkcs11::KeyDescription description = token.describe(key);
    if (!description.lengthNotReported) {
        return description;
    }
    const BackupStore backups{stateFolder};
    for (const BackupRecord& record : backups.findCopies(TokenName::of(token.description()), description.id)) {
        for (const auto& row : wrapping::keySpecNames) {
            const pkcs11::KeyType type = wrapping::tokenKeyType(row.value);
            if (pkcs11::describe(type) != record.typeName || !description.mayBe(type)) {
                continue;
            }
            token.noteType(key, type);
            if (token.checkValue(key).value == record.key.checkValue) {
                return token.describe(key);
            }
            token.noteType(key, std::nullopt);
        }
    }
    return description;
}

}  // namespace keyconvoy::app
