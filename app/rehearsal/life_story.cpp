#include "app/rehearsal/story.h"

#include "app/ceremony/regional_key.h"
#include "app/ceremony/replicate_job.h"
#include "app/inventory/create_key.h"
#include "core/text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

using std::chrono::days;

constexpr const char* replicaRegion = "eu-west-1";
constexpr const char* cipher = "SYMMETRIC_DEFAULT";
constexpr std::string_view keepsakeText = "sealed before everything";
constexpr int deletionWindow = 7;  ///< days, the least that KMS takes

class LifeStory final : public Story {
public:
    LifeStory(RehearsalRequest request, RunContext runContext) : Story{"life", std::move(request), std::move(runContext)} {
        const auto scene = [this](const char* id, Text title, void (LifeStory::*run)(Details&)) {
            return makeStep(id, std::move(title), [this, run](Details& details) { (this->*run)(details); });
        };
        setScenes({
            scene("life.create", KC_TEXT("LifeStory", "create the KMS key"), &LifeStory::create),
            scene("life.import", KC_TEXT("LifeStory", "import its first material"), &LifeStory::import),
            scene("life.expire", KC_TEXT("LifeStory", "let the material expire"), &LifeStory::expire),
            scene("life.reimport", KC_TEXT("LifeStory", "import the same material again"), &LifeStory::reimport),
            scene("life.rotate", KC_TEXT("LifeStory", "import a second material and rotate it in"), &LifeStory::rotate),
            scene("life.replicate", KC_TEXT("LifeStory", "make a replica and give it both materials"), &LifeStory::replicate),
            scene("life.delete", KC_TEXT("LifeStory", "schedule the deletion of replica and primary"),
                  &LifeStory::scheduleDeletion),
            scene("life.cancel", KC_TEXT("LifeStory", "cancel the deletion of the primary in time"), &LifeStory::cancel),
        });
    }

private:
    void setUp(Details& details) override {
        m_kind = room().tokens().begin()->first;
        m_token = room().tokens().begin()->second;
        details.push_back({KC_TEXT("LifeStory", "token"), std::string{toString(m_kind)}});
    }

    void create(Details& details) {
        CreateKmsKeyRequest request;
        request.kms = kms();
        request.key.multiRegion = true;
        request.key.description = "Keyconvoy rehearsal";
        request.alias = "alias/rehearsal";
        const Json created =
            play("kms create", m_token, [&](RunContext context) { return makeCreateKmsKeyJob(request, std::move(context)); });
        m_arn = created.at("key").at("arn").get<std::string>();
        mustBeInState("PendingImport");
        tell(KC_TEXT("LifeStory", "the multi-Region KMS key %1 was created; it waits for its material (PendingImport)")
                 .with(m_arn),
             details);
    }

    void import(Details& details) {
        const Json imported = play("import", m_token, [&](RunContext context) {
            return makeImportJob(importRequest("life, first material", "P30D"), std::move(context));
        });
        m_first = imported.at("kms").at("keyMaterialId").get<std::string>();
        mustBeInState("Enabled");
        m_keepsake = client().encrypt(m_arn, cipher, asBytes(keepsakeText)).blob;
        tell(KC_TEXT("LifeStory",
                     "a key was generated on the token and imported for 30 days as the material %1; something was encrypted "
                     "with it (Enabled)")
                 .with(m_first),
             details);
    }

    void expire(Details& details) {
        advance(days{31});
        mustBeInState("PendingImport");
        std::string refusal = "none";
        try {
            static_cast<void>(client().decrypt(m_arn, cipher, m_keepsake));
        } catch (const Error& error) {
            refusal = error.failure().code;
        }
        mustBe(KC_TEXT("LifeStory", "the refusal to decrypt"), "KMSInvalidStateException", refusal);
        tell(KC_TEXT("LifeStory",
                     "31 days passed: KMS has deleted the material, and nothing is decrypted any more (PendingImport)"),
             details);
    }

    void reimport(Details& details) {
        ImportRequest request = importRequest(nullptr, "P364D");
        request.purpose = ImportPurpose::Again;
        request.sameAs = MaterialSheets{room().sheetFolder()}.find(m_arn).front().sheet;
        request.key = {.generateWithLabel = {},
                       .existing = pkcs11::KeySelector{.label = {}, .id = request.sameAs->keyId, .objectClass = {}}};
        const Json again =
            play("reimport", m_token, [&](RunContext context) { return makeImportJob(request, std::move(context)); });
        mustBe(KC_TEXT("LifeStory", "the key material ID"), m_first, again.at("kms").at("keyMaterialId").get<std::string>());
        mustBeInState("Enabled");
        mustDecrypt({});
        tell(KC_TEXT("LifeStory",
                     "the same material was found by its sheet, imported again for 364 days, and decrypts what was encrypted "
                     "before (Enabled)"),
             details);
    }

