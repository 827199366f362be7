#include "app/ceremony/replicate_job.h"

#include "app/ceremony/import_facts.h"
#include "app/ceremony/import_plan.h"
#include "app/ceremony/needed_materials.h"
#include "app/ceremony/regional_import.h"
#include "app/ceremony/regional_key.h"
#include "app/ceremony/successor.h"
#include "app/station/to_json.h"
#include "core/text.h"

#include <algorithm>
#include <deque>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

/// One Region of the key.
struct Place {
    Place(std::string name, KmsStation station, const RunContext& context)
        : region{std::move(name)}, key{std::move(station), context} {}

    std::string region;
    std::optional<std::string> arn;  ///< absent: the replica is still to be made
    RegionalKey key;
    bool made = false;  ///< in this run
};

class Replication final : public Job {
public:
    Replication(ReplicateRequest request, RunContext runContext)
        : Job{std::move(runContext)},
          m_request{std::move(request)},
          m_token{m_request.token},
          m_primary{m_request.kms, context()} {
        static_cast<void>(m_request.expiry.validTo(context().clock()));
        setSteps({makeStep("kms.describe", KC_TEXT("ReplicateJob", "look at the primary key"),
                           [this](Details& details) { lookAtPrimary(details); }),
                  makeStep("plan", KC_TEXT("ReplicateJob", "work out which Region lacks what"),
                           [this](Details& details) { plan(details); })});
    }

    [[nodiscard]] Json result() const override;
    [[nodiscard]] std::optional<LeftBehind> leftBehind() const override;
    [[nodiscard]] std::vector<FailureDetail> accountOfFailure() const override {
        return m_route ? m_route->throwAwayKeys() : std::vector<FailureDetail>{};
    }

private:
    [[nodiscard]] Text place() const { return KC_TEXT("ReplicateJob", "KMS key %1").with(m_primary.key().arn); }
    [[nodiscard]] Error refusal(Text cause, Text remedy) const {
        return Error{ErrorKind::Refused, place(), std::move(cause), std::move(remedy)};
    }

    void lookAtPrimary(Details& details);
    void checkIsPrimary() const;
    void findRegions();
    void lookAtReplica(Place& replica, Details& details);
    void plan(Details& details);
    [[nodiscard]] std::vector<Step> tokenSteps();
    void checkAnyOnToken(Details& details);
    void checkCanBeReplicated() const;
    [[nodiscard]] std::vector<Step> workSteps();
    void addImports(std::vector<Step>& list, const std::string& region, RegionalKey& key,
                    const std::vector<KmsMaterial>& lacking);
    [[nodiscard]] std::optional<Question> review(const Answer* answer);
    void make(Place& replica, Details& details);
    void rotate(Details& details);
    void finish(Details& details);

    ReplicateRequest m_request;
    TokenAccess m_token;
    RegionalKey m_primary;
    wrapping::KeySpec m_keySpec = wrapping::KeySpec::SymmetricDefault;
    std::deque<Place> m_replicas;  // steps refer to the elements of these two
    std::deque<RegionalImport> m_imports;
    std::optional<NeededMaterials> m_needed;  ///< once the plan is made
    std::optional<WrappingRoute> m_route;
    std::optional<std::string> m_pending;  ///< the material that waits to be rotated in
    std::optional<std::string> m_rotatedIn;
    Findings m_findings;
};

void Replication::lookAtPrimary(Details& details) {
    m_primary.look(m_request.keyId.str(), details);
    checkIsPrimary();
    m_keySpec = keySpecOf(m_primary.key());
    findRegions();
    std::vector<Step> looks;
    for (Place& replica : m_replicas) {
        looks.push_back(makeStep("kms.region." + replica.region, KC_TEXT("ReplicateJob", "look at %1").with(replica.region),
                                 [this, &replica](Details& found) { lookAtReplica(replica, found); }));
    }
    addSteps("plan", std::move(looks));
}

