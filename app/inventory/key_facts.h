#pragma once

#include "core/strict_json.h"
#include "pkcs11/token.h"

namespace keyconvoy::app {

/// One key of an open token as results carry it: its description with the attributes as the token states them, `origin`,
/// `keySpec` (the KMS key spec it fits, or null), `checkValue`, and for key pairs `publicKey` (DER, Base64) with
/// `publicKeySha256`.
[[nodiscard]] Json keyFacts(const pkcs11::Token& token, pkcs11::KeyReference key);

[[nodiscard]] bool isKeyPair(const pkcs11::KeyType& type);

}  // namespace keyconvoy::app
