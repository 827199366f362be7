#pragma once

#include "app/inventory/backup_store.h"
#include "app/inventory/material_sheet.h"
#include "core/finding.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

/// Where a key that was imported once still is, as far as this machine can know.
namespace keyconvoy::app {

/// A key that this program destroyed on a token, or sealed there: from then on nobody takes it off that token.
struct GivenUpKey {
    enum class How : std::uint8_t { Destroyed, Sealed };

    TokenName token;
    Bytes id;                                      ///< CKA_ID
    std::optional<pkcs11::CheckValue> checkValue;  ///< absent: the token computed none
    How how = How::Destroyed;
    TimePoint date;
};

/// As JSON files in the state folder, one for each key.
class GivenUpKeys {
public:
    /// The folder "given-up" in `stateFolder`; absent: in $XDG_STATE_HOME/keyconvoy.
    explicit GivenUpKeys(const std::optional<std::filesystem::path>& stateFolder = std::nullopt);

    /// Throws Unavailable when it cannot be written.
    void note(const GivenUpKey& key) const;
    /// A damaged record is none.
    [[nodiscard]] std::vector<GivenUpKey> all() const;

private:
    std::filesystem::path m_folder;
};

/// One token that was seen to hold the key.
struct KnownCopy {
    TokenName token;
    std::string keyLabel;
    bool isBackup = false;
    TimePoint lastSeen;
    std::optional<GivenUpKey> givenUp;  ///< since then: no way back

    [[nodiscard]] bool isWayBack() const { return !givenUp; }
};

/// What sheets of one material, and the backups on record now, tell; each token once, as it was seen last. `stateFolder` as for
/// BackupStore.
[[nodiscard]] std::vector<KnownCopy> copiesOf(const std::vector<FiledSheet>& sheets,
                                              const std::optional<std::filesystem::path>& stateFolder = std::nullopt);

/// For a key of this sheet that is not on `token`: where it can be had, or that no copy is on record.
[[nodiscard]] Text whereElse(const MaterialSheet& sheet, const TokenName& token, const MaterialSheets& all);
/// A warning for each KMS key but `kmsKeyId` (empty: none) that was given this token key: whoever may use either can then use the
/// one key, and deleting the material of one leaves the other.
[[nodiscard]] Findings importedIntoOthers(const MaterialSheets& all, const TokenName& token, const Bytes& keyId,
                                          const std::string& kmsKeyId);

}  // namespace keyconvoy::app
