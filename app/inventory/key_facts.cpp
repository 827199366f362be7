#include "app/inventory/key_facts.h"

#include "app/station/to_json.h"
#include "core/base64.h"
#include "wrapping/key_spec.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::app {
namespace {

Json keySpecOf(const pkcs11::KeyDescription& key) {
    const auto spec = key.type ? wrapping::keySpecFor(*key.type) : std::nullopt;
    return spec ? Json(nameOf(wrapping::keySpecNames, *spec)) : Json(nullptr);
}

/// A private key whose public object is missing can still be shown.
void addPublicKey(Json& facts, const pkcs11::Token& token, pkcs11::KeyReference key) {
    try {
        const Bytes publicKey = token.publicKey(key);
        facts["publicKey"] = toBase64(publicKey);
        facts["publicKeySha256"] = Fingerprint::of(publicKey).hex();
    } catch (const Error& error) {
        if (error.kind() != ErrorKind::NotFound) {
            throw;
        }
        facts["publicKey"] = nullptr;
        facts["whyNoPublicKey"] = toEnglish(error.failure().cause);
    }
}

}  // namespace

Json keyFacts(const pkcs11::Token& token, pkcs11::KeyReference key) {
    const pkcs11::KeyDescription description = token.describe(key);
    Json facts = toJson(description);
    facts["origin"] = toEnglish(inWords(token.origin(key)));
    facts["keySpec"] = keySpecOf(description);
    facts["checkValue"] = toJson(token.checkValue(key));
    if (description.objectClass == pkcs11::ObjectClass::PrivateKey) {
        addPublicKey(facts, token, key);
    }
    return facts;
}

bool isKeyPair(const pkcs11::KeyType& type) {
    return !std::holds_alternative<pkcs11::AesKey>(type) && !std::holds_alternative<pkcs11::GenericSecretKey>(type);
}

}  // namespace keyconvoy::app
