#include "app/ceremony/needed_materials.h"

#include "app/ceremony/material_import.h"
#include "core/hex.h"
#include "core/text.h"
#include "kmsclient/key_arn.h"

#include <algorithm>

namespace keyconvoy::app {

Text NeededMaterials::place() const {
    return KC_TEXT("ReplicateJob", "KMS key %1").with(m_parts.kmsKey.arn);
}

void NeededMaterials::add(const std::vector<KmsMaterial>& lacking) {
    for (const KmsMaterial& material : lacking) {
        const std::optional<std::string> id = m_parts.keySpec == wrapping::KeySpec::SymmetricDefault ? material.id : std::nullopt;
        if (std::ranges::count(m_all, id, &NeededMaterial::id) > 0) {
            continue;
        }
        NeededMaterial& needed = m_all.emplace_back();
        needed.id = id;
        needed.sheet = sheetOf(id);
        if (!needed.sheet && !m_parts.named) {
            throw Error{ErrorKind::NotFound, place(),
                        id ? KC_TEXT("ReplicateJob", "this machine has no material sheet of the material %1").with(*id)
                           : KC_TEXT("ReplicateJob", "this machine has no material sheet of it"),
                        KC_TEXT("ReplicateJob", "give the sheet that the import wrote with %1, or the token key with %2")
                            .with(typedAs("--sheet"))
                            .with(typedAs("--key"))};
        }
    }
}

void NeededMaterials::checkOneKeyIsEnough() const {
    if (m_parts.named && m_all.size() > 1) {
        throw Error{ErrorKind::InvalidInput, place(),
                    KC_TEXT("ReplicateJob", "%1 materials are lacking, so one token key cannot be all of them")
                        .with(std::to_string(m_all.size())),
                    KC_TEXT("ReplicateJob", "leave %1 out: each is found by its material sheet").with(typedAs("--key"))};
    }
}

/// The key ID is the same in all Regions.
std::optional<MaterialSheet> NeededMaterials::sheetOf(const std::optional<std::string>& materialId) const {
    const auto fits = [&](const MaterialSheet& sheet) {
        return sheet.isOfKey(m_parts.kmsKey.keyId) && (!materialId || sheet.keyMaterialId == materialId);
    };
    const auto given = std::ranges::find_if(m_parts.sheets, fits);
    if (given != m_parts.sheets.end()) {
        return *given;
    }
    for (FiledSheet& filed : MaterialSheets{m_parts.sheetFolder}.find()) {
        if (fits(filed.sheet)) {
            return std::move(filed.sheet);
        }
    }
    return std::nullopt;
}

std::vector<Step> NeededMaterials::findSteps() {
    std::vector<Step> steps;
    for (NeededMaterial& needed : m_all) {
        needed.key.emplace(m_parts.token,
                           KeySource{.generateWithLabel = {},
                                     .existing = selectorOf(needed),
                                     .checkValueOnSheet = needed.sheet ? needed.sheet->checkValue : std::nullopt},
                           m_parts.keySpec, m_parts.need);
        steps.push_back(makeStep("token.key",
                                 needed.id
                                     ? KC_TEXT("ReplicateJob", "find the material %1 on the token").with(needed.id->substr(0, 8))
                                     : KC_TEXT("ReplicateJob", "find the material on the token"),
                                 [this, &needed](Details& details) { find(needed, details); }));
    }
    return steps;
}

pkcs11::KeySelector NeededMaterials::selectorOf(const NeededMaterial& material) const {
    return m_parts.named ? *m_parts.named : pkcs11::KeySelector{.label = {}, .id = material.sheet->keyId, .objectClass = {}};
}

void NeededMaterials::find(NeededMaterial& material, Details& details) {
    try {
        static_cast<void>(material.key->lookStep().run(nullptr, details));
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::NotFound || m_parts.named) {
            throw;
        }
        const MaterialSheet& sheet = *material.sheet;
        m_findings.push_back(
            {FindingLevel::Warning,
             KC_TEXT("ReplicateJob",
                     "the material %1 is not on this token: it was imported from \"%2\", ID %3, on %4, serial number %5")
                 .with(material.id.value_or(""))
                 .with(sheet.keyLabel)
                 .with(toHex(sheet.keyId))
                 .with(sheet.token.label)
                 .with(sheet.token.serial),
             KC_TEXT("ReplicateJob", "repeat this with the token that has it, or with a backup")});
        return;
    }
    compareWithSheet(material, details);
    material.onToken = true;
}

void NeededMaterials::compareWithSheet(const NeededMaterial& material, Details& details) {
    if (material.sheet) {
        checkIsOfSheet(*material.sheet, *material.key, m_findings, details);
        return;
    }
    m_findings.push_back(
        {FindingLevel::Warning,
         KC_TEXT("ReplicateJob", "no material sheet tells whether this is the right key; KMS takes no other, and says so"),
         {}});
}

std::size_t NeededMaterials::onToken() const {
    return static_cast<std::size_t>(std::ranges::count(m_all, true, &NeededMaterial::onToken));
}

const NeededMaterial& NeededMaterials::of(const KmsMaterial& material) const {
    return *std::ranges::find_if(m_all, [&material](const NeededMaterial& each) { return !each.id || each.id == material.id; });
}

bool NeededMaterials::canBeHad(const std::string& materialId) const {
    const auto needed = std::ranges::find(m_all, std::optional{materialId}, &NeededMaterial::id);
    return needed == m_all.end() || needed->onToken;
}

bool NeededMaterials::anyForTrustedKeyOnly() const {
    return std::ranges::any_of(
        m_all, [](const NeededMaterial& needed) { return needed.onToken && needed.key->description().wrapWithTrusted == true; });
}

Details NeededMaterials::forReview() const {
    Details details;
    for (const NeededMaterial& needed : m_all) {
        if (needed.onToken) {
            append(details, needed.key->forReview());
        }
    }
    return details;
}

std::optional<Step> NeededMaterials::residueStep() {
    const auto found = std::ranges::find(m_all, true, &NeededMaterial::onToken);
    return found == m_all.end() ? std::nullopt : std::optional{found->key->residueStep()};
}

}  // namespace keyconvoy::app
