#pragma once

#include "wrapping/qualification/qualification.h"

namespace keyconvoy::wrapping::qualification {

/// "This token can ... by ...: ..." for the recipe that qualified.
[[nodiscard]] Text explainChoice(const Combination& combination, const Attempt& qualified);

/// Why the token cannot, and which algorithms were shown to do instead, or that another token is needed.
[[nodiscard]] Text explainRefusal(const Combination& combination, const std::vector<Attempt>& attempts,
                                  const std::vector<WrappingAlgorithm>& wouldDo);

/// The token cannot even make the throw-away keys, so nothing can be shown.
[[nodiscard]] Text explainNothingShown(const Combination& combination, const Attempt& failed);

}  // namespace keyconvoy::wrapping::qualification
