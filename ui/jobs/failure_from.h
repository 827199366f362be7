#pragma once

#include "core/error.h"

namespace keyconvoy::ui {

/// What the exception that is being handled says to a person; to be called in a catch block.
[[nodiscard]] Failure currentFailure() noexcept;

}  // namespace keyconvoy::ui
