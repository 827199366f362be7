#include "pkcs11/key_description.h"

#include "core/hex.h"
#include "pkcs11/key_template.h"
#include "pkcs11/mechanisms.h"
#include "pkcs11/token_uri.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace keyconvoy::pkcs11 {

namespace {

constexpr CK_ATTRIBUTE_TYPE commonTypes[] = {CKA_CLASS,  CKA_KEY_TYPE,          CKA_LABEL,      CKA_ID,
                                             CKA_TOKEN,  CKA_PRIVATE,           CKA_MODIFIABLE, CKA_LOCAL,
                                             CKA_DERIVE, CKA_KEY_GEN_MECHANISM, CKA_COPYABLE,   CKA_DESTROYABLE};
constexpr CK_ATTRIBUTE_TYPE protectedTypes[] = {CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_EXTRACTABLE, CKA_NEVER_EXTRACTABLE,
                                                CKA_WRAP_WITH_TRUSTED};
constexpr CK_ATTRIBUTE_TYPE secretKeyTypes[] = {CKA_ENCRYPT, CKA_DECRYPT, CKA_SIGN,      CKA_VERIFY,
                                                CKA_WRAP,    CKA_UNWRAP,  CKA_VALUE_LEN, CKA_TRUSTED};
constexpr CK_ATTRIBUTE_TYPE privateKeyTypes[] = {CKA_DECRYPT, CKA_SIGN, CKA_UNWRAP};
constexpr CK_ATTRIBUTE_TYPE publicKeyTypes[] = {CKA_ENCRYPT, CKA_VERIFY, CKA_WRAP, CKA_TRUSTED};

using Types = std::vector<CK_ATTRIBUTE_TYPE>;

template <class Range>
void append(Types& to, const Range& types) {
    to.insert(to.end(), std::begin(types), std::end(types));
}

Types typesFor(CK_OBJECT_CLASS objectClass, CK_KEY_TYPE type) {
    Types types;
    types.reserve(40);
    append(types, commonTypes);
    if (objectClass != CKO_PUBLIC_KEY) {
        append(types, protectedTypes);
    }
    switch (objectClass) {
        case CKO_SECRET_KEY: append(types, secretKeyTypes); break;
        case CKO_PRIVATE_KEY: append(types, privateKeyTypes); break;
        default: append(types, publicKeyTypes); break;
    }
    if (objectClass != CKO_SECRET_KEY && type == CKK_RSA) {
        types.push_back(CKA_MODULUS);
    }
    if (objectClass != CKO_SECRET_KEY && (type == CKK_EC || type == CKK_EC_EDWARDS)) {
        types.push_back(CKA_EC_PARAMS);
    }
    return types;
}

struct KeyTypeName {
    CK_KEY_TYPE type;
    const char* name;
};
constexpr KeyTypeName keyTypeNames[] = {
    {CKK_RSA, "RSA"},
    {CKK_DSA, "DSA"},
    {CKK_DH, "DH"},
    {CKK_EC, "EC"},
    {CKK_EC_EDWARDS, "Edwards"},
    {CKK_GENERIC_SECRET, "generic secret"},
    {CKK_DES, "CKK_DES"},
    {CKK_DES2, "CKK_DES2"},
    {CKK_DES3, "CKK_DES3"},
    {CKK_AES, "AES"},
    {CKK_CAMELLIA, "CKK_CAMELLIA"},
    {CKK_BLOWFISH, "CKK_BLOWFISH"},
    {CKK_SHA_1_HMAC, "CKK_SHA_1_HMAC"},
    {CKK_SHA224_HMAC, "CKK_SHA224_HMAC"},
    {CKK_SHA256_HMAC, "CKK_SHA256_HMAC"},
    {CKK_SHA384_HMAC, "CKK_SHA384_HMAC"},
    {CKK_SHA512_HMAC, "CKK_SHA512_HMAC"},
};

std::string keyTypeName(CK_KEY_TYPE type) {
    const auto* row = std::ranges::find(keyTypeNames, type, &KeyTypeName::type);
    return row != std::end(keyTypeNames) ? row->name : "key type " + numberInHex(type);
}

int sizeBits(ByteView modulus) {
    const auto first = std::ranges::find_if(modulus, [](std::uint8_t octet) { return octet != 0; });
    const auto octets = static_cast<int>(std::distance(first, modulus.end()));
    int bits = octets * 8;
    for (unsigned top = octets == 0 ? 0x80U : *first; (top & 0x80U) == 0; top <<= 1U) {
        --bits;
    }
    return bits;
}

std::optional<KeyType> ecType(std::optional<ByteView> parameters) {
    for (const EcCurve curve : {EcCurve::P256, EcCurve::P384, EcCurve::P521, EcCurve::Secp256k1}) {
        if (parameters && std::ranges::equal(*parameters, curveParameters(EcKeyPair{curve}))) {
            return EcKeyPair{curve};
        }
    }
    return std::nullopt;
}

/// Tokens give the object identifier or PrintableString "edwards25519" (PKCS#11 3.0 mechanisms, 2.3.5).
std::optional<KeyType> edwardsType(std::optional<ByteView> parameters) {
    const bool byOid = parameters && std::ranges::equal(*parameters, curveParameters(Ed25519KeyPair{}));
    const bool byName = parameters && asText(*parameters).ends_with("edwards25519");
    return byOid || byName ? std::optional<KeyType>{Ed25519KeyPair{}} : std::nullopt;
}

/// Secret keys, which are told apart by their length; some tokens keep that to themselves (SoftHSM 2.6 after C_UnwrapKey).
bool hasLength(CK_KEY_TYPE type) {
    switch (type) {
        case CKK_AES:
        case CKK_GENERIC_SECRET:
        case CKK_SHA224_HMAC:
        case CKK_SHA256_HMAC:
        case CKK_SHA384_HMAC:
        case CKK_SHA512_HMAC: return true;
        default: return false;
    }
}

std::optional<KeyType> secretTypeOf(CK_KEY_TYPE type, CK_ULONG length) {
    if (length == 0) {
        return std::nullopt;
    }
    return type == CKK_AES ? KeyType{AesKey{static_cast<int>(length) * 8}} : KeyType{GenericSecretKey{static_cast<int>(length)}};
}

CK_KEY_TYPE rawTypeOf(const AttributeValues& values) {
    return values.number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED);
}

