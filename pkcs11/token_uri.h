#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/token.h"

#include <string>

namespace keyconvoy::pkcs11 {

/// RFC 7512 URIs of a token, and of an object on it; never with a PIN.
[[nodiscard]] std::string tokenUri(const CK_TOKEN_INFO& token);
[[nodiscard]] std::string objectUri(const CK_TOKEN_INFO& token, ObjectClass objectClass, const std::string& label,
                                    const Bytes& id);

[[nodiscard]] bool matches(const TokenSelector& selector, const TokenDescription& token);
[[nodiscard]] Text inWords(const TokenSelector& selector);  ///< `label "X", serial "Y"`, for messages
[[nodiscard]] Text inWords(const KeySelector& selector);

[[nodiscard]] std::optional<CK_OBJECT_CLASS> toCryptoki(ObjectClass objectClass);
[[nodiscard]] ObjectClass toObjectClass(CK_OBJECT_CLASS objectClass);

}  // namespace keyconvoy::pkcs11
