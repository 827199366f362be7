#include "app/ceremony/checks.h"
#include "app/ceremony/import_facts.h"
#include "app/ceremony/import_plan.h"
#include "app/station/to_json.h"
#include "core/text.h"
#include "kmsclient/key_arn.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

/// The check after import, again. What is needed depends on the KMS key, so key and route are made once it is known.
class CheckJobSteps final : public CheckJob {
public:
    CheckJobSteps(CheckRequest request, RunContext context);

    [[nodiscard]] Json result() const override;
    [[nodiscard]] const CheckOutcome& outcome() const override { return *m_outcome; }

    [[nodiscard]] std::vector<FailureDetail> accountOfFailure() const override {
        return m_route ? m_route->throwAwayKeys() : std::vector<FailureDetail>{};
    }

private:
    void describeKmsKey(Details& details);
    void findWhatToRepeat();
    [[nodiscard]] std::optional<Question> review(const Answer* answer) const;
    void check(Details& details);
    void finish(Details& details);
    [[nodiscard]] bool importsAgain() const { return checkFor(m_keySpec, m_request.check) == CheckResult::SameMaterialTwice; }

    CheckRequest m_request;
    TokenAccess m_token;
    KmsAccess m_kms;
    wrapping::KeySpec m_keySpec = wrapping::KeySpec::SymmetricDefault;
    std::optional<kms::KeyMetadata> m_kmsKey;
    std::optional<KeyOnToken> m_key;
    std::optional<WrappingRoute> m_route;
    std::optional<SecondImport> m_secondImport;
    std::optional<CheckOutcome> m_outcome;
    TimePoint m_checkedAt;
    Findings m_findings;
};

CheckJobSteps::CheckJobSteps(CheckRequest request, RunContext runContext)
    : CheckJob{std::move(runContext)}, m_request{std::move(request)}, m_token{m_request.token}, m_kms{m_request.kms, context()} {
    m_request.kmsKeyId = kms::KeyIdentifier::parse(m_request.kmsKeyId).str();
    std::vector<Step> list;
    list.push_back(m_token.openStep());
    list.push_back(m_kms.identityStep());
    list.push_back(makeStep("kms.describe", KC_TEXT("CheckJob", "look at the KMS key"),
                            [this](Details& details) { describeKmsKey(details); }));
    list.push_back(m_token.logInStep());
    list.push_back(makeStep("token.key", KC_TEXT("CheckJob", "find the key on the token"),
                            [this](Details& details) { m_key->lookStep().run(nullptr, details); }));
    list.push_back(Step{"token.qualification", KC_TEXT("CheckJob", "find out how this token can wrap such a key"),
                        [this](const Answer* answer, Details& details) {
                            return importsAgain() ? m_route->qualificationStep().run(answer, details) : std::nullopt;
                        }});
    list.push_back(Step{"review", KC_TEXT("CheckJob", "agree to the check"),
                        [this](const Answer* answer, Details&) { return review(answer); }});
    list.push_back(makeStep("check", KC_TEXT("CheckJob", "check that KMS holds the same key"),
                            [this](Details& details) { check(details); }));
    list.push_back(makeClosingStep("token.residue", KC_TEXT("CheckJob", "compare what the token holds now with before"),
                                   [this](Details& details) { m_key->residueStep().run(nullptr, details); }));
    list.push_back(
        makeClosingStep("done", KC_TEXT("CheckJob", "gather the result"), [this](Details& details) { finish(details); }));
    setSteps(std::move(list));
}

void CheckJobSteps::describeKmsKey(Details& details) {
    m_kmsKey = m_kms.describe(m_request.kmsKeyId);
    append(details, describeForPerson(*m_kmsKey));
    if (m_kmsKey->origin != "EXTERNAL") {
        throw Error{ErrorKind::Refused, KC_TEXT("CheckJob", "KMS key %1").with(m_kmsKey->arn),
                    KC_TEXT("CheckJob", "its origin is %1; only a key with imported material (EXTERNAL) can be checked")
                        .with(m_kmsKey->origin),
                    KC_TEXT("CheckJob", "name the KMS key that the token's key was imported into")};
    }
    if (m_kmsKey->keyState != kms::KeyState::Enabled) {
        throw stateRefusal(*m_kmsKey);
    }
    m_keySpec = keySpecOf(*m_kmsKey);
    checkThatWishesFit(m_keySpec, m_request.wrapping, m_request.check);
    m_key.emplace(m_token, KeySource{.generateWithLabel = {}, .existing = m_request.key}, m_keySpec,
                  importsAgain() ? KeyNeed::ToBeWrapped : KeyNeed::ToBeCompared);
    if (importsAgain()) {
        m_route.emplace(m_keySpec, m_request.wrapping,
                        WrappingRoute::Parts{.token = [this]() -> pkcs11::Token& { return m_token.token(); },
                                             .qualificationFolder = m_request.qualificationFolder},
                        context());
        findWhatToRepeat();
    }
}

