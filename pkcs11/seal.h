#pragma once

#include "pkcs11/quirks.h"
#include "pkcs11/session.h"

namespace keyconvoy::pkcs11 {

/// Sets EXTRACTABLE=F and reads it back; one way. Throws Integrity when it stays true.
void sealKey(const Session& session, CK_OBJECT_HANDLE key);

/// Seals a throw-away key that was wrappable a moment before and tries to wrap it again; it is destroyed afterwards. Throws
/// Refused when the token cannot wrap it in the first place, for then nothing is learnt.
[[nodiscard]] bool enforcesSeal(const Session& session, const CK_TOKEN_INFO& token, const Quirks& quirks);

}  // namespace keyconvoy::pkcs11
