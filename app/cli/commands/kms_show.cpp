#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/inventory/kms_keys.h"

namespace keyconvoy::cli {

namespace {

ExitCode runKmsShow(const ParsedOptions& options, Console& console) {
    app::ShowKmsKeyRequest request{kmsStationFrom(options), kms::KeyIdentifier::parse(options.required(option::keyId))};
    return runJob(options, console, &app::makeShowKmsKeyJob, std::move(request), {.account = &accountOfKmsKey});
}

}  // namespace

Command kmsShowCommand() {
    return {.words = "kms show",
            .summary = "one KMS key: state, materials with their ends, replicas, what to do next",
            .description = "Looks at one KMS key and changes nothing.",
            .example = "keyconvoy kms show --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --region eu-central-1",
            .options = Options{&option::keyId} + kmsOptions() + outputOptions(),
            .run = &runKmsShow};
}

}  // namespace keyconvoy::cli
