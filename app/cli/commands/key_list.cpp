#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/requests.h"
#include "app/inventory/key_jobs.h"

namespace keyconvoy::cli {

namespace {

ExitCode runKeyList(const ParsedOptions& options, Console& console) {
    app::ListKeysRequest request{tokenStationFrom(options)};
    return runJob(options, console, &app::makeListKeysJob, std::move(request), {.account = &accountOfKeys});
}

}  // namespace

Command keyListCommand() {
    return {.words = "key list",
            .summary = "the keys on a token",
            .description =
                "Lists the secret, private and public keys that a login sees, with what matters for an import. Changes "
                "nothing.",
            .example = "keyconvoy key list --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\"",
            .options = logInOptions() + outputOptions(),
            .run = &runKeyList};
}

}  // namespace keyconvoy::cli
