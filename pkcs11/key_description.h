#pragma once

#include "pkcs11/attributes.h"
#include "pkcs11/cryptoki.h"
#include "pkcs11/session.h"
#include "pkcs11/token.h"

namespace keyconvoy::pkcs11 {

/// The attributes that describe a key of this class and type, plus those of `further`; read in one call where the token allows
/// it.
[[nodiscard]] AttributeValues readKeyAttributes(const Session& session, CK_OBJECT_HANDLE key, CK_OBJECT_CLASS objectClass,
                                                CK_KEY_TYPE type, std::span<const CK_ATTRIBUTE> further = {});
[[nodiscard]] KeyDescription toDescription(const AttributeValues& values, const CK_TOKEN_INFO& token);
[[nodiscard]] KeyDescription describeKey(const Session& session, CK_OBJECT_HANDLE key, const CK_TOKEN_INFO& token);
[[nodiscard]] ObjectSummary summarise(const Session& session, CK_OBJECT_HANDLE object);

}  // namespace keyconvoy::pkcs11
