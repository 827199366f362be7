#pragma once

#include "core/error.h"

#include <chrono>
#include <cstdint>
#include <span>
#include <string_view>

namespace keyconvoy::kms {

/// The operations of AWS KMS (API version 2014-11-01) and AWS STS (API version 2011-06-15) that are used here.
enum class Operation : std::uint8_t {
    CreateKey,
    DescribeKey,
    GetParametersForImport,
    ImportKeyMaterial,
    DeleteImportedKeyMaterial,
    ListKeyRotations,
    RotateKeyOnDemand,
    GetKeyRotationStatus,
    ReplicateKey,
    UpdatePrimaryRegion,
    ListKeys,
    ListAliases,
    CreateAlias,
    UpdateAlias,
    DeleteAlias,
    TagResource,
    UntagResource,
    ListResourceTags,
    EnableKey,
    DisableKey,
    ScheduleKeyDeletion,
    CancelKeyDeletion,
    GetKeyPolicy,
    PutKeyPolicy,
    UpdateKeyDescription,
    GetPublicKey,
    GenerateMac,
    VerifyMac,
    Sign,
    Verify,
    Encrypt,
    Decrypt,
    DeriveSharedSecret,
    GetCallerIdentity,
    AssumeRole,
    AssumeRoleWithWebIdentity,
};

enum class Service : std::uint8_t { Kms, Sts };

/// What is done about a call when it is not known whether it was carried out.
enum class Repetition : std::uint8_t {
    Harmless,       ///< it is repeated: a second execution changes nothing more
    MayBeRefused,   ///< it is repeated: after a first execution the second is refused, and that refusal is looked into
    OnlyAfterLook,  ///< it is repeated only when a look has shown that it was not carried out
    Never,          ///< it is looked for, and not repeated: no look shows for certain that it was not carried out
};

/// What is to be known about an operation before it is called.
struct OperationFacts {
    Operation operation;
    std::string_view name;  ///< as the API spells it
    Service service;
    /// It changes something: sent on a connection of its own, since libcurl itself repeats a request whose reused connection was
    /// dead.
    bool changes;
    Repetition repetition;
    std::string_view refusedAs;  ///< MayBeRefused: the exception in which a second execution ends
    /// Least time between two calls, by the quotas of the KMS Developer Guide ("Request quotas", per account and Region); zero
    /// for those that are called thousands of times a second.
    std::chrono::milliseconds interval;
    Text findOut;            ///< for a person: what to do when the outcome stays unknown; empty for what changes nothing
    bool anonymous = false;  ///< sent without a signature
};

/// One row for each operation, in the order of the enum.
[[nodiscard]] std::span<const OperationFacts> operationTable();
[[nodiscard]] const OperationFacts& factsOf(Operation operation);

}  // namespace keyconvoy::kms
