#include "app/inventory/verify_signature.h"

#include "core/c_handle.h"
#include "core/error.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace keyconvoy::app {
namespace {

using pkcs11::SignatureScheme;
using PkeyPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;
using DigestContextPtr = CHandle<EVP_MD_CTX, EVP_MD_CTX_free>;

PkeyPtr publicKeyFrom(ByteView der) {
    const std::uint8_t* position = der.data();
    PkeyPtr key{d2i_PUBKEY(nullptr, &position, static_cast<long>(der.size()))};
    if (!key || position != der.data() + der.size()) {
        ERR_clear_error();
        throw Error{ErrorKind::InvalidInput, KC_TEXT("VerifySignature", "public key"),
                    KC_TEXT("VerifySignature", "it is no DER SubjectPublicKeyInfo"),
                    KC_TEXT("VerifySignature", "look at the public object on the token with the vendor's tool")};
    }
    return key;
}

const EVP_MD* digestOf(SignatureScheme scheme) {
    switch (scheme) {
        case SignatureScheme::RsaPkcs1Sha256:
        case SignatureScheme::RsaPssSha256:
        case SignatureScheme::EcdsaSha256: return EVP_sha256();
        case SignatureScheme::EcdsaSha384: return EVP_sha384();
        case SignatureScheme::EcdsaSha512: return EVP_sha512();
        case SignatureScheme::Ed25519: return nullptr;  // signs the message itself
    }
    return nullptr;
}

bool setPadding(EVP_PKEY_CTX* context, SignatureScheme scheme) {
    if (scheme != SignatureScheme::RsaPssSha256) {
        return true;
    }
    return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1 &&
           EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST) == 1;
}

}  // namespace

bool verifySignature(ByteView publicKeyDer, SignatureScheme scheme, ByteView message, ByteView signature) {
    const PkeyPtr key = publicKeyFrom(publicKeyDer);
    const DigestContextPtr context{EVP_MD_CTX_new()};
    EVP_PKEY_CTX* keyContext = nullptr;
    if (!context || EVP_DigestVerifyInit(context.get(), &keyContext, digestOf(scheme), nullptr, key.get()) != 1 ||
        !setPadding(keyContext, scheme)) {
        throw CryptoError{"EVP_DigestVerifyInit"};
    }
    const bool verified =
        EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
    ERR_clear_error();  // a signature that does not verify is an answer, no failure
    return verified;
}

SignatureScheme signatureSchemeFor(const pkcs11::KeyType& type) {
    if (const auto* curve = std::get_if<pkcs11::EcKeyPair>(&type)) {
        switch (curve->curve) {
            case pkcs11::EcCurve::P256:
            case pkcs11::EcCurve::Secp256k1: return SignatureScheme::EcdsaSha256;
            case pkcs11::EcCurve::P384: return SignatureScheme::EcdsaSha384;
            case pkcs11::EcCurve::P521: return SignatureScheme::EcdsaSha512;
        }
    }
    if (std::holds_alternative<pkcs11::RsaKeyPair>(type)) {
        return SignatureScheme::RsaPssSha256;
    }
    if (std::holds_alternative<pkcs11::Ed25519KeyPair>(type)) {
        return SignatureScheme::Ed25519;
    }
    throw Error{ErrorKind::InvalidInput, KC_TEXT("VerifySignature", "key"),
                KC_TEXT("VerifySignature", "a secret key makes no signatures"), KC_TEXT("VerifySignature", "name a key pair")};
}

}  // namespace keyconvoy::app
