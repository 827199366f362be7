#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/inventory/key_jobs.h"

namespace keyconvoy::cli {

namespace {

ExitCode runKeyGenerate(const ParsedOptions& options, Console& console) {
    app::GenerateKeyRequest request;
    request.keySpec = keySpecFrom(options);
    request.keyUsage = keyUsageFrom(options, request.keySpec);
    request.label = labelFrom(options);
    request.token = tokenStationFrom(options);
    return runJob(options, console, &app::makeGenerateKeyJob, std::move(request));
}

}  // namespace

Command keyGenerateCommand() {
    return {.words = "key generate",
            .summary = "generate a key inside a token",
            .description =
                "Generates a key of exactly the length and kind that the KMS key spec takes, sensitive and extractable (so "
                "that it can be wrapped), with a random ID, after label and ID were found free. Every attribute is read "
                "back. The key stays on the token; nothing is sent anywhere.",
            .example =
                "keyconvoy key generate --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\" \\\n"
                "    --key-spec SYMMETRIC_DEFAULT --label orders-2027",
            .options = Options{&option::keySpec, &option::keyUsage, &option::label} + logInOptions() + questionOptions(),
            .run = &runKeyGenerate};
}

}  // namespace keyconvoy::cli