void Replication::checkIsPrimary() const {
    const kms::KeyMetadata& key = m_primary.key();
    if (key.origin != "EXTERNAL") {
        throw refusal(
            KC_TEXT("ReplicateJob", "its origin is %1; the material of such a key AWS itself replicates").with(key.origin),
            KC_TEXT("ReplicateJob", "name a key of origin EXTERNAL"));
    }
    if (!key.multiRegionConfiguration) {
        throw refusal(KC_TEXT("ReplicateJob", "it is a single-Region key, which no key ever ceases to be"),
                      KC_TEXT("ReplicateJob", "create a multi-Region key (%1) and import into it")
                          .with(typedAs("keyconvoy kms create --multi-region")));
    }
    const kms::RegionalKey& primary = key.multiRegionConfiguration->primary;
    if (key.multiRegionConfiguration->keyType != "PRIMARY") {
        throw refusal(KC_TEXT("ReplicateJob", "it is a replica; its primary key is %1").with(primary.arn),
                      KC_TEXT("ReplicateJob", "name the primary key, with %1").with(typedAs("--region %1").with(primary.region)));
    }
    if (key.keyState != kms::KeyState::Enabled && key.keyState != kms::KeyState::PendingImport) {
        throw stateRefusal(key);
    }
    if (m_primary.materials().empty()) {
        throw stateRefusal(key);
    }
}

void Replication::findRegions() {
    const kms::MultiRegionConfiguration& regions = *m_primary.key().multiRegionConfiguration;
    const auto add = [this](const std::string& region) -> Place& {
        return m_replicas.emplace_back(region, inRegion(m_request.kms, region), context());
    };
    for (const kms::RegionalKey& replica : regions.replicas) {
        add(replica.region).arn = replica.arn;
    }
    for (const std::string& region : m_request.regions) {
        if (region == regions.primary.region) {
            throw Error{ErrorKind::InvalidInput, KC_TEXT("ReplicateJob", "Region %1").with(region),
                        KC_TEXT("ReplicateJob", "it is the Region of the primary key"),
                        KC_TEXT("ReplicateJob", "name other Regions for replicas")};
        }
        if (std::ranges::count(m_replicas, region, &Place::region) == 0) {
            add(region);
        }
    }
    if (m_replicas.empty()) {
        throw Error{ErrorKind::InvalidInput, place(),
                    KC_TEXT("ReplicateJob", "it has no replicas, and no Region is named for one"),
                    KC_TEXT("ReplicateJob", "name Regions with %1").with(typedAs("--replica-region"))};
    }
}

void Replication::lookAtReplica(Place& replica, Details& details) {
    if (!replica.arn) {
        replica.key.connect(details);
        details.push_back({KC_TEXT("ReplicateJob", "KMS key"), KC_TEXT("ReplicateJob", "to be made")});
        return;
    }
    replica.key.look(*replica.arn, details);
    const kms::KeyState state = replica.key.key().keyState;
    if (state != kms::KeyState::Enabled && state != kms::KeyState::PendingImport) {
        throw stateRefusal(replica.key.key());  // an import would enable a disabled key, which nobody has asked for
    }
}

void Replication::plan(Details& details) {
    for (const KmsMaterial& material : m_primary.materials()) {
        if (isWaiting(material)) {
            m_pending = material.id;
        }
    }
    m_needed.emplace(NeededMaterials::Parts{.token = m_token,
                                            .kmsKey = m_primary.key(),
                                            .keySpec = m_keySpec,
                                            .need = needFor(m_request.wrapping),
                                            .named = m_request.key,
                                            .sheets = m_request.sheets,
                                            .sheetFolder = m_request.sheetFolder});
    m_needed->add(m_primary.lacking());
    for (const Place& replica : m_replicas) {
        m_needed->add(replica.arn ? replica.key.lacking() : m_primary.materials());
    }
    m_needed->checkOneKeyIsEnough();
    const std::size_t count = m_needed->all().size();
    details.push_back({KC_TEXT("ReplicateJob", "materials that a Region lacks"), std::to_string(count)});
    addSteps("", count == 0 ? workSteps() : tokenSteps());
}

