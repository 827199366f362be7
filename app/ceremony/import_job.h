#pragma once

#include "app/ceremony/check_after_import.h"
#include "app/ceremony/expiry.h"
#include "app/ceremony/import_outcome.h"
#include "app/ceremony/job.h"
#include "app/ceremony/key_source.h"
#include "app/ceremony/wrapping_wish.h"
#include "app/inventory/material_sheet.h"
#include "app/station/station.h"
#include "kmsclient/key_arn.h"
#include "wrapping/compatibility.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

namespace keyconvoy::app {

/// An existing KMS key, or one to be created with Origin EXTERNAL.
struct KmsKeyTarget {
    std::optional<kms::KeyIdentifier> existing;
    std::string descriptionForNew;
    std::optional<wrapping::KeyUsage> usageForNew;
};

/// What the material is to the KMS key.
enum class ImportPurpose : std::uint8_t {
    FirstOrSame,  ///< the first material, or the same once more where it holds some
    Again,        ///< the very material of an earlier import, which a material sheet names
    Successor,    ///< of a symmetric key: another material, imported beside the current one and then rotated in
};

/// One key, the whole job.
struct ImportRequest {
    TokenStation token;
    KmsStation kms;
    wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
    KeySource key;
    KmsKeyTarget kmsKey;
    WrappingWish wrapping;
    Expiry expiry{NeverExpires{}};
    CheckWish check = CheckWish::Strongest;
    ImportPurpose purpose = ImportPurpose::FirstOrSame;
    std::optional<MaterialSheet> sameAs;  ///< of ImportPurpose::Again: the token key must be the one that this sheet tells of
    std::optional<std::string> keyMaterialDescription;
    std::optional<std::filesystem::path>
        qualificationFolder;  ///< where results are kept and reused; absent: $XDG_STATE_HOME/keyconvoy
    std::optional<std::filesystem::path>
        sheetFolder;  ///< of the material sheets; absent: "materials" in $XDG_STATE_HOME/keyconvoy
};

class ImportJob : public Job {
public:
    /// From the moment on in which KMS was seen to hold the material, though what came after it failed; then there is a result().
    [[nodiscard]] virtual std::optional<ImportOutcome> outcome() const = 0;

protected:
    using Job::Job;
};
/// Throws InvalidInput or Refused for what can be seen without touching anything (impossible combination, SHA-1 without a
/// reason).
[[nodiscard]] std::unique_ptr<ImportJob> makeImportJob(ImportRequest request, RunContext context);

/// The check alone of an import that was done and left its check undone (`Rest::Check`).
[[nodiscard]] CheckRequest checkOf(const ImportRequest& import, const LeftBehind& left);
/// The result of that import with the result of its check.
[[nodiscard]] Json withCheck(Json importResult, const Json& checkResult);

}  // namespace keyconvoy::app
