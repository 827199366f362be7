#pragma once

#include "app/inventory/backup_store.h"
#include "core/name_table.h"
#include "pkcs11/token.h"

namespace keyconvoy::app {

/// How files that are read again name a token: {"serial", "model", "label"}.
[[nodiscard]] Json toJson(const TokenName& token);
/// Throws Json::exception for anything else.
[[nodiscard]] TokenName tokenNameFrom(const Json& json);

/// A short name for what a file is about: 32 hexadecimal digits.
[[nodiscard]] std::string shortHash(const Json& value);

/// How they name the method of a check value.
inline constexpr NameTable<pkcs11::CheckValueMethod, 4> checkValueMethodNames{{
    {pkcs11::CheckValueMethod::AesCmacZeroBlock, "aes-cmac-zero-block"},
    {pkcs11::CheckValueMethod::AesEcbZeroBlock, "aes-ecb-zero-block"},
    {pkcs11::CheckValueMethod::HmacZeroBlock, "hmac-zero-block"},
    {pkcs11::CheckValueMethod::SpkiSha256, "spki-sha256"},
}};
static_assert(hasNoRepeats(checkValueMethodNames));
/// Of the members "checkValueMethod" and "checkValue" of a record. Absent where they are no check value of ours; throws
/// Json::exception where they are no texts.
[[nodiscard]] std::optional<pkcs11::CheckValue> checkValueFrom(const Json& record);

}  // namespace keyconvoy::app
