#pragma once

#include "core/bytes.h"
#include "core/clock.h"
#include "core/fingerprint.h"

#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>

namespace keyconvoy::app {

/// Wrapping public key and import token as they came by hand, from one GetParametersForImport call.
struct HandedParameters {
    Bytes publicKey;  ///< DER, not looked into yet
    Bytes importToken;
    std::optional<TimePoint> validTo;
    std::optional<std::string> keyId;  ///< key ID or ARN, where the hand-over names it
    std::filesystem::path publicKeyFile;
    std::filesystem::path importTokenFile;  ///< the same file for JSON
    bool fromOneReply = false;              ///< the JSON of one reply: the two belong together for sure
};

/// The JSON that `aws kms get-parameters-for-import` prints: version 1 writes ParametersValidTo as seconds since 1970, version 2
/// as ISO 8601. Throws InvalidInput naming the member, NotFound. Here and below: a file that is a pipe is waited for, until a
/// stop is requested; then Cancelled.
[[nodiscard]] HandedParameters readParametersJson(const std::filesystem::path& file, const std::stop_token& stop = {});
/// The same from its text; `place` is the file, for messages.
[[nodiscard]] HandedParameters parseParametersJson(std::string_view text, const std::filesystem::path& file);

/// The two files one by one.
[[nodiscard]] HandedParameters readConsoleFiles(const std::filesystem::path& publicKeyFile,
                                                const std::filesystem::path& importTokenFile, const std::stop_token& stop = {});

/// The console's download, unpacked: WrappingPublicKey.bin and ImportToken.bin, or wrappingKey_<key id>_<time> and
/// importToken_<key id>_<time>. Throws NotFound when there is no pair, Refused when there is more than one.
[[nodiscard]] HandedParameters readConsoleFolder(const std::filesystem::path& folder, const std::stop_token& stop = {});

}  // namespace keyconvoy::app
