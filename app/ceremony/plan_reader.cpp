#include "app/ceremony/plan.h"

#include "app/ceremony/checks.h"
#include "app/ceremony/toml_table.h"
#include "app/ceremony/wrapping_route.h"
#include "app/inventory/new_key_rules.h"
#include "core/files.h"
#include "core/text.h"
#include "kmsclient/endpoint.h"
#include "pkcs11/label.h"

#include <algorithm>
#include <set>

namespace keyconvoy::app {

namespace {

using namespace std::chrono;
using wrapping::KeySpec;

constexpr std::string_view planSchema = "keyconvoy.plan/1";
constexpr std::size_t largestPlan = 1U << 20U;
constexpr std::size_t mostKeys = 200;
constexpr int mostOfficers = 20;
constexpr days slip{14};  ///< by which the day of a ceremony may move without anything of the plan going wrong

bool isAccountId(const std::string& id) {
    return id.size() == 12 && id.find_first_not_of("0123456789") == std::string::npos;
}

/// Reads one plan from top to bottom; each function is one table of it.
class PlanReader {
public:
    PlanReader(const toml::table& document, PlanReading& reading) : m_top{document, "", reading.findings}, m_plan{reading.plan} {}

    void read() {
        readHead();
        readOfficers();
        readQuorum();
        readStation();
        readRoots();
        readAccounts();
        readKeys();
        m_top.complainOfTheRest();
    }

private:
    void readHead() {
        if (const auto schema = m_top.text("schema", Presence::Required); schema && *schema != planSchema) {
            m_top.complain("schema", KC_TEXT("Plan", "\"%1\" is no plan of this version").with(*schema),
                           KC_TEXT("Plan", "give \"%1\"").with(std::string{planSchema}));
        }
        m_plan.id = m_top.text("id", Presence::Required).value_or("");
        m_plan.purpose = m_top.text("purpose", Presence::Required).value_or("");
        m_plan.language = m_top.oneOf("language", planLanguageNames).value_or(PlanLanguage::English);
        if (const auto day = m_top.date("day", Presence::Required)) {
            const year_month_day date{year{day->year}, month{day->month}, std::chrono::day{day->day}};
            m_plan.day = TimePoint{sys_days{date}};
        }
    }

    void readOfficers() {
        std::set<std::string> roles;
        std::set<Fingerprint> certificates;
        for (TomlTable& table : m_top.tables("officer")) {
            PlannedOfficer officer;
            officer.role = table.text("role", Presence::Required).value_or("");
            for (const char* name : {"certificate_sha256", "alternates_sha256"}) {
                readCertificates(table, name, officer, certificates);
            }
            if (!officer.role.empty() && !roles.insert(officer.role).second) {
                table.complain("role", KC_TEXT("Plan", "another officer has this role"),
                               KC_TEXT("Plan", "give each officer a role of its own; who may stand in for one is an alternate"));
            }
            table.complainOfTheRest();
            m_plan.officers.push_back(std::move(officer));
        }
    }

    static void readCertificates(TomlTable& table, const char* name, PlannedOfficer& officer, std::set<Fingerprint>& all) {
        const bool first = std::string_view{name} == "certificate_sha256";
        std::vector<std::string> given;
        if (first) {
            if (auto one = table.text(name, Presence::Required)) {
                given.push_back(*std::move(one));
            }
        } else if (table.has(name)) {
            given = table.texts(name);
        }
        for (const std::string& text : given) {
            const auto fingerprint = Fingerprint::parse(text);
            if (!fingerprint) {
                table.complain(name, KC_TEXT("Plan", "\"%1\" is no SHA-256").with(text),
                               KC_TEXT("Plan", "give the 64 digits that openssl x509 -fingerprint -sha256 prints"));
            } else if (!all.insert(*fingerprint).second) {
                table.complain(name, KC_TEXT("Plan", "this certificate stands in the plan twice"),
                               KC_TEXT("Plan", "one person and one card count once; name another certificate"));
            } else {
                officer.certificates.push_back(*fingerprint);
            }
        }
    }

    void readQuorum() {
        if (auto table = m_top.table("quorum", Presence::Required)) {
            m_plan.quorum.approval = quorumIn(*table, "approval");
            m_plan.quorum.release = quorumIn(*table, "release");
            m_plan.quorum.readBack = quorumIn(*table, "read_back");
            table->complainOfTheRest();
        }
        if (auto table = m_top.table("certificates")) {
            m_plan.expiredCertificate =
                table->oneOf("expired", expiredCertificateNames, Presence::Required).value_or(ExpiredCertificate::Refuse);
            table->complainOfTheRest();
        }
    }

