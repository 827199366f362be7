#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"

namespace keyconvoy::cli {

namespace {

ExitCode runRotate(const ParsedOptions& options, Console& console) {
    app::ImportRequest request = importRequestFrom(options);
    request.purpose = app::ImportPurpose::Successor;
    request.kmsKey.existing = kms::KeyIdentifier::parse(options.required(option::keyId));
    request.key = keySourceFrom(options);
    request.keyMaterialDescription = options.value(option::keyMaterialDescription);
    request.token = tokenStationFrom(options);
    return runJob(options, console, &app::makeImportJob, std::move(request), {.account = &accountOfImport});
}

}  // namespace

Command rotateCommand() {
    return {
        .words = "rotate",
        .summary = "new material for a symmetric KMS key: generate, wrap, import, check, rotate in",
        .description =
            "Generates a key inside the token (--label) or takes one that is there (--key), imports it as new material beside "
            "the current one, checks it while it waits, then has KMS rotate it in (RotateKeyOnDemand) and waits until it is the "
            "current material. KMS encrypts with it from then on and decrypts with the older ones too: keep every material on "
            "the token or a backup. A multi-Region key gets it in every Region first, each under a wrapping key of its own, for "
            "KMS does not rotate before that; keyconvoy replicate finishes what was broken off. Material that an "
            "earlier run left waiting is taken up with --key: KMS takes it as that very material only. A key can be rotated on "
            "demand "
            "25 times; how often it was is shown for review.",
        .example =
            "keyconvoy rotate --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\" --label orders-2028 \\\n"
            "    --key-id 1234abcd-12ab-34cd-56ef-1234567890ab --expires never --region eu-central-1",
        .options =
            Options{&option::check, &option::keyId, &option::expires, &option::keyMaterialDescription} + kmsOptions() +
            Options{&option::wrappingAlgorithm, &option::wrappingKeySpec, &option::allowSha1, &option::label, &option::key} +
            logInOptions() + questionOptions(),
        .run = &runRotate};
}

}  // namespace keyconvoy::cli
