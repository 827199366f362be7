#pragma once

#include "pkcs11/token.h"

#include <optional>

namespace keyconvoy::app {

/// Generate the key in this run, or take one that is on the token.
struct KeySource {
    std::optional<pkcs11::ObjectLabel> generateWithLabel;
    std::optional<pkcs11::KeySelector> existing;
    /// Of the existing key, as a material sheet has it: by this a key is known whose length the token does not report. Whoever
    /// gives it compares it, too (checkIsOfSheet).
    std::optional<pkcs11::CheckValue> checkValueOnSheet = {};
};

}  // namespace keyconvoy::app
