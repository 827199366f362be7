#include "app/inventory/delete_material.h"

#include "app/ceremony/kms_access.h"
#include "app/inventory/known_copies.h"
#include "app/station/to_json.h"
#include "core/text.h"

#include <algorithm>
#include <functional>
#include <iterator>
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
        for (const KnownCopy& copy : m_copies) {
            copies.push_back({{"token", copy.token.label},
                              {"serial", copy.token.serial},
                              {"keyLabel", copy.keyLabel},
                              {"backup", copy.isBackup},
                              {"lastSeen", toRfc3339(copy.lastSeen)},
                              {"givenUpAt", copy.givenUp ? Json(toRfc3339(copy.givenUp->date)) : Json(nullptr)}});
        }
        return {{"mode", toString(m_kms.mode())}, {"kms", m_kms.toJson()},
                {"keyArn", m_entry.key.arn},      {"keyMaterialId", orNull(m_material.id)},
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
        if (m_material.id) {
            details.push_back({KC_TEXT("DeleteMaterial", "key material ID"), *m_material.id, DetailKind::Identifier});
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
        std::vector<KmsMaterial> held;
        std::ranges::copy_if(m_entry.materials, std::back_inserter(held), &KmsMaterial::held);
        if (m_request.keyMaterialId) {
            takeNamed(held);
        } else if (held.size() > 1) {
            throw Error{ErrorKind::InvalidInput, place(), KC_TEXT("DeleteMaterial", "it holds several materials"),
                        KC_TEXT("DeleteMaterial", "name one with %1: %2").with(typedAs("--key-material-id")).with(idsOf(held))};
        } else if (held.empty()) {
            throw Error{ErrorKind::Refused, place(),
                        KC_TEXT("DeleteMaterial", "it holds no material now, so there is nothing to delete"),
                        KC_TEXT("DeleteMaterial", "look at it with %1").with(typedAs("keyconvoy kms show"))};
        } else {
            m_material = held.front();
        }
    }

    void takeNamed(const std::vector<KmsMaterial>& held) {
        const std::string& id = *m_request.keyMaterialId;
        if (m_entry.key.keySpec != "SYMMETRIC_DEFAULT") {
            throw Error{ErrorKind::InvalidInput, place(),
                        KC_TEXT("DeleteMaterial", "a key of the key spec %1 has one material, and KMS gives it no ID")
                            .with(m_entry.key.keySpec),
                        KC_TEXT("DeleteMaterial", "leave %1 out").with(typedAs("--key-material-id"))};
        }
        const auto found = std::ranges::find(m_entry.materials, m_request.keyMaterialId, &KmsMaterial::id);
        const bool takesItsPlace = found != m_entry.materials.end() && (found->held || isWaiting(*found));  // even when expired
        if (!takesItsPlace) {
            throw Error{ErrorKind::NotFound, place(), KC_TEXT("DeleteMaterial", "it does not hold the material %1").with(id),
                        held.empty() ? KC_TEXT("DeleteMaterial", "it holds none now, so there is nothing to delete")
                                     : KC_TEXT("DeleteMaterial", "name one that it holds: %1").with(idsOf(held))};
        }
        m_material = *found;
    }

    [[nodiscard]] static Text idsOf(const std::vector<KmsMaterial>& materials) {
        std::vector<Text> ids;
        ids.reserve(materials.size());
        for (const KmsMaterial& material : materials) {
            ids.push_back(verbatim(material.id.value_or("")));
        }
        return joinedByCommas(std::move(ids));
    }

    /// The material is the same in all Regions of a key.
    [[nodiscard]] std::vector<FiledSheet> sheetsOfMaterial() const {
        std::vector<FiledSheet> sheets = MaterialSheets{m_request.sheetFolder}.find();
        std::erase_if(sheets, [this](const FiledSheet& filed) {
            return !filed.sheet.isOfKey(m_entry.key.keyId) || filed.sheet.keyMaterialId != m_material.id;
        });
        return sheets;
    }

    void findCopies(Details& details) {
        m_copies = copiesOf(sheetsOfMaterial());
        if (std::ranges::none_of(m_copies, &KnownCopy::isWayBack) && !m_request.acceptLossReason) {
            throw Error{ErrorKind::Refused, place(), whyLost(),
                        KC_TEXT("DeleteMaterial",
                                "delete it where its import was made, if a copy is known there, or accept the loss with %1")
                            .with(typedAs("--accept-loss"))};
        }
        append(details, copies());
    }

    [[nodiscard]] Text whyLost() const {
        if (m_copies.empty()) {
            return MaterialSheets{m_request.sheetFolder}.butSomeAreDamaged(
                KC_TEXT("DeleteMaterial",
                        "no material sheet on this machine tells where the same material still is; if it is nowhere, it is lost "
                        "for good with this deletion, and so is everything that was encrypted under it"));
        }
        return KC_TEXT(
                   "DeleteMaterial",
                   "no copy of the material is left that this machine knows of: %1. With this deletion it is lost for good, and "
                   "so is everything that was encrypted under it")
            .with(whereItWas());
    }

    [[nodiscard]] Text whereItWas() const {
        std::vector<Text> places;
        for (const KnownCopy& copy : m_copies) {
            places.push_back(placeOf(copy));
        }
        return joinedBySemicolons(std::move(places));
    }

    [[nodiscard]] static Text placeOf(const KnownCopy& copy) {
        if (!copy.givenUp) {
            return KC_TEXT("DeleteMaterial", "\"%1\" on %2, serial number %3; last looked at %4")
                .with(copy.keyLabel)
                .with(copy.token.label)
                .with(copy.token.serial)
                .with(toRfc3339(copy.lastSeen));
        }
        return (copy.givenUp->how == GivenUpKey::How::Destroyed
                    ? KC_TEXT("DeleteMaterial", "\"%1\" on %2, serial number %3, was destroyed at %4")
                    : KC_TEXT("DeleteMaterial", "\"%1\" on %2, serial number %3, was sealed at %4 and never leaves it"))
            .with(copy.keyLabel)
            .with(copy.token.label)
            .with(copy.token.serial)
            .with(toRfc3339(copy.givenUp->date));
    }

    [[nodiscard]] Details copies() const {
        Details details;
        for (const KnownCopy& copy : m_copies) {
            details.push_back({copy.givenUp    ? KC_TEXT("DeleteMaterial", "no more")
                               : copy.isBackup ? KC_TEXT("DeleteMaterial", "a copy on a backup")
                                               : KC_TEXT("DeleteMaterial", "the same on a token"),
                               placeOf(copy)});
        }
        if (m_request.acceptLossReason) {
            details.push_back({KC_TEXT("DeleteMaterial", "loss accepted because"), *m_request.acceptLossReason});
        }
        return details;
    }

    /// What waits to be rotated in is not in use yet.
    [[nodiscard]] Text whatStops() const {
        return isWaiting(m_material)
                   ? KC_TEXT("DeleteMaterial",
                             "the material is deleted from KMS. It waits to be rotated in: the key goes on working with the "
                             "material that it has, and this one cannot be rotated in. Go on?")
                   : KC_TEXT("DeleteMaterial",
                             "the material is deleted from KMS. From that moment nothing is encrypted, decrypted or "
                             "signed with this key, until the very same material is imported again. Go on?");
    }

    [[nodiscard]] std::optional<Question> review(const Answer* answer) const {
        if (answer != nullptr) {
            return std::nullopt;
        }
        Question question{"material.delete",
                          QuestionKind::Confirmation,
                          KC_TEXT("DeleteMaterial", "the deletion of key material"),
                          whatStops(),
                          {{KC_TEXT("DeleteMaterial", "mode"), inWords(m_kms.mode())},
                           {KC_TEXT("DeleteMaterial", "KMS key"), m_entry.key.arn, DetailKind::Identifier}}};
        for (const std::string& alias : m_entry.aliases) {
            question.details.push_back({KC_TEXT("DeleteMaterial", "alias"), alias});
        }
        question.details.push_back({KC_TEXT("DeleteMaterial", "state now"), m_entry.key.keyStateName});
        if (m_material.id) {
            question.details.push_back({KC_TEXT("DeleteMaterial", "key material ID"), *m_material.id, DetailKind::Identifier});
        }
        append(question.details, copies());
        return question;
    }

    /// KMS shows the end of material that was in use some seconds later.
    [[nodiscard]] kms::KeyMetadata stateAfter() {
        const auto works = [](const kms::KeyMetadata& key) {
            return key.keyState == kms::KeyState::Enabled || key.keyState == kms::KeyState::Disabled;
        };
        if (!works(m_entry.key) || isWaiting(m_material)) {
            return m_kms.describe(m_entry.key.arn);
        }
        return m_kms.describeUntil(
            m_entry.key.arn, KC_TEXT("DeleteMaterial", "waiting until KMS shows that the material is gone"), std::not_fn(works));
    }

    void deleteMaterial(Details& details) {
        const bool symmetric = m_entry.key.keySpec == "SYMMETRIC_DEFAULT";
        const auto reply = m_kms.client().deleteImportedKeyMaterial(m_entry.key.arn, symmetric ? m_material.id : std::nullopt);
        m_requestId = reply.facts.requestId;
        m_stateAfter = stateAfter().keyStateName;
        details.push_back({KC_TEXT("DeleteMaterial", "request ID"), m_requestId, DetailKind::Identifier});
        details.push_back({KC_TEXT("DeleteMaterial", "state now"), m_stateAfter});
    }

    DeleteMaterialRequest m_request;
    KmsAccess m_kms;
    KmsKeyEntry m_entry;
    KmsMaterial m_material;
    std::vector<KnownCopy> m_copies;
    std::string m_requestId;
    std::string m_stateAfter;
};

}  // namespace

std::unique_ptr<Job> makeDeleteMaterialJob(DeleteMaterialRequest request, RunContext context) {
    return std::make_unique<DeletionJob>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
