#pragma once

#include "core/bytes.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/fingerprint.h"
#include "wrapping/key_spec.h"
#include "wrapping/wrapping_algorithm.h"

#include <optional>
#include <string>
#include <vector>

/// Requests and replies of the KMS operations used here (KMS API, version 2014-11-01), in our types. Members that KMS may leave
/// out are optional; enums that KMS may extend stay strings.
namespace keyconvoy::kms {

enum class KeyState : std::uint8_t {
    Creating,
    Enabled,
    Disabled,
    PendingDeletion,
    PendingImport,
    PendingReplicaDeletion,
    Unavailable,
    Updating,
    Unknown
};
enum class ExpirationModel : std::uint8_t { KeyMaterialExpires, KeyMaterialDoesNotExpire };
enum class ImportType : std::uint8_t { NewKeyMaterial, ExistingKeyMaterial };

[[nodiscard]] std::string_view awsName(KeyState state);
[[nodiscard]] std::string_view awsName(ExpirationModel model);
[[nodiscard]] std::string_view awsName(ImportType type);

/// What is known about the TLS connection that one reply came over; nothing else ties a wrapping key to KMS.
struct ConnectionEvidence {
    std::string host;
    std::string peerAddress;  ///< address and port; the proxy's when one was used
    std::string proxy;        ///< empty when none was used
    bool tls = false;
    std::optional<Fingerprint> leafSha256;     ///< of the server's certificate (DER)
    std::optional<Fingerprint> rootKeySha256;  ///< of the SubjectPublicKeyInfo of the chain's root
    std::string rootSubject;
    bool amazonRoot = false;       ///< the root is one of Amazon Trust Services'
    bool simulatorHeader = false;  ///< the reply carries x-keyconvoy-simulator
    /// "amazon", "private or intercepted", "none (plain http)"
    [[nodiscard]] Text tlsInWords() const;
    [[nodiscard]] std::string tlsSummary() const;  ///< the same in English, for results
};

/// What every reply brings besides its content.
struct ReplyFacts {
    std::string requestId;
    ConnectionEvidence connection;
    int attempts = 1;
};

struct KeyMetadata {
    std::string accountId;
    std::string keyId;
    std::string arn;
    std::optional<TimePoint> creationDate;
    bool enabled = false;
    std::string description;
    std::string keyUsage;
    KeyState keyState = KeyState::Unknown;
    std::string keyStateName;  ///< as KMS said it
    std::string origin;
    std::string keySpec;
    std::optional<TimePoint> validTo;
    std::optional<std::string> expirationModel;
    bool multiRegion = false;
    std::optional<std::string> currentKeyMaterialId;
    std::optional<TimePoint> deletionDate;
    std::vector<std::string> encryptionAlgorithms, signingAlgorithms, macAlgorithms, keyAgreementAlgorithms;
};
struct KeyMetadataReply {
    KeyMetadata metadata;
    ReplyFacts facts;
};

struct Tag {
    std::string key, value;
};
struct CreateKeyRequest {
    wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
    wrapping::KeyUsage keyUsage = wrapping::KeyUsage::EncryptDecrypt;
    std::string description;
    std::optional<std::string> policy;
    std::vector<Tag> tags;
    bool multiRegion = false;
};

struct ImportParameters {
    std::string keyId;  ///< as KMS said it, an ARN
    Bytes importToken;
    Bytes publicKey;  ///< DER SubjectPublicKeyInfo
    TimePoint parametersValidTo;
    ReplyFacts facts;
};

struct ImportKeyMaterialRequest {
    std::string keyId;
    Bytes importToken;
    Bytes encryptedKeyMaterial;
    ExpirationModel expirationModel = ExpirationModel::KeyMaterialExpires;
    std::optional<TimePoint> validTo;
    std::optional<ImportType> importType;
    std::optional<std::string> keyMaterialDescription;
    std::optional<std::string> keyMaterialId;
};
struct ImportKeyMaterialReply {
    std::string keyId;
    std::optional<std::string> keyMaterialId;  ///< symmetric keys only
    ReplyFacts facts;
};
using DeleteImportedKeyMaterialReply = ImportKeyMaterialReply;

struct Rotation {
    std::string keyId;
    std::optional<std::string> keyMaterialId, keyMaterialDescription, importState, keyMaterialState, expirationModel,
        rotationType;
    std::optional<TimePoint> validTo, rotationDate;
};
struct KeyRotations {
    std::vector<Rotation> rotations;  ///< all pages
    ReplyFacts facts;
};

struct PublicKeyReply {
    std::string keyId;
    Bytes publicKey;  ///< DER SubjectPublicKeyInfo
    std::string keySpec, keyUsage;
    ReplyFacts facts;
};

struct BlobReply {  ///< Mac, Signature, CiphertextBlob or SharedSecret
    std::string keyId;
    Bytes blob;
    ReplyFacts facts;
};
struct DecryptReply {
    std::string keyId;
    Bytes plaintext;
    std::optional<std::string> keyMaterialId;
    ReplyFacts facts;
};

struct CallerIdentity {
    std::string account, arn, userId;
    ReplyFacts facts;
};

}  // namespace keyconvoy::kms