std::vector<Step> Replication::tokenSteps() {
    m_route.emplace(m_keySpec, m_request.wrapping,
                    WrappingRoute::Parts{.token = [this]() -> pkcs11::Token& { return m_token.token(); },
                                         .bareOaepOnly = [this] { return m_needed->anyForTrustedKeyOnly(); },
                                         .qualificationFolder = m_request.qualificationFolder},
                    context());
    std::vector<Step> list;
    list.push_back(m_token.openStep());
    list.push_back(m_token.logInStep());
    for (Step& step : m_needed->findSteps()) {
        list.push_back(std::move(step));
    }
    list.push_back(makeStep("token.keys", KC_TEXT("ReplicateJob", "see that the token has what is needed"),
                            [this](Details& details) { checkAnyOnToken(details); }));
    return list;
}

void Replication::checkAnyOnToken(Details& details) {
    const std::size_t found = m_needed->onToken();
    details.push_back(
        {KC_TEXT("ReplicateJob", "found"),
         KC_TEXT("ReplicateJob", "%1 of %2 materials").with(std::to_string(found)).with(std::to_string(m_needed->all().size()))});
    if (found == 0) {
        throw Error{ErrorKind::NotFound, place(), m_needed->findings().front().what, m_needed->findings().front().remedy};
    }
    if (std::ranges::any_of(m_replicas, [](const Place& replica) { return !replica.arn; })) {
        checkCanBeReplicated();
    }
    addSteps("", workSteps());
}

/// ReplicateKey: "is pending import" where any material but a waiting one is missing at the primary.
void Replication::checkCanBeReplicated() const {
    for (const KmsMaterial& material : m_primary.lacking()) {
        if (!m_needed->of(material).onToken && !isWaiting(material)) {
            throw refusal(KC_TEXT("ReplicateJob",
                                  "the primary key lacks the material %1, which is not on this token; KMS makes replicas "
                                  "only of a key that has all of its materials")
                              .with(material.id.value_or("")),
                          KC_TEXT("ReplicateJob", "import that material first, from the token that has it or a backup: %1")
                              .with(typedAs("keyconvoy reimport --key-id %1").with(m_primary.key().arn)));
        }
    }
}

/// The data flow from here: the primary, then each replica, then the rotation.
std::vector<Step> Replication::workSteps() {
    std::vector<Step> list;
    if (m_route) {
        list.push_back(m_route->qualificationStep());
    }
    std::vector<Step> work;
    addImports(work, m_primary.kms().client().region(), m_primary, m_primary.lacking());
    for (Place& replica : m_replicas) {
        if (!replica.arn) {
            work.push_back(makeStep("kms.replicate." + replica.region,
                                    KC_TEXT("ReplicateJob", "make the replica in %1").with(replica.region),
                                    [this, &replica](Details& details) { make(replica, details); }));
        }
        addImports(work, replica.region, replica.key, replica.arn ? replica.key.lacking() : m_primary.materials());
    }
    if (m_pending && m_needed->canBeHad(*m_pending)) {
        work.push_back(makeStep("kms.rotate", KC_TEXT("ReplicateJob", "rotate the new material in"),
                                [this](Details& details) { rotate(details); }));
    }
    if (!work.empty()) {
        list.push_back(Step{"review", KC_TEXT("ReplicateJob", "agree to the whole"),
                            [this](const Answer* answer, Details&) { return review(answer); }});
        list.insert(list.end(), std::make_move_iterator(work.begin()), std::make_move_iterator(work.end()));
    }
    if (auto residue = m_needed->residueStep()) {
        list.push_back(*std::move(residue));
    }
    list.push_back(makeClosingStep("done", KC_TEXT("ReplicateJob", "look at every Region once more"),
                                   [this](Details& details) { finish(details); }));
    return list;
}

