#include "app/inventory/delete_material.h"

#include "app/ceremony/kms_access.h"
#include "app/station/to_json.h"
#include "core/text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

constexpr std::size_t typedCharacters = 4;

class DeletionJob final : public Job {
public:
    DeletionJob(DeleteMaterialRequest request, RunContext runContext)
        : Job{std::move(runContext)}, m_request{std::move(request)}, m_kms{m_request.kms, context()} {
        setSteps(
            {m_kms.identityStep(),
             makeStep("kms.show", KC_TEXT("DeleteMaterial", "look at the KMS key"), [this](Details& details) { look(details); }),
             makeStep("copies", KC_TEXT("DeleteMaterial", "look where the same material still is"),
                      [this](Details& details) { findCopies(details); }),
             Step{"review", KC_TEXT("DeleteMaterial", "agree to the deletion"),
                  [this](const Answer* answer, Details&) { return review(answer); }},
             makeStep("kms.delete", KC_TEXT("DeleteMaterial", "delete the material"),
                      [this](Details& details) { deleteMaterial(details); })});
    }

    [[nodiscard]] Json result() const override {
        Json copies = Json::array();
        for (const FiledSheet& filed : m_sheets) {
            copies.push_back({{"token", filed.sheet.token.label},
                              {"serial", filed.sheet.token.serial},
                              {"keyLabel", filed.sheet.keyLabel},
                              {"importedAt", toRfc3339(filed.sheet.importedAt)},
                              {"sheet", filed.file.string()},
                              {"backups", filed.sheet.backups.size()}});
        }
        return {{"mode", toString(m_kms.mode())}, {"kms", m_kms.toJson()},
                {"keyArn", m_entry.key.arn},      {"keyMaterialId", orNull(m_materialId)},
                {"requestId", m_requestId},       {"keyStateAfter", m_stateAfter},
                {"copies", std::move(copies)},    {"acceptedLoss", orNull(m_request.acceptLossReason)}};
    }

private:
    [[nodiscard]] Text place() const { return KC_TEXT("DeleteMaterial", "KMS key %1").with(m_entry.key.arn); }

    void look(Details& details) {
        static_cast<void>(m_kms.describe(m_request.keyId.str()));
        m_entry = readKmsKey(m_kms.client(), m_request.keyId.str(), m_kms.now());
        checkTyped();
        chooseMaterial();
        details.push_back({KC_TEXT("DeleteMaterial", "KMS key"), m_entry.key.arn, DetailKind::Identifier});
        if (m_materialId) {
            details.push_back({KC_TEXT("DeleteMaterial", "key material ID"), *m_materialId, DetailKind::Identifier});
        }
    }

    void checkTyped() const {
        const std::string& id = m_entry.key.keyId;
        const std::string last = id.substr(id.size() - std::min(id.size(), typedCharacters));
        if (m_request.lastOfKeyId != last) {
            throw Error{
                ErrorKind::Refused, place(),
                KC_TEXT("DeleteMaterial", "\"%1\" are not the last four characters of its ID").with(m_request.lastOfKeyId),
                KC_TEXT("DeleteMaterial", "make sure that this is the key, then give its last four characters with %1")
                    .with(typedAs("--confirm"))};
        }
    }

    void chooseMaterial() {
        if (m_entry.key.origin != "EXTERNAL") {
            throw Error{
                ErrorKind::Refused, place(),
                KC_TEXT("DeleteMaterial", "its origin is %1; KMS deletes imported material only").with(m_entry.key.origin),
                KC_TEXT("DeleteMaterial", "name a key with imported material")};
        }
        m_materialId = m_request.keyMaterialId;
        std::vector<Text> held;
        for (const KmsMaterial& material : m_entry.materials) {
            if (material.held && material.id) {
                held.push_back(verbatim(*material.id));
            }
        }
        if (m_materialId) {
            const auto found = std::ranges::find(m_entry.materials, m_materialId, &KmsMaterial::id);
            if (found == m_entry.materials.end()) {
                throw Error{ErrorKind::NotFound, place(), KC_TEXT("DeleteMaterial", "it has no material %1").with(*m_materialId),
                            KC_TEXT("DeleteMaterial", "it holds: %1").with(joinedByCommas(held))};
            }
        } else if (held.size() > 1) {
            throw Error{
                ErrorKind::InvalidInput, place(), KC_TEXT("DeleteMaterial", "it holds several materials"),
                KC_TEXT("DeleteMaterial", "name one with %1: %2").with(typedAs("--key-material-id")).with(joinedByCommas(held))};
        } else if (!held.empty()) {
            m_materialId = toEnglish(held.front());
        }
    }

