#include "app/ceremony/import_job.h"

#include "app/ceremony/checks.h"
#include "app/ceremony/import_facts.h"
#include "app/ceremony/import_plan.h"
#include "app/ceremony/key_on_token.h"
#include "app/ceremony/kms_access.h"
#include "app/ceremony/material_import.h"
#include "app/ceremony/regional_import.h"
#include "app/ceremony/regional_key.h"
#include "app/ceremony/successor.h"
#include "app/ceremony/token_access.h"
#include "app/ceremony/wrapping_route.h"
#include "app/inventory/kms_keys.h"
#include "app/inventory/known_copies.h"
#include "core/text.h"
#include "pkcs11/in_words.h"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

/// A replica that lacks what it should have had before would lack it still after the rotation.
void checkReplicaTakesSuccessor(const RegionalKey& replica) {
    if (replica.key().keyState != kms::KeyState::Enabled) {
        Failure failure = stateRefusal(replica.key()).failure();
        if (replica.key().keyState == kms::KeyState::PendingImport) {
            failure.remedy =
                KC_TEXT("ImportJob", "give it what it lacks first: %1")
                    .with(typedAs("keyconvoy replicate --key-id %1").with(replica.key().multiRegionConfiguration->primary.arn));
        }
        throw Error{std::move(failure)};
    }
}

KeySource keySourceOf(const ImportRequest& request) {
    KeySource source = request.key;
    if (request.sameAs) {
        source.checkValueOnSheet = request.sameAs->checkValue;
    }
    return source;
}

class KeyImport final : public ImportJob {
public:
    KeyImport(ImportRequest request, RunContext context);

    [[nodiscard]] Json result() const override;
    [[nodiscard]] std::optional<ImportOutcome> outcome() const override;

    [[nodiscard]] std::optional<LeftBehind> leftBehind() const override { return whatExistsNow(m_facts, m_key); }
    [[nodiscard]] std::vector<FailureDetail> accountOfFailure() const override { return m_route.throwAwayKeys(); }

protected:
    /// The import is done, whatever its check comes to: the token is looked at, and next year's people find the key by its sheet.
    [[nodiscard]] bool closesAfterFailure() const override { return m_facts.arrived; }

private:
    [[nodiscard]] std::vector<Step> steps();

    void describePlan(Details& details);
    void describeKmsKey(Details& details);
    void planRotation();
    void addReplicas();
    [[nodiscard]] Step lookForKeyOfSheet();
    void checkIsSame(Details& details);
    [[nodiscard]] std::optional<Question> review(const Answer* answer);
    void createKmsKey(Details& details);
    void check(Details& details);
    void rotate(Details& details);
    void finish(Details& details);

    void writeSheet(Details& details);
    [[nodiscard]] TokenName tokenName() const { return TokenName::of(m_token.token().description()); }
    [[nodiscard]] ImportRoute importRoute() { return {m_token, m_kms, m_key, m_route}; }

    [[nodiscard]] bool isSuccessor() const { return m_request.purpose == ImportPurpose::Successor; }
    [[nodiscard]] std::optional<SecondImport> secondImport() const;
    [[nodiscard]] std::vector<Text> otherMissingMaterials();

    ImportRequest m_request;
    TokenAccess m_token;
    KmsAccess m_kms;
    KeyOnToken m_key;
    WrappingRoute m_route;
    ImportFacts m_facts;
    std::deque<RegionalKey> m_replicas;  // of a successor; steps refer to the elements of both
    std::deque<RegionalImport> m_replicaImports;
    Details m_aboutRotation;  ///< for the review
};

KeyImport::KeyImport(ImportRequest request, RunContext runContext)
    : ImportJob{std::move(runContext)},
      m_request{std::move(request)},
      m_token{m_request.token},
      m_kms{m_request.kms, context()},
      m_key{m_token, keySourceOf(m_request), m_request.keySpec, needFor(m_request.wrapping)},
      m_route{m_request.keySpec,
              m_request.wrapping,
              {.token = [this]() -> pkcs11::Token& { return m_token.token(); },
               .bareOaepOnly = [this] { return m_key.exists() && m_key.description().wrapWithTrusted == true; },
               .qualificationFolder = m_request.qualificationFolder},
              context()} {
    checkImportRequest(m_request, context().clock());
    m_facts.successor = isSuccessor();
    m_facts.keyMaterialDescription = m_request.keyMaterialDescription;
    if (m_request.sameAs) {
        m_facts.expectedMaterialId = m_request.sameAs->keyMaterialId;
    }
    m_facts.usage = usageForNew(m_request);
    setSteps(steps());
}

