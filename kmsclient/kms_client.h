#pragma once

#include "core/clock.h"
#include "core/finding.h"
#include "kmsclient/environment.h"
#include "kmsclient/model.h"
#include "kmsclient/retry.h"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::kms {

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
    /// Given outright: then credentials are looked for nowhere else. With Region and endpoint given too, no AWS variable and no
    /// AWS file is read at all, so that nothing on the machine can divert or break a rehearsal.
    std::optional<ExplicitCredentials> credentials;
    std::chrono::milliseconds connectTimeout{10'000};
    std::chrono::milliseconds replyTimeout{60'000};
};

/// What a client takes from the process around it; tests bring their own.
struct ClientSurroundings {
    Environment environment;
    Wait wait;              ///< between attempts
    RandomFraction random;  ///< spreads the attempts of many clients

    /// The process's environment, real waiting, std::random_device.
    [[nodiscard]] static ClientSurroundings ofThisProcess();
};

/// AWS KMS (and STS GetCallerIdentity), one method per operation. One thread.
///
/// Every method retries what is safe to retry (see retry.h) and throws Error with the service's exception as `code`, its text and
/// the request ID: InvalidInput, NotFound, Refused (permission, state, rule), Unavailable (network, throttling, time-out),
/// Integrity (the reply makes no sense).
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
    /// "given", "environment variables", "profile NAME in FILE" or "credential_process of profile NAME".
    [[nodiscard]] const Text& credentialsSource() const;
    /// What was noticed on the way: the clock's offset and its correction, TLS "private or intercepted".
    [[nodiscard]] const Findings& findings() const;
    /// What is added to our clock since the service refused our time, which is a finding then; zero otherwise, however far the
    /// Date headers are off: they are cut to whole seconds and were underway for a while.
    [[nodiscard]] std::chrono::seconds clockCorrection() const;
    /// Server time minus ours, roughly, from the latest reply's Date header; absent before the first reply.
    [[nodiscard]] std::optional<std::chrono::seconds> clockOffset() const;

    /// A key made here may not be known everywhere for some seconds; for five minutes every other call waits for it.
    [[nodiscard]] KeyMetadataReply createKey(const CreateKeyRequest& request);  ///< Origin EXTERNAL; never retried blindly
    [[nodiscard]] KeyMetadataReply describeKey(const std::string& keyId);
    /// Asks until the key is in this state (KMS is eventually consistent) or five minutes have passed; the last reply either way.
    [[nodiscard]] KeyMetadataReply awaitKeyState(const std::string& keyId, KeyState wanted);
    [[nodiscard]] ImportParameters getParametersForImport(const std::string& keyId, wrapping::WrappingAlgorithm algorithm,
                                                          wrapping::WrappingKeySpec keySpec);
    /// When an attempt as NEW_KEY_MATERIAL ended without a reply and the next one hears "already associated", ListKeyRotations
    /// confirms that the first one was carried out: then this is a success, with a finding.
    [[nodiscard]] ImportKeyMaterialReply importKeyMaterial(const ImportKeyMaterialRequest& request);
    [[nodiscard]] DeleteImportedKeyMaterialReply deleteImportedKeyMaterial(const std::string& keyId,
                                                                           const std::optional<std::string>& keyMaterialId);
    [[nodiscard]] KeyRotations listKeyRotations(const std::string& keyId, bool allKeyMaterial);
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

    [[nodiscard]] CallerIdentity getCallerIdentity();

private:
    ImportKeyMaterialReply confirmEarlierImport(const std::string& keyId, const std::string& materialId, const Failure& refusal);

    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace keyconvoy::kms
