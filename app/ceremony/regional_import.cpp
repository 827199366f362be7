#include "app/ceremony/regional_import.h"

#include "app/ceremony/checks.h"
#include "app/ceremony/import_plan.h"
#include "app/station/to_json.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

std::vector<Step> RegionalImport::steps(const std::string& region) {
    std::vector<Step> list;
    list.push_back(makeStep("kms.parameters." + region,
                            KC_TEXT("RegionalImport", "get wrapping key and import token in %1").with(region),
                            [this](Details& details) { begin(details); }));
    list.push_back(makeStep("token.wrap." + region, KC_TEXT("RegionalImport", "wrap the key on the token for %1").with(region),
                            [this](Details& details) { wrapMaterial(route(), m_facts, details); }));
    list.push_back(makeStep("kms.import." + region, KC_TEXT("RegionalImport", "import the wrapped key in %1").with(region),
                            [this](Details& details) { sendMaterial(route(), m_parts.expiry, m_facts, details); }));
    list.push_back(makeStep("check." + region, KC_TEXT("RegionalImport", "check that KMS holds the same key in %1").with(region),
                            [this](Details& details) { check(details); }));
    list.push_back(makeClosingStep(
        "sheet." + region, KC_TEXT("RegionalImport", "write the material sheet for %1").with(region), [this](Details& details) {
            if (m_facts.arrived) {  // else it is not there: a job may be closed before its end
                writeSheetOf(route(), m_parts.mode, MaterialSheets{m_parts.sheetFolder}, m_facts, details);
            }
        }));
    return list;
}

void RegionalImport::begin(Details& details) {
    m_facts.expectedMaterialId = m_parts.keyMaterialId();
    if (m_facts.expectedMaterialId) {
        m_parts.region.awaitListed(*m_facts.expectedMaterialId);
    }
    m_facts.kmsKey = m_parts.region.key();
    m_facts.usage = usageOf(*m_facts.kmsKey);
    getParameters(route(), m_facts, KeyAge::JustCreated, details);
}

void RegionalImport::check(Details& details) {
    if (m_facts.expectedMaterialId) {
        checkListedMaterial();
    } else {
        checkOnlyMaterial();
    }
    append(m_facts.findings, m_facts.check->findings);
    append(details, forScreen(*m_facts.check));
}

/// The ID that KMS reckons from the material is that of the primary's: were it another key, KMS had refused it.
void RegionalImport::checkListedMaterial() {
    const std::string& region = m_parts.region.kms().client().region();
    const auto differs = [this](Text cause) {
        return Error{ErrorKind::Integrity, KC_TEXT("RegionalImport", "KMS key %1").with(m_facts.kmsKey->arn), std::move(cause),
                     KC_TEXT("RegionalImport", "find out who else imports into this key; CloudTrail names the calls")};
    };
    if (m_facts.import->keyMaterialId != m_facts.expectedMaterialId) {
        throw differs(KC_TEXT("RegionalImport", "the material %1 was sent, but the import was answered with %2")
                          .with(*m_facts.expectedMaterialId)
                          .with(m_facts.import->keyMaterialId.value_or("")));
    }
    std::optional<TimePoint> validTo;
    m_parts.region.kms().waitUntil(KC_TEXT("RegionalImport", "waiting until KMS holds the material in %1").with(region), [&] {
        m_parts.region.lookAgain();
        const auto& materials = m_parts.region.materials();
        const auto found = std::ranges::find(materials, m_facts.expectedMaterialId, &KmsMaterial::id);
        validTo = found == materials.end() ? std::nullopt : found->validTo;
        return found != materials.end() && found->held;
    });
    if (validTo.has_value() != m_facts.validTo.has_value()) {
        throw differs(KC_TEXT("RegionalImport", "its material does not expire when asked for, but at: %1")
                          .with(validTo ? verbatim(toRfc3339(*validTo)) : KC_TEXT("RegionalImport", "never")));
    }
    m_facts.arrived = true;
    m_facts.kmsKey = m_parts.region.key();
    m_facts.check = CheckOutcome{.result = CheckResult::SameMaterialTwice,
                                 .shown = {KC_TEXT("RegionalImport",
                                                   "the token's key was accepted in %1 as the material %2, which the primary key "
                                                   "was given before")
                                               .with(region)
                                               .with(*m_facts.expectedMaterialId)},
                                 .findings = {}};
}

void RegionalImport::checkOnlyMaterial() {
    KmsAccess& kms = m_parts.region.kms();
    m_facts.kmsKey = kms.describeUntil(m_facts.kmsKey->arn, KC_TEXT("RegionalImport", "waiting until the KMS key is enabled"),
                                       [](const kms::KeyMetadata& key) { return key.keyState == kms::KeyState::Enabled; });
    m_facts.arrived = true;
    awaitWhatWasImported(kms, m_facts);
    const CheckInput input{.token = m_parts.token.token(),
                           .key = m_parts.key.key(),
                           .kms = kms,
                           .context = m_parts.context,
                           .keyArn = m_facts.kmsKey->arn,
                           .keySpec = m_parts.keySpec,
                           .usage = m_facts.usage,
                           .secondImport = std::nullopt};
    kms.waitUntil(KC_TEXT("RegionalImport", "waiting until the KMS key can be used"), [&] {
        m_facts.check = runCheck(input, m_parts.check);
        return true;
    });
}

Json RegionalImport::toJson() const {
    return {{"region", m_facts.parameters ? Json(kms::KeyArn::parse(m_facts.kmsKey->arn)->region()) : Json(nullptr)},
            {"keyArn", m_facts.kmsKey->arn},
            {"keyMaterialId", orNull(m_facts.expectedMaterialId)},
            {"requestId", m_facts.import->facts.requestId},
            {"validTo", orNull(m_facts.validTo)},
            {"check", m_facts.check ? Json(app::toJson(*m_facts.check)) : Json(nullptr)},
            {"materialSheet", m_facts.sheet ? Json(m_facts.sheet->file.string()) : Json(nullptr)}};
}

}  // namespace keyconvoy::app