/// The data flow of the whole job, from top to bottom.
std::vector<Step> KeyImport::steps() {
    const auto step = [this](const char* id, Text title, void (KeyImport::*run)(Details&)) {
        return makeStep(id, std::move(title), [this, run](Details& details) { (this->*run)(details); });
    };
    const bool newKmsKey = !m_request.kmsKey.existing;

    std::vector<Step> list;
    list.push_back(step("plan", KC_TEXT("ImportJob", "check the plan against KMS's rules"), &KeyImport::describePlan));
    list.push_back(m_token.openStep());
    list.push_back(m_kms.identityStep());
    if (!newKmsKey) {
        list.push_back(step("kms.describe", KC_TEXT("ImportJob", "look at the KMS key"), &KeyImport::describeKmsKey));
    }
    list.push_back(m_token.logInStep());
    list.push_back(m_request.sameAs ? lookForKeyOfSheet() : m_key.lookStep());
    if (m_request.sameAs) {
        list.push_back(
            step("sheet.same", KC_TEXT("ImportJob", "compare the key with its material sheet"), &KeyImport::checkIsSame));
    }
    list.push_back(m_route.qualificationStep());
    list.push_back(Step{"review", KC_TEXT("ImportJob", "agree to the whole"),
                        [this](const Answer* answer, Details&) { return review(answer); }});
    if (m_key.generates()) {
        list.push_back(m_key.generateStep([this] { return m_facts.usage; }));
    }
    if (newKmsKey) {
        list.push_back(step("kms.create", KC_TEXT("ImportJob", "create the KMS key without material"), &KeyImport::createKmsKey));
    }
    list.push_back(
        makeStep("kms.parameters", KC_TEXT("ImportJob", "get wrapping key and import token"), [this](Details& details) {
            getParameters(importRoute(), m_facts, m_facts.creation.key ? KeyAge::JustCreated : KeyAge::Known, details);
        }));
    list.push_back(makeStep("token.wrap", KC_TEXT("ImportJob", "wrap the key on the token"),
                            [this](Details& details) { wrapMaterial(importRoute(), m_facts, details); }));
    list.push_back(makeStep("kms.import", KC_TEXT("ImportJob", "import the wrapped key"),
                            [this](Details& details) { sendMaterial(importRoute(), m_request.expiry, m_facts, details); }));
    list.push_back(
        step("sheet", KC_TEXT("ImportJob", "write the material sheet"), &KeyImport::writeSheet));  // whatever comes now
    list.push_back(step("check", KC_TEXT("ImportJob", "check that KMS holds the same key"), &KeyImport::check));
    if (isSuccessor()) {
        list.push_back(step("kms.rotate", KC_TEXT("ImportJob", "rotate the new material in"), &KeyImport::rotate));
    }
    list.push_back(m_key.residueStep());
    list.push_back(
        makeClosingStep("done", KC_TEXT("ImportJob", "retain the token key"), [this](Details& details) { finish(details); }));
    return list;
}

void KeyImport::describePlan(Details& details) {
    m_facts.startedAt = context().clock();
    MaterialSheets{m_request.sheetFolder}.checkTakesSheets();
    details.push_back({KC_TEXT("ImportJob", "key spec"), std::string{nameOf(wrapping::keySpecNames, m_request.keySpec)}});
    details.push_back({KC_TEXT("ImportJob", "mode"), inWords(m_request.kms.mode)});
}

void KeyImport::describeKmsKey(Details& details) {
    m_facts.kmsKey = m_kms.describe(m_request.kmsKey.existing->str());
    append(m_facts.findings, checkImportTarget(*m_facts.kmsKey, m_request));
    m_facts.usage = usageOf(*m_facts.kmsKey);
    append(details, describeForPerson(*m_facts.kmsKey));
    if (isSuccessor()) {
        planRotation();
        addReplicas();
        append(details, m_aboutRotation);
    }
}

