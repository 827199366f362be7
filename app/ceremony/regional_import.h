#pragma once

#include "app/ceremony/check_after_import.h"
#include "app/ceremony/material_import.h"
#include "app/ceremony/regional_key.h"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::app {

/// Material that a multi-Region key has elsewhere, imported into its key of one Region as the same once more, under a wrapping
/// key and import token of that Region. Its steps refer to it, so it stays where it is.
class RegionalImport {
public:
    struct Parts {
        TokenAccess& token;
        const KeyOnToken& key;
        const WrappingRoute& wrapping;
        RegionalKey& region;
        const RunContext& context;
        wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
        const Expiry& expiry;
        CheckWish check = CheckWish::Strongest;
        Mode mode = Mode::Production;
        std::optional<std::filesystem::path> sheetFolder;  ///< as in ImportRequest
        /// The material's ID, once it is known; symmetric keys only.
        std::function<std::optional<std::string>()> keyMaterialId;
    };
    explicit RegionalImport(Parts parts) : m_parts{std::move(parts)} {}
    RegionalImport(const RegionalImport&) = delete;
    RegionalImport& operator=(const RegionalImport&) = delete;
    ~RegionalImport() = default;

    /// "kms.parameters.REGION", "token.wrap.REGION", "kms.import.REGION", "check.REGION", "sheet.REGION". `region` is told, since
    /// no client need be there yet.
    [[nodiscard]] std::vector<Step> steps(const std::string& region);
    [[nodiscard]] bool sent() const { return m_facts.import.has_value(); }
    [[nodiscard]] const ImportFacts& facts() const { return m_facts; }
    /// {"region", "keyArn", "keyMaterialId", "requestId", "validTo", "check", "materialSheet"}
    [[nodiscard]] Json toJson() const;

private:
    [[nodiscard]] ImportRoute route() { return {m_parts.token, m_parts.region.kms(), m_parts.key, m_parts.wrapping}; }
    void begin(Details& details);
    void check(Details& details);
    void checkListedMaterial();
    void checkOnlyMaterial();

    Parts m_parts;
    ImportFacts m_facts;
};

}  // namespace keyconvoy::app
