#include "app/ceremony/token_access.h"
#include "app/inventory/backup_store.h"
#include "app/inventory/key_facts.h"
#include "app/inventory/key_jobs.h"
#include "app/inventory/known_copies.h"
#include "app/station/to_json.h"
#include "core/text.h"
#include "pkcs11/in_words.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

enum class End : std::uint8_t { Seal, Destroy };

/// Ends a key's life as something that can be imported again.
class GiveUpKeyJob final : public Job {
public:
    GiveUpKeyJob(End end, GiveUpKeyRequest request, RunContext context)
        : Job{std::move(context)},
          m_end{end},
          m_request{std::move(request)},
          m_access{m_request.token},
          m_backups{m_request.stateFolder} {
        setSteps(
            {m_access.openStep(),
             m_access.logInStep(),
             makeStep("key.find", KC_TEXT("GiveUpKey", "find the key"), [this](Details& details) { findKey(details); }),
             makeStep("key.backup", KC_TEXT("GiveUpKey", "look for a verified backup"),
                      [this](Details& details) { checkBackup(details); }),
             {"key.confirm", KC_TEXT("GiveUpKey", "ask"),
              [this](const Answer* answer, Details&) { return answer == nullptr ? std::optional{question()} : std::nullopt; }},
             m_end == End::Seal
                 ? makeStep("key.seal", KC_TEXT("GiveUpKey", "seal the key"), [this](Details&) { seal(); })
                 : makeStep("key.destroy", KC_TEXT("GiveUpKey", "destroy the key"), [this](Details&) { destroy(); })});
    }

    [[nodiscard]] Json result() const override { return m_result; }

private:
    void findKey(Details& details) {
        pkcs11::Token& token = m_access.token();
        m_key = token.find(m_request.key);
        m_description = describeByRecord(token, *m_key, m_request.stateFolder);
        m_checkValue = token.checkValue(*m_key);
        m_result = resultAbout(token);
        m_result["key"] = keyFacts(token, *m_key);
        details.push_back({KC_TEXT("GiveUpKey", "key"), m_description.uri});
    }

    void checkBackup(Details& details) {
        Json backups = Json::array();
        if (m_checkValue.value) {
            for (const BackupRecord& record :
                 m_backups.find({TokenName::of(m_access.token().description()), m_description.id, *m_checkValue.value})) {
                backups.push_back(toJson(record));
                if (!record.canBeWrapped) {
                    m_deadEnds.push_back(
                        KC_TEXT("GiveUpKey", "%1, serial %2").with(record.backupToken.label).with(record.backupToken.serial));
                    continue;
                }
                m_backupsOnRecord.push_back(KC_TEXT("GiveUpKey", "%1, serial %2, %3")
                                                .with(record.backupToken.label)
                                                .with(record.backupToken.serial)
                                                .with(toRfc3339(record.date)));
                details.push_back({KC_TEXT("GiveUpKey", "verified backup"), m_backupsOnRecord.back()});
            }
        }
        if (m_backupsOnRecord.empty() && !m_request.acceptLossReason) {
            throw noBackup();
        }
        m_result["backups"] = std::move(backups);
        m_result["acceptedLoss"] = m_request.acceptLossReason ? Json(*m_request.acceptLossReason) : Json(nullptr);
    }

    [[nodiscard]] Error noBackup() const {
        return Error{ErrorKind::Refused, KC_TEXT("GiveUpKey", "key %1").with(m_description.label), whyNoBackup(),
                     KC_TEXT("GiveUpKey", "make a backup with %1, or accept the loss with %2; the reason is kept in the result")
                         .with(typedAs("`keyconvoy key backup --to TOKEN-URI`"))
                         .with(typedAs("--accept-loss REASON"))};
    }

    [[nodiscard]] Text whyNoBackup() const {
        if (!m_checkValue.value) {
            return KC_TEXT("GiveUpKey", "it has no check value (%1), so no backup of it can be on record")
                .with(m_checkValue.whyNot);
        }
        if (!m_deadEnds.empty()) {
            return KC_TEXT(
                       "GiveUpKey",
                       "the copy of it on %1 is no way back: that token cannot wrap such a key, so no KMS key can ever get it "
                       "from there. KMS needs the same key material again after expiry, deletion or loss")
                .with(joinedBySemicolons(m_deadEnds));
        }
        return KC_TEXT("GiveUpKey",
                       "no verified backup of it is on record on this machine. KMS needs the same key "
                       "material again after expiry, deletion or loss");
    }