/// What an earlier run left waiting is taken up where the token key is named: KMS takes it as that very material, or not at all.
void KeyImport::planRotation() {
    SuccessorPlan plan =
        planSuccessor(m_kms, *m_facts.kmsKey, m_request.key.existing ? Waiting::MayBeTakenUp : Waiting::IsRefused);
    m_aboutRotation = std::move(plan.forReview);
    m_facts.expectedMaterialId = std::move(plan.takenUp);
}

/// KMS rotates a multi-Region key only when the keys of all its Regions hold the new material.
void KeyImport::addReplicas() {
    if (!hasReplicas(*m_facts.kmsKey)) {
        return;
    }
    std::vector<Step> looks;
    std::vector<Step> imports;
    std::vector<Text> regions;
    for (const kms::RegionalKey& replica : m_facts.kmsKey->multiRegionConfiguration->replicas) {
        RegionalKey& key = m_replicas.emplace_back(inRegion(m_request.kms, replica.region), context());
        RegionalImport& import = m_replicaImports.emplace_back(
            RegionalImport::Parts{.token = m_token,
                                  .key = m_key,
                                  .wrapping = m_route,
                                  .region = key,
                                  .context = context(),
                                  .keySpec = m_request.keySpec,
                                  .expiry = m_request.expiry,
                                  .check = m_request.check,
                                  .mode = m_request.kms.mode,
                                  .sheetFolder = m_request.sheetFolder,
                                  .keyMaterialId = [this] { return std::optional{keyMaterialIdOf(m_facts)}; }});
        looks.push_back(makeStep("kms.region." + replica.region,
                                 KC_TEXT("ImportJob", "look at the replica in %1").with(replica.region),
                                 [&key, arn = replica.arn](Details& details) {
                                     key.look(arn, details);
                                     checkReplicaTakesSuccessor(key);
                                 }));
        for (Step& step : import.steps(replica.region)) {
            imports.push_back(std::move(step));
        }
        regions.push_back(verbatim(replica.region));
    }
    m_aboutRotation.push_back(
        {KC_TEXT("ImportJob", "replicas"), KC_TEXT("ImportJob", "%1: each is given the same new material before the rotation")
                                               .with(joinedByCommas(std::move(regions)))});
    addSteps("token.login", std::move(looks));
    addSteps("kms.rotate", std::move(imports));
}

/// Where the key is not on this token, the copies that are known elsewhere are named.
Step KeyImport::lookForKeyOfSheet() {
    Step step = m_key.lookStep();
    step.run = [this, look = std::move(step.run)](const Answer* answer, Details& details) {
        try {
            return look(answer, details);
        } catch (const Error& error) {
            if (error.kind() != ErrorKind::NotFound) {
                throw;
            }
            Failure failure = error.failure();
            failure.remedy = whereElse(*m_request.sameAs, tokenName(), MaterialSheets{m_request.sheetFolder});
            throw Error{std::move(failure)};
        }
    };
    return step;
}

void KeyImport::checkIsSame(Details& details) {
    checkIsOfSheet(*m_request.sameAs, m_key, m_facts.findings, details);
}

std::optional<Question> KeyImport::review(const Answer* answer) {
    if (answer != nullptr) {
        return std::nullopt;
    }
    if (m_key.exists()) {
        checkThatKeyCanBeChecked(m_key.description(), m_request.keySpec, m_request.check);
        append(m_facts.findings, importedIntoOthers(MaterialSheets{m_request.sheetFolder}, tokenName(), m_key.description().id,
                                                    m_facts.kmsKey ? m_facts.kmsKey->keyId : std::string{}));
    }
    Question question{"import.review", QuestionKind::Confirmation, KC_TEXT("ImportJob", "the import, as shown for review"),
                      KC_TEXT("ImportJob", "the key is wrapped on the token and imported into KMS as follows. Go on?"),
                      describeForPerson(m_request.kms.mode, m_token.token())};
    append(question.details, m_key.forReview());
    if (m_facts.kmsKey) {
        append(question.details, describeForPerson(*m_facts.kmsKey));
    } else {
        question.details.push_back(
            {KC_TEXT("ImportJob", "KMS key"), KC_TEXT("ImportJob", "to be created, %1 for %2, in %3, account %4")
                                                  .with(nameOf(wrapping::keySpecNames, m_request.keySpec))
                                                  .with(nameOf(wrapping::keyUsageNames, m_facts.usage))
                                                  .with(m_kms.client().region())
                                                  .with(m_kms.identity().account)});
    }
    question.details.push_back({KC_TEXT("ImportJob", "TLS"), m_kms.identity().facts.connection.tlsInWords()});
    append(question.details, m_route.forReview());
    append(question.details, describeExpiry(m_request.expiry.validTo(m_kms.now()), m_kms.now()));
    if (m_request.expiry.isPeriod()) {
        question.details.push_back({KC_TEXT("ImportJob", "the period counts from"),
                                    KC_TEXT("ImportJob", "the import call, so the end is later by the time until then")});
    }
    const CheckResult check = checkFor(m_request.keySpec, m_request.check);
    question.details.push_back(
        {KC_TEXT("ImportJob", "check after import"), KC_TEXT("ImportJob", "%1: %2").with(toString(check)).with(inWords(check))});
    append(question.details, m_aboutRotation);
    for (const Finding& finding : m_facts.findings) {
        question.details.push_back({KC_TEXT("ImportJob", "note"), finding.what});
    }
    return question;
}