std::optional<KeyType> keyTypeOf(const AttributeValues& values) {
    const CK_KEY_TYPE type = rawTypeOf(values);
    if (hasLength(type)) {
        return secretTypeOf(type, values.number(CKA_VALUE_LEN).value_or(0));
    }
    switch (type) {
        case CKK_RSA: {
            const auto modulus = values.bytes(CKA_MODULUS);
            return modulus ? std::optional<KeyType>{RsaKeyPair{sizeBits(*modulus)}} : std::nullopt;
        }
        case CKK_EC: return ecType(values.bytes(CKA_EC_PARAMS));
        case CKK_EC_EDWARDS: return edwardsType(values.bytes(CKA_EC_PARAMS));
        default: return std::nullopt;
    }
}

std::string typeNameOf(const AttributeValues& values, const std::optional<KeyType>& type) {
    return type ? describe(*type) : keyTypeName(rawTypeOf(values));
}

Bytes idOf(const AttributeValues& values) {
    const ByteView id = values.bytes(CKA_ID).value_or(ByteView{});
    return {id.begin(), id.end()};
}

void fillUses(KeyDescription& description, const AttributeValues& values) {
    description.encrypt = values.flag(CKA_ENCRYPT);
    description.decrypt = values.flag(CKA_DECRYPT);
    description.sign = values.flag(CKA_SIGN);
    description.verify = values.flag(CKA_VERIFY);
    description.wrap = values.flag(CKA_WRAP);
    description.unwrap = values.flag(CKA_UNWRAP);
    description.derive = values.flag(CKA_DERIVE);
}

