#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/inventory/key_jobs.h"

namespace keyconvoy::cli {

namespace {

ExitCode runKeyBackup(const ParsedOptions& options, Console& console) {
    app::BackupRequest request;
    request.allowSha1Reason = sha1ReasonFrom(options);
    request.transportKeyBits = rsaBitsFrom(options, option::transportKeySpec);
    request.from = tokenStationFrom(options);
    request.key = keyFrom(options);
    request.to = backupStationFrom(options);
    return runJob(options, console, &app::makeBackupJob, std::move(request));
}

}  // namespace

Command keyBackupCommand() {
    return {.words = "key backup",
            .summary = "copy a key to a second token, wrapped on the way",
            .description =
                "An RSA key pair is made on the backup token; its fingerprint is shown and confirmed. The key is wrapped "
                "under it on the first token and unwrapped inside the second one, sensitive and extractable. Check value or "
                "public key must be equal on both. Whether the second token could wrap the copy for KMS is tried with throw-away "
                "keys; a copy that it could not is no way back, which is said. The backup is recorded, so that seal and destroy "
                "know of it.",
            .example =
                "keyconvoy key backup --module /usr/lib/softhsm/libsofthsm2.so --key "
                "\"pkcs11:token=Site%20A;object=orders-2027\" \\\n"
                "    --to \"Site B\" --to-pin-source file:/run/secrets/site-b-pin",
            .options = Options{&option::key, &option::allowSha1} + logInOptions() +
                       Options{&option::to, &option::toModule, &option::toModuleInit, &option::toModuleEnv,
                               &option::toModuleProfile, &option::toPinSource, &option::transportKeySpec} +
                       questionOptions(),
            .run = &runKeyBackup};
}

}  // namespace keyconvoy::cli