void KeyImport::createKmsKey(Details& details) {
    kms::CreateKeyRequest request;
    request.keySpec = m_request.keySpec;
    request.keyUsage = m_facts.usage;
    request.description = m_request.kmsKey.descriptionForNew;
    m_kms.create(request, m_facts.creation);
    m_facts.kmsKey = m_facts.creation.key;
    append(details, describeForPerson(*m_facts.kmsKey));
}

void KeyImport::check(Details& details) {
    const bool lacksOthers = !otherMissingMaterials().empty();
    m_facts.kmsKey = m_kms.describeUntil(
        m_facts.kmsKey->arn, KC_TEXT("ImportJob", "waiting until the KMS key is enabled"),
        [lacksOthers](const kms::KeyMetadata& key) { return lacksOthers || key.keyState == kms::KeyState::Enabled; });
    if (isSuccessor()) {
        awaitSuccessor(m_kms, m_facts.kmsKey->arn, keyMaterialIdOf(m_facts));
        m_facts.arrived = true;
    } else {
        m_facts.arrived = true;
        awaitWhatWasImported(m_kms, m_facts);
    }
    const CheckInput input{.token = m_token.token(),
                           .key = m_key.key(),
                           .kms = m_kms,
                           .context = context(),
                           .keyArn = m_facts.kmsKey->arn,
                           .keySpec = m_request.keySpec,
                           .usage = m_facts.usage,
                           .secondImport = secondImport()};
    m_kms.waitUntil(KC_TEXT("ImportJob", "waiting until the KMS key can be used"), [&] {
        m_facts.check = runCheck(input, m_request.check);
        return true;
    });
    append(m_facts.findings, m_facts.check->findings);
    append(details, forScreen(*m_facts.check));
}

/// A key of several materials can be used when KMS holds each of them again.
std::vector<Text> KeyImport::otherMissingMaterials() {
    std::vector<Text> missing;
    if (m_request.purpose != ImportPurpose::Again || !m_facts.expectedMaterialId) {
        return missing;
    }
    const KmsKeyEntry entry{
        .key = {}, .materials = materialsOf(m_kms.client(), *m_facts.kmsKey, m_kms.now()), .aliases = {}, .rotatingSince = {}};
    for (const KmsMaterial& material : entry.missing()) {
        if (material.id && material.id != m_facts.expectedMaterialId) {
            missing.push_back(verbatim(*material.id));
        }
    }
    if (!missing.empty()) {
        m_facts.findings.push_back({FindingLevel::Warning,
                                    KC_TEXT("ImportJob", "the KMS key cannot be used yet: it lacks these materials too: %1")
                                        .with(joinedByCommas(missing)),
                                    KC_TEXT("ImportJob", "import each of them again")});
    }
    return missing;
}

std::optional<SecondImport> KeyImport::secondImport() const {
    if (checkFor(m_request.keySpec, m_request.check) != CheckResult::SameMaterialTwice) {
        return std::nullopt;
    }
    return SecondImport{m_route.plan(), keyMaterialIdOf(m_facts), m_facts.validTo};
}

