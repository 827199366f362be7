#pragma once

#include "core/clock.h"
#include "core/strict_json.h"
#include "pkcs11/token.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// A token as a backup record names it.
struct TokenName {
    std::string serial, model, label;

    [[nodiscard]] static TokenName of(const pkcs11::TokenDescription& token);
    /// Labels can be changed, serial and model cannot.
    [[nodiscard]] bool sameTokenAs(const TokenName& other) const { return serial == other.serial && model == other.model; }
};

/// One key of one token, named so that another key under the same ID is not taken for it.
struct BackedUpKey {
    TokenName token;
    Bytes id;  ///< CKA_ID
    pkcs11::CheckValue checkValue;
};

/// A copy that was shown to be the same key.
struct BackupRecord {
    BackedUpKey key;
    std::string keyLabel;
    std::string typeName;
    TokenName backupToken;
    std::string shownBy;  ///< how the copies were found equal, for a person
    TimePoint date;
    /// Whether the backup token was shown to wrap such a key for KMS. From a copy that it cannot wrap, no KMS key ever gets the
    /// material again.
    bool canBeWrapped = true;
};
[[nodiscard]] Json toJson(const BackupRecord& record);

/// Verified backups that this machine knows of, as JSON files in the state folder. It cannot know what happens to a backup token
/// elsewhere.
class BackupStore {
public:
    /// The folder "backups" in `stateFolder`; absent: in $XDG_STATE_HOME/keyconvoy.
    explicit BackupStore(const std::optional<std::filesystem::path>& stateFolder = std::nullopt);

    /// For those who must know before a copy is made that it can be put on record. Throws where keep() would.
    void checkTakesRecords() const;
    void keep(const BackupRecord& record) const;
    /// Backups of exactly this key. A damaged record is none.
    [[nodiscard]] std::vector<BackupRecord> find(const BackedUpKey& key) const;
    /// Backups that are keys of this CKA_ID on this token, of whatever key.
    [[nodiscard]] std::vector<BackupRecord> findCopies(const TokenName& backupToken, const Bytes& id) const;
    /// The copy on this token is gone or can no longer be taken off it: it is no backup of anything any more.
    void withdrawCopiesOn(const TokenName& backupToken, const pkcs11::CheckValue& checkValue) const;

private:
    std::filesystem::path m_folder;
};

/// What the token says of the key. Where it does not report the length, and the key is on record as a verified copy, by its ID
/// and its check value, that copy's type is noted at the token. `stateFolder` as for BackupStore, looked at only then.
[[nodiscard]] pkcs11::KeyDescription describeByRecord(pkcs11::Token& token, pkcs11::KeyReference key,
                                                      const std::optional<std::filesystem::path>& stateFolder = std::nullopt);

}  // namespace keyconvoy::app
