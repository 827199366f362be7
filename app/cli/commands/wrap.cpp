#include "app/cli/accounts/accounts.h"
#include "app/cli/commands/commands.h"
#include "app/cli/job_runner.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/requests.h"
#include "app/handover/wrap_job.h"

namespace keyconvoy::cli {

namespace {

std::optional<TimePoint> parametersValidToFrom(const ParsedOptions& options) {
    const std::optional<std::string> text = options.value(option::parametersValidTo);
    if (!text) {
        return std::nullopt;
    }
    const std::optional<TimePoint> time = parseRfc3339(*text);
    if (!time) {
        auto impossible = whyNoSuchTime(*text);
        throwBadOption(
            option::parametersValidTo,
            impossible ? *std::move(impossible) : KC_TEXT("CommandLine", "\"%1\" is no RFC 3339 time with offset").with(*text),
            KC_TEXT("CommandLine", "give date, time and offset, such as 2027-06-17T12:00:00Z or 2027-06-17T14:00:00+02:00"));
    }
    return time;
}

/// Exactly one of the three ways to hand the parameters over.
void checkParametersSource(const ParsedOptions& options) {
    const bool files = options.given(option::wrappingPublicKey) || options.given(option::importToken);
    const int ways =
        (options.given(option::parameters) ? 1 : 0) + (options.given(option::consoleFiles) ? 1 : 0) + (files ? 1 : 0);
    if (ways != 1) {
        throwBadOption(option::parameters,
                       ways == 0
                           ? KC_TEXT("CommandLine", "nothing says where the wrapping public key and the import token are")
                           : KC_TEXT("CommandLine", "more than one way to find wrapping public key and import token is given"),
                       KC_TEXT("CommandLine",
                               "give one of: --parameters FILE.json; --console-files FOLDER; --wrapping-public-key FILE with "
                               "--import-token FILE"));
    }
    if (files) {
        options.checkGiven(option::wrappingPublicKey);
        options.checkGiven(option::importToken);
    }
    if (!options.given(option::parameters) && !options.given(option::parametersValidTo)) {
        throwBadOption(option::parametersValidTo,
                       KC_TEXT("CommandLine", "it is missing: the two files do not say until when they can be used"),
                       KC_TEXT("CommandLine", "give the time that KMS showed when they were fetched (24 hours after it)"));
    }
}

wrapping::WrappingAlgorithm namedAlgorithmFrom(const ParsedOptions& options) {
    options.checkGiven(option::wrappingAlgorithmRequired);
    const std::optional<wrapping::WrappingAlgorithm> algorithm = wrappingAlgorithmFrom(options);
    if (!algorithm) {
        throwBadOption(option::wrappingAlgorithmRequired,
                       KC_TEXT("CommandLine", "strongest cannot be used here: the import token is bound to one algorithm"),
                       KC_TEXT("CommandLine", "name the algorithm that the wrapping public key was asked for with"));
    }
    return *algorithm;
}

app::WrapRequest requestFrom(const ParsedOptions& options) {
    app::WrapRequest request;
    request.keySpec = keySpecFrom(options);
    request.algorithm = namedAlgorithmFrom(options);
    request.expiry = expiryFrom(options);
    checkParametersSource(options);
    request.parametersJson = pathFrom(options, option::parameters);
    request.consoleFolder = pathFrom(options, option::consoleFiles);
    request.wrappingPublicKeyFile = pathFrom(options, option::wrappingPublicKey);
    request.importTokenFile = pathFrom(options, option::importToken);
    request.parametersValidTo = parametersValidToFrom(options);
    request.kmsKeyId = options.value(option::keyId);
    request.outputFolder = options.required(option::outputFolder);
    if (auto reason = sha1ReasonFrom(options)) {
        request.allowSha1 = app::Sha1Permission{std::move(*reason)};
    }
    request.pinnedWrappingKey = pinnedWrappingKeyFrom(options);
    request.wrappingKeyOnToken = wrappingKeyOnTokenFrom(options);
    request.key = keySourceFrom(options);
    request.token = tokenStationFrom(options);
    return request;
}

ExitCode runWrap(const ParsedOptions& options, Console& console) {
    return runJob(options, console, &app::makeWrapJob, requestFrom(options), {.account = &accountOfWrap});
}

}  // namespace

Command wrapCommand() {
    return {.words = "wrap",
            .summary = "wrap on a machine without network; import elsewhere",
            .description =
                "Takes the wrapping public key and the import token that were fetched elsewhere, as the JSON of aws kms "
                "get-parameters-for-import or as the two files of the KMS console, and wraps a key on the token. Writes "
                "EncryptedKeyMaterial.bin (and ImportToken.bin when it came in JSON) and shows the exact aws kms "
                "import-key-material command. Uses no network; nothing is overwritten.",
            .example =
                "keyconvoy wrap --module /usr/lib/softhsm/libsofthsm2.so --token \"Site A\" --label orders-2027 \\\n"
                "    --key-spec SYMMETRIC_DEFAULT --wrapping-algorithm RSAES_OAEP_SHA_256 --expires P364D \\\n"
                "    --parameters parameters.json --out /media/to-online",
            .options = Options{&option::parameters, &option::consoleFiles, &option::wrappingPublicKey, &option::importToken,
                               &option::parametersValidTo, &option::outputFolder, &option::keySpec, &option::expiresAfterWrap,
                               &option::keyId, &option::wrappingAlgorithmRequired, &option::wrappingKey,
                               &option::wrappingKeySha256, &option::allowSha1, &option::label, &option::key} +
                       logInOptions() + questionOptions(),
            .run = &runWrap};
}

}  // namespace keyconvoy::cli
