#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/inventory/key_jobs.h"

/// seal and destroy: the two commands that give up the token's ability to deliver the material again.
namespace keyconvoy::cli {

namespace {

app::GiveUpKeyRequest requestFrom(const ParsedOptions& options) {
    app::GiveUpKeyRequest request;
    request.acceptLossReason = reasonFrom(options, option::acceptLoss);
    request.token = tokenStationFrom(options);
    request.key = keyFrom(options);
    return request;
}

ExitCode runSeal(const ParsedOptions& options, Console& console) {
    return runJob(options, console, &app::makeSealKeyJob, requestFrom(options));
}

ExitCode runDestroy(const ParsedOptions& options, Console& console) {
    return runJob(options, console, &app::makeDestroyKeyJob, requestFrom(options));
}

Options giveUpOptions() {
    return Options{&option::key, &option::acceptLoss} + logInOptions() + questionOptions();
}

}  // namespace

Command keySealCommand() {
    return {.words = "key seal",
            .summary = "make a key on a token unextractable for good",
            .description =
                "Sets EXTRACTABLE to false and reads it back; says so where the token does not enforce it. The key can then "
                "never be wrapped again. KMS needs the same material again after expiry, deletion or loss, so this is "
                "refused unless a verified backup is on record (key backup) or --accept-loss gives a reason.",
            .example =
                "keyconvoy key seal --module /usr/lib/softhsm/libsofthsm2.so --key \"pkcs11:token=Site%20A;object=orders-2027\"",
            .options = giveUpOptions(),
            .run = &runSeal};
}

Command keyDestroyCommand() {
    return {.words = "key destroy",
            .summary = "destroy a key on a token",
            .description =
                "Destroys the key, and for a key pair its public object, then looks that they are gone. KMS needs the same "
                "material again after expiry, deletion or loss, so this is refused unless a verified backup is on record "
                "(key backup) or --accept-loss gives a reason.",
            .example =
                "keyconvoy key destroy --module /usr/lib/softhsm/libsofthsm2.so --key "
                "\"pkcs11:token=Site%20A;object=orders-2027\" \\\n"
                "    --accept-loss \"trial key, never imported\"",
            .options = giveUpOptions(),
            .run = &runDestroy};
}

}  // namespace keyconvoy::cli
