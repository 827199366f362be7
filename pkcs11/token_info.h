#pragma once

#include "pkcs11/cryptoki.h"
#include "pkcs11/token.h"

#include <span>
#include <string>

namespace keyconvoy::pkcs11 {

/// One slot with the token in it, as the module reported them.
struct SlotToken {
    CK_SLOT_ID slot = 0;
    CK_TOKEN_INFO info{};
    TokenDescription description;
};

/// A Cryptoki text field without its padding (blanks by the standard, zero bytes from some vendors).
[[nodiscard]] std::string unpadded(std::span<const unsigned char> field);
[[nodiscard]] std::string toText(const CK_VERSION& version);  ///< "2.40"

[[nodiscard]] TokenDescription toDescription(const CK_TOKEN_INFO& token, const CK_SLOT_INFO& slot);
[[nodiscard]] PinState userPinState(CK_FLAGS flags);
[[nodiscard]] PinState officerPinState(CK_FLAGS flags);
/// `"label" (serial 1234, model, manufacturer)`, for messages that must tell tokens apart.
[[nodiscard]] Text tokenInWords(const TokenDescription& token);

}  // namespace keyconvoy::pkcs11
