#pragma once

#include "core/fingerprint.h"
#include "pkcs11/token.h"
#include "wrapping/wrapping_algorithm.h"

#include <optional>
#include <string>

namespace keyconvoy::app {

/// SHA-1 in OAEP does not break it, but the choice must be made knowingly: the reason is kept in the result.
struct Sha1Permission {
    std::string reason;
};

struct WrappingWish {
    std::optional<wrapping::WrappingAlgorithm>
        algorithm;  ///< absent: strongest that this token qualifies for; SHA-1 only with permission
    wrapping::WrappingKeySpec keySpec = wrapping::WrappingKeySpec::Rsa4096;
    std::optional<Sha1Permission> allowSha1;
    std::optional<Fingerprint> pinnedWrappingKey;           ///< --wrapping-key-sha256
    std::optional<pkcs11::KeySelector> wrappingKeyOnToken;  ///< --wrapping-key pkcs11:…
};

}  // namespace keyconvoy::app
