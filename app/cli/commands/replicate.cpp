#include "app/ceremony/replicate_job.h"

#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

Verdict verdictOnReplication(const Json& result) {
    const Json& regions = result.at("regions");
    const auto lacking = std::ranges::find_if(regions, [](const Json& region) { return !region.at("lacks").empty(); });
    if (lacking == regions.end()) {
        return {};
    }
    return {
        .exitCode = ExitCode::PartFailed,
        .failure = Error{ErrorKind::NotFound, KC_TEXT("CommandLine", "KMS key %1").with(lacking->at("keyArn").get<std::string>()),
                         KC_TEXT("CommandLine", "it still lacks materials (%1) that this token does not have")
                             .with(std::to_string(lacking->at("lacks").size())),
                         KC_TEXT("CommandLine", "repeat the command with the token that has them, or with a backup")}
                       .failure()};
}

kms::ReplicateKeyRequest newReplicaFrom(const ParsedOptions& options) {
    kms::ReplicateKeyRequest replica;
    replica.description = options.value(option::description);
    replica.policy = keyPolicyFrom(options);
    replica.tags = tagsFrom(options);
    return replica;
}

std::vector<app::MaterialSheet> sheetsFrom(const ParsedOptions& options) {
    std::vector<app::MaterialSheet> sheets;
    for (const std::string& file : options.values(option::sheets)) {
        sheets.push_back(sheetIn(file));
    }
    return sheets;
}

ExitCode runReplicate(const ParsedOptions& options, Console& console) {
    app::ReplicateRequest request{.token = tokenStationFrom(options),
                                  .kms = kmsStationFrom(options),
                                  .keyId = kms::KeyIdentifier::parse(options.required(option::keyId)),
                                  .regions = options.values(option::replicaRegions),
                                  .newReplica = newReplicaFrom(options),
                                  .key = options.given(option::key) ? std::optional{keyFrom(options)} : std::nullopt,
                                  .sheets = sheetsFrom(options),
                                  .wrapping = wrappingWishFrom(options),
                                  .expiry = expiryFrom(options),
                                  .check = checkWishFrom(options),
                                  .qualificationFolder = std::nullopt,
                                  .sheetFolder = std::nullopt};
    return runJob(options, console, &app::makeReplicateJob, std::move(request),
                  {.verdict = &verdictOnReplication, .account = &accountOfReplication});
}

}  // namespace

Command replicateCommand() {
    return {
        .words = "replicate",
        .summary = "the same material into every Region of a multi-Region KMS key",
        .description =
            "KMS never copies imported material between Regions. This makes the replicas that are missing, then wraps the same "
            "material again for each Region under a wrapping key of that Region and imports it: the primary first, where it "
            "lacks something, then each replica. The keys are found on the token by their material sheets, and their check "
            "values are compared before anything is sent. Material that keyconvoy rotate left waiting is rotated in once every "
            "Region holds it. What is there already is left as it is: the same command takes up a run that was broken off. An "
            "endpoint that is named is used for every Region.",
        .example =
            "keyconvoy replicate --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\" --expires never \\\n"
            "    --key-id mrk-1234abcd12ab34cd56ef1234567890ab --region eu-central-1 --replica-region eu-west-1",
        .options = Options{&option::replicaRegions, &option::sheets, &option::check, &option::keyId, &option::expires,
                           &option::description, &option::keyPolicy, &option::tags} +
                   kmsOptions() +
                   Options{&option::wrappingAlgorithm, &option::wrappingKeySpec, &option::allowSha1, &option::key} +
                   logInOptions() + questionOptions(),
        .run = &runReplicate};
}

}  // namespace keyconvoy::cli
