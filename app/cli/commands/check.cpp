#include "app/ceremony/check_after_import.h"
#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"

namespace keyconvoy::cli {

namespace {

ExitCode runCheck(const ParsedOptions& options, Console& console) {
    app::CheckRequest request;
    request.check = checkWishFrom(options);
    request.kmsKeyId = options.required(option::keyId);
    request.wrapping = wrappingWishFrom(options);
    request.key = keyFrom(options);
    request.kms = kmsStationFrom(options);
    request.token = tokenStationFrom(options);
    return runJob(options, console, &app::makeCheckJob, std::move(request), {.account = &accountOfImport});
}

}  // namespace

Command checkCommand() {
    return {.words = "check",
            .summary = "check again that token and KMS hold the same key",
            .description =
                "Compares the key on the token with the one in KMS as strongly as KMS allows: public keys and signatures, "
                "MACs in both directions, or, for symmetric keys, the same material imported once more under the same "
                "material ID with the same expiry. Says what the result does not show.",
            .example =
                "keyconvoy check --module /usr/lib/softhsm/libsofthsm2.so --key \"pkcs11:token=Site%20A;object=orders-2027\" \\\n"
                "    --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --region eu-central-1",
            .options = Options{&option::check, &option::keyId} + kmsOptions() +
                       Options{&option::wrappingAlgorithm, &option::wrappingKeySpec, &option::allowSha1, &option::key} +
                       logInOptions() + questionOptions(),
            .run = &runCheck};
}

}  // namespace keyconvoy::cli
