#include "pkcs11/key_template.h"

#include "pkcs11/public_key.h"

#include <array>
#include <utility>

namespace keyconvoy::pkcs11 {

namespace {

template <class... Functions>
struct Overloaded : Functions... {
    using Functions::operator()...;
};
template <class... Functions>
Overloaded(Functions...) -> Overloaded<Functions...>;

// DER of the object identifiers (RFC 5480, SEC 2, RFC 8410).
constexpr std::array<std::uint8_t, 10> p256{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
constexpr std::array<std::uint8_t, 7> p384{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22};
constexpr std::array<std::uint8_t, 7> p521{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23};
constexpr std::array<std::uint8_t, 7> secp256k1{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a};
constexpr std::array<std::uint8_t, 5> ed25519{0x06, 0x03, 0x2b, 0x65, 0x70};
constexpr std::array<std::uint8_t, 3> f4{0x01, 0x00, 0x01};

enum class Uses : std::uint8_t { None, Encrypt, Sign, EncryptAndSign, Wrap, Unwrap };

bool allows(Uses uses, Uses one) {
    return uses == one || (uses == Uses::EncryptAndSign && (one == Uses::Encrypt || one == Uses::Sign));
}

struct Common {
    bool tokenObject = false;
    std::string_view label;
    ByteView id;
};

Common commonOf(const KeyPlan& plan) {
    return {.tokenObject = plan.lifetime == KeyLifetime::TokenObject, .label = plan.label, .id = plan.id};
}

void addName(AttributeTemplate& key, const Common& common) {
    if (!common.label.empty()) {
        key.add(CKA_LABEL, common.label);
    }
    if (!common.id.empty()) {
        key.add(CKA_ID, common.id);
    }
}

AttributeTemplate secretKey(CK_KEY_TYPE type, const Common& common, Uses uses, bool extractable = true) {
    AttributeTemplate key;
    key.add(CKA_CLASS, CK_ULONG{CKO_SECRET_KEY}).add(CKA_KEY_TYPE, type).add(CKA_TOKEN, common.tokenObject);
    key.addAll({CKA_PRIVATE, CKA_SENSITIVE, CKA_MODIFIABLE}, true).add(CKA_EXTRACTABLE, extractable);
    key.add(CKA_ENCRYPT, allows(uses, Uses::Encrypt)).add(CKA_SIGN, allows(uses, Uses::Sign));
    key.add(CKA_WRAP, allows(uses, Uses::Wrap)).add(CKA_UNWRAP, allows(uses, Uses::Unwrap));
    key.addAll({CKA_DECRYPT, CKA_VERIFY, CKA_DERIVE}, false);
    addName(key, common);
    return key;
}

AttributeTemplate privateKey(CK_KEY_TYPE type, const Common& common, Uses uses) {
    AttributeTemplate key;
    key.add(CKA_CLASS, CK_ULONG{CKO_PRIVATE_KEY}).add(CKA_KEY_TYPE, type).add(CKA_TOKEN, common.tokenObject);
    key.addAll({CKA_PRIVATE, CKA_SENSITIVE, CKA_MODIFIABLE}, true).add(CKA_EXTRACTABLE, uses != Uses::Unwrap);
    key.add(CKA_SIGN, allows(uses, Uses::Sign)).add(CKA_UNWRAP, allows(uses, Uses::Unwrap));
    key.addAll({CKA_DECRYPT, CKA_SIGN_RECOVER, CKA_DERIVE}, false);
    addName(key, common);
    return key;
}

AttributeTemplate publicKey(CK_KEY_TYPE type, const Common& common, Uses uses) {
    AttributeTemplate key;
    key.add(CKA_CLASS, CK_ULONG{CKO_PUBLIC_KEY})
        .add(CKA_KEY_TYPE, type)
        .add(CKA_TOKEN, common.tokenObject)
        .add(CKA_PRIVATE, false);
    key.add(CKA_VERIFY, allows(uses, Uses::Sign)).add(CKA_WRAP, allows(uses, Uses::Wrap));
    key.addAll({CKA_ENCRYPT, CKA_VERIFY_RECOVER, CKA_DERIVE}, false);
    addName(key, common);
    return key;
}

Uses secretUses(const KeyType& type) {
    return std::holds_alternative<AesKey>(type) ? Uses::EncryptAndSign : Uses::Sign;
}

Uses pairUses(KeyPurpose purpose) {
    return purpose == KeyPurpose::Signing ? Uses::Sign : Uses::None;
}

CK_MECHANISM_TYPE generationMechanism(const KeyType& type) {
    return std::visit(Overloaded{[](const AesKey&) -> CK_MECHANISM_TYPE { return CKM_AES_KEY_GEN; },
                                 [](const GenericSecretKey&) -> CK_MECHANISM_TYPE { return CKM_GENERIC_SECRET_KEY_GEN; },
                                 [](const RsaKeyPair&) -> CK_MECHANISM_TYPE { return CKM_RSA_PKCS_KEY_PAIR_GEN; },
                                 [](const EcKeyPair&) -> CK_MECHANISM_TYPE { return CKM_EC_KEY_PAIR_GEN; },
                                 [](const Ed25519KeyPair&) -> CK_MECHANISM_TYPE { return CKM_EC_EDWARDS_KEY_PAIR_GEN; }},
                      type);
}

CK_ULONG valueLength(const KeyType& type) {
    if (const auto* aes = std::get_if<AesKey>(&type)) {
        return static_cast<CK_ULONG>(aes->sizeBits / 8);
    }
    return static_cast<CK_ULONG>(std::get<GenericSecretKey>(type).sizeBytes);
}

void addGenerationParameters(AttributeTemplate& key, const KeyType& type) {
    if (const auto* rsa = std::get_if<RsaKeyPair>(&type)) {
        key.add(CKA_MODULUS_BITS, static_cast<CK_ULONG>(rsa->sizeBits)).add(CKA_PUBLIC_EXPONENT, ByteView{f4});
    } else {
        key.add(CKA_EC_PARAMS, curveParameters(type));
    }
}

ByteView parametersOf(EcCurve curve) {
    switch (curve) {
        case EcCurve::P256: return p256;
        case EcCurve::P384: return p384;
        case EcCurve::P521: return p521;
        case EcCurve::Secp256k1: return secp256k1;
    }
    return {};
}

std::string_view curveName(EcCurve curve) {
    switch (curve) {
        case EcCurve::P256: return "P-256";
        case EcCurve::P384: return "P-384";
        case EcCurve::P521: return "P-521";
        case EcCurve::Secp256k1: return "secp256k1";
    }
    return "?";
}

}  // namespace

bool isKeyPair(const KeyType& type) {
    return !std::holds_alternative<AesKey>(type) && !std::holds_alternative<GenericSecretKey>(type);
}

CK_KEY_TYPE cryptokiKeyType(const KeyType& type) {
    return std::visit(Overloaded{[](const AesKey&) -> CK_KEY_TYPE { return CKK_AES; },
                                 [](const GenericSecretKey&) -> CK_KEY_TYPE { return CKK_GENERIC_SECRET; },
                                 [](const RsaKeyPair&) -> CK_KEY_TYPE { return CKK_RSA; },
                                 [](const EcKeyPair&) -> CK_KEY_TYPE { return CKK_EC; },
                                 [](const Ed25519KeyPair&) -> CK_KEY_TYPE { return CKK_EC_EDWARDS; }},
                      type);
}

ByteView curveParameters(const KeyType& type) {
    if (const auto* pair = std::get_if<EcKeyPair>(&type)) {
        return parametersOf(pair->curve);
    }
    return std::holds_alternative<Ed25519KeyPair>(type) ? ByteView{ed25519} : ByteView{};
}

std::string describe(const KeyType& type) {
    return std::visit(
        Overloaded{[](const AesKey& key) { return "AES-" + std::to_string(key.sizeBits); },
                   [](const GenericSecretKey& key) { return "generic secret, " + std::to_string(key.sizeBytes) + " bytes"; },
                   [](const RsaKeyPair& key) { return "RSA-" + std::to_string(key.sizeBits); },
                   [](const EcKeyPair& key) { return "EC " + std::string{curveName(key.curve)}; },
                   [](const Ed25519KeyPair&) { return std::string{"Ed25519"}; }},
        type);
}

KeyTemplates generationTemplates(const KeyPlan& plan) {
    const CK_KEY_TYPE type = cryptokiKeyType(plan.type);
    KeyTemplates templates{.mechanism = generationMechanism(plan.type), .key = {}, .publicKey = std::nullopt};
    if (!isKeyPair(plan.type)) {
        templates.key = secretKey(type, commonOf(plan), secretUses(plan.type));
        templates.key.add(CKA_VALUE_LEN, valueLength(plan.type));
        return templates;
    }
    templates.key = privateKey(type, commonOf(plan), pairUses(plan.purpose));
    templates.publicKey = publicKey(type, commonOf(plan), pairUses(plan.purpose));
    addGenerationParameters(*templates.publicKey, plan.type);
    return templates;
}

AttributeTemplate unwrapTemplate(const KeyPlan& plan) {
    const CK_KEY_TYPE type = cryptokiKeyType(plan.type);
    return isKeyPair(plan.type) ? privateKey(type, commonOf(plan), pairUses(plan.purpose))
                                : secretKey(type, commonOf(plan), secretUses(plan.type));
}

AttributeTemplate publicHalfTemplate(const KeyPlan& plan, ByteView publicKeyDer) {
    AttributeTemplate key = publicKey(cryptokiKeyType(plan.type), commonOf(plan), pairUses(plan.purpose));
    const PublicKeyParts parts = parsePublicKey(publicKeyDer);
    if (parts.rsa) {
        key.add(CKA_MODULUS, ByteView{parts.rsa->modulus}).add(CKA_PUBLIC_EXPONENT, ByteView{parts.rsa->exponent});
    } else {
        key.add(CKA_EC_PARAMS, curveParameters(plan.type)).add(CKA_EC_POINT, ByteView{parts.ecPointOctetString});
    }
    return key;
}

AttributeTemplate wrappingAesTemplate() {
    AttributeTemplate key = secretKey(CKK_AES, {}, Uses::Wrap);
    key.add(CKA_VALUE_LEN, CK_ULONG{32});
    return key;
}

AttributeTemplate unwrappingAesTemplate() {
    return secretKey(CKK_AES, {}, Uses::Unwrap, false);
}

AttributeTemplate wrappingKeyTemplate(const RsaPublicKey& key, KeyLifetime lifetime) {
    AttributeTemplate object;
    object.add(CKA_CLASS, CK_ULONG{CKO_PUBLIC_KEY}).add(CKA_KEY_TYPE, CK_ULONG{CKK_RSA});
    object.add(CKA_TOKEN, lifetime == KeyLifetime::TokenObject).add(CKA_PRIVATE, false).add(CKA_WRAP, true);
    object.addAll({CKA_ENCRYPT, CKA_VERIFY}, false);
    object.add(CKA_MODULUS, ByteView{key.modulus}).add(CKA_PUBLIC_EXPONENT, ByteView{key.exponent});
    return object;
}

KeyTemplates transportTemplates(int sizeBits, const std::string& label, const Bytes& id) {
    const Common common{.tokenObject = false, .label = label, .id = id};
    KeyTemplates templates{.mechanism = CKM_RSA_PKCS_KEY_PAIR_GEN,
                           .key = privateKey(CKK_RSA, common, Uses::Unwrap),
                           .publicKey = publicKey(CKK_RSA, common, Uses::None)};
    addGenerationParameters(*templates.publicKey, RsaKeyPair{sizeBits});
    return templates;
}

}  // namespace keyconvoy::pkcs11
