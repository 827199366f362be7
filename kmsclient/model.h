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

/// The key of one Region in a multi-Region key.
struct RegionalKey {
    std::string arn, region;
};
struct MultiRegionConfiguration {
    std::string keyType;  ///< PRIMARY or REPLICA
    RegionalKey primary;
    std::vector<RegionalKey> replicas;
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
    std::optional<MultiRegionConfiguration> multiRegionConfiguration;  ///< multi-Region keys only
    std::optional<std::string> currentKeyMaterialId;
    std::optional<TimePoint> deletionDate;
    std::optional<int> pendingDeletionWindowInDays;  ///< while PendingReplicaDeletion
    std::vector<std::string> encryptionAlgorithms, signingAlgorithms, macAlgorithms, keyAgreementAlgorithms;
};
struct KeyMetadataReply {
    KeyMetadata metadata;
    ReplyFacts facts;
};

/// What a list operation gives, all pages together.
template <class Entry>
struct Listing {
    std::vector<Entry> entries;
    ReplyFacts facts;  ///< of the last page
};

struct Tag {
    std::string key, value;
    friend bool operator==(const Tag&, const Tag&) = default;
};
using TagList = Listing<Tag>;

struct KeyEntry {
    std::string keyId, arn;
};
using KeyList = Listing<KeyEntry>;

struct Alias {
    std::string name;  ///< alias/…
    std::string arn;
    std::optional<std::string> targetKeyId;  ///< a bare key ID; absent for an AWS managed key that is not made yet
    std::optional<TimePoint> creationDate, lastUpdatedDate;
};
using AliasList = Listing<Alias>;

/// What is done about KMS's check that the caller stays able to change the key's policy.
enum class PolicyLockoutCheck : std::uint8_t { Kept, Bypassed };

struct CreateKeyRequest {
    wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
    wrapping::KeyUsage keyUsage = wrapping::KeyUsage::EncryptDecrypt;
    std::string description;
    std::optional<std::string> policy;
    std::vector<Tag> tags;
    bool multiRegion = false;
    PolicyLockoutCheck policyLockoutCheck = PolicyLockoutCheck::Kept;
};

struct ReplicateKeyRequest {
    std::string keyId;  ///< of the primary key
    std::string replicaRegion;
    std::optional<std::string> policy;  ///< the default policy without one: the primary's is not copied
    std::optional<std::string> description;
    std::vector<Tag> tags;
    PolicyLockoutCheck policyLockoutCheck = PolicyLockoutCheck::Kept;
};
struct ReplicateKeyReply {
    std::string replicaArn;
    /// What the reply shows; absent when the reply was lost and the replica was found at the primary, which tells its ARN only.
    std::optional<KeyMetadata> replica;
    std::optional<std::string> policy;
    std::vector<Tag> tags;
    ReplyFacts facts;
};

struct KeyPolicy {
    std::string policy;  ///< a JSON document
    ReplyFacts facts;
};

struct ScheduledDeletion {
    std::string keyId;
    std::optional<TimePoint> deletionDate;  ///< absent while replicas of the key are left
    KeyState keyState = KeyState::Unknown;
    std::optional<int> pendingWindowInDays;
    ReplyFacts facts;
};

/// The reply that names the key and nothing else.
struct KeyReply {
    std::string keyId;
    ReplyFacts facts;
};

struct RotationStatus {
    std::string keyId;
    bool automatic = false;  ///< never for imported material
    std::optional<int> rotationPeriodInDays;
    std::optional<TimePoint> nextRotationDate;
    std::optional<TimePoint> onDemandRotationStartDate;  ///< while an on-demand rotation runs
    ReplyFacts facts;
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
