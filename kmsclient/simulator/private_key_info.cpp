#include "kmsclient/simulator/private_key_info.h"

#include <algorithm>
#include <array>
#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

namespace keyconvoy::kms::simulator {

namespace {

using wrapping::KeySpec;
using KeyInfoPtr = CHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

/// RFC 8410, section 7: version 0, id-Ed25519, and the seed in two OCTET STRINGs.
constexpr std::array<std::uint8_t, 16> ed25519Prefix{0x30, 0x2E, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06,
                                                     0x03, 0x2B, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20};
constexpr std::size_t seedBytes = 32;

struct Curve {
    KeySpec spec;
    const char* name;
};
constexpr std::array<Curve, 4> curves{{
    {KeySpec::EccNistP256, SN_X9_62_prime256v1},
    {KeySpec::EccNistP384, SN_secp384r1},
    {KeySpec::EccNistP521, SN_secp521r1},
    {KeySpec::EccSecgP256k1, SN_secp256k1},
}};

PkeyPtr parseEd25519(ByteView der) {
    const bool shaped = der.size() == ed25519Prefix.size() + seedBytes && std::ranges::equal(der.first(16), ed25519Prefix);
    if (!shaped) {
        return nullptr;
    }
    return PkeyPtr{EVP_PKEY_new_raw_private_key_ex(nullptr, "ED25519", nullptr, der.data() + ed25519Prefix.size(), seedBytes)};
}

/// The outermost element and nothing behind it; an indefinite length is checked by whoever parses the inside.
bool isOneElement(ByteView encoded) {
    const unsigned char* cursor = encoded.data();
    long length = 0;
    int tag = 0;
    int tagClass = 0;
    const int form = ASN1_get_object(&cursor, &length, &tag, &tagClass, static_cast<long>(encoded.size()));
    if ((static_cast<unsigned>(form) & 0x80U) != 0) {
        return false;
    }
    const bool indefinite = (static_cast<unsigned>(form) & 1U) != 0;
    return indefinite || cursor + length == encoded.data() + encoded.size();
}

/// RFC 5208 knows version 0 only. The structure keeps its version to itself, so it is looked up in the structure's DER.
bool hasVersionZero(PKCS8_PRIV_KEY_INFO* info) {
    unsigned char* encoded = nullptr;
    const int size = i2d_PKCS8_PRIV_KEY_INFO(info, &encoded);
    if (size <= 0) {
        return false;
    }
    const unsigned char* cursor = encoded;
    long length = 0;
    int tag = 0;
    int tagClass = 0;
    ASN1_get_object(&cursor, &length, &tag, &tagClass, size);
    const bool zero = length > 3 && cursor[0] == V_ASN1_INTEGER && cursor[1] == 1 && cursor[2] == 0;
    OPENSSL_clear_free(encoded, static_cast<std::size_t>(size));
    return zero;
}

bool isRsaAlgorithm(const X509_ALGOR& algorithm) {
    const ASN1_OBJECT* oid = nullptr;
    int parameterType = V_ASN1_UNDEF;
    X509_ALGOR_get0(&oid, &parameterType, nullptr, &algorithm);
    return OBJ_obj2nid(oid) == NID_rsaEncryption && parameterType == V_ASN1_NULL;
}

bool isNamedCurve(const X509_ALGOR& algorithm, const char* curve) {
    const ASN1_OBJECT* oid = nullptr;
    int parameterType = V_ASN1_UNDEF;
    const void* parameters = nullptr;
    X509_ALGOR_get0(&oid, &parameterType, &parameters, &algorithm);
    if (OBJ_obj2nid(oid) != NID_X9_62_id_ecPublicKey || parameterType != V_ASN1_OBJECT) {
        return false;
    }
    return OBJ_obj2nid(static_cast<const ASN1_OBJECT*>(parameters)) == OBJ_sn2nid(curve);
}

bool isTwoPrimeRsa(const EVP_PKEY& key, int sizeBits) {
    BIGNUM* third = nullptr;
    if (EVP_PKEY_get_bn_param(&key, OSSL_PKEY_PARAM_RSA_FACTOR3, &third) == 1) {
        BN_clear_free(third);
        return false;
    }
    return EVP_PKEY_get_bits(&key) == sizeBits;
}

bool isOnCurve(const EVP_PKEY& key, const char* curve) {
    std::array<char, 64> group{};
    if (EVP_PKEY_get_group_name(&key, group.data(), group.size(), nullptr) != 1 || std::string_view{group.data()} != curve) {
        return false;
    }
    int explicitParameters = 0;
    EVP_PKEY_get_int_param(&key, OSSL_PKEY_PARAM_EC_DECODED_FROM_EXPLICIT_PARAMS, &explicitParameters);
    return explicitParameters == 0;
}

/// RFC 5915, section 3: the private value has exactly the octets of the curve's order, leading zeros included. Whether AWS
/// insists is not known; a token that drops the zeros would fail there for one key in 256, so it fails here.
bool hasFullLength(ByteView ecPrivateKey, const EVP_PKEY& key) {
    const unsigned char* cursor = ecPrivateKey.data();
    const unsigned char* const end = cursor + ecPrivateKey.size();
    long length = 0;
    int tag = 0;
    int tagClass = 0;
    ASN1_get_object(&cursor, &length, &tag, &tagClass, end - cursor);  // ECPrivateKey
    ASN1_get_object(&cursor, &length, &tag, &tagClass, end - cursor);  // version
    cursor += length;
    ASN1_get_object(&cursor, &length, &tag, &tagClass, end - cursor);  // privateKey
    return tag == V_ASN1_OCTET_STRING && length == (EVP_PKEY_get_bits(&key) + 7) / 8;
}

/// Whether the private parts fit each other and the public key.
bool isConsistent(EVP_PKEY& key) {
    const PkeyContextPtr context{EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr)};
    return context != nullptr && EVP_PKEY_pairwise_check(context.get()) == 1;
}

KeyInfoPtr parseStructure(ByteView encoded) {
    const unsigned char* cursor = encoded.data();
    KeyInfoPtr info{d2i_PKCS8_PRIV_KEY_INFO(nullptr, &cursor, static_cast<long>(encoded.size()))};
    const bool whole = info != nullptr && cursor == encoded.data() + encoded.size();
    return whole && hasVersionZero(info.get()) ? std::move(info) : nullptr;
}

PkeyPtr parseRsaOrEc(KeySpec spec, ByteView encoded) {
    const KeyInfoPtr info = parseStructure(encoded);
    if (info == nullptr) {
        return nullptr;
    }
    const unsigned char* inner = nullptr;
    int innerSize = 0;
    const X509_ALGOR* algorithm = nullptr;
    PKCS8_pkey_get0(nullptr, &inner, &innerSize, &algorithm, info.get());
    const char* curve = curveName(spec);
    const bool expected = curve != nullptr ? isNamedCurve(*algorithm, curve) : isRsaAlgorithm(*algorithm);
    const ByteView innerView{inner, static_cast<std::size_t>(innerSize)};
    if (!expected || !isOneElement(innerView)) {
        return nullptr;
    }
    PkeyPtr key{EVP_PKCS82PKEY(info.get())};
    if (key == nullptr) {
        return nullptr;
    }
    const bool fits =
        curve != nullptr ? isOnCurve(*key, curve) && hasFullLength(innerView, *key) : isTwoPrimeRsa(*key, rsaBits(spec));
    return fits && isConsistent(*key) ? std::move(key) : nullptr;
}

}  // namespace

PkeyPtr parsePrivateKeyInfo(KeySpec spec, ByteView encoded) {
    PkeyPtr key = spec == KeySpec::EccNistEdwards25519 ? parseEd25519(encoded) : parseRsaOrEc(spec, encoded);
    ERR_clear_error();
    return key;
}

const char* curveName(KeySpec spec) {
    const auto* row = std::ranges::find(curves, spec, &Curve::spec);
    return row == curves.end() ? nullptr : row->name;
}

int rsaBits(KeySpec spec) {
    if (spec == KeySpec::Rsa2048) {
        return 2048;
    }
    if (spec == KeySpec::Rsa3072) {
        return 3072;
    }
    return spec == KeySpec::Rsa4096 ? 4096 : 0;
}

}  // namespace keyconvoy::kms::simulator
