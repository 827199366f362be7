#pragma once

#include "core/clock.h"
#include "core/finding.h"
#include "kmsclient/environment.h"
#include "kmsclient/mfa.h"
#include "kmsclient/model.h"
#include "kmsclient/operation.h"
#include "kmsclient/rate_limiter.h"
#include "kmsclient/retry.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace keyconvoy::kms {

class CreationMark;
class RoleSessions;
struct AssumedRole;
struct AssumeRoleRequest;
struct WebIdentityRequest;

/// Credentials that are not worth protecting: a simulator's throw-away account. Real ones never come this way, since the texts
/// are not wiped.
struct ExplicitCredentials {
    std::string accessKeyId, secretAccessKey;
    std::optional<std::string> sessionToken;
};

/// How a process finds KMS, from the command line; what is left out comes from environment and AWS configuration files.
struct ClientOptions {
    std::optional<std::string> profile;
    std::optional<std::string> region;
    std::optional<std::string> endpointUrl;  ///< KMS, and STS too unless AWS_ENDPOINT_URL_STS names another
    std::optional<std::filesystem::path> caBundle;
    bool requireAmazonRoots = false;
    AskMfaCode askMfaCode;  ///< for a profile with mfa_serial; without it such a profile is refused
    /// Given outright: then credentials are looked for nowhere else. With Region and endpoint given too, no AWS variable and no
    /// AWS file is read at all, so that nothing on the machine can divert or break a rehearsal.
    std::optional<ExplicitCredentials> credentials;
    std::chrono::milliseconds connectTimeout{10'000};
    std::chrono::milliseconds replyTimeout{60'000};
    /// Least time between two calls of an operation, for each account and Region; zero for none. What is not named here keeps to
    /// the quotas of the KMS Developer Guide (GetParametersForImport: four seconds), and on this machine to nothing.
    std::map<Operation, std::chrono::milliseconds> intervals;
};

/// What a client takes from the process around it; tests bring their own.
struct ClientSurroundings {
    Environment environment;
    Wait wait;              ///< between attempts
    RandomFraction random;  ///< spreads the attempts of many clients
    /// Shared by all clients that use up the same quotas; a client without one keeps to them alone.
    std::shared_ptr<RateLimiter> limiter{};
    /// Shared by all clients for which one MFA code is to do; a client without them asks for one of its own.
    std::shared_ptr<RoleSessions> sessions{};

    /// The process's environment, real waiting, std::random_device, one limiter and the same role sessions for the process.
    [[nodiscard]] static ClientSurroundings ofThisProcess();
};

/// AWS KMS and what is needed of STS, one method per operation. One thread.
///
/// Every method retries what is safe to retry (operation.h says what that is) and throws Error with the service's exception as
/// `code`, its text and the request ID: InvalidInput, NotFound, Refused (permission, state, rule), Unavailable (network,
/// throttling, time-out), Integrity (the reply makes no sense). A change whose reply was lost is looked for; where it stays open
/// whether it was made, the failure says so (`outcomeUnknown`).
class KmsClient {
public:
    /// Reads configuration and credentials. Throws InvalidInput or NotFound naming file and line, or the setting that is missing.
    KmsClient(const ClientOptions& options, Clock clock);
    KmsClient(const ClientOptions& options, Clock clock, ClientSurroundings surroundings);
    ~KmsClient();
    KmsClient(const KmsClient&) = delete;
    KmsClient& operator=(const KmsClient&) = delete;
    KmsClient(KmsClient&&) noexcept;
    KmsClient& operator=(KmsClient&&) noexcept;

    [[nodiscard]] const std::string& region() const;
    [[nodiscard]] const std::string& endpointUrl() const;  ///< of KMS
    [[nodiscard]] std::string accessKeyId() const;
    /// "given", "environment variables", "profile NAME in FILE", "credential_process of profile NAME", "role ARN of profile NAME"
    /// and so on.
    [[nodiscard]] const Text& credentialsSource() const;
    /// What was noticed on the way: the clock's offset and its correction, TLS "private or intercepted".
    [[nodiscard]] const Findings& findings() const;
    /// What is added to our clock since the service refused our time, which is a finding then; zero otherwise, however far the
    /// Date headers are off: they are cut to whole seconds and were underway for a while.
    [[nodiscard]] std::chrono::seconds clockCorrection() const;
    /// Server time minus ours, roughly, from the latest reply's Date header; absent before the first reply.
    [[nodiscard]] std::optional<std::chrono::seconds> clockOffset() const;

    // Keys. What gives ReplyFacts has an empty reply (KMS API: "the service sends back an HTTP 200 response with an empty body").

    /// Origin EXTERNAL, no material yet. The key carries the tag keyconvoy:request, by which it is found again when the reply is
    /// lost: then it is looked for and never created a second time. Callers who set no tags and may not tag get a key without it.
    /// A key made here may not be known everywhere for some seconds; for five minutes every other call waits for it.
    [[nodiscard]] KeyMetadataReply createKey(const CreateKeyRequest& request);
    [[nodiscard]] KeyMetadataReply describeKey(const std::string& keyId);
    /// Asks until the key is in this state (KMS is eventually consistent) or five minutes have passed; the last reply either way.
    [[nodiscard]] KeyMetadataReply awaitKeyState(const std::string& keyId, KeyState wanted);
    [[nodiscard]] KeyList listKeys();  ///< of account and Region
    /// In the primary key's Region. The replica has no material: AWS never copies that of origin EXTERNAL.
    [[nodiscard]] ReplicateKeyReply replicateKey(const ReplicateKeyRequest& request);
    /// In the primary key's Region; `primaryRegion` has a replica already.
    ReplyFacts updatePrimaryRegion(const std::string& keyId, const std::string& primaryRegion);
    ReplyFacts enableKey(const std::string& keyId);
    ReplyFacts disableKey(const std::string& keyId);
    ReplyFacts updateKeyDescription(const std::string& keyId, const std::string& description);
    /// After 7 to 30 days.
    [[nodiscard]] ScheduledDeletion scheduleKeyDeletion(const std::string& keyId, int pendingWindowInDays);
    /// The key is disabled then, or PendingImport where material is missing.
    KeyReply cancelKeyDeletion(const std::string& keyId);

    // Materials.

    [[nodiscard]] ImportParameters getParametersForImport(const std::string& keyId, wrapping::WrappingAlgorithm algorithm,
                                                          wrapping::WrappingKeySpec keySpec);
    /// When an attempt as NEW_KEY_MATERIAL ended without a reply and the next one hears "already associated", ListKeyRotations
    /// confirms that the first one was carried out: then this is a success, with a finding.
    [[nodiscard]] ImportKeyMaterialReply importKeyMaterial(const ImportKeyMaterialRequest& request);
    [[nodiscard]] DeleteImportedKeyMaterialReply deleteImportedKeyMaterial(const std::string& keyId,
                                                                           const std::optional<std::string>& keyMaterialId);
    [[nodiscard]] KeyRotations listKeyRotations(const std::string& keyId, bool allKeyMaterial);
    /// Only begins: getKeyRotationStatus shows a start date until the pending material is the current one, after minutes. When
    /// the reply is lost, status and materials are looked at before it is asked for again.
    KeyReply rotateKeyOnDemand(const std::string& keyId);
    [[nodiscard]] RotationStatus getKeyRotationStatus(const std::string& keyId);

    // What is written on keys. Alias names begin with alias/.

    [[nodiscard]] AliasList listAliases(const std::optional<std::string>& keyId = std::nullopt);  ///< of one key, or all
    ReplyFacts createAlias(const std::string& aliasName, const std::string& targetKeyId);
    ReplyFacts updateAlias(const std::string& aliasName, const std::string& targetKeyId);
    ReplyFacts deleteAlias(const std::string& aliasName);
    ReplyFacts tagResource(const std::string& keyId, const std::vector<Tag>& tags);
    ReplyFacts untagResource(const std::string& keyId, const std::vector<std::string>& tagKeys);
    [[nodiscard]] TagList listResourceTags(const std::string& keyId);
    [[nodiscard]] KeyPolicy getKeyPolicy(const std::string& keyId);
    ReplyFacts putKeyPolicy(const std::string& keyId, const std::string& policy,
                            PolicyLockoutCheck check = PolicyLockoutCheck::Kept);

    // The key at work.

    [[nodiscard]] PublicKeyReply getPublicKey(const std::string& keyId);
    [[nodiscard]] BlobReply generateMac(const std::string& keyId, const std::string& macAlgorithm, ByteView message);
    /// False when KMS says KMSInvalidMacException.
    [[nodiscard]] bool verifyMac(const std::string& keyId, const std::string& macAlgorithm, ByteView message, ByteView mac);
    [[nodiscard]] BlobReply sign(const std::string& keyId, const std::string& signingAlgorithm, ByteView message);
    /// False when KMS says KMSInvalidSignatureException.
    [[nodiscard]] bool verify(const std::string& keyId, const std::string& signingAlgorithm, ByteView message,
                              ByteView signature);
    [[nodiscard]] BlobReply encrypt(const std::string& keyId, const std::string& encryptionAlgorithm, ByteView plaintext);
    [[nodiscard]] DecryptReply decrypt(const std::string& keyId, const std::string& encryptionAlgorithm, ByteView ciphertext);
    /// ECDH; gives the raw shared secret (x-coordinate). `publicKey` is DER SubjectPublicKeyInfo.
    [[nodiscard]] BlobReply deriveSharedSecret(const std::string& keyId, ByteView publicKey);

    // STS (kmsclient/sts.h).

    [[nodiscard]] CallerIdentity getCallerIdentity();
    [[nodiscard]] AssumedRole assumeRole(const AssumeRoleRequest& request);
    [[nodiscard]] AssumedRole assumeRoleWithWebIdentity(const WebIdentityRequest& request);

private:
    KeyMetadataReply create(CreateKeyRequest request, const std::optional<CreationMark>& mark);
    std::optional<std::string> knownReplica(const std::string& keyId, const std::string& region);
    std::optional<std::string> currentMaterial(const std::string& keyId);
    std::optional<KeyReply> rotationSince(const std::string& keyId, const std::string& currentBefore);

    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace keyconvoy::kms
