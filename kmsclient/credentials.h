#pragma once

#include "core/clock.h"
#include "core/error.h"
#include "core/secret_bytes.h"
#include "kmsclient/principal.h"
#include "kmsclient/profile.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy::kms {

/// What signs a request. Secret key and session token live in locked memory.
struct Credentials {
    std::string accessKeyId;
    SecretBytes secretAccessKey;
    SecretBytes sessionToken;             ///< empty for long-term keys
    std::optional<TimePoint> expiration;  ///< absent when they do not expire, or nobody said
    Text source;                          ///< for messages: "environment variables", "credential_process of profile p"
    bool renewable = false;               ///< loading again gives newer ones
    std::optional<TimePoint> loadedAt;    ///< when they were asked for
    std::optional<Principal> principal;   ///< whose they are, where the source says so
};

/// AWS_ACCESS_KEY_ID and what belongs to it; absent when neither key is set. Throws InvalidInput for half of a pair.
[[nodiscard]] std::optional<Credentials> environmentCredentials(const Environment& environment);
/// Reads a setting of a profile in one of the two files.
using ProfileSetting = std::function<std::optional<std::string>(const char* name)>;
/// aws_access_key_id and what belongs to it; absent when neither key is there. Throws InvalidInput for half of a pair.
[[nodiscard]] std::optional<Credentials> staticCredentials(const ProfileSetting& setting, const Text& source);
/// They become parts of header lines, where a blank or a line end would break the request. Throws InvalidInput.
void checkUsable(const Credentials& credentials);

/// Whether a renewable source is to be asked again.
enum class Renewal : std::uint8_t {
    NotYet,   ///< or they cannot be renewed, or never end
    Advised,  ///< they end within fifteen minutes: new ones are taken if there are any
    Needed,   ///< within ten
    TooLate,  ///< they have ended
};
/// Sessions that live shorter than an hour are renewed later: within a quarter and a sixth of their life.
[[nodiscard]] Renewal renewalOf(const Credentials& credentials, TimePoint now);
/// Throws Refused when they have ended.
void checkNotExpired(const Credentials& credentials, TimePoint now);

/// What the command of a `credential_process` line prints: JSON with Version 1. Throws InvalidInput naming what is missing, never
/// a value.
[[nodiscard]] Credentials parseProcessOutput(std::string_view json, const Text& source);
/// Runs the command line by /bin/sh and reads what it prints, at most 16 KiB. Its stderr is ours, its stdin is empty; it may take
/// as long as it wants, since a person may have to touch a key. Throws Unavailable or InvalidInput.
[[nodiscard]] Credentials runCredentialProcess(const std::string& commandLine, const Text& source);

}  // namespace keyconvoy::kms
