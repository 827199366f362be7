#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/station/token_jobs.h"

namespace keyconvoy::cli {

namespace {

ExitCode runTokenTrust(const ParsedOptions& options, Console& console) {
    app::TrustRequest request;
    request.wrappingPublicKeyFile = options.required(option::wrappingPublicKey);
    request.label = labelFrom(options);
    request.pinned = pinnedWrappingKeyFrom(options);
    request.token = tokenStationFrom(options);
    return runJob(options, console, &app::makeTrustJob, std::move(request));
}

}  // namespace

Command tokenTrustCommand() {
    return {.words = "token trust",
            .summary = "put a wrapping public key on a token as trusted",
            .description =
                "The security officer of the token puts the KMS wrapping public key there with CKA_TRUSTED, so that keys "
                "marked wrap-with-trusted can be wrapped under it (--wrapping-key). The fingerprint is shown and confirmed "
                "first.\n"
                "One try of the security officer's PIN per run: some HSMs erase everything they hold after a few wrong ones.",
            .example =
                "keyconvoy token trust --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\" \\\n"
                "    --wrapping-public-key WrappingPublicKey.bin --label kms-wrapping-key",
            .options = Options{&option::wrappingPublicKey, &option::label, &option::wrappingKeySha256} + moduleOptions() +
                       Options{&option::token, &option::soPinSource, &option::allowFinalTry} + questionOptions(),
            .run = &runTokenTrust};
}

}  // namespace keyconvoy::cli
