#pragma once

#include "pkcs11/token.h"

#include <optional>

namespace keyconvoy::app {

/// Generate the key in this run, or take one that is on the token.
struct KeySource {
    std::optional<pkcs11::ObjectLabel> generateWithLabel;
    std::optional<pkcs11::KeySelector> existing;
};

}  // namespace keyconvoy::app
