#pragma once

#include "pkcs11/cryptoki.h"

namespace keyconvoy::shim {

/// Replaces the entries of a copied function list.
void bend(CK_FUNCTION_LIST& list);
/// The rest of what a client calls, so that it can be counted, held and failed too.
void passOn(CK_FUNCTION_LIST& list);

}  // namespace keyconvoy::shim