    int quorumIn(TomlTable& table, const char* name) const {
        if (!table.has(name)) {
            table.complain(name, KC_TEXT("Plan", "it is missing"),
                           KC_TEXT("Plan", "say how many officers it takes; 0 for nobody"));
        }
        const int quorum = table.number(name, 0, mostOfficers).value_or(0);
        if (quorum > static_cast<int>(m_plan.officers.size())) {
            table.complain(name,
                           KC_TEXT("Plan", "it takes %1 officers, and the plan names %2: it can never be met")
                               .with(std::to_string(quorum))
                               .with(std::to_string(m_plan.officers.size())),
                           KC_TEXT("Plan", "name more officers, or fewer of them here"));
        } else if (table.has(name) && quorum == 0) {
            table.say(FindingLevel::Warning, name, KC_TEXT("Plan", "nobody is asked"),
                      KC_TEXT("Plan", "for a ceremony with people name at least two"));
        }
        return quorum;
    }

    void readStation() {
        auto table = m_top.table("station", Presence::Required);
        if (!table) {
            return;
        }
        m_plan.token = table->oneOf("token", tokenDemandNames, Presence::Required).value_or(TokenDemand::Hardware);
        m_plan.reach = table->oneOf("reach", stationReachNames, Presence::Required).value_or(StationReach::Online);
        if (m_plan.token == TokenDemand::Software) {
            table->say(FindingLevel::Warning, "token",
                       KC_TEXT("Plan", "the keys are made in software, where whoever has the machine has them"),
                       KC_TEXT("Plan", "for keys that are to be kept: token = \"hardware\""));
        }
        table->complainOfTheRest();
    }

    void readRoots() {
        for (TomlTable& table : m_top.tables("allowed_root")) {
            const auto sha256 = table.text("sha256", Presence::Required);
            const auto fingerprint = sha256 ? Fingerprint::parse(*sha256) : std::nullopt;
            const std::string reason = table.text("reason", Presence::Required).value_or("");
            if (sha256 && !fingerprint) {
                table.complain("sha256", KC_TEXT("Plan", "\"%1\" is no SHA-256").with(*sha256),
                               KC_TEXT("Plan", "give the 64 digits of the root certificate's SHA-256"));
            }
            if (fingerprint) {
                table.say(FindingLevel::Warning, "sha256",
                          KC_TEXT("Plan", "whoever owns this root can swap the wrapping key; reason given: %1").with(reason), {});
                m_plan.roots.push_back({*fingerprint, reason});
            }
            table.complainOfTheRest();
        }
    }

    void readAccounts() {
        for (TomlTable& table : m_top.tables("account", Presence::Required)) {
            PlannedAccount account;
            account.id = table.text("id", Presence::Required).value_or("");
            if (!account.id.empty() && !isAccountId(account.id)) {
                table.complain("id", KC_TEXT("Plan", "\"%1\" is no AWS account").with(account.id),
                               KC_TEXT("Plan", "give its 12 digits in quotation marks"));
            }
            if (accountOf(account.id) != nullptr) {
                table.complain("id", KC_TEXT("Plan", "the account stands in the plan twice"),
                               KC_TEXT("Plan", "put its Regions into one table"));
            }
            account.regions = table.texts("regions", Presence::Required);
            for (const std::string& region : account.regions) {
                table.check("regions", [&region] { kms::checkRegionName(region); });
            }
            account.importRole = roleIn(table, "import_role", account.id);
            account.checkRole = roleIn(table, "check_role", account.id);
            account.endpointUrl = table.parsed("endpoint_url", [](const std::string& url) {
                static_cast<void>(kms::Endpoint::parse(url, verbatim("endpoint_url")));
                return url;
            });
            table.complainOfTheRest();
            m_plan.accounts.push_back(std::move(account));
        }
    }

    static std::optional<RoleArn> roleIn(TomlTable& table, const char* name, const std::string& account) {
        auto role = table.parsed(
            name, [](const std::string& text) { return RoleArn::parse(text); }, Presence::Required);
        if (role && role->account() != account) {
            table.complain(name, KC_TEXT("Plan", "it is a role of the account %1").with(role->account()),
                           KC_TEXT("Plan", "KMS takes imports from roles of the key's own account only"));
        }
        return role;
    }

