#include "pkcs11/seal.h"

#include "core/c_handle.h"
#include "core/hex.h"
#include "pkcs11/key_generation.h"
#include "pkcs11/mechanisms.h"
#include "pkcs11/public_key.h"
#include "pkcs11/wrap_key.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace keyconvoy::pkcs11 {

namespace {

constexpr unsigned int wrappingKeyBits = 2048;

/// A public key whose private half is forgotten at once; only a throw-away key is ever wrapped under it.
RsaPublicKey forgottenKey() {
    const CHandle<EVP_PKEY, EVP_PKEY_free> pair{EVP_RSA_gen(wrappingKeyBits)};
    unsigned char* der = nullptr;
    const int length = pair ? i2d_PUBKEY(pair.get(), &der) : 0;
    if (length <= 0) {
        throw CryptoError{"EVP_RSA_gen"};
    }
    const Bytes copy(der, der + length);
    OPENSSL_free(der);
    return parsePublicKey(copy).rsa.value();
}

CK_RV wrapOnce(const Session& session, CK_OBJECT_HANDLE wrappingKey, CK_OBJECT_HANDLE target, OaepHash hash) {
    CK_RSA_PKCS_OAEP_PARAMS parameters =
        oaepParameters({.method = WrapMethod::Oaep, .hash = hash, .source = OaepSource::DataSpecified});
    CK_MECHANISM mechanism{CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters};
    Bytes blob(wrappingKeyBits / 8);
    CK_ULONG length = blob.size();
    return session.functions().C_WrapKey(session.handle(), &mechanism, wrappingKey, target, blob.data(), &length);
}

}  // namespace

void sealKey(const Session& session, CK_OBJECT_HANDLE key) {
    AttributeTemplate sealed;
    sealed.add(CKA_EXTRACTABLE, false);
    session.check(session.functions().C_SetAttributeValue(session.handle(), key, sealed.data(), sealed.size()),
                  "C_SetAttributeValue");
    if (readAttributes(session, key, {CKA_EXTRACTABLE}).flag(CKA_EXTRACTABLE) != false) {
        throw Error{ErrorKind::Integrity, KC_TEXT("Seal", "sealing a key on token \"%1\"").with(session.tokenLabel()),
                    KC_TEXT("Seal", "the token accepted CKA_EXTRACTABLE=false, but does not report it"),
                    KC_TEXT("Seal", "treat the key as extractable; ask the token's vendor")};
    }
}

bool enforcesSeal(const Session& session, const CK_TOKEN_INFO& token, const Quirks& quirks) {
    const Bytes id = randomKeyId();
    const KeyPlan plan{.type = AesKey{256}, .label = "keyconvoy-throw-away-" + toHex(id), .id = id};
    const MadeKey key = generateKey(session, token, quirks, plan);
    const WrappingKey wrappingKey{.expected = forgottenKey(), .onToken = std::nullopt};
    const WrappingObject wrapping{session, wrappingKey};
    OaepHash hash = OaepHash::Sha1;  // the one that every token has; nothing secret depends on it here
    CK_RV before = wrapOnce(session, wrapping.handle(), key.key.get(), hash);
    if (before != CKR_OK) {
        hash = OaepHash::Sha256;
        before = wrapOnce(session, wrapping.handle(), key.key.get(), hash);
    }
    session.check(before, callWith("C_WrapKey", CKM_RSA_PKCS_OAEP));
    sealKey(session, key.key.get());
    const CK_RV after = wrapOnce(session, wrapping.handle(), key.key.get(), hash);
    if (after != CKR_OK && describeReturnValue(after).kind != ErrorKind::Refused) {
        session.check(after, callWith("C_WrapKey", CKM_RSA_PKCS_OAEP));  // the token failed, which is no refusal
    }
    return after != CKR_OK;
}

}  // namespace keyconvoy::pkcs11
