#pragma once

#include "pkcs11/token.h"

#include <string_view>

/// What `describe` says in English, for a reader of any language.
namespace keyconvoy::pkcs11 {

[[nodiscard]] Text inWords(const KeyType& type);
/// The same of a type's name, as descriptions and kept results have it: "generic secret, 20 bytes", "CKK_DES3".
[[nodiscard]] Text typeInWords(std::string_view typeName);
[[nodiscard]] Text inWords(CheckValueMethod method);
[[nodiscard]] Text inWords(const WrapRecipe& recipe);

}  // namespace keyconvoy::pkcs11