    [[nodiscard]] const PlannedAccount* accountOf(const std::string& id) const {
        const auto found = std::ranges::find(m_plan.accounts, id, &PlannedAccount::id);
        return found == m_plan.accounts.end() ? nullptr : &*found;
    }

    void readKeys() {
        std::set<std::string> labels;
        std::vector<TomlTable> tables = m_top.tables("key", Presence::Required);
        if (tables.size() > mostKeys) {
            m_top.complain("key", KC_TEXT("Plan", "%1 keys are more than one ceremony holds").with(std::to_string(tables.size())),
                           KC_TEXT("Plan", "split it; a plan holds up to 200 keys"));
        }
        for (TomlTable& table : tables) {
            PlannedKey key = readKey(table);
            if (!key.label.empty() && !labels.insert(key.label).second) {
                table.complain("label", KC_TEXT("Plan", "another key of the plan has this label"),
                               KC_TEXT("Plan", "give each a label of its own: people find the keys by it for years"));
            }
            table.complainOfTheRest();
            m_plan.keys.push_back(std::move(key));
        }
    }

    PlannedKey readKey(TomlTable& table) {
        PlannedKey key;
        key.line = table.line();
        key.kind = table.oneOf("kind", keyKindNames, Presence::Required).value_or(KeyKind::New);
        key.label = table.text("label", Presence::Required).value_or("");
        if (!key.label.empty()) {
            table.check("label", [&key] { pkcs11::checkNewLabel(pkcs11::ObjectLabel{key.label}); });
        }
        key.keySpec = table.oneOf("key_spec", wrapping::keySpecNames, Presence::Required).value_or(KeySpec::SymmetricDefault);
        key.keyUsage = table.oneOf("key_usage", wrapping::keyUsageNames).value_or(wrapping::usualUsage(key.keySpec));
        table.check("key_usage", [&key] { checkSpecAndUsage(key.keySpec, key.keyUsage); });
        if (key.kind != KeyKind::Destroy) {
            readPlace(table, key);
            readKmsKey(table, key);
            readWrapping(table, key);
            readExpiry(table, key);
            readMaterial(table, key);
        }
        readEnd(table, key);
        return key;
    }

    void readPlace(TomlTable& table, PlannedKey& key) {
        key.account = table.text("account", Presence::Required).value_or("");
        key.region = table.text("region", Presence::Required).value_or("");
        const PlannedAccount* account = accountOf(key.account);
        if (!key.account.empty() && account == nullptr) {
            table.complain("account", KC_TEXT("Plan", "the plan has no account %1").with(key.account),
                           KC_TEXT("Plan", "add it as a table [[account]], or correct its number"));
        }
        if (account != nullptr && !key.region.empty() && std::ranges::count(account->regions, key.region) == 0) {
            table.complain("region", KC_TEXT("Plan", "the account %1 is not used in %2").with(key.account).with(key.region),
                           KC_TEXT("Plan", "add the Region to the account's regions, or name one of them"));
        }
    }

    void readKmsKey(TomlTable& table, PlannedKey& key) {
        if (const auto text = table.text("kms_key")) {
            key.kmsKey = kms::KeyArn::parse(*text);
            if (!key.kmsKey) {
                table.complain(
                    "kms_key", KC_TEXT("Plan", "\"%1\" is no ARN of a KMS key").with(*text),
                    KC_TEXT("Plan",
                            "give one like arn:aws:kms:eu-central-1:111122223333:key/<key ID>; a plan names no aliases, "
                            "which can be pointed elsewhere"));
            } else if (key.kmsKey->account() != key.account || key.kmsKey->region() != key.region) {
                table.complain("kms_key",
                               KC_TEXT("Plan", "it is in %1, account %2, and not in %3, account %4")
                                   .with(key.kmsKey->region())
                                   .with(key.kmsKey->account())
                                   .with(key.region)
                                   .with(key.account),
                               KC_TEXT("Plan", "correct the ARN, or account and region of this key"));
            }
        }
        if (auto create = table.table("create")) {
            key.create = readNewKmsKey(*create, key);
        }
        if (table.has("kms_key") == table.has("create")) {
            table.complain(table.has("create") ? "create" : "",
                           table.has("create") ? KC_TEXT("Plan", "a KMS key is named, and one is to be created")
                                               : KC_TEXT("Plan", "neither a KMS key is named, nor one to be created"),
                           KC_TEXT("Plan", "give one of kms_key and [key.create]"));
        }
        if (key.create && (key.kind == KeyKind::Rotate || key.kind == KeyKind::Restore)) {
            table.complain("create", KC_TEXT("Plan", "this kind of key is about a KMS key that exists"),
                           KC_TEXT("Plan", "give kms_key, or kind = \"new\""));
        }
        if (key.kind == KeyKind::Rotate && key.keySpec != KeySpec::SymmetricDefault) {
            table.complain("kind", KC_TEXT("Plan", "only keys of the spec SYMMETRIC_DEFAULT can be rotated"),
                           KC_TEXT("Plan", "plan a new KMS key, and point the alias there afterwards"));
        }
    }