/// The second import must say again what holds now for this very material; DescribeKey tells the earliest end of several.
void CheckJobSteps::findWhatToRepeat() {
    if (!m_kmsKey->currentKeyMaterialId) {
        throw Error{ErrorKind::Unavailable, KC_TEXT("CheckJob", "KMS key %1").with(m_kmsKey->arn),
                    KC_TEXT("CheckJob", "KMS names no key material ID, so the material cannot be named in a second import"),
                    KC_TEXT("CheckJob", "choose %1, which shows less").with(typedAs("--check works"))};
    }
    m_secondImport = SecondImport{{}, *m_kmsKey->currentKeyMaterialId, m_kmsKey->validTo};
    const kms::KeyRotations materials = m_kms.client().listKeyRotations(m_kmsKey->arn, true);
    for (const kms::Rotation& material : materials.rotations) {
        if (material.keyMaterialId == m_kmsKey->currentKeyMaterialId && material.expirationModel) {
            m_secondImport->validTo = material.validTo;
        }
    }
}

std::optional<Question> CheckJobSteps::review(const Answer* answer) const {
    checkThatKeyCanBeChecked(m_key->description(), m_keySpec, m_request.check);
    if (answer != nullptr || !importsAgain()) {
        return std::nullopt;
    }
    Question question{
        "check.review", QuestionKind::Confirmation, KC_TEXT("CheckJob", "wrapping and importing the same key once more"),
        KC_TEXT("CheckJob",
                "the token's key is wrapped again under a fresh wrapping key and imported as the same material, with the same "
                "expiry. Go on?"),
        describeForPerson(m_request.kms.mode, m_token.token())};
    append(question.details, m_key->forReview());
    append(question.details, describeForPerson(*m_kmsKey));
    append(question.details, m_route->forReview());
    append(question.details, describeExpiry(m_secondImport->validTo, m_kms.now()));
    return question;
}

void CheckJobSteps::check(Details& details) {
    if (m_secondImport) {
        m_secondImport->plan = m_route->plan();
    }
    m_checkedAt = context().clock();
    m_outcome = runCheck(CheckInput{.token = m_token.token(),
                                    .key = m_key->key(),
                                    .kms = m_kms,
                                    .context = context(),
                                    .keyArn = m_kmsKey->arn,
                                    .keySpec = m_keySpec,
                                    .usage = usageOf(*m_kmsKey),
                                    .secondImport = m_secondImport},
                         m_request.check);
    append(details, forScreen(*m_outcome));
}

void CheckJobSteps::finish(Details& details) {
    append(m_findings, m_key->findings());
    append(m_findings, m_outcome->findings);
    append(m_findings, m_kms.client().findings());
    if (m_route) {
        append(m_findings, m_route->findings());
    }
    details.push_back({KC_TEXT("CheckJob", "check"), std::string{toString(m_outcome->result)}});
}

Json CheckJobSteps::result() const {
    Json kms = m_kms.toJson();
    kms["keyArn"] = m_kmsKey->arn;
    kms["keySpec"] = m_kmsKey->keySpec;
    kms["keyUsage"] = m_kmsKey->keyUsage;
    kms["keyMaterialId"] = orNull(m_kmsKey->currentKeyMaterialId);
    return {{"mode", toString(m_request.kms.mode)},
            {"checkedAt", toRfc3339(m_checkedAt)},
            {"token", kindOf(m_token.token().description())},
            {"tokenDetails", toJson(m_token.token())},
            {"module", toJson(m_token.token().module().description())},
            {"key", m_key->toJson()},
            {"kms", std::move(kms)},
            {"wrapping", m_route ? m_route->toJson() : Json(nullptr)},
            {"qualification", m_route ? m_route->qualificationJson() : Json(nullptr)},
            {"check", toJson(*m_outcome)},
            {"findings", toJson(m_findings)}};
}

}  // namespace

std::unique_ptr<CheckJob> makeCheckJob(CheckRequest request, RunContext context) {
    return std::make_unique<CheckJobSteps>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
