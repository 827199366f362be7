#pragma once

#include "pkcs11/attributes.h"
#include "pkcs11/cryptoki.h"
#include "pkcs11/token.h"

#include <optional>
#include <string>

namespace keyconvoy::pkcs11 {

/// Everything that decides the attributes of a key to be made.
struct KeyPlan {
    KeyType type;
    std::string label;
    Bytes id;
    KeyLifetime lifetime = KeyLifetime::SessionObject;
    KeyPurpose purpose = KeyPurpose::CheckValueOnly;
};

/// Nothing is left to a token's defaults, which differ (SoftHSM: SENSITIVE F; NSS: PRIVATE F): each attribute and usage bit
/// stands here.
struct KeyTemplates {
    CK_MECHANISM_TYPE mechanism = 0;
    AttributeTemplate key;  ///< the secret or the private key
    std::optional<AttributeTemplate> publicKey;
};

/// For C_GenerateKey or C_GenerateKeyPair: SENSITIVE=T, EXTRACTABLE=T.
[[nodiscard]] KeyTemplates generationTemplates(const KeyPlan& plan);
/// For C_UnwrapKey: the same without what describes the value itself.
[[nodiscard]] AttributeTemplate unwrapTemplate(const KeyPlan& plan);
/// For C_CreateObject: the public half that belongs to an unwrapped private key; `publicKeyDer` is its SubjectPublicKeyInfo.
[[nodiscard]] AttributeTemplate publicHalfTemplate(const KeyPlan& plan, ByteView publicKeyDer);

/// The session AES-256 key of a two-step wrap: WRAP alone; never DECRYPT or UNWRAP.
[[nodiscard]] AttributeTemplate wrappingAesTemplate();
/// Its counterpart on a backup token, unwrapped there: UNWRAP alone.
[[nodiscard]] AttributeTemplate unwrappingAesTemplate();
/// A public RSA key that wraps.
[[nodiscard]] AttributeTemplate wrappingKeyTemplate(const RsaPublicKey& key, KeyLifetime lifetime);
/// An RSA pair of session objects whose private half unwraps and does nothing else.
[[nodiscard]] KeyTemplates transportTemplates(int sizeBits, const std::string& label, const Bytes& id);

[[nodiscard]] bool isKeyPair(const KeyType& type);
[[nodiscard]] CK_KEY_TYPE cryptokiKeyType(const KeyType& type);
/// DER of the curve's object identifier; empty for types without a curve.
[[nodiscard]] ByteView curveParameters(const KeyType& type);

}  // namespace keyconvoy::pkcs11
