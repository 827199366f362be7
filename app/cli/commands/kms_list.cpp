#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/inventory/kms_keys.h"

namespace keyconvoy::cli {

namespace {

ExitCode runKmsList(const ParsedOptions& options, Console& console) {
    app::ListKmsKeysRequest request{kmsStationsFrom(options)};
    return runJob(options, console, &app::makeListKmsKeysJob, std::move(request),
                  {.verdict = &verdictOnUnread, .account = &accountOfKmsKeys});
}

}  // namespace

Command kmsListCommand() {
    return {
        .words = "kms list",
        .summary = "all KMS keys with imported material, the most urgent first",
        .description =
            "Reads the keys of origin EXTERNAL of every profile and Region that is named, with their materials and ends. First "
            "come those that lack material, then by the earliest end. What cannot be read is listed too, with exit code 8.",
        .example = "keyconvoy kms list --profile site-a --profile site-b --region eu-central-1 --region us-east-1",
        .options = severalKmsOptions() + outputOptions(),
        .run = &runKmsList};
}

}  // namespace keyconvoy::cli
