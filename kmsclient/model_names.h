#pragma once

#include "core/name_table.h"
#include "kmsclient/model.h"

/// How the KMS API spells the enums of model.h.
namespace keyconvoy::kms {

inline constexpr NameTable<KeyState, 9> keyStateNames{{
    {KeyState::Creating, "Creating"},
    {KeyState::Enabled, "Enabled"},
    {KeyState::Disabled, "Disabled"},
    {KeyState::PendingDeletion, "PendingDeletion"},
    {KeyState::PendingImport, "PendingImport"},
    {KeyState::PendingReplicaDeletion, "PendingReplicaDeletion"},
    {KeyState::Unavailable, "Unavailable"},
    {KeyState::Updating, "Updating"},
    {KeyState::Unknown, "Unknown"},
}};
static_assert(hasNoRepeats(keyStateNames));

inline constexpr NameTable<ExpirationModel, 2> expirationModelNames{{
    {ExpirationModel::KeyMaterialExpires, "KEY_MATERIAL_EXPIRES"},
    {ExpirationModel::KeyMaterialDoesNotExpire, "KEY_MATERIAL_DOES_NOT_EXPIRE"},
}};
static_assert(hasNoRepeats(expirationModelNames));

inline constexpr NameTable<ImportType, 2> importTypeNames{{
    {ImportType::NewKeyMaterial, "NEW_KEY_MATERIAL"},
    {ImportType::ExistingKeyMaterial, "EXISTING_KEY_MATERIAL"},
}};
static_assert(hasNoRepeats(importTypeNames));

}  // namespace keyconvoy::kms