void fillProtection(KeyDescription& description, const AttributeValues& values) {
    description.tokenObject = values.flag(CKA_TOKEN);
    description.isPrivate = values.flag(CKA_PRIVATE);
    description.sensitive = values.flag(CKA_SENSITIVE);
    description.alwaysSensitive = values.flag(CKA_ALWAYS_SENSITIVE);
    description.extractable = values.flag(CKA_EXTRACTABLE);
    description.neverExtractable = values.flag(CKA_NEVER_EXTRACTABLE);
    description.local = values.flag(CKA_LOCAL);
    description.modifiable = values.flag(CKA_MODIFIABLE);
    description.copyable = values.flag(CKA_COPYABLE);
    description.destroyable = values.flag(CKA_DESTROYABLE);
    description.wrapWithTrusted = values.flag(CKA_WRAP_WITH_TRUSTED);
    description.trusted = values.flag(CKA_TRUSTED);
}

}  // namespace

AttributeValues readKeyAttributes(const Session& session, CK_OBJECT_HANDLE key, CK_OBJECT_CLASS objectClass, CK_KEY_TYPE type,
                                  std::span<const CK_ATTRIBUTE> further) {
    Types types = typesFor(objectClass, type);
    for (const CK_ATTRIBUTE& attribute : further) {
        if (std::ranges::find(types, attribute.type) == types.end()) {
            types.push_back(attribute.type);
        }
    }
    return readAttributes(session, key, types);
}

KeyDescription toDescription(const AttributeValues& values, const CK_TOKEN_INFO& token) {
    KeyDescription description;
    description.objectClass = toObjectClass(values.number(CKA_CLASS).value_or(CKO_VENDOR_DEFINED));
    description.label = values.text(CKA_LABEL);
    description.id = idOf(values);
    description.type = keyTypeOf(values);
    description.typeName = typeNameOf(values, description.type);
    description.lengthNotReported = !description.type && hasLength(rawTypeOf(values));
    description.uri = objectUri(token, description.objectClass, description.label, description.id);
    fillProtection(description, values);
    fillUses(description, values);
    if (const auto mechanism = values.number(CKA_KEY_GEN_MECHANISM); mechanism && *mechanism != ckUnavailable) {
        description.generationMechanism = mechanismName(*mechanism);
    }
    return description;
}

KeyDescription describeKey(const Session& session, CK_OBJECT_HANDLE key, const CK_TOKEN_INFO& token) {
    const AttributeValues kind = readAttributes(session, key, {CKA_CLASS, CKA_KEY_TYPE});
    const CK_OBJECT_CLASS objectClass = kind.number(CKA_CLASS).value_or(CKO_VENDOR_DEFINED);
    const CK_KEY_TYPE type = kind.number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED);
    return toDescription(readKeyAttributes(session, key, objectClass, type), token);
}

bool KeyDescription::mayBe(const KeyType& possible) const {
    const bool aes = typeName == keyTypeName(CKK_AES);
    return lengthNotReported &&
           (aes ? std::holds_alternative<AesKey>(possible) : std::holds_alternative<GenericSecretKey>(possible));
}

ObjectSummary summarise(const Session& session, CK_OBJECT_HANDLE object) {
    const AttributeValues kind = readAttributes(session, object, {CKA_CLASS, CKA_LABEL, CKA_TOKEN});
    ObjectSummary summary;
    const CK_OBJECT_CLASS objectClass = kind.number(CKA_CLASS).value_or(CKO_VENDOR_DEFINED);
    summary.objectClass = toObjectClass(objectClass);
    summary.label = kind.text(CKA_LABEL);
    summary.tokenObject = kind.flag(CKA_TOKEN).value_or(false);
    if (objectClass == CKO_SECRET_KEY || objectClass == CKO_PRIVATE_KEY || objectClass == CKO_PUBLIC_KEY) {
        const CK_KEY_TYPE type =
            readAttributes(session, object, {CKA_KEY_TYPE}).number(CKA_KEY_TYPE).value_or(CKK_VENDOR_DEFINED);
        const AttributeValues values = readKeyAttributes(session, object, objectClass, type);
        summary.id = idOf(values);
        summary.typeName = typeNameOf(values, keyTypeOf(values));
    } else if (objectClass == CKO_CERTIFICATE) {
        summary.id = idOf(readAttributes(session, object, {CKA_ID}));
    }
    return summary;
}

}  // namespace keyconvoy::pkcs11
