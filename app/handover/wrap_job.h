#pragma once

#include "app/ceremony/expiry.h"
#include "app/ceremony/import_job.h"

#include <filesystem>

namespace keyconvoy::app {

/// `keyconvoy wrap`: offline. The parameters come from the JSON of `aws kms get-parameters-for-import`, or from the console's
/// WrappingPublicKey.bin + ImportToken.bin (either naming style).
struct WrapRequest {
    TokenStation token;
    KeySource key;
    wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
    wrapping::WrappingAlgorithm algorithm = wrapping::WrappingAlgorithm::RsaesOaepSha256;
    std::optional<Sha1Permission> allowSha1;
    std::optional<std::filesystem::path> parametersJson;
    std::optional<std::filesystem::path> consoleFolder;          ///< holds the two console files
    std::optional<std::filesystem::path> wrappingPublicKeyFile;  ///< or the files one by one
    std::optional<std::filesystem::path> importTokenFile;
    std::optional<TimePoint> parametersValidTo;  ///< needed with console files
    std::optional<std::string> kmsKeyId;         ///< for the command line that is written; from JSON when there
    Expiry expiry{NeverExpires{}};
    std::optional<Fingerprint> pinnedWrappingKey;
    std::optional<pkcs11::KeySelector> wrappingKeyOnToken;
    std::filesystem::path outputFolder;
    std::optional<std::filesystem::path> qualificationFolder;
};

/// Writes EncryptedKeyMaterial.bin, ImportToken.bin when it came in JSON, and gives the exact `aws kms import-key-material`
/// command.
[[nodiscard]] std::unique_ptr<Job> makeWrapJob(WrapRequest request, RunContext context);

}  // namespace keyconvoy::app
