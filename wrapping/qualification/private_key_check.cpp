#include "wrapping/qualification/private_key_check.h"

#include "core/c_handle.h"

#include <algorithm>
#include <array>
#include <openssl/asn1.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/x509.h>

namespace keyconvoy::wrapping::qualification {

namespace {

using PkeyPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContextPtr = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using Pkcs8Ptr = CHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

struct CurveRow {
    pkcs11::EcCurve curve;
    int nid;
};
constexpr std::array<CurveRow, 4> curves{{
    {pkcs11::EcCurve::P256, NID_X9_62_prime256v1},
    {pkcs11::EcCurve::P384, NID_secp384r1},
    {pkcs11::EcCurve::P521, NID_secp521r1},
    {pkcs11::EcCurve::Secp256k1, NID_secp256k1},
}};

Text faultOfTail(ByteView tail) {
    const bool zeros = std::ranges::all_of(tail, [](std::uint8_t octet) { return octet == 0; });
    if (zeros) {
        return KC_TEXT("Qualification",
                       "zero bytes (%1) follow the PKCS#8 inside the blob: the token pads the key before it wraps it, so "
                       "the length that RFC 5649 carries is wrong")
            .with(tail.size());
    }
    return tail.size() == 1 ? KC_TEXT("Qualification", "1 byte follows the PKCS#8 inside the blob")
                            : KC_TEXT("Qualification", "%1 bytes follow the PKCS#8 inside the blob").with(tail.size());
}

/// AlgorithmIdentifier: the right algorithm, for EC with a named curve (KMS refuses explicit parameters).
std::optional<Text> faultOfAlgorithm(const PKCS8_PRIV_KEY_INFO& info, const pkcs11::KeyType& type) {
    const X509_ALGOR* algorithm = nullptr;
    PKCS8_pkey_get0(nullptr, nullptr, nullptr, &algorithm, &info);
    const ASN1_OBJECT* object = nullptr;
    int parameterType = V_ASN1_UNDEF;
    const void* parameter = nullptr;
    X509_ALGOR_get0(&object, &parameterType, &parameter, algorithm);
    const int found = OBJ_obj2nid(object);
    const int wanted = std::holds_alternative<pkcs11::RsaKeyPair>(type)  ? NID_rsaEncryption
                       : std::holds_alternative<pkcs11::EcKeyPair>(type) ? NID_X9_62_id_ecPublicKey
                                                                         : NID_ED25519;
    if (found != wanted) {
        return KC_TEXT("Qualification", "the PKCS#8 inside the blob is for another algorithm (%1)").with(OBJ_nid2sn(found));
    }
    const auto* pair = std::get_if<pkcs11::EcKeyPair>(&type);
    if (pair == nullptr) {
        return std::nullopt;
    }
    if (parameterType != V_ASN1_OBJECT) {
        return KC_TEXT("Qualification", "the PKCS#8 inside the blob does not name its curve; KMS refuses explicit parameters");
    }
    if (OBJ_obj2nid(static_cast<const ASN1_OBJECT*>(parameter)) !=
        std::ranges::find(curves, pair->curve, &CurveRow::curve)->nid) {
        return KC_TEXT("Qualification", "the PKCS#8 inside the blob names another curve");
    }
    return std::nullopt;
}

std::optional<Text> faultOfKey(EVP_PKEY& key, ByteView publicKeyDer) {
    const unsigned char* position = publicKeyDer.data();
    const PkeyPtr publicKey{d2i_PUBKEY(nullptr, &position, static_cast<long>(publicKeyDer.size()))};
    if (publicKey == nullptr || EVP_PKEY_eq(&key, publicKey.get()) != 1) {
        return KC_TEXT("Qualification", "the private key inside the blob does not belong to the throw-away key's public key");
    }
    const PkeyContextPtr context{EVP_PKEY_CTX_new(&key, nullptr)};
    if (context == nullptr || EVP_PKEY_check(context.get()) != 1) {
        return KC_TEXT("Qualification", "the private key inside the blob is not consistent (EVP_PKEY_check)");
    }
    return std::nullopt;
}

std::optional<Text> findFault(ByteView plaintext, const pkcs11::KeyType& type, ByteView publicKeyDer) {
    const unsigned char* position = plaintext.data();
    const Pkcs8Ptr info{d2i_PKCS8_PRIV_KEY_INFO(nullptr, &position, static_cast<long>(plaintext.size()))};
    if (info == nullptr) {
        return KC_TEXT("Qualification", "what is inside the blob is no PKCS#8 private key");
    }
    const auto used = static_cast<std::size_t>(position - plaintext.data());
    if (used != plaintext.size()) {
        return faultOfTail(plaintext.subspan(used));
    }
    if (auto fault = faultOfAlgorithm(*info, type)) {
        return fault;
    }
    const PkeyPtr key{EVP_PKCS82PKEY(info.get())};
    if (key == nullptr) {
        return KC_TEXT("Qualification", "the private key in the PKCS#8 inside the blob cannot be decoded");
    }
    const auto* rsa = std::get_if<pkcs11::RsaKeyPair>(&type);
    if (rsa != nullptr && EVP_PKEY_get_bits(key.get()) != rsa->sizeBits) {
        return KC_TEXT("Qualification", "the RSA key inside the blob has %1 bits")
            .with(std::to_string(EVP_PKEY_get_bits(key.get())));
    }
    return faultOfKey(*key, publicKeyDer);
}

}  // namespace

std::optional<Text> faultOfPrivateKey(ByteView plaintext, const pkcs11::KeyType& type, ByteView publicKeyDer) {
    auto fault = findFault(plaintext, type, publicKeyDer);
    ERR_clear_error();  // a refusal is an answer here
    return fault;
}

}  // namespace keyconvoy::wrapping::qualification
