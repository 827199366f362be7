#include "app/inventory/delete_material.h"

#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"

namespace keyconvoy::cli {

namespace {

ExitCode runDeleteMaterial(const ParsedOptions& options, Console& console) {
    app::DeleteMaterialRequest request{.kms = kmsStationFrom(options),
                                       .keyId = kms::KeyIdentifier::parse(options.required(option::keyId)),
                                       .keyMaterialId = options.value(option::keyMaterialId),
                                       .lastOfKeyId = options.required(option::confirm),
                                       .acceptLossReason = reasonFrom(options, option::acceptLoss),
                                       .sheetFolder = std::nullopt};
    return runJob(options, console, &app::makeDeleteMaterialJob, std::move(request));
}

}  // namespace

Command deleteMaterialCommand() {
    return {
        .words = "delete-material",
        .summary = "take material out of a KMS key: it stops working at once",
        .description =
            "Deletes imported material from KMS (DeleteImportedKeyMaterial). Says before where the same material still is, by "
            "the "
            "material sheets of this machine, and refuses when none tells. The last four characters of the key's ID must be "
            "given, so that no other key is meant. keyconvoy reimport brings the same material back.",
        .example = "keyconvoy delete-material --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --confirm 90ab --region eu-central-1",
        .options = Options{&option::confirm, &option::acceptLoss, &option::keyId, &option::keyMaterialId} + kmsOptions() +
                   questionOptions(),
        .run = &runDeleteMaterial};
}

}  // namespace keyconvoy::cli
