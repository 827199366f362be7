#pragma once

#include "pkcs11/cryptoki.h"

namespace keyconvoy::shim {

/// CKM_RSA_AES_KEY_WRAP made of the real module's KWP and OAEP, in the form that `native=` names.
CK_RV wrapNatively(CK_SESSION_HANDLE session, const CK_MECHANISM& mechanism, CK_OBJECT_HANDLE wrappingKey,
                   CK_OBJECT_HANDLE target, unsigned char* blob, CK_ULONG* length);

/// The OAEP mechanism with SHA-1 in place of the hash that was asked for.
[[nodiscard]] CK_RSA_PKCS_OAEP_PARAMS withSha1(const CK_RSA_PKCS_OAEP_PARAMS& parameters);

}  // namespace keyconvoy::shim
