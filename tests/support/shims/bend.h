#pragma once

#include "pkcs11/cryptoki.h"

namespace keyconvoy::shim {

/// Replaces the entries of a copied function list.
void bend(CK_FUNCTION_LIST& list);

}  // namespace keyconvoy::shim