    void rotate(Details& details) {
        ImportRequest request = importRequest("life, second material", "P364D");
        request.purpose = ImportPurpose::Successor;
        const Json successor =
            play("rotate", m_token, [&](RunContext context) { return makeImportJob(request, std::move(context)); });
        const std::string second = successor.at("kms").at("keyMaterialId").get<std::string>();
        tell(KC_TEXT("LifeStory", "a second material, %1, was generated, imported beside the first and checked while it waited")
                 .with(second),
             details);
        mustBe(KC_TEXT("LifeStory", "the current material"), second,
               client().describeKey(m_arn).metadata.currentKeyMaterialId.value_or("none"));
        mustDecrypt({});
        tell(KC_TEXT("LifeStory", "KMS rotated it in: it encrypts from now on, and the first one still decrypts"), details);
    }

    void replicate(Details& details) {
        const ReplicateRequest request{.token = m_token.station,
                                       .kms = kms(),
                                       .keyId = kms::KeyIdentifier::parse(m_arn),
                                       .regions = {replicaRegion},
                                       .newReplica = {},
                                       .key = std::nullopt,
                                       .sheets = {},
                                       .wrapping = wrappingFor(m_kind),
                                       .expiry = Expiry::parse("P364D"),
                                       .check = CheckWish::Strongest,
                                       .qualificationFolder = room().qualificationFolder(),
                                       .sheetFolder = room().sheetFolder()};
        const Json replicated =
            play("replicate", m_token, [&](RunContext context) { return makeReplicateJob(request, std::move(context)); });
        mustBe(KC_TEXT("LifeStory", "the number of imports in the replica"), "2",
               std::to_string(replicated.at("imports").size()));
        mustDecrypt(replicaRegion);
        tell(KC_TEXT("LifeStory",
                     "a replica was made in %1; AWS copies no material, so both were wrapped and imported again there, and the "
                     "replica decrypts what was encrypted before")
                 .with(replicaRegion),
             details);
    }

    void scheduleDeletion(Details& details) {
        static_cast<void>(client().scheduleKeyDeletion(m_arn, deletionWindow));
        mustBeInState("PendingReplicaDeletion");
        tell(KC_TEXT("LifeStory", "the deletion of the primary was scheduled; it waits for its replica (PendingReplicaDeletion)"),
             details);
        static_cast<void>(client(replicaRegion).scheduleKeyDeletion(keyId(), deletionWindow));
        advance(days{deletionWindow + 1});
        mustBeInState("PendingDeletion");
        tell(KC_TEXT("LifeStory",
                     "the replica's deletion was scheduled too; 8 days passed, and the replica is gone; the primary's own 7 days "
                     "have begun (PendingDeletion)"),
             details);
    }

    void cancel(Details& details) {
        static_cast<void>(client().cancelKeyDeletion(m_arn));
        mustBeInState("Disabled");
        static_cast<void>(client().enableKey(m_arn));
        mustBeInState("Enabled");
        mustDecrypt({});
        tell(KC_TEXT("LifeStory",
                     "the deletion was cancelled in time; the key was Disabled, was enabled again, and decrypts what was "
                     "encrypted before (Enabled)"),
             details);
    }

    /// Into the key of the story; `label` of a key that is to be generated.
    [[nodiscard]] ImportRequest importRequest(const char* label, const char* expiry) {
        ImportRequest request = importRequestOn(m_kind);
        if (label != nullptr) {
            request.key.generateWithLabel = pkcs11::ObjectLabel{label};
        }
        request.kmsKey.existing = kms::KeyIdentifier::parse(m_arn);
        request.expiry = Expiry::parse(expiry);
        return request;
    }

    [[nodiscard]] std::string keyId() const { return std::string{kms::KeyArn::parse(m_arn).value().keyId()}; }

    void mustBeInState(const char* state) const {
        mustBe(KC_TEXT("LifeStory", "the state of the KMS key"), state, client().describeKey(m_arn).metadata.keyStateName);
    }

    void mustDecrypt(const std::string& region) const {
        const Bytes opened = client(region).decrypt(region.empty() ? m_arn : keyId(), cipher, m_keepsake).plaintext;
        mustBe(KC_TEXT("LifeStory", "what is decrypted"), std::string{keepsakeText}, std::string{asText(opened)});
    }

    FreshTokenKind m_kind = FreshTokenKind::SoftHsm;
    FreshToken m_token;
    std::string m_arn;
    std::string m_first;  ///< the ID of the first material
    Bytes m_keepsake;
};

}  // namespace

std::unique_ptr<Job> makeLifeStory(RehearsalRequest request, RunContext context) {
    return std::make_unique<LifeStory>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
