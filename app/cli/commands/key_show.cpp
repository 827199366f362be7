#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/inventory/key_jobs.h"

namespace keyconvoy::cli {

namespace {

ExitCode runKeyShow(const ParsedOptions& options, Console& console) {
    app::ShowKeyRequest request{.token = tokenStationFrom(options), .key = keyFrom(options)};
    return runJob(options, console, &app::makeShowKeyJob, std::move(request));
}

}  // namespace

Command keyShowCommand() {
    return {.words = "key show",
            .summary = "one key with its attributes, origin and check value",
            .description =
                "Shows one key as the token states it: attributes, origin, and its check value with the method named. "
                "Changes nothing.",
            .example =
                "keyconvoy key show --module /usr/lib/softhsm/libsofthsm2.so --key \"pkcs11:token=Site%20A;object=orders-2027\"",
            .options = Options{&option::key} + logInOptions() + outputOptions(),
            .run = &runKeyShow};
}

}  // namespace keyconvoy::cli
