#pragma once

#include "app/ceremony/key_on_token.h"
#include "app/inventory/kms_keys.h"
#include "app/inventory/material_sheet.h"
#include "kmsclient/model.h"

#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// One material that some Region lacks, and the token key that it is.
struct NeededMaterial {
    std::optional<std::string> id;  ///< symmetric keys only
    std::optional<MaterialSheet> sheet;
    std::optional<KeyOnToken> key;
    bool onToken = false;
};

/// The materials of one multi-Region key that are lacking anywhere, each once. A material is known by its material sheet, of
/// whatever Region, or is the one token key that was named. Steps refer to it, so it stays where it is.
class NeededMaterials {
public:
    struct Parts {
        TokenAccess& token;
        const kms::KeyMetadata& kmsKey;  ///< in one of the Regions
        wrapping::KeySpec keySpec;
        KeyNeed need;
        std::optional<pkcs11::KeySelector> named;  ///< the token key, where one material alone is lacking
        const std::vector<MaterialSheet>& sheets;  ///< besides those of the folder
        std::optional<std::filesystem::path> sheetFolder;
    };
    explicit NeededMaterials(Parts parts) : m_parts{std::move(parts)} {}
    NeededMaterials(const NeededMaterials&) = delete;
    NeededMaterials& operator=(const NeededMaterials&) = delete;
    ~NeededMaterials() = default;

    /// What one Region lacks. Throws NotFound for a material of which neither a sheet nor a token key tells.
    void add(const std::vector<KmsMaterial>& lacking);
    /// Throws InvalidInput when one token key was named for several materials.
    void checkOneKeyIsEnough() const;

    /// "token.key" for each: finds it on the token and sees that it is the one of its sheet. One that is not there is a finding,
    /// since it may be on another token: this run does what it can.
    [[nodiscard]] std::vector<Step> findSteps();

    [[nodiscard]] const std::deque<NeededMaterial>& all() const { return m_all; }
    [[nodiscard]] std::size_t onToken() const;  ///< how many were found
    [[nodiscard]] const NeededMaterial& of(const KmsMaterial& material) const;
    /// Whether a run can bring it to whoever lacks it; true for what nobody lacks.
    [[nodiscard]] bool canBeHad(const std::string& materialId) const;
    /// Whether one of those found can be wrapped only under a key that an administrator trusts.
    [[nodiscard]] bool anyForTrustedKeyOnly() const;
    [[nodiscard]] Details forReview() const;
    /// As KeyOnToken has it; nothing where no material was found.
    [[nodiscard]] std::optional<Step> residueStep();
    [[nodiscard]] const Findings& findings() const { return m_findings; }

private:
    [[nodiscard]] Text place() const;
    [[nodiscard]] std::optional<MaterialSheet> sheetOf(const std::optional<std::string>& materialId) const;
    [[nodiscard]] pkcs11::KeySelector selectorOf(const NeededMaterial& material) const;
    void find(NeededMaterial& material, Details& details);
    void compareWithSheet(const NeededMaterial& material, Details& details);

    Parts m_parts;
    std::deque<NeededMaterial> m_all;
    Findings m_findings;
};

}  // namespace keyconvoy::app
