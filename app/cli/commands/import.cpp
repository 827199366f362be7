#include "app/ceremony/import_job.h"

#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"

namespace keyconvoy::cli {

namespace {

app::KmsKeyTarget kmsKeyFrom(const ParsedOptions& options, wrapping::KeySpec keySpec) {
    app::KmsKeyTarget target;
    if (const auto keyId = options.value(option::keyId)) {
        target.existing = kms::KeyIdentifier::parse(*keyId);
    }
    target.usageForNew = keyUsageFrom(options, keySpec);
    target.descriptionForNew = options.value(option::description).value_or("");
    for (const Option* ofNewKey : {&option::keyUsage, &option::description}) {
        if (target.existing && options.given(*ofNewKey)) {
            throwBadOption(*ofNewKey, KC_TEXT("CommandLine", "it is for a new KMS key, but --key-id names one that exists"),
                           KC_TEXT("CommandLine", "leave it out, or leave --key-id out to have a KMS key created"));
        }
    }
    return target;
}

ExitCode runImport(const ParsedOptions& options, Console& console) {
    const wrapping::KeySpec keySpec = keySpecFrom(options);
    app::ImportRequest request = importRequestFrom(options);
    request.keySpec = keySpec;
    request.key = keySourceFrom(options);
    request.kmsKey = kmsKeyFrom(options, request.keySpec);
    request.keyMaterialDescription = options.value(option::keyMaterialDescription);
    request.token = tokenStationFrom(options);
    return runJob(options, console, &app::makeImportJob, std::move(request), {.account = &accountOfImport});
}

}  // namespace

Command importCommand() {
    return {.words = "import",
            .summary = "the main job: generate, wrap, import, check",
            .description =
                "Generates a key inside the token (--label) or takes one that is there (--key), wraps it on the token under "
                "a fresh KMS wrapping public key, imports it with ImportKeyMaterial into an existing KMS key (--key-id) or a "
                "new one with Origin EXTERNAL, and checks that KMS now holds the same key, saying what the check does not "
                "show. The key stays on the token.\n"
                "Where nothing is known yet of what the token can wrap, it is tried with throw-away keys first (see token "
                "qualify).",
            .example =
                "keyconvoy import --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\" --label orders-2027 \\\n"
                "    --key-spec SYMMETRIC_DEFAULT --expires never --region eu-central-1 \\\n"
                "    --allow-sha1 \"this token knows OAEP with SHA-1 only\"",
            .options =
                Options{&option::check, &option::keySpec, &option::expires, &option::keyId, &option::keyUsage,
                        &option::description, &option::keyMaterialDescription} +
                kmsOptions() +
                Options{&option::wrappingAlgorithm, &option::wrappingKeySpec, &option::allowSha1, &option::label, &option::key} +
                logInOptions() + questionOptions(),
            .run = &runImport};
}

}  // namespace keyconvoy::cli
