#include "pkcs11/sign.h"

#include "core/c_handle.h"
#include "pkcs11/mac.h"

#include <array>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

namespace keyconvoy::pkcs11 {

namespace {

using EcdsaSignature = CHandle<ECDSA_SIG, ECDSA_SIG_free>;

/// DER of DigestInfo up to the digest, for SHA-256 (RFC 8017, 9.2, note 1).
constexpr std::array<std::uint8_t, 19> sha256DigestInfo{0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                                        0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};

Bytes digestOf(const EVP_MD* hash, ByteView message) {
    Bytes digest(static_cast<std::size_t>(EVP_MD_get_size(hash)));
    if (EVP_Digest(message.data(), message.size(), digest.data(), nullptr, hash, nullptr) != 1) {
        throw CryptoError{"EVP_Digest"};
    }
    return digest;
}

Bytes signPkcs1(const Session& session, CK_OBJECT_HANDLE key, ByteView message) {
    Bytes digestInfo{sha256DigestInfo.begin(), sha256DigestInfo.end()};
    const Bytes digest = digestOf(EVP_sha256(), message);
    digestInfo.insert(digestInfo.end(), digest.begin(), digest.end());
    return signWith(session, {CKM_RSA_PKCS, nullptr, 0}, key, digestInfo);
}

Bytes signPss(const Session& session, CK_OBJECT_HANDLE key, ByteView message) {
    const Bytes digest = digestOf(EVP_sha256(), message);
    CK_RSA_PKCS_PSS_PARAMS parameters{};
    parameters.hashAlg = CKM_SHA256;
    parameters.mgf = CKG_MGF1_SHA256;
    parameters.sLen = digest.size();
    return signWith(session, {CKM_RSA_PKCS_PSS, &parameters, sizeof parameters}, key, digest);
}

/// CKM_ECDSA gives r and s, each as long as the order (PKCS#11 2.40 mechanisms, 2.3.1).
Bytes toDer(ByteView raw) {
    const auto half = raw.size() / 2;
    const EcdsaSignature signature{ECDSA_SIG_new()};
    BIGNUM* r = BN_bin2bn(raw.data(), static_cast<int>(half), nullptr);
    BIGNUM* s = BN_bin2bn(raw.data() + half, static_cast<int>(half), nullptr);
    if (!signature || ECDSA_SIG_set0(signature.get(), r, s) != 1) {
        BN_free(r);
        BN_free(s);
        throw CryptoError{"ECDSA_SIG_set0"};
    }
    unsigned char* der = nullptr;
    const int length = i2d_ECDSA_SIG(signature.get(), &der);
    if (length <= 0) {
        throw CryptoError{"i2d_ECDSA_SIG"};
    }
    Bytes result(der, der + length);
    OPENSSL_free(der);
    return result;
}

Bytes signEcdsa(const Session& session, CK_OBJECT_HANDLE key, const EVP_MD* hash, ByteView message) {
    return toDer(signWith(session, {CKM_ECDSA, nullptr, 0}, key, digestOf(hash, message)));
}

}  // namespace

Bytes signMessage(const Session& session, CK_OBJECT_HANDLE privateKey, SignatureScheme scheme, ByteView message) {
    switch (scheme) {
        case SignatureScheme::RsaPkcs1Sha256: return signPkcs1(session, privateKey, message);
        case SignatureScheme::RsaPssSha256: return signPss(session, privateKey, message);
        case SignatureScheme::EcdsaSha256: return signEcdsa(session, privateKey, EVP_sha256(), message);
        case SignatureScheme::EcdsaSha384: return signEcdsa(session, privateKey, EVP_sha384(), message);
        case SignatureScheme::EcdsaSha512: return signEcdsa(session, privateKey, EVP_sha512(), message);
        case SignatureScheme::Ed25519: return signWith(session, {CKM_EDDSA, nullptr, 0}, privateKey, message);
    }
    return {};
}

}  // namespace keyconvoy::pkcs11