void Replication::addImports(std::vector<Step>& list, const std::string& region, RegionalKey& key,
                             const std::vector<KmsMaterial>& lacking) {
    for (const KmsMaterial& material : lacking) {
        const NeededMaterial& needed = m_needed->of(material);
        if (!needed.onToken) {
            continue;
        }
        RegionalImport& import = m_imports.emplace_back(RegionalImport::Parts{.token = m_token,
                                                                              .key = *needed.key,
                                                                              .wrapping = *m_route,
                                                                              .region = key,
                                                                              .context = context(),
                                                                              .keySpec = m_keySpec,
                                                                              .expiry = m_request.expiry,
                                                                              .check = m_request.check,
                                                                              .mode = m_request.kms.mode,
                                                                              .sheetFolder = m_request.sheetFolder,
                                                                              .keyMaterialId = [id = needed.id] { return id; }});
        for (Step& step : import.steps(region)) {
            list.push_back(std::move(step));
        }
    }
}

std::optional<Question> Replication::review(const Answer* answer) {
    if (answer != nullptr) {
        return std::nullopt;
    }
    Question question{"replicate.review",
                      QuestionKind::Confirmation,
                      KC_TEXT("ReplicateJob", "the replication, as shown for review"),
                      KC_TEXT("ReplicateJob", "the KMS key is made whole in every Region as follows. Go on?"),
                      {{KC_TEXT("ReplicateJob", "mode"), inWords(m_request.kms.mode)},
                       {KC_TEXT("ReplicateJob", "KMS key"), m_primary.key().arn, DetailKind::Identifier}}};
    append(question.details, m_needed->forReview());
    for (const Place& replica : m_replicas) {
        question.details.push_back(
            {KC_TEXT("ReplicateJob", "replica"),
             replica.arn ? KC_TEXT("ReplicateJob", "%1: it is there and lacks %2 materials")
                               .with(replica.region)
                               .with(std::to_string(replica.key.lacking().size()))
                         : KC_TEXT("ReplicateJob", "%1: it is made, with %2")
                               .with(replica.region)
                               .with(m_request.newReplica.policy
                                         ? KC_TEXT("ReplicateJob", "the key policy that is given")
                                         : KC_TEXT("ReplicateJob", "KMS's own key policy, since the primary's is not copied"))});
    }
    if (m_route && !m_imports.empty()) {
        append(question.details, m_route->forReview());
        append(question.details, describeExpiry(m_request.expiry.validTo(m_primary.kms().now()), m_primary.kms().now()));
    }
    if (m_pending) {
        question.details.push_back(
            {KC_TEXT("ReplicateJob", "rotation"),
             m_needed->canBeHad(*m_pending)
                 ? KC_TEXT("ReplicateJob", "the material %1 waits; it is rotated in once every Region holds it").with(*m_pending)
                 : KC_TEXT("ReplicateJob", "the material %1 waits; it is not rotated in, since a Region will lack it")
                       .with(*m_pending)});
    }
    for (const Finding& finding : m_needed->findings()) {
        question.details.push_back({KC_TEXT("ReplicateJob", "note"), finding.what});
    }
    return question;
}

void Replication::make(Place& replica, Details& details) {
    kms::ReplicateKeyRequest request = m_request.newReplica;
    request.keyId = m_primary.key().arn;
    request.replicaRegion = replica.region;
    m_primary.kms().waitUntil(KC_TEXT("ReplicateJob", "waiting until the primary key can be replicated"), [&] {
        replica.arn = m_primary.kms().client().replicateKey(request).replicaArn;
        return true;
    });
    replica.made = true;
    replica.key.look(*replica.arn, details);
}

