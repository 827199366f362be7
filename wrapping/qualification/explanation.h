#pragma once

#include "wrapping/qualification/qualification.h"

namespace keyconvoy::wrapping::qualification {

/// "This token can ... by ...: ..." for the recipe that qualified.
[[nodiscard]] Text explainChoice(const Combination& combination, const Attempt& qualified);

/// Why the token cannot. What else might do is for others to say: nothing else was tried here.
[[nodiscard]] Text explainRefusal(const Combination& combination, const std::vector<Attempt>& attempts);

/// The token cannot even make the throw-away keys, so nothing can be shown.
[[nodiscard]] Text explainNothingShown(const Combination& combination, const Attempt& failed);

}  // namespace keyconvoy::wrapping::qualification
