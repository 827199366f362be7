#include "kmsclient/operation.h"

#include "core/text.h"

#include <array>

namespace keyconvoy::kms {

namespace {

using namespace std::chrono_literals;
using enum Operation;
using enum Repetition;
using enum Service;

constexpr bool changing = true;
constexpr bool reading = false;

Text repeat(const char* operation) {
    return KC_TEXT("Operation", "%1 may or may not have been carried out; repeating it does no harm").with(operation);
}

Text lookFirst(const char* operation, const char* with) {
    return KC_TEXT("Operation", "%1 may or may not have been carried out: look with %2 before it is repeated")
        .with(operation)
        .with(with);
}

/// With the same material, and as long as the import token is good.
Text repeatWithTheSame(const char* operation) {
    return KC_TEXT("ServiceCall",
                   "%1 may or may not have been carried out: look with DescribeKey; repeating it with the same "
                   "material does no harm")
        .with(operation);
}

Text lookForTheKey() {
    return KC_TEXT("ServiceCall",
                   "%1 may or may not have been carried out; it was not repeated, since that could make a second key. Look first "
                   "(aws kms list-keys; by description, tag or creation date), then %2, or go on with the key that is there")
        .with("CreateKey")
        .with(typedAs("repeat the command"));
}

OperationFacts read(Operation operation, const char* name, std::chrono::milliseconds interval = 0ms) {
    return {operation, name, Kms, reading, Harmless, "", interval, {}};
}

OperationFacts change(Operation operation, const char* name, std::chrono::milliseconds interval) {
    return {operation, name, Kms, changing, Harmless, "", interval, repeat(name)};
}

OperationFacts sts(Operation operation, const char* name) {
    return {operation, name, Sts, reading, Harmless, "", 0ms, {}};
}

const std::array<OperationFacts, 36>& table() {
    static const std::array<OperationFacts, 36> rows{{
        {CreateKey, "CreateKey", Kms, changing, Never, "", 200ms, lookForTheKey()},
        read(DescribeKey, "DescribeKey"),
        // It gives another pair each time, which changes nothing. One each four seconds fits both quotas that AWS has published.
        read(GetParametersForImport, "GetParametersForImport", 4s),
        // As EXISTING_KEY_MATERIAL, or without a type, the same token and blob are simply taken again.
        {ImportKeyMaterial, "ImportKeyMaterial", Kms, changing, MayBeRefused, "IncorrectKeyMaterialException", 67ms,
         repeatWithTheSame("ImportKeyMaterial")},
        // Pending material that is gone is not known any more.
        {DeleteImportedKeyMaterial, "DeleteImportedKeyMaterial", Kms, changing, MayBeRefused, "ValidationException", 67ms,
         repeatWithTheSame("DeleteImportedKeyMaterial")},
        read(ListKeyRotations, "ListKeyRotations"),
        // A key has 25 rotations in its life.
        {RotateKeyOnDemand, "RotateKeyOnDemand", Kms, changing, OnlyAfterLook, "", 200ms,
         lookFirst("RotateKeyOnDemand", "GetKeyRotationStatus, ListKeyRotations")},
        read(GetKeyRotationStatus, "GetKeyRotationStatus"),
        {ReplicateKey, "ReplicateKey", Kms, changing, MayBeRefused, "AlreadyExistsException", 200ms,
         lookFirst("ReplicateKey", "DescribeKey")},
        // The key that was the primary is a replica then, and no replica can be told to make another one the primary.
        {UpdatePrimaryRegion, "UpdatePrimaryRegion", Kms, changing, MayBeRefused, "UnsupportedOperationException", 200ms,
         lookFirst("UpdatePrimaryRegion", "DescribeKey")},
        read(ListKeys, "ListKeys"),
        read(ListAliases, "ListAliases"),
        {CreateAlias, "CreateAlias", Kms, changing, MayBeRefused, "AlreadyExistsException", 200ms,
         lookFirst("CreateAlias", "ListAliases")},
        change(UpdateAlias, "UpdateAlias", 200ms),
        {DeleteAlias, "DeleteAlias", Kms, changing, MayBeRefused, "NotFoundException", 67ms,
         lookFirst("DeleteAlias", "ListAliases")},
        change(TagResource, "TagResource", 100ms),
        change(UntagResource, "UntagResource", 200ms),
        read(ListResourceTags, "ListResourceTags"),
        change(EnableKey, "EnableKey", 200ms),
        change(DisableKey, "DisableKey", 200ms),
        {ScheduleKeyDeletion, "ScheduleKeyDeletion", Kms, changing, MayBeRefused, "KMSInvalidStateException", 67ms,
         lookFirst("ScheduleKeyDeletion", "DescribeKey")},
        {CancelKeyDeletion, "CancelKeyDeletion", Kms, changing, MayBeRefused, "KMSInvalidStateException", 200ms,
         lookFirst("CancelKeyDeletion", "DescribeKey")},
        read(GetKeyPolicy, "GetKeyPolicy"),
        change(PutKeyPolicy, "PutKeyPolicy", 67ms),
        change(UpdateKeyDescription, "UpdateKeyDescription", 200ms),
        read(GetPublicKey, "GetPublicKey"),
        read(GenerateMac, "GenerateMac"),
        read(VerifyMac, "VerifyMac"),
        read(Sign, "Sign"),
        read(Verify, "Verify"),
        read(Encrypt, "Encrypt"),
        read(Decrypt, "Decrypt"),
        read(DeriveSharedSecret, "DeriveSharedSecret"),
        sts(GetCallerIdentity, "GetCallerIdentity"),
        // Another session of the same role does no harm.
        sts(AssumeRole, "AssumeRole"),
        {AssumeRoleWithWebIdentity, "AssumeRoleWithWebIdentity", Sts, reading, Harmless, "", 0ms, {}, true},
    }};
    return rows;
}

}  // namespace

std::span<const OperationFacts> operationTable() {
    return table();
}

const OperationFacts& factsOf(Operation operation) {
    return table().at(static_cast<std::size_t>(operation));
}

}  // namespace keyconvoy::kms
