#pragma once

#include "pkcs11/session.h"
#include "pkcs11/token.h"

namespace keyconvoy::pkcs11 {

/// A public RSA token object with CKA_TRUSTED=T; the security officer is logged in.
[[nodiscard]] KeyDescription storeTrustedKey(const Session& session, const CK_TOKEN_INFO& token, const RsaPublicKey& publicKey,
                                             const ObjectLabel& label);

}  // namespace keyconvoy::pkcs11