void Replication::rotate(Details& details) {
    askForRotation(m_primary.kms(), m_primary.key().arn, *m_pending);
    awaitRotation(m_primary.kms(), m_primary.key().arn, *m_pending);
    for (Place& replica : m_replicas) {
        awaitCurrent(replica.key.kms(), *replica.arn, *m_pending);
    }
    m_rotatedIn = m_pending;
    details.push_back({KC_TEXT("ReplicateJob", "current material"), *m_pending, DetailKind::Identifier});
}

void Replication::finish(Details& details) {
    const auto look = [this, &details](RegionalKey& key) {
        key.lookAgain();
        const std::string region = key.kms().client().region();
        details.push_back({verbatim(region), key.key().keyStateName});
        if (const std::size_t lacks = key.lacking().size(); lacks > 0) {
            m_findings.push_back(
                {FindingLevel::Warning,
                 KC_TEXT("ReplicateJob", "the KMS key in %1 still lacks %2 materials and cannot be used as it should")
                     .with(region)
                     .with(std::to_string(lacks)),
                 KC_TEXT("ReplicateJob", "repeat this with the token that has them")});
        }
        append(m_findings, key.kms().client().findings());
    };
    append(m_findings, m_needed->findings());
    look(m_primary);
    for (Place& replica : m_replicas) {
        look(replica.key);
    }
    for (const RegionalImport& import : m_imports) {
        append(m_findings, import.facts().findings);
    }
    if (m_route) {
        append(m_findings, m_route->findings());
    }
    if (!m_imports.empty() && m_imports.front().facts().material) {  // the same of each: how strong the wrap is
        append(m_findings, m_imports.front().facts().material->findings);
    }
}

Json Replication::result() const {
    Json regions = Json::array();
    const auto add = [&regions](const RegionalKey& key, const std::string& region, bool made) {
        Json lacks = Json::array();
        for (const KmsMaterial& material : key.lacking()) {
            lacks.push_back(orNull(material.id));
        }
        regions.push_back(
            {{"region", region},
             {"keyArn", key.key().arn},
             {"role", key.key().multiRegionConfiguration ? Json(key.key().multiRegionConfiguration->keyType) : Json(nullptr)},
             {"madeInThisRun", made},
             {"keyState", key.key().keyStateName},
             {"lacks", std::move(lacks)}});
    };
    add(m_primary, m_primary.key().multiRegionConfiguration->primary.region, false);
    for (const Place& replica : m_replicas) {
        add(replica.key, replica.region, replica.made);
    }
    Json imports = Json::array();
    for (const RegionalImport& import : m_imports) {
        imports.push_back(import.toJson());
    }
    return {{"mode", toString(m_request.kms.mode)}, {"kms", m_primary.kms().toJson()}, {"keyArn", m_primary.key().arn},
            {"keySpec", m_primary.key().keySpec},   {"regions", std::move(regions)},   {"imports", std::move(imports)},
            {"rotatedIn", orNull(m_rotatedIn)},     {"findings", toJson(m_findings)}};
}

std::optional<LeftBehind> Replication::leftBehind() const {
    std::vector<Text> done;
    for (const Place& replica : m_replicas) {
        if (replica.made) {
            done.push_back(KC_TEXT("ReplicateJob", "the replica %1 was made").with(*replica.arn));
        }
    }
    for (const RegionalImport& import : m_imports) {
        if (import.sent()) {
            done.push_back(KC_TEXT("ReplicateJob", "material was imported into %1 (request ID %2)")
                               .with(import.facts().kmsKey->arn)
                               .with(import.facts().import->facts.requestId));
        }
    }
    if (done.empty()) {
        return std::nullopt;
    }
    LeftBehind left;
    left.what = joinedBySemicolons(std::move(done));
    left.kmsKeyArn = m_primary.key().arn;
    left.rest = Rest::Repeat;
    return left;
}

}  // namespace

std::unique_ptr<Job> makeReplicateJob(ReplicateRequest request, RunContext context) {
    return std::make_unique<Replication>(std::move(request), std::move(context));
}

}  // namespace keyconvoy::app