    PlannedKmsKey readNewKmsKey(TomlTable& table, const PlannedKey& key) {
        PlannedKmsKey created;
        created.description = table.text("description").value_or("");
        table.check("description", [&created] { checkKeyDescription(created.description); });
        created.policy = table.parsed("policy", [](const std::string& policy) {
            checkKeyPolicy(policy);
            return policy;
        });
        created.alias = table.parsed("alias", [](const std::string& alias) {
            checkAliasName(alias);
            return alias;
        });
        if (auto tags = table.table("tags")) {
            for (auto& [name, value] : tags->members()) {
                created.tags.push_back({name, value});
            }
            table.check("tags", [&created] { checkTags(created.tags); });
        }
        created.multiRegion = table.flag("multi_region").value_or(false);
        if (table.has("replica_regions")) {
            created.replicaRegions = table.texts("replica_regions");
            checkReplicas(table, key, created);
        }
        table.complainOfTheRest();
        return created;
    }

    void checkReplicas(TomlTable& table, const PlannedKey& key, const PlannedKmsKey& created) {
        if (!created.multiRegion) {
            table.complain("replica_regions", KC_TEXT("Plan", "only a multi-Region key has replicas"),
                           KC_TEXT("Plan", "add multi_region = true; it can never be changed afterwards"));
        }
        const PlannedAccount* account = accountOf(key.account);
        for (const std::string& region : created.replicaRegions) {
            if (region == key.region || std::ranges::count(created.replicaRegions, region) > 1) {
                table.complain("replica_regions", KC_TEXT("Plan", "%1 has a key of this set already").with(region),
                               KC_TEXT("Plan", "name each other Region once"));
            } else if (account != nullptr && std::ranges::count(account->regions, region) == 0) {
                table.complain("replica_regions",
                               KC_TEXT("Plan", "the account %1 is not used in %2").with(key.account).with(region),
                               KC_TEXT("Plan", "add the Region to the account's regions, or name one of them"));
            }
        }
    }

    static void readWrapping(TomlTable& table, PlannedKey& key) {
        if (const auto algorithm = table.text("wrapping_algorithm", Presence::Required); algorithm && *algorithm != "strongest") {
            key.wrapping.algorithm = valueNamed(wrapping::wrappingAlgorithmNames, *algorithm);
            if (!key.wrapping.algorithm) {
                table.complain("wrapping_algorithm", KC_TEXT("Plan", "\"%1\" is no wrapping algorithm of KMS").with(*algorithm),
                               KC_TEXT("Plan",
                                       "give \"strongest\", or one of RSAES_OAEP_SHA_256, RSAES_OAEP_SHA_1, "
                                       "RSA_AES_KEY_WRAP_SHA_256, RSA_AES_KEY_WRAP_SHA_1"));
            }
        }
        key.wrapping.keySpec =
            table.oneOf("wrapping_key_spec", wrapping::wrappingKeySpecNames).value_or(wrapping::WrappingKeySpec::Rsa4096);
        if (auto reason = table.text("allow_sha1")) {
            key.wrapping.allowSha1 = Sha1Permission{*std::move(reason)};
        }
        key.check = table.oneOf("check", checkWishNames).value_or(CheckWish::Strongest);
        table.check("wrapping_algorithm", [&key] { checkWrappingWish(key.keySpec, key.wrapping); });
        table.check("check", [&key] { checkThatWishesFit(key.keySpec, key.wrapping, key.check); });
    }

    void readExpiry(TomlTable& table, PlannedKey& key) {
        key.expiry = table.parsed(
            "expires", [](const std::string& text) { return Expiry::parse(text); }, Presence::Required);
        if (!key.expiry || m_plan.day == TimePoint{}) {
            return;
        }
        table.check("expires", [&] { static_cast<void>(key.expiry->validTo(m_plan.day)); });
        if (const auto* end = std::get_if<TimePoint>(&key.expiry->choice); end != nullptr && *end > m_plan.day) {
            warnOfSlip(table, *end);
        }
    }

