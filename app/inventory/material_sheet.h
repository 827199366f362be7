#pragma once

#include "app/inventory/backup_store.h"
#include "app/station/station.h"
#include "core/clock.h"
#include "core/fingerprint.h"

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// What people who need the same material again, in a year or in ten, find it by: one key of one token, imported once. Holds
/// nothing secret.
struct MaterialSheet {
    struct Backup {
        TokenName token;
        TimePoint date;  ///< when the copy was shown to be the same key
    };

    TimePoint importedAt;
    Mode mode = Mode::Production;

    std::string keyArn;
    std::string keySpec;   ///< as KMS names it
    std::string keyUsage;  ///< likewise
    bool multiRegion = false;
    std::optional<std::string> keyMaterialId;           ///< symmetric keys only
    std::optional<std::string> keyMaterialDescription;  ///< likewise
    std::optional<TimePoint> validTo;                   ///< absent: never
    std::string parametersRequestId;                    ///< of GetParametersForImport
    std::string importRequestId;                        ///< of ImportKeyMaterial

    TokenName token;
    Bytes keyId;  ///< CKA_ID
    std::string keyLabel;
    std::string typeName;                          ///< "AES-256"
    std::optional<pkcs11::CheckValue> checkValue;  ///< for key pairs the SHA-256 of the public key (SubjectPublicKeyInfo)
    std::vector<Backup> backups;                   ///< known when this was written

    std::string wrappingAlgorithm;
    std::string wrappingKeySpec;
    /// Octets of the key as it was wrapped (PKCS#8 for key pairs), rounded up to 8 as RFC 5649 pads them; absent under
    /// RSAES_OAEP, which does not show them.
    std::optional<std::size_t> paddedPlaintextBytes;
    std::optional<std::string>
        check;  ///< how far the import is known to be the same key: "same-material-twice"; absent: not checked

    /// The ID of a KMS key is the same in all its Regions, as its material is.
    [[nodiscard]] bool isOfKey(std::string_view keyId) const { return keyArn.ends_with("/" + std::string{keyId}); }
};

[[nodiscard]] Json toJson(const MaterialSheet& sheet);
/// Throws InvalidInput when the text is no material sheet of this version, naming what is missing.
[[nodiscard]] MaterialSheet parseMaterialSheet(std::string_view text, const Text& place);

/// A sheet as a file, `*.kcmaterial.json`.
struct FiledSheet {
    std::filesystem::path file;
    MaterialSheet sheet;
};

/// All sheets of this machine. The same material imported again gets another sheet beside the first.
class MaterialSheets {
public:
    /// Absent: the folder "materials" in $XDG_STATE_HOME/keyconvoy.
    explicit MaterialSheets(const std::optional<std::filesystem::path>& folder = std::nullopt);

    /// For those who must know before an import that its sheet can be written. Throws where add() would.
    void checkTakesSheets() const;

    struct Written {
        std::filesystem::path file;
        Fingerprint sha256;
    };
    /// Throws Unavailable when it cannot be written.
    Written add(const MaterialSheet& sheet) const;
    /// Of the same import, when more is known of it. Throws likewise.
    Written replace(const Written& earlier, const MaterialSheet& sheet) const;
    /// The sheets of this KMS key, or of all, the newest first. A file that is no sheet is passed over.
    [[nodiscard]] std::vector<FiledSheet> find(const std::optional<std::string>& keyArn = std::nullopt) const;
    /// For a sentence that says that a sheet is missing: names the files that find() passed over.
    [[nodiscard]] Text butSomeAreDamaged(Text sentence) const;

private:
    [[nodiscard]] std::vector<std::filesystem::path> files() const;

    std::filesystem::path m_folder;
};

}  // namespace keyconvoy::app
