#pragma once

#include "pkcs11/token.h"
#include "wrapping/compatibility.h"
#include "wrapping/wrapping_public_key.h"

#include <optional>

namespace keyconvoy::wrapping {

/// Everything that decides one wrap.
struct WrapPlan {
    KeySpec keySpec = KeySpec::SymmetricDefault;
    WrappingChoice choice;
    pkcs11::WrapRecipe recipe;  ///< from a qualification of this token
};

struct EncryptedKeyMaterial {
    Bytes blob;
    WrapPlan plan;
    Fingerprint wrappingKey;  ///< SHA-256 of the DER of the key that was read back and used
    int wrapStrengthBits = 0;
    int keyStrengthBits = 0;
    Findings findings;  ///< "the wrap is weaker than the key", for one
};

/// Wraps on the token and checks the blob's exact length and layout. Throws Refused before the token is touched when KMS would
/// not take the combination or the public key is of another size than planned; Integrity when blob or read-back are wrong.
[[nodiscard]] EncryptedKeyMaterial wrapOnToken(pkcs11::Token& token, pkcs11::KeyReference key, const WrapPlan& plan,
                                               const WrappingPublicKey& wrappingKey,
                                               const std::optional<pkcs11::KeySelector>& wrappingKeyOnToken);

/// `strongest`: SHA-256 and RSA_4096 in the family that KMS fixes for the spec (RSAES_OAEP before RSA_AES_KEY_WRAP where both are
/// taken).
[[nodiscard]] WrappingChoice strongestChoice(KeySpec keySpec);

}  // namespace keyconvoy::wrapping