    void findCopies(Details& details) {
        m_sheets = MaterialSheets{m_request.sheetFolder}.find(m_entry.key.arn);
        std::erase_if(m_sheets, [this](const FiledSheet& filed) {
            return filed.sheet.keyMaterialId && filed.sheet.keyMaterialId != m_materialId;
        });
        if (m_sheets.empty() && !m_request.acceptLossReason) {
            throw Error{ErrorKind::Refused, place(),
                        KC_TEXT("DeleteMaterial",
                                "no material sheet on this machine tells where the same material still is; without it the "
                                "key is lost for good, and everything that was encrypted under it"),
                        KC_TEXT("DeleteMaterial", "delete it where its import was made, or accept the loss with %1")
                            .with(typedAs("--accept-loss"))};
        }
        append(details, copies());
    }

    [[nodiscard]] Details copies() const {
        Details details;
        for (const FiledSheet& filed : m_sheets) {
            const MaterialSheet& sheet = filed.sheet;
            details.push_back({KC_TEXT("DeleteMaterial", "the same on a token"),
                               KC_TEXT("DeleteMaterial", "\"%1\" on %2, serial number %3; last looked at %4")
                                   .with(sheet.keyLabel)
                                   .with(sheet.token.label)
                                   .with(sheet.token.serial)
                                   .with(toRfc3339(sheet.importedAt))});
            for (const MaterialSheet::Backup& backup : sheet.backups) {
                details.push_back({KC_TEXT("DeleteMaterial", "a copy on a backup"),
                                   KC_TEXT("DeleteMaterial", "%1, serial number %2; last looked at %3")
                                       .with(backup.token.label)
                                       .with(backup.token.serial)
                                       .with(toRfc3339(backup.date))});
            }
        }
        if (m_sheets.empty()) {
            details.push_back(
                {KC_TEXT("DeleteMaterial", "the same elsewhere"),
                 KC_TEXT("DeleteMaterial", "nothing is known; the loss is accepted: %1").with(*m_request.acceptLossReason)});
        }
        return details;
    }

    [[nodiscard]] std::optional<Question> review(const Answer* answer) const {
        if (answer != nullptr) {
            return std::nullopt;
        }
        Question question{"material.delete",
                          QuestionKind::Confirmation,
                          KC_TEXT("DeleteMaterial", "the deletion of key material"),
                          KC_TEXT("DeleteMaterial",
                                  "the material is deleted from KMS. From that moment nothing is encrypted, decrypted or "
                                  "signed with this key, until the very same material is imported again. Go on?"),
                          {{KC_TEXT("DeleteMaterial", "mode"), inWords(m_kms.mode())},
                           {KC_TEXT("DeleteMaterial", "KMS key"), m_entry.key.arn, DetailKind::Identifier}}};
        for (const std::string& alias : m_entry.aliases) {
            question.details.push_back({KC_TEXT("DeleteMaterial", "alias"), alias});
        }
        question.details.push_back({KC_TEXT("DeleteMaterial", "state now"), m_entry.key.keyStateName});
        if (m_materialId) {
            question.details.push_back({KC_TEXT("DeleteMaterial", "key material ID"), *m_materialId, DetailKind::Identifier});
        }
        append(question.details, copies());
        return question;
    }

    void deleteMaterial(Details& details) {
        const auto reply = m_kms.client().deleteImportedKeyMaterial(m_entry.key.arn, m_materialId);
        m_requestId = reply.facts.requestId;
        m_stateAfter = m_kms.describe(m_entry.key.arn).keyStateName;
        details.push_back({KC_TEXT("DeleteMaterial", "request ID"), m_requestId, DetailKind::Identifier});
        details.push_back({KC_TEXT("DeleteMaterial", "state now"), m_stateAfter});
    }

    DeleteMaterialRequest m_request;
    KmsAccess m_kms;
    KmsKeyEntry m_entry;
    std::optional<std::string> m_materialId;
    std::vector<FiledSheet> m_sheets;
    std::string m_requestId;
    std::string m_stateAfter;
};

}  // namespace

std::unique_ptr<Job> makeDeleteMaterialJob(DeleteMaterialRequest request, RunContext context) {
    return std::make_unique<DeletionJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
