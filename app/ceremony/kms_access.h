#pragma once

#include "app/ceremony/job.h"
#include "app/station/station.h"
#include "wrapping/compatibility.h"

#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace keyconvoy::app {

enum class KeyAge : std::uint8_t { Known, JustCreated };

/// What asking for a new KMS key came to; kept also where the asking failed.
struct Creation {
    std::optional<kms::KeyMetadata> key;
    std::string requestId;
    bool mayExist = false;  ///< it was asked for, and it is not known whether it was made

    [[nodiscard]] std::optional<LeftBehind> leftBehind() const;
};

/// KMS as the jobs use it: who we are, the waiting that its eventual consistency and its rate limits ask for, and the watch that
/// a rehearsal is a rehearsal. Owns the client. Its steps refer to it, so it stays where it is.
class KmsAccess {
public:
    /// `context` is the job's and outlives this.
    KmsAccess(KmsStation station, const RunContext& context) : m_station{std::move(station)}, m_context{context} {}
    KmsAccess(const KmsAccess&) = delete;
    KmsAccess& operator=(const KmsAccess&) = delete;
    ~KmsAccess() = default;

    /// "kms.identity": reads the configuration, asks GetCallerIdentity, compares with the declared mode.
    [[nodiscard]] Step identityStep();
    /// The same within another step.
    void connect(Details& details);

    [[nodiscard]] kms::KmsClient& client();  ///< after identityStep
    [[nodiscard]] const kms::CallerIdentity& identity() const { return m_identity; }
    [[nodiscard]] Mode mode() const { return m_station.mode; }
    /// Our clock, corrected where KMS has refused it: what expiry and the parameters' 24 hours are reckoned from. Times that a
    /// result tells are those of the job's clock, all of them.
    [[nodiscard]] TimePoint now() const;

    /// DescribeKey of a key in this Region and account. Throws InvalidInput for an ARN of another Region, Refused for another
    /// account.
    [[nodiscard]] kms::KeyMetadata describe(const std::string& keyId);
    /// CreateKey, then waits until the key is visible everywhere. `made` tells at each moment what there is.
    void create(const kms::CreateKeyRequest& request, Creation& made);
    /// Repeats `attempt` until it gives true, with pauses of 1, 2, 4 … seconds, as the KMS developer guide advises: changes
    /// spread within seconds, at times minutes. NotFoundException and KMSInvalidStateException count as "not yet". Throws
    /// Unavailable, or what KMS said last, after about five minutes.
    void waitUntil(const Text& waitedFor, const std::function<bool()>& attempt);
    /// The same until `look` finds nothing that differs from what was answered before: what KMS shows may be older than that.
    /// What differs to the end is thrown.
    void waitUntilAgrees(const Text& waitedFor, const std::function<std::optional<Error>()>& look);
    /// DescribeKey until `good`.
    [[nodiscard]] kms::KeyMetadata describeUntil(const std::string& keyId, const Text& waitedFor,
                                                 const std::function<bool(const kms::KeyMetadata&)>& good);
    /// GetParametersForImport, at most once per 4 seconds (off for loopback). Waits for a key that was just created to be known
    /// everywhere.
    [[nodiscard]] kms::ImportParameters parameters(const std::string& keyId, wrapping::WrappingChoice choice,
                                                   KeyAge age = KeyAge::Known);

    /// {"region", "endpoint", "account", "caller", "accessKeyId", "credentials"}
    [[nodiscard]] Json toJson() const;

private:
    void checkKeyIsOurs(const std::string& keyId) const;
    void leaveTimeBetweenParameters() const;
    void pause(std::chrono::milliseconds length) const;

    KmsStation m_station;
    const RunContext& m_context;
    std::optional<kms::KmsClient> m_client;
    kms::CallerIdentity m_identity;
    std::optional<std::chrono::steady_clock::time_point> m_lastParameters;
};

/// How long to leave between two GetParametersForImport calls: one per 4 s fits both limits AWS has published (1 per second,
/// earlier one per four); none for a server on this machine.
[[nodiscard]] std::chrono::milliseconds pauseBetweenParameters(const std::string& endpointUrl);

}  // namespace keyconvoy::app
