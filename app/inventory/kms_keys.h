#pragma once

#include "app/ceremony/job.h"
#include "app/station/station.h"
#include "kmsclient/key_arn.h"
#include "kmsclient/kms_client.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

/// Keys with imported material as KMS has them: what they hold, until when, and what is to be done about it.
namespace keyconvoy::app {

/// One material of a KMS key. HMAC keys and key pairs have one for life, which KMS does not list: then only `validTo` is known.
struct KmsMaterial {
    std::optional<std::string> id;
    std::optional<std::string> description;
    std::string state;  ///< CURRENT, NON_CURRENT, PENDING_ROTATION, …; empty where KMS lists none
    bool held = false;  ///< KMS has it now
    std::optional<TimePoint> validTo;
};

struct KmsKeyEntry {
    kms::KeyMetadata key;
    std::vector<KmsMaterial> materials;
    std::vector<std::string> aliases;
    std::optional<TimePoint> rotatingSince;  ///< KMS is at work on a rotation on demand

    /// The earliest end of what it holds; absent: nothing of it expires.
    [[nodiscard]] std::optional<TimePoint> nextEnd() const;
    /// Materials without which it cannot be used, and which KMS does not hold.
    [[nodiscard]] std::vector<KmsMaterial> missing() const;
};

/// Beside the current material, not of use before it is rotated in.
[[nodiscard]] bool isPending(const kms::Rotation& material);
[[nodiscard]] bool isWaiting(const KmsMaterial& material);  ///< likewise
/// ListKeyRotations for symmetric keys, else what DescribeKey told. A material whose end has passed counts as not held, though
/// KMS may list it for a while.
[[nodiscard]] std::vector<KmsMaterial> materialsOf(kms::KmsClient& client, const kms::KeyMetadata& key, TimePoint now);
/// DescribeKey, ListKeyRotations (symmetric keys) and ListAliases of one key. A material whose end has passed counts as missing,
/// though KMS may list it for a while.
[[nodiscard]] KmsKeyEntry readKmsKey(kms::KmsClient& client, const std::string& keyId, TimePoint now);
/// What to do next with it, the most urgent first, as sentences.
[[nodiscard]] std::vector<Text> whatToDoNext(const KmsKeyEntry& entry, TimePoint now);
/// {"arn", "aliases", "keySpec", …, "materials": [{"id", "description", "state", "held", "validTo"}], "nextEnd", "next"}
[[nodiscard]] Json toJson(const KmsKeyEntry& entry, TimePoint now);

/// `kms show`
struct ShowKmsKeyRequest {
    KmsStation kms;
    kms::KeyIdentifier keyId;
};
[[nodiscard]] std::unique_ptr<Job> makeShowKmsKeyJob(ShowKmsKeyRequest request, RunContext context);

/// `kms list`, `expiry`: all keys of origin EXTERNAL that several accounts and Regions have. What cannot be read is listed beside
/// them: one station that does not answer does not hide the others.
struct ListKmsKeysRequest {
    std::vector<KmsStation> stations;
};
struct UnreadKeys {
    std::string where;  ///< the profile and Region, or the ARN of a key
    Failure failure;
};
class ListKmsKeysJob : public Job {
public:
    /// What was read, the most urgent first: what lacks material, then by the earliest end. Valid after the end.
    [[nodiscard]] virtual const std::vector<KmsKeyEntry>& keys() const = 0;
    [[nodiscard]] virtual const std::vector<UnreadKeys>& unread() const = 0;

protected:
    using Job::Job;
};
/// Reads the keys of all stations, for the jobs that need them. Its steps refer to it, so it stays where it is.
class KmsKeysReading {
public:
    /// `context` is the job's and outlives this.
    KmsKeysReading(std::vector<KmsStation> stations, const RunContext& context)
        : m_stations{std::move(stations)}, m_context{context} {}
    KmsKeysReading(const KmsKeysReading&) = delete;
    KmsKeysReading& operator=(const KmsKeysReading&) = delete;
    ~KmsKeysReading() = default;

    /// "kms.keys" for each station, then "sort": the most urgent first.
    [[nodiscard]] std::vector<Step> steps();
    [[nodiscard]] const std::vector<KmsKeyEntry>& keys() const { return m_keys; }
    [[nodiscard]] const std::vector<UnreadKeys>& unread() const { return m_unread; }
    /// [{"where", "error"}]
    [[nodiscard]] Json unreadToJson() const;

private:
    using Aliases = std::multimap<std::string, std::string>;  ///< by key ID

    void readStation(const KmsStation& station, Details& details);
    void readKeys(kms::KmsClient& client);
    void readKey(kms::KmsClient& client, const kms::KeyEntry& listed, const Aliases& aliases);
    [[nodiscard]] Aliases aliasesOf(kms::KmsClient& client);

    std::vector<KmsStation> m_stations;
    const RunContext& m_context;
    std::vector<KmsKeyEntry> m_keys;
    std::vector<UnreadKeys> m_unread;
};

[[nodiscard]] std::unique_ptr<ListKmsKeysJob> makeListKmsKeysJob(ListKmsKeysRequest request, RunContext context);

}  // namespace keyconvoy::app
