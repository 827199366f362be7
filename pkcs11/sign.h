#pragma once

#include "pkcs11/session.h"
#include "pkcs11/token.h"

namespace keyconvoy::pkcs11 {

/// Hashes the message here and signs the digest on the token; Ed25519 signs the message. ECDSA gives DER SEQUENCE{r,s}.
[[nodiscard]] Bytes signMessage(const Session& session, CK_OBJECT_HANDLE privateKey, SignatureScheme scheme, ByteView message);

}  // namespace keyconvoy::pkcs11
