#pragma once

#include "app/inventory/kms_keys.h"
#include "app/inventory/material_sheet.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::app {

/// Takes material out of a KMS key (DeleteImportedKeyMaterial): the key stops working at once, until the same material is
/// imported again. Refused when this machine knows of no place where the material still is, unless the loss is accepted with a
/// reason.
struct DeleteMaterialRequest {
    KmsStation kms;
    kms::KeyIdentifier keyId;
    std::optional<std::string> keyMaterialId;  ///< absent: the only one that it holds
    std::string lastOfKeyId;                   ///< the last four characters of the key's ID, as a person has typed them
    std::optional<std::string> acceptLossReason;
    std::optional<std::filesystem::path> sheetFolder;  ///< of the material sheets; absent: as in ImportRequest
};
[[nodiscard]] std::unique_ptr<Job> makeDeleteMaterialJob(DeleteMaterialRequest request, RunContext context);

}  // namespace keyconvoy::app
