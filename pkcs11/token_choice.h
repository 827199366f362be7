#pragma once

#include "pkcs11/token.h"
#include "pkcs11/token_info.h"

namespace keyconvoy::pkcs11 {

/// The one initialised token that matches. Throws NotFound, naming those that are there, or Refused, naming all that match.
[[nodiscard]] SlotToken chooseToken(const Module& module, const TokenSelector& selector);

}  // namespace keyconvoy::pkcs11
