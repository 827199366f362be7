#pragma once

#include "app/ceremony/checks.h"
#include "app/station/station.h"
#include "core/clock.h"
#include "core/finding.h"
#include "core/fingerprint.h"
#include "kmsclient/model.h"
#include "pkcs11/token.h"
#include "wrapping/compatibility.h"

#include <filesystem>
#include <optional>
#include <string>

namespace keyconvoy::app {

/// What an import came to, as a person is to see it; plain values. The whole is in the job's result.
struct ImportOutcome {
    Mode mode = Mode::Production;
    pkcs11::TokenDescription token;
    pkcs11::KeyDescription tokenKey;  ///< retained on the token
    bool generated = false;           ///< in this run
    pkcs11::CheckValueOutcome checkValue;
    kms::KeyMetadata kmsKey;
    bool created = false;                      ///< the KMS key, in this run
    std::optional<std::string> keyMaterialId;  ///< symmetric keys only
    wrapping::WrappingChoice wrapping;
    Text recipe;  ///< the token's mechanisms
    int wrapStrengthBits = 0;
    int keyStrengthBits = 0;
    std::optional<std::string> sha1Reason;
    Fingerprint wrappingKey;
    TimePoint importedAt;
    std::optional<TimePoint> validTo;            ///< absent: never
    std::optional<CheckOutcome> check;           ///< absent: it failed, and can be made again
    std::optional<std::filesystem::path> sheet;  ///< the material sheet; absent: it could not be written
    Findings findings;
};

}  // namespace keyconvoy::app