void KeyImport::rotate(Details& details) {
    const std::string keyMaterialId = keyMaterialIdOf(m_facts);
    askForRotation(m_kms, m_facts.kmsKey->arn, keyMaterialId);
    m_facts.rotationAsked = true;
    awaitRotation(m_kms, m_facts.kmsKey->arn, keyMaterialId);
    for (RegionalKey& replica : m_replicas) {
        awaitCurrent(replica.kms(), replica.key().arn, keyMaterialId);
    }
    m_facts.kmsKey = m_kms.describe(m_facts.kmsKey->arn);
    m_facts.rotated = true;
    details.push_back({KC_TEXT("ImportJob", "current material"), keyMaterialId, DetailKind::Identifier});
}

/// The import is done: a full disk does not undo it.
void KeyImport::writeSheet(Details& details) {
    writeSheetOf(importRoute(), m_request.kms.mode, MaterialSheets{m_request.sheetFolder}, m_facts, details);
}

void KeyImport::finish(Details& details) {
    m_facts.endedAt = context().clock();
    if (m_facts.sheet && m_facts.check) {
        Details again;
        writeSheet(again);
    }
    append(m_facts.findings, m_key.findings());
    append(m_facts.findings, m_route.findings());
    append(m_facts.findings, m_facts.material->findings);
    append(m_facts.findings, m_kms.client().findings());
    for (const RegionalImport& replica : m_replicaImports) {
        append(m_facts.findings, replica.facts().findings);
    }
    details.push_back(
        {KC_TEXT("ImportJob", "token key"),
         KC_TEXT("ImportJob",
                 "retained: KMS needs the same material again after expiry, deletion or loss, for as long as the KMS "
                 "key lives")});
}

std::optional<ImportOutcome> KeyImport::outcome() const {
    if (!m_facts.arrived) {
        return std::nullopt;
    }
    const wrapping::WrapPlan& plan = m_route.plan();
    const auto hash = hashOf(plan.choice.algorithm);
    return ImportOutcome{
        .mode = m_request.kms.mode,
        .token = m_token.token().description(),
        .tokenKey = m_key.description(),
        .generated = m_key.generates(),
        .checkValue = m_key.checkValue(),
        .kmsKey = *m_facts.kmsKey,
        .created = m_facts.creation.key.has_value(),
        .keyMaterialId = knownMaterialId(m_facts),
        .wrapping = plan.choice,
        .recipe = pkcs11::inWords(plan.recipe),
        .wrapStrengthBits = m_facts.material->wrapStrengthBits,
        .keyStrengthBits = m_facts.material->keyStrengthBits,
        .sha1Reason = hash == pkcs11::OaepHash::Sha1 ? std::optional{m_request.wrapping.allowSha1->reason} : std::nullopt,
        .wrappingKey = m_facts.wrappingKey->fingerprint(),
        .importedAt = m_facts.importedAt,
        .validTo = m_facts.validTo,
        .check = m_facts.check,
        .sheet = m_facts.sheet ? std::optional{m_facts.sheet->file} : std::nullopt,
        .findings = m_facts.findings};
}

Json KeyImport::result() const {
    Json result = importResult(m_facts, m_request.kms.mode, m_token, m_kms, m_key, m_route);
    for (const RegionalImport& replica : m_replicaImports) {
        result["kms"]["replicas"].push_back(replica.toJson());
    }
    return result;
}

}  // namespace

CheckRequest checkOf(const ImportRequest& import, const LeftBehind& left) {
    CheckRequest check{.token = import.token,
                       .kms = import.kms,
                       .key = import.key.existing.value_or(pkcs11::KeySelector{}),
                       .kmsKeyId = left.kmsKeyArn.value_or(""),
                       .check = import.check,
                       .wrapping = import.wrapping,
                       .qualificationFolder = import.qualificationFolder};
    if (left.tokenKeyUri) {
        const pkcs11::KeyUri made = pkcs11::KeyUri::parse(*left.tokenKeyUri);
        check.key = made.key;
        check.token.token = narrowed(check.token.token, made.token);
    }
    return check;
}

Json withCheck(Json importResult, const Json& checkResult) {
    importResult["endedAt"] = checkResult.at("checkedAt");
    importResult["check"] = checkResult.at("check");
    Json& findings = importResult["findings"];
    for (const Json& finding : checkResult.at("findings")) {
        if (std::ranges::find(findings, finding) == findings.end()) {
            findings.push_back(finding);
        }
    }
    return importResult;
}

std::unique_ptr<ImportJob> makeImportJob(ImportRequest request, RunContext context) {
    return std::make_unique<KeyImport>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