    [[nodiscard]] Question question() {
        const pkcs11::TokenDescription token = m_access.token().description();
        Details details{
            {KC_TEXT("GiveUpKey", "key"), m_description.label},
            {KC_TEXT("GiveUpKey", "type"), pkcs11::typeInWords(m_description.typeName)},
            {KC_TEXT("GiveUpKey", "token"), KC_TEXT("GiveUpKey", "%1, serial %2").with(token.label).with(token.serial.str())},
            {KC_TEXT("GiveUpKey", "verified backup on record"),
             m_backupsOnRecord.empty()
                 ? KC_TEXT("GiveUpKey", "no")
                 : KC_TEXT("GiveUpKey", "%1 (verified then, not looked at now)").with(joinedBySemicolons(m_backupsOnRecord))}};
        if (m_request.acceptLossReason) {
            details.push_back({KC_TEXT("GiveUpKey", "loss accepted because"), *m_request.acceptLossReason});
        }
        if (m_end == End::Seal) {
            return {
                "key.seal", QuestionKind::Confirmation, KC_TEXT("GiveUpKey", "sealing the key"),
                KC_TEXT("GiveUpKey",
                        "Sealed, this key can never again be wrapped off this token, not for KMS nor for a backup. Whether the "
                        "token enforces that is then tried with a throw-away key. Seal it?"),
                std::move(details)};
        }
        return {"key.destroy", QuestionKind::Confirmation, KC_TEXT("GiveUpKey", "destroying the key"),
                KC_TEXT("GiveUpKey", "This key will be gone from this token for ever. Destroy it?"), std::move(details)};
    }

    void seal() {
        pkcs11::Token& token = m_access.token();
        Findings findings;
        if (m_description.extractable == false) {
            findings.push_back({FindingLevel::Note, KC_TEXT("GiveUpKey", "the key was sealed already"), {}});
        } else {
            token.seal(*m_key);
        }
        withdrawCopies(GivenUpKey::How::Sealed, findings);
        addEnforcement(token, findings);
        m_result["key"] = keyFacts(token, *m_key);
        m_result["sealed"] = true;
        m_result["findings"] = toJson(findings);
    }

    /// The key is sealed by now: a probe that fails is worth a warning, no failure.
    void addEnforcement(pkcs11::Token& token, Findings& findings) {
        try {
            const bool enforced = token.enforcesExtractable();
            m_result["enforced"] = enforced;
            if (!enforced) {
                findings.push_back(
                    {FindingLevel::Warning,
                     KC_TEXT("GiveUpKey",
                             "this token wraps keys in spite of EXTRACTABLE=F (tried with a throw-away key): "
                             "the seal is no barrier"),
                     KC_TEXT("GiveUpKey", "destroy the key, or guard the token and its PIN as if it were not sealed")});
            }
        } catch (const Error& error) {
            m_result["enforced"] = nullptr;
            findings.push_back(
                {FindingLevel::Warning,
                 KC_TEXT("GiveUpKey", "the key is sealed, but whether the token enforces it could not be tried: %1")
                     .with(error.failure().cause),
                 error.failure().remedy});
        }
    }

    void destroy() {
        Findings findings;
        m_access.token().destroy(*m_key);
        m_result["destroyed"] = true;
        m_result["destroyedAt"] = toRfc3339Milliseconds(context().clock());
        withdrawCopies(GivenUpKey::How::Destroyed, findings);
        m_result["findings"] = toJson(findings);
    }

    /// Nobody finds the key on this token from now on, neither as the one that was imported nor as the backup of another.
    void withdrawCopies(GivenUpKey::How how, Findings& findings) {
        const TokenName token = TokenName::of(m_access.token().description());
        try {
            GivenUpKeys{m_request.stateFolder}.note({.token = token,
                                                     .id = m_description.id,
                                                     .checkValue = m_checkValue.value,
                                                     .how = how,
                                                     .date = context().clock()});
            if (m_checkValue.value) {
                m_backups.withdrawCopiesOn(token, *m_checkValue.value);
            }
        } catch (const Error& error) {
            addNotWithdrawn(toEnglish(error.failure().cause), findings);
        } catch (const std::exception& error) {
            addNotWithdrawn(error.what(), findings);
        }
    }

    static void addNotWithdrawn(const std::string& why, Findings& findings) {
        findings.push_back(
            {FindingLevel::Warning,
             KC_TEXT("GiveUpKey", "what this machine has on record still says that the key can be had from this token: %1")
                 .with(why),
             KC_TEXT("GiveUpKey", "do not delete this material from KMS before a copy on another token was looked at")});
    }

    End m_end;
    GiveUpKeyRequest m_request;
    TokenAccess m_access;
    BackupStore m_backups;
    std::optional<pkcs11::KeyReference> m_key;
    pkcs11::KeyDescription m_description;
    pkcs11::CheckValueOutcome m_checkValue;
    std::vector<Text> m_backupsOnRecord;  ///< which token, its serial, when: for the one who agrees
    std::vector<Text> m_deadEnds;         ///< copies on tokens that cannot wrap such a key
    Json m_result;
};

std::unique_ptr<Job> makeGiveUpKeyJob(End end, GiveUpKeyRequest request, RunContext context) {
    if (request.acceptLossReason && request.acceptLossReason->empty()) {
        throw Error{ErrorKind::InvalidInput, typedAs("--accept-loss"), KC_TEXT("GiveUpKey", "the reason is empty"),
                    KC_TEXT("GiveUpKey", "say why the loss of this key is acceptable; the reason is kept in the result")};
    }
    return std::make_unique<GiveUpKeyJob>(end, std::move(request), std::move(context));
}

}  // namespace

std::unique_ptr<Job> makeSealKeyJob(GiveUpKeyRequest request, RunContext context) {
    return makeGiveUpKeyJob(End::Seal, std::move(request), std::move(context));
}

std::unique_ptr<Job> makeDestroyKeyJob(GiveUpKeyRequest request, RunContext context) {
    return makeGiveUpKeyJob(End::Destroy, std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
