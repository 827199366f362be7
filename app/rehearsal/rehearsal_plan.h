#pragma once

#include "app/ceremony/wrapping_wish.h"
#include "app/rehearsal/fresh_tokens.h"
#include "wrapping/key_spec.h"

#include <vector>

namespace keyconvoy::app {

enum class Expectation : std::uint8_t {
    Imported,
    RefusedByOldSoftHsm,  ///< SoftHSM 2.6 wraps RSA keys wrongly without saying so; newer ones do it right
};

/// One key of the rehearsal.
struct RehearsedKey {
    FreshTokenKind token = FreshTokenKind::SoftHsm;
    wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
    WrappingWish wrapping;
    Expectation expectation = Expectation::Imported;
};

/// The keys that every rehearsal takes through the main job, in this order.
[[nodiscard]] std::vector<RehearsedKey> rehearsedKeys();

}  // namespace keyconvoy::app