    /// Two weeks later the end would be too near, two weeks earlier too far away for KMS.
    void warnOfSlip(TomlTable& table, TimePoint end) const {
        constexpr auto longest = days{365} - hours{1};
        if (end <= m_plan.day + slip) {
            table.say(FindingLevel::Warning, "expires",
                      KC_TEXT("Plan", "were the day to slip by two weeks, the material would have ended"),
                      KC_TEXT("Plan", "choose a later end, or a period that counts from the import"));
        } else if (end > m_plan.day - slip + longest && end <= m_plan.day + longest) {
            table.say(
                FindingLevel::Warning, "expires",
                KC_TEXT(
                    "Plan",
                    "were the ceremony held two weeks earlier, this would be more than the 365 days less an hour that KMS takes"),
                {});
        }
    }

    static void readMaterial(TomlTable& table, PlannedKey& key) {
        key.keyMaterialDescription = table.text("material_description");
        key.keyMaterialId = table.text("key_material_id");
        if (key.keyMaterialDescription && key.keySpec != KeySpec::SymmetricDefault) {
            table.complain("material_description", KC_TEXT("Plan", "KMS takes one for SYMMETRIC_DEFAULT keys only"),
                           KC_TEXT("Plan", "leave it out; describe the KMS key instead"));
        }
        if (key.keyMaterialId && key.kind != KeyKind::Restore) {
            table.complain("key_material_id", KC_TEXT("Plan", "it is for material that is restored"),
                           KC_TEXT("Plan", "leave it out, or give kind = \"restore\""));
        }
    }

    static void readEnd(TomlTable& table, PlannedKey& key) {
        key.acceptLossReason = table.text("accept_loss");
        const auto end = table.oneOf("token_key", tokenKeyEndNames);
        key.tokenKey = key.kind == KeyKind::Destroy ? TokenKeyEnd::Destroy : end.value_or(TokenKeyEnd::Retain);
        const bool mustSay = key.kind == KeyKind::New || key.kind == KeyKind::Rotate;
        if (auto backup = table.table("backup", mustSay ? Presence::Required : Presence::Optional)) {
            readBackup(*backup, key);
        } else if (!mustSay && !key.acceptLossReason) {
            table.say(FindingLevel::Warning, "", KC_TEXT("Plan", "the plan does not say where a second copy of this material is"),
                      KC_TEXT("Plan", "say it in [key.backup]"));
        }
        const bool hasCopy = key.backup && !std::holds_alternative<NoBackup>(*key.backup);
        if (key.tokenKey != TokenKeyEnd::Retain && !hasCopy && !key.acceptLossReason) {
            table.complain(table.has("token_key") ? "token_key" : "",
                           KC_TEXT("Plan", "without a verified backup the material could never be imported again"),
                           KC_TEXT("Plan", "plan a backup, retain the token key, or give the reason in accept_loss"));
        }
    }

    static void readBackup(TomlTable& table, PlannedKey& key) {
        int given = 0;
        if (auto serial = table.text("token_serial")) {
            key.backup = BackupToken{*std::move(serial)};
            ++given;
        }
        if (table.flag("external").value_or(false)) {
            key.backup = ExternalBackup{};
            ++given;
        }
        if (auto reason = table.text("none")) {
            table.say(FindingLevel::Warning, "none",
                      KC_TEXT("Plan", "there will be no second copy of this material; reason given: %1").with(*reason),
                      KC_TEXT("Plan", "if the token is lost, the KMS key is lost with the material's end"));
            key.backup = NoBackup{*std::move(reason)};
            ++given;
        }
        if (given != 1) {
            table.complain("", KC_TEXT("Plan", "it must say exactly one thing"),
                           KC_TEXT("Plan", "give token_serial = \"...\", external = true, or none = \"the reason\""));
        }
        table.complainOfTheRest();
    }

    TomlTable m_top;
    Plan& m_plan;
};

}  // namespace

PlanReading readPlan(std::string_view text) {
    PlanReading reading;
    reading.sha256 = Fingerprint::of(asBytes(text));
    if (const auto document = parseTomlDocument(text, reading.findings)) {
        PlanReader{*document, reading}.read();
    }
    return reading;
}

PlanReading readPlanFile(const std::filesystem::path& file) {
    const Bytes content = readFile(file, largestPlan);
    return readPlan(asText(content));
}

}  // namespace keyconvoy::app
