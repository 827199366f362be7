#pragma once

#include "app/ceremony/check_after_import.h"
#include "app/ceremony/document_findings.h"
#include "app/ceremony/expiry.h"
#include "app/ceremony/wrapping_wish.h"
#include "app/inventory/material_sheet.h"
#include "app/policy/iam_policy.h"
#include "core/clock.h"
#include "core/fingerprint.h"
#include "kmsclient/key_arn.h"
#include "kmsclient/model.h"
#include "wrapping/key_spec.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What a ceremony is to do, reviewed and hashed beforehand (`*.kcplan.toml`). Says nothing of machines, folders and PINs: that
/// is the environment's, which is bound on the day and can change nothing here.
namespace keyconvoy::app {

enum class PlanLanguage : std::uint8_t { English, German };
enum class ExpiredCertificate : std::uint8_t { Refuse, Record };
enum class TokenDemand : std::uint8_t { Hardware, Software };
/// What the station with the token may reach.
enum class StationReach : std::uint8_t { None, HsmOnly, Online };
enum class KeyKind : std::uint8_t {
    New,       ///< generated on the token
    Existing,  ///< on the token already
    Rotate,    ///< generated, the next material of a symmetric KMS key
    Restore,   ///< the same material again, from this token or a backup
    Destroy,   ///< gone from each token that holds it
};
enum class TokenKeyEnd : std::uint8_t { Retain, Seal, Destroy };

/// Whoever approves and releases: known by the certificate of the key that signs, not by a name.
struct PlannedOfficer {
    std::string role;
    std::vector<Fingerprint> certificates;  ///< SHA-256 of the DER; the first is the officer's, the others are of alternates
};

/// How many officers it takes.
struct Quorum {
    int approval = 0, release = 0, readBack = 0;
};

struct PlannedAccount {
    std::string id;  ///< 12 digits
    std::vector<std::string> regions;
    std::optional<RoleArn> importRole, checkRole;  ///< present in a plan without problems
    std::optional<std::string> endpointUrl;        ///< of a VPC endpoint; absent: AWS's own
};

/// A root that TLS may end in beside Amazon's.
struct AllowedRoot {
    Fingerprint sha256;
    std::string reason;
};

struct PlannedKmsKey {
    std::string description;
    std::optional<std::string> policy;  ///< JSON
    std::vector<kms::Tag> tags;
    std::optional<std::string> alias;
    bool multiRegion = false;
    std::vector<std::string> replicaRegions;
};

struct BackupToken {
    std::string serial;
};
struct ExternalBackup {};  ///< made with the vendor's tool
struct NoBackup {
    std::string reason;
};
using PlannedBackup = std::variant<NoBackup, BackupToken, ExternalBackup>;

struct PlannedKey {
    std::uint32_t line = 0;  ///< of the plan
    KeyKind kind = KeyKind::New;
    std::string label;
    std::string account;
    std::string region;
    wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
    wrapping::KeyUsage keyUsage = wrapping::KeyUsage::EncryptDecrypt;
    std::optional<kms::KeyArn> kmsKey;  ///< absent: `create`, or none for KeyKind::Destroy
    std::optional<PlannedKmsKey> create;
    WrappingWish wrapping;
    std::optional<Expiry> expiry;  ///< absent for KeyKind::Destroy only
    CheckWish check = CheckWish::Strongest;
    std::optional<std::string> keyMaterialDescription;
    std::optional<std::string> keyMaterialId;  ///< of KeyKind::Restore
    std::optional<PlannedBackup> backup;
    TokenKeyEnd tokenKey = TokenKeyEnd::Retain;
    std::optional<std::string> acceptLossReason;
};

struct Plan {
    std::string id, purpose;
    PlanLanguage language = PlanLanguage::English;
    TimePoint day;  ///< on which it is meant to happen, its beginning in UTC
    std::vector<PlannedOfficer> officers;
    Quorum quorum;
    ExpiredCertificate expiredCertificate = ExpiredCertificate::Refuse;
    TokenDemand token = TokenDemand::Hardware;
    StationReach reach = StationReach::Online;
    std::vector<AllowedRoot> roots;
    std::vector<PlannedAccount> accounts;
    std::vector<PlannedKey> keys;
};

/// A plan as it was read, with all that is to be said of it.
struct PlanReading {
    Fingerprint sha256;  ///< of the file's octets: what officers approve
    Plan plan;           ///< whole where no finding is a problem
    DocumentFindings findings;

    [[nodiscard]] bool isSound() const { return !hasProblem(findings); }
};
/// Never throws for what stands in the text.
[[nodiscard]] PlanReading readPlan(std::string_view text);
/// Throws NotFound, Unavailable, or InvalidInput for a file larger than a megabyte.
[[nodiscard]] PlanReading readPlanFile(const std::filesystem::path& file);

/// The members of the file, as values: for people and programs that read a plan.
[[nodiscard]] Json toJson(const Plan& plan);

/// A commented plan of one key of this kind, to be filled in; in English.
[[nodiscard]] std::string examplePlan(KeyKind kind);
/// The same, which imports the material of this sheet again.
[[nodiscard]] std::string planToRestore(const MaterialSheet& sheet);

inline constexpr NameTable<KeyKind, 5> keyKindNames{{
    {KeyKind::New, "new"},
    {KeyKind::Existing, "existing"},
    {KeyKind::Rotate, "rotate"},
    {KeyKind::Restore, "restore"},
    {KeyKind::Destroy, "destroy"},
}};
static_assert(hasNoRepeats(keyKindNames));
inline constexpr NameTable<TokenKeyEnd, 3> tokenKeyEndNames{{
    {TokenKeyEnd::Retain, "retain"},
    {TokenKeyEnd::Seal, "seal"},
    {TokenKeyEnd::Destroy, "destroy"},
}};
static_assert(hasNoRepeats(tokenKeyEndNames));
inline constexpr NameTable<PlanLanguage, 2> planLanguageNames{{
    {PlanLanguage::English, "en"},
    {PlanLanguage::German, "de"},
}};
static_assert(hasNoRepeats(planLanguageNames));
inline constexpr NameTable<ExpiredCertificate, 2> expiredCertificateNames{{
    {ExpiredCertificate::Refuse, "refuse"},
    {ExpiredCertificate::Record, "record"},
}};
static_assert(hasNoRepeats(expiredCertificateNames));
inline constexpr NameTable<TokenDemand, 2> tokenDemandNames{{
    {TokenDemand::Hardware, "hardware"},
    {TokenDemand::Software, "software"},
}};
static_assert(hasNoRepeats(tokenDemandNames));
inline constexpr NameTable<StationReach, 3> stationReachNames{{
    {StationReach::None, "none"},
    {StationReach::HsmOnly, "hsm-only"},
    {StationReach::Online, "online"},
}};
static_assert(hasNoRepeats(stationReachNames));
}  // namespace keyconvoy::app
