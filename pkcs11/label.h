#pragma once

#include "pkcs11/token.h"

namespace keyconvoy::pkcs11 {

/// Octets of UTF-8. PKCS #11 sets no limit to CKA_LABEL; this fits what tokens take, and is more than a person reads.
inline constexpr std::size_t longestLabel = 255;

/// Throws InvalidInput for a label that is not to be given to a new object: empty, no UTF-8, with control characters or marks
/// that turn the direction of writing, with blanks at an end, or too long. Objects that other programs made may have such labels.
void checkNewLabel(const ObjectLabel& label);

}  // namespace keyconvoy::pkcs11
