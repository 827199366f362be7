#include "app/inventory/create_key.h"

#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"

namespace keyconvoy::cli {

namespace {

ExitCode runKmsCreate(const ParsedOptions& options, Console& console) {
    app::CreateKmsKeyRequest request;
    request.key.keySpec = keySpecFrom(options);
    request.key.keyUsage = keyUsageFrom(options, request.key.keySpec).value_or(usualUsage(request.key.keySpec));
    request.key.description = options.value(option::description).value_or("");
    request.key.policy = keyPolicyFrom(options);
    request.key.tags = tagsFrom(options);
    request.key.multiRegion = options.given(option::multiRegion);
    request.alias = options.value(option::alias);
    request.kms = kmsStationFrom(options);
    return runJob(options, console, &app::makeCreateKmsKeyJob, std::move(request), {.account = &accountOfNewKmsKey});
}

}  // namespace

Command kmsCreateCommand() {
    return {
        .words = "kms create",
        .summary = "a new KMS key that waits for imported material (Origin EXTERNAL)",
        .description =
            "Creates a KMS key without material, with the key policy, tags, alias and description that are given, and says what "
            "to do next. Where the reply to CreateKey is lost, the key is found again by a tag of its own "
            "(keyconvoy:request) and never created twice. An alias that is taken is refused before anything is created.",
        .example =
            "keyconvoy kms create --key-spec SYMMETRIC_DEFAULT --alias alias/orders --policy orders-policy.json \\\n"
            "    --tag Team=payments --multi-region --region eu-central-1",
        .options = Options{&option::keySpec, &option::keyUsage, &option::alias, &option::description, &option::keyPolicy,
                           &option::tags, &option::multiRegion} +
                   kmsOptions() + questionOptions(),
        .run = &runKmsCreate};
}

}  // namespace keyconvoy::cli
