#include "app/rehearsal/story.h"

#include "app/inventory/key_jobs.h"
#include "core/hex.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

constexpr std::string_view secretText = "encrypted before the loss";

class RestoreStory final : public Story {
public:
    RestoreStory(RehearsalRequest request, RunContext runContext) : Story{"restore", std::move(request), std::move(runContext)} {
        const auto scene = [this](const char* id, Text title, void (RestoreStory::*run)(Details&)) {
            return makeStep(id, std::move(title), [this, run](Details& details) { (this->*run)(details); });
        };
        setScenes({
            scene("restore.import", KC_TEXT("RestoreStory", "generate a key on the first token and import it"),
                  &RestoreStory::import),
            scene("restore.backup", KC_TEXT("RestoreStory", "make a copy on the backup token"), &RestoreStory::backUp),
            scene("restore.destroy", KC_TEXT("RestoreStory", "destroy the first token"), &RestoreStory::destroyFirst),
            scene("restore.expire", KC_TEXT("RestoreStory", "let the material expire"), &RestoreStory::expire),
            scene("restore.reimport", KC_TEXT("RestoreStory", "import the same material from the backup token"),
                  &RestoreStory::reimport),
        });
    }

private:
    void setUp(Details& details) override {
        if (!room().leftOut().empty()) {
            const auto& [kind, missing] = *room().leftOut().begin();
            throw Error{ErrorKind::NotFound, KC_TEXT("RestoreStory", "token %1").with(toString(kind)), missing,
                        KC_TEXT("RestoreStory", "install it: this scenario needs two tokens")};
        }
        m_first = room().tokens().at(FreshTokenKind::SoftHsm);
        m_backup = room().tokens().at(FreshTokenKind::Nss);
        details.push_back({KC_TEXT("RestoreStory", "first token"), *m_first.station.token.label});
        details.push_back({KC_TEXT("RestoreStory", "backup token"), *m_backup.station.token.label});
    }

    void import(Details& details) {
        ImportRequest request = importRequestOn(FreshTokenKind::SoftHsm);
        request.key.generateWithLabel = pkcs11::ObjectLabel{"to be restored"};
        request.kmsKey.descriptionForNew = "Keyconvoy rehearsal";
        request.expiry = Expiry::parse("P30D");
        const Json imported =
            play("import", m_first, [&](RunContext context) { return makeImportJob(request, std::move(context)); });
        m_arn = imported.at("kms").at("keyArn").get<std::string>();
        m_materialId = imported.at("kms").at("keyMaterialId").get<std::string>();
        m_keyId = fromHex(imported.at("key").at("id").get<std::string>()).value();
        m_sealed = client().encrypt(m_arn, "SYMMETRIC_DEFAULT", asBytes(secretText)).blob;
        tell(KC_TEXT("RestoreStory",
                     "a key was generated on the first token and imported into %1 for 30 days as the material %2; "
                     "something was encrypted with it")
                 .with(m_arn)
                 .with(m_materialId),
             details);
    }

    void backUp(Details& details) {
        const BackupRequest request{.from = m_first.station,
                                    .to = m_backup.station,
                                    .key = keyOfStory(),
                                    .allowSha1Reason = "rehearsal on a token that knows SHA-1 only",
                                    .transportKeyBits = 3072,
                                    .stateFolder = room().qualificationFolder()};
        play(
            "key backup", m_first, [&](RunContext context) { return makeBackupJob(request, std::move(context)); }, &m_backup);
        tell(KC_TEXT("RestoreStory",
                     "a copy was made on the backup token, wrapped on its way, and shown to be the same key by its "
                     "check value"),
             details);
    }

    void destroyFirst(Details& details) {
        destroyToken(m_first);
        std::string found = "none";
        try {
            ShowKeyRequest request{.token = m_first.station, .key = keyOfStory()};
            play("key show", m_first, [&](RunContext context) { return makeShowKeyJob(std::move(request), std::move(context)); });
            found = "the key";
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::NotFound) {
                throw;
            }
        }
        mustBe(KC_TEXT("RestoreStory", "what is left of the first token"), "none", found);
        tell(KC_TEXT("RestoreStory", "the first token was destroyed, with every key on it"), details);
    }

    void expire(Details& details) {
        advance(std::chrono::days{31});
        mustBe(KC_TEXT("RestoreStory", "the state of the KMS key"), "PendingImport",
               client().describeKey(m_arn).metadata.keyStateName);
        tell(KC_TEXT("RestoreStory",
                     "31 days passed: KMS has deleted the material, too (PendingImport); the backup token has the only one "
                     "there is"),
             details);
    }

    void reimport(Details& details) {
        ImportRequest request = importRequestOn(FreshTokenKind::Nss);
        request.purpose = ImportPurpose::Again;
        request.sameAs = MaterialSheets{room().sheetFolder()}.find(m_arn).front().sheet;
        request.key.existing = keyOfStory();
        request.kmsKey.existing = kms::KeyIdentifier::parse(m_arn);
        request.expiry = Expiry::parse("P364D");
        const Json again =
            play("reimport", m_backup, [&](RunContext context) { return makeImportJob(request, std::move(context)); });
        mustBe(KC_TEXT("RestoreStory", "the key material ID"), m_materialId,
               again.at("kms").at("keyMaterialId").get<std::string>());
        mustBe(KC_TEXT("RestoreStory", "what is decrypted"), std::string{secretText},
               std::string{asText(client().decrypt(m_arn, "SYMMETRIC_DEFAULT", m_sealed).plaintext)});
        tell(KC_TEXT("RestoreStory",
                     "the key on the backup token was found by the material sheet, compared with it, and imported: KMS knows "
                     "it as the same material %1, and what was encrypted before the loss is decrypted again")
                 .with(m_materialId),
             details);
    }

    [[nodiscard]] pkcs11::KeySelector keyOfStory() const { return {.label = {}, .id = m_keyId, .objectClass = {}}; }

    FreshToken m_first, m_backup;
    std::string m_arn, m_materialId;
    Bytes m_keyId, m_sealed;
};

}  // namespace

std::unique_ptr<Job> makeRestoreStory(RehearsalRequest request, RunContext context) {
    return std::make_unique<RestoreStory>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
