#include "pkcs11/public_key.h"

#include "core/c_handle.h"
#include "pkcs11/attributes.h"

#include <algorithm>
#include <array>
#include <openssl/err.h>
#include <openssl/x509.h>

namespace keyconvoy::pkcs11 {

namespace {

using X509PublicKeyPtr = CHandle<X509_PUBKEY, X509_PUBKEY_free>;
using RsaPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;

constexpr std::uint8_t derInteger = 0x02;
constexpr std::uint8_t derBitString = 0x03;
constexpr std::uint8_t derOctetString = 0x04;
constexpr std::uint8_t derSequence = 0x30;

// AlgorithmIdentifier pieces: rsaEncryption with its NULL (RFC 3279, 2.3.1), id-ecPublicKey (RFC 5480, 2.1).
constexpr std::array<std::uint8_t, 13> rsaEncryption{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
                                                     0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
constexpr std::array<std::uint8_t, 9> ecPublicKey{0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
constexpr std::array<std::uint8_t, 5> ed25519{0x06, 0x03, 0x2b, 0x65, 0x70};

void append(Bytes& to, ByteView octets) {
    to.insert(to.end(), octets.begin(), octets.end());
}

Bytes derElement(std::uint8_t tag, ByteView content) {
    Bytes element{tag};
    if (content.size() < 0x80) {
        element.push_back(static_cast<std::uint8_t>(content.size()));
    } else {
        const bool twoOctets = content.size() > 0xff;
        element.push_back(twoOctets ? 0x82 : 0x81);
        if (twoOctets) {
            element.push_back(static_cast<std::uint8_t>(content.size() >> 8U));
        }
        element.push_back(static_cast<std::uint8_t>(content.size() & 0xffU));
    }
    append(element, content);
    return element;
}

Bytes derUnsigned(ByteView magnitude) {
    Bytes octets{magnitude.begin(), magnitude.end()};
    if (octets.empty() || (octets.front() & 0x80U) != 0) {
        octets.insert(octets.begin(), 0);
    }
    return derElement(derInteger, octets);
}

Bytes subjectPublicKeyInfo(ByteView algorithm, ByteView key) {
    Bytes bits{0};  // no unused bits
    append(bits, key);
    Bytes content = derElement(derSequence, algorithm);
    append(content, derElement(derBitString, bits));
    return derElement(derSequence, content);
}

Bytes withoutZerosBefore(ByteView number) {
    const ByteView digits = withoutLeadingZeros(number);
    return {digits.begin(), digits.end()};
}

/// CKA_EC_POINT is a DER OCTET STRING; some modules give the bare point.
ByteView barePoint(ByteView value) {
    if (value.size() > 2 && value[0] == derOctetString) {
        if (value[1] < 0x80 && value.size() == std::size_t{value[1]} + 2) {
            return value.subspan(2);
        }
        if (value[1] == 0x81 && value.size() == std::size_t{value[2]} + 3) {
            return value.subspan(3);
        }
    }
    return value;
}

[[noreturn]] void throwNoPublicKey(const Session& session) {
    throw Error{ErrorKind::Unavailable, KC_TEXT("PublicKey", "public key on token \"%1\"").with(session.tokenLabel()),
                KC_TEXT("PublicKey", "the token does not report the parts of this public key, or its type is not handled"),
                KC_TEXT("PublicKey", "check the object with the token's own tool")};
}

Bytes readEcPublicKey(const Session& session, const AttributeValues& values, bool edwards) {
    const auto point = values.bytes(CKA_EC_POINT);
    const auto parameters = values.bytes(CKA_EC_PARAMS);
    if (!point || !parameters) {
        throwNoPublicKey(session);
    }
    if (edwards) {
        return subjectPublicKeyInfo(ed25519, barePoint(*point));
    }
    Bytes algorithm{ecPublicKey.begin(), ecPublicKey.end()};
    append(algorithm, *parameters);
    return subjectPublicKeyInfo(algorithm, barePoint(*point));
}

[[noreturn]] void throwBadPublicKey() {
    ERR_clear_error();
    throw Error{ErrorKind::InvalidInput, KC_TEXT("PublicKey", "public key"),
                KC_TEXT("PublicKey", "this is no DER SubjectPublicKeyInfo of an RSA, EC or Ed25519 key"),
                KC_TEXT("PublicKey", "check the file that it came from")};
}

RsaPublicKey parseRsaPublicKey(ByteView der) {
    const std::uint8_t* next = der.data();
    const RsaPtr key{d2i_PublicKey(EVP_PKEY_RSA, nullptr, &next, static_cast<long>(der.size()))};
    BIGNUM* modulus = nullptr;
    BIGNUM* exponent = nullptr;
    if (!key || EVP_PKEY_get_bn_param(key.get(), "n", &modulus) != 1 || EVP_PKEY_get_bn_param(key.get(), "e", &exponent) != 1) {
        BN_free(modulus);
        throwBadPublicKey();
    }
    const CHandle<BIGNUM, BN_free> modulusOwner{modulus};
    const CHandle<BIGNUM, BN_free> exponentOwner{exponent};
    RsaPublicKey parts;
    parts.modulus.resize(static_cast<std::size_t>(BN_num_bytes(modulus)));
    parts.exponent.resize(static_cast<std::size_t>(BN_num_bytes(exponent)));
    BN_bn2bin(modulus, parts.modulus.data());
    BN_bn2bin(exponent, parts.exponent.data());
    return parts;
}

}  // namespace

PublicKeyParts parsePublicKey(ByteView der) {
    const std::uint8_t* next = der.data();
    const X509PublicKeyPtr key{d2i_X509_PUBKEY(nullptr, &next, static_cast<long>(der.size()))};
    ASN1_OBJECT* algorithm = nullptr;
    const std::uint8_t* bits = nullptr;
    int length = 0;
    if (!key || next != der.data() + der.size() || X509_PUBKEY_get0_param(&algorithm, &bits, &length, nullptr, key.get()) != 1) {
        throwBadPublicKey();
    }
    const ByteView content{bits, static_cast<std::size_t>(length)};
    const int type = OBJ_obj2nid(algorithm);
    if (type == NID_rsaEncryption) {
        return {.rsa = parseRsaPublicKey(content), .ecPoint = {}, .ecPointOctetString = {}};
    }
    if (type != NID_X9_62_id_ecPublicKey && type != NID_ED25519) {
        throwBadPublicKey();
    }
    return {.rsa = std::nullopt,
            .ecPoint = {content.begin(), content.end()},
            .ecPointOctetString = derElement(derOctetString, content)};
}

Bytes toSubjectPublicKeyInfo(const RsaPublicKey& key) {
    Bytes numbers = derUnsigned(key.modulus);
    append(numbers, derUnsigned(key.exponent));
    return subjectPublicKeyInfo(rsaEncryption, derElement(derSequence, numbers));
}

Bytes readPublicKey(const Session& session, CK_OBJECT_HANDLE publicObject) {
    const auto type = readAttributes(session, publicObject, {CKA_KEY_TYPE}).number(CKA_KEY_TYPE);
    if (type == CK_KEY_TYPE{CKK_RSA}) {
        return toSubjectPublicKeyInfo(readRsaPublicKey(session, publicObject));
    }
    const bool edwards = type == CK_KEY_TYPE{CKK_EC_EDWARDS};
    if (edwards || type == CK_KEY_TYPE{CKK_EC}) {
        const AttributeValues values = readAttributes(session, publicObject, {CKA_EC_PARAMS, CKA_EC_POINT});
        return readEcPublicKey(session, values, edwards);
    }
    throwNoPublicKey(session);
}

RsaPublicKey readRsaPublicKey(const Session& session, CK_OBJECT_HANDLE object) {
    const AttributeValues values = readAttributes(session, object, {CKA_MODULUS, CKA_PUBLIC_EXPONENT});
    const auto modulus = values.bytes(CKA_MODULUS);
    const auto exponent = values.bytes(CKA_PUBLIC_EXPONENT);
    if (!modulus || !exponent) {
        throwNoPublicKey(session);
    }
    return {.modulus = withoutZerosBefore(*modulus), .exponent = withoutZerosBefore(*exponent)};
}

}  // namespace keyconvoy::pkcs11
