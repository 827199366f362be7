#include "app/ceremony/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <ostream>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;

/// "line field: what", of one level.
std::vector<std::string> saidOf(const PlanReading& reading, FindingLevel level) {
    std::vector<std::string> said;
    for (const DocumentFinding& each : reading.findings) {
        if (each.finding.level == level) {
            said.push_back(std::to_string(each.line) + " " + each.field + ": " + toEnglish(each.finding.what));
        }
    }
    return said;
}

std::string examplePlanWith(std::string_view from, std::string_view to, KeyKind kind = KeyKind::New) {
    std::string plan = examplePlan(kind);
    const std::size_t at = plan.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return plan.replace(at, from.size(), to);
}

class PlanOfEachKind : public testing::TestWithParam<KeyKind> {};

TEST_P(PlanOfEachKind, AsItIsWrittenHasNoProblem) {
    const PlanReading reading = readPlan(examplePlan(GetParam()));
    EXPECT_THAT(saidOf(reading, FindingLevel::Problem), IsEmpty());
    EXPECT_TRUE(reading.isSound());
    ASSERT_EQ(reading.plan.keys.size(), 1U);
    EXPECT_EQ(reading.plan.keys.front().kind, GetParam());
    EXPECT_EQ(reading.plan.keys.front().expiry.has_value(), GetParam() != KeyKind::Destroy);
    EXPECT_EQ(reading.plan.officers.size(), 2U);
    EXPECT_EQ(reading.sha256, Fingerprint::of(asBytes(examplePlan(GetParam()))));
    EXPECT_EQ(toJson(reading.plan).at("keys").at(0).at("kind"), nameOf(keyKindNames, GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Kinds, PlanOfEachKind,
                         testing::Values(KeyKind::New, KeyKind::Existing, KeyKind::Rotate, KeyKind::Restore, KeyKind::Destroy),
                         [](const auto& row) { return std::string{nameOf(keyKindNames, row.param)}; });

/// One change to a good plan, and what is said of it.
struct Damage {
    const char* name;
    const char* from;
    const char* to;
    FindingLevel level;
    const char* said;  ///< a regular expression of "line field: what"
    KeyKind kind = KeyKind::New;

    friend std::ostream& operator<<(std::ostream& out, const Damage& damage) { return out << damage.name; }
};

constexpr auto problem = FindingLevel::Problem;
constexpr auto warning = FindingLevel::Warning;

const std::vector<Damage>& damages() {
    static const std::vector<Damage> rows{
        {"NoToml", "id = ", "id ", problem, "[0-9]+ : it is no valid TOML: .*"},
        {"OtherSchema", "keyconvoy.plan/1", "keyconvoy.plan/2", problem,
         "3 schema: \"keyconvoy.plan/2\" is no plan of this version"},
        {"NoDay", "day = 2027-06-17 ", "", problem, "[0-9]+ day: it is missing"},
        {"DayInQuotationMarks", "day = 2027-06-17", "day = \"2027-06-17\"", problem, "[0-9]+ day: it is not what belongs here"},
        {"MisspeltMember", "purpose = ", "porpoise = ", problem, "[0-9]+ porpoise: nothing of this name is known here"},
        {"UnknownLanguage", "language = \"en\"", "language = \"fr\"", problem, "[0-9]+ language: \"fr\" is none of .*"},
        {"QuorumNobodyCanMeet", "approval = 2", "approval = 3", problem,
         "[0-9]+ quorum.approval: it takes 3 officers.*never be met"},
        {"QuorumInWords", "approval = 2", "approval = \"two\"", problem, "[0-9]+ quorum.approval: it is not what belongs here"},
        {"NobodyReleases", "release = 2", "release = 0", warning, "[0-9]+ quorum.release: nobody is asked"},
        {"OneCardTwice", "0000000000000000000000000000000000000000000000000000000000000003",
         "0000000000000000000000000000000000000000000000000000000000000001", problem,
         "[0-9]+ officer\\[2\\].certificate_sha256: this certificate stands in the plan twice"},
        {"OneRoleTwice", "role = \"Officer B\"", "role = \"Officer A\"", problem,
         "[0-9]+ officer\\[2\\].role: another officer has this role"},
        {"NoFingerprint", "0000000000000000000000000000000000000000000000000000000000000003", "12", problem,
         "[0-9]+ officer\\[2\\].certificate_sha256: \"12\" is no SHA-256"},
        {"SoftwareToken", "token = \"hardware\"", "token = \"software\"", warning,
         "[0-9]+ station.token: the keys are made in software.*"},
        {"NoAccountNumber", "id = \"111122223333\"", "id = \"1111\"", problem,
         "[0-9]+ account\\[1\\].id: \"1111\" is no AWS account"},
        {"NoRegion", "regions = [\"eu-central-1\"]", "regions = [\"Frankfurt\"]", problem, "[0-9]+ account\\[1\\].regions: .*"},
        {"NoRegionAtAll", "regions = [\"eu-central-1\"]", "regions = []", problem,
         "[0-9]+ account\\[1\\].regions: it is not what belongs here"},
        {"RoleOfAnotherAccount", "arn:aws:iam::111122223333:role/KeyCeremonyImport",
         "arn:aws:iam::444455556666:role/KeyCeremonyImport", problem,
         "[0-9]+ account\\[1\\].import_role: it is a role of the account 444455556666"},
        {"KeyOfAnotherAccount", "account = \"111122223333\"", "account = \"444455556666\"", problem,
         "[0-9]+ key\\[1\\].account: the plan has no account 444455556666"},
        {"KeyInAnotherRegion", "region = \"eu-central-1\"", "region = \"eu-west-1\"", problem,
         "[0-9]+ key\\[1\\].region: the account 111122223333 is not used in eu-west-1"},
        {"UnknownKeySpec", "key_spec = \"SYMMETRIC_DEFAULT\"", "key_spec = \"AES_256\"", problem,
         "[0-9]+ key\\[1\\].key_spec: .*"},
        {"UsageOfAnotherSpec", "key_usage = \"ENCRYPT_DECRYPT\"", "key_usage = \"SIGN_VERIFY\"", problem,
         "[0-9]+ key\\[1\\].key_usage: .*"},
        {"WrapThatKmsDoesNotTake", "wrapping_algorithm = \"strongest\"", "wrapping_algorithm = \"RSA_AES_KEY_WRAP_SHA_256\"",
         problem, "[0-9]+ key\\[1\\].wrapping_algorithm: .*"},
        {"Sha1WithoutReason", "wrapping_algorithm = \"strongest\"", "wrapping_algorithm = \"RSAES_OAEP_SHA_1\"", problem,
         "[0-9]+ key\\[1\\].wrapping_algorithm: .*SHA-1.*"},
        {"NoExpiry", "expires = ", "# expires = ", problem, "[0-9]+ key\\[1\\].expires: it is missing"},
        {"BareDate", "expires = \"P364D\"", "expires = \"2027-10-01\"", problem, "[0-9]+ key\\[1\\].expires: .*"},
        {"EndInThePast", "expires = \"P364D\"", "expires = \"2027-06-01T00:00:00Z\"", problem,
         "[0-9]+ key\\[1\\].expires: it lies in the past.*"},
        {"EndTooFarAway", "expires = \"P364D\"", "expires = \"2028-07-01T00:00:00Z\"", problem,
         "[0-9]+ key\\[1\\].expires: .*365 days.*"},
        {"EndThatASlipReaches", "expires = \"P364D\"", "expires = \"2027-06-25T00:00:00Z\"", warning,
         "[0-9]+ key\\[1\\].expires: were the day to slip by two weeks.*"},
        {"EndThatAnEarlierDayExceeds", "expires = \"P364D\"", "expires = \"2028-06-10T00:00:00Z\"", warning,
         "[0-9]+ key\\[1\\].expires: were the ceremony held two weeks earlier.*"},
        {"NeitherKmsKeyNorCreate", "[key.create]", "[key.creat]", problem, "[0-9]+ key\\[1\\]: neither a KMS key is named.*"},
        {"ReplicaOfASingleRegionKey", "multi_region = false", "replica_regions = [\"eu-west-1\"]", problem,
         "[0-9]+ key\\[1\\].create.replica_regions: only a multi-Region key has replicas"},
        {"ReservedTag", "Team = \"payments\"", "\"aws:team\" = \"payments\"", problem, "[0-9]+ key\\[1\\].create.tags: .*"},
        {"AliasOfAws", "alias/orders-2027", "alias/aws/orders", problem, "[0-9]+ key\\[1\\].create.alias: .*"},
        {"NoBackupSaid", "[key.backup]", "[key.backups]", problem, "[0-9]+ key\\[1\\].backup: it is missing"},
        {"NoBackupWithAReason", "token_serial = \"0123456789abcdef\"", "none = \"a throw-away key\"", warning,
         "[0-9]+ key\\[1\\].backup.none: there will be no second copy.*a throw-away key"},
        {"TwoBackups", "token_serial = \"0123456789abcdef\"", "token_serial = \"0123456789abcdef\"\nexternal = true", problem,
         "[0-9]+ key\\[1\\].backup: it must say exactly one thing"},
        {"RotationOfAnHmacKey", "key_spec = \"SYMMETRIC_DEFAULT\"\nkey_usage = \"ENCRYPT_DECRYPT\"",
         "key_spec = \"HMAC_256\"\nkey_usage = \"GENERATE_VERIFY_MAC\"", problem,
         "[0-9]+ key\\[1\\].kind: only keys of the spec.*", KeyKind::Rotate},
        {"AliasInPlaceOfAnArn", "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab", "alias/orders",
         problem, "[0-9]+ key\\[1\\].kms_key: \"alias/orders\" is no ARN of a KMS key", KeyKind::Rotate},
        {"ArnOfAnotherRegion", "arn:aws:kms:eu-central-1:", "arn:aws:kms:eu-west-1:", problem,
         "[0-9]+ key\\[1\\].kms_key: it is in eu-west-1.*", KeyKind::Restore},
        {"DestroyedWithoutACopy", "token_serial = \"0123456789abcdef\"", "none = \"none was made\"", problem,
         "[0-9]+ key\\[1\\]: without a verified backup.*", KeyKind::Destroy},
    };
    return rows;
}

class DamagedPlan : public testing::TestWithParam<Damage> {};

TEST_P(DamagedPlan, IsToldAtItsLineAndField) {
    const Damage& damage = GetParam();
    const PlanReading reading = readPlan(examplePlanWith(damage.from, damage.to, damage.kind));
    EXPECT_THAT(saidOf(reading, damage.level), Contains(MatchesRegex(damage.said)));
    EXPECT_EQ(reading.isSound(), damage.level != problem);
    for (const DocumentFinding& each : reading.findings) {
        EXPECT_GT(each.line, 0U) << each.field;
        EXPECT_TRUE(damage.level != problem || !toEnglish(each.finding.remedy).empty() || each.finding.level != problem);
    }
}

INSTANTIATE_TEST_SUITE_P(Rows, DamagedPlan, testing::ValuesIn(damages()),
                         [](const auto& row) { return std::string{row.param.name}; });

TEST(PlanTest, SaysEverythingThatIsWrongAtOnce) {
    std::string plan = examplePlanWith("approval = 2", "approval = 9");
    plan.replace(plan.find("region = \"eu-central-1\""), 24, "region = \"eu-west-9\"\n#");
    plan.replace(plan.find("schema = "), 9, "shema = ");
    EXPECT_GE(saidOf(readPlan(plan), problem).size(), 4U);
}

TEST(PlanTest, FromASheetRestoresItsMaterial) {
    MaterialSheet sheet;
    sheet.importedAt = *parseRfc3339("2027-01-02T03:04:05Z");
    sheet.keyArn = "arn:aws-us-gov:kms:us-gov-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab";
    sheet.keySpec = "HMAC_256";
    sheet.keyUsage = "GENERATE_VERIFY_MAC";
    sheet.token = {.serial = "5e61a1", .model = "M", .label = "Site A"};
    sheet.keyLabel = R"(orders "2027" \ old)";
    sheet.wrappingAlgorithm = "RSAES_OAEP_SHA_1";
    sheet.wrappingKeySpec = "RSA_3072";
    sheet.backups.push_back({{.serial = "bac0", .model = "M", .label = "Site B"}, sheet.importedAt});
    const PlanReading reading = readPlan(planToRestore(sheet));
    EXPECT_THAT(saidOf(reading, FindingLevel::Problem), IsEmpty());
    ASSERT_EQ(reading.plan.keys.size(), 1U);
    const PlannedKey& key = reading.plan.keys.front();
    EXPECT_EQ(key.kind, KeyKind::Restore);
    EXPECT_EQ(key.label, sheet.keyLabel);
    EXPECT_EQ(key.kmsKey->str(), sheet.keyArn);
    EXPECT_EQ(key.wrapping.algorithm, wrapping::WrappingAlgorithm::RsaesOaepSha1);
    EXPECT_EQ(std::get<BackupToken>(*key.backup).serial, "bac0");
    EXPECT_EQ(reading.plan.accounts.front().importRole->partition(), "aws-us-gov");
}

TEST(PlanTest, HoldsTwoHundredKeysAndNotOneMore) {
    std::string plan = examplePlan(KeyKind::New);
    const std::string one = plan.substr(plan.find("\n[[key]]"));
    const auto withLabel = [&one](int number) {
        std::string key = one;
        return key.replace(key.find("\"orders-2027\""), 13, "\"key-" + std::to_string(number) + "\"");
    };
    for (int i = 2; i <= 200; ++i) {
        plan += withLabel(i);
    }
    EXPECT_TRUE(readPlan(plan).isSound());
    EXPECT_EQ(readPlan(plan).plan.keys.size(), 200U);
    EXPECT_THAT(saidOf(readPlan(plan + withLabel(201)), problem), Contains(HasSubstr("more than one ceremony holds")));
    EXPECT_THAT(saidOf(readPlan(plan + withLabel(200)), problem), Contains(HasSubstr("another key of the plan has this label")));
}

TEST(PlanTest, OfGarbageIsNoPlan) {
    for (const char* garbage :
         {"", "\xff\xfe", "[[key]]", "key = 1", "officer = [1, 2]", "[quorum]\napproval = -1", "\"\" = \"\"", "[", "[[\n]]",
          "[\nx]", "a = 1\n[[ \x01", "μ", "ü = 1", "a = 1 ü", "day = 0000-01-01"}) {
        EXPECT_FALSE(readPlan(garbage).isSound()) << garbage;
    }
}

}  // namespace

}  // namespace keyconvoy::tests
