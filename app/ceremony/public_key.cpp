#include "app/ceremony/public_key.h"

#include "core/c_handle.h"
#include "core/error.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace keyconvoy::app {

namespace {

using PkeyPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContextPtr = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;

void check(bool good, const char* operation) {
    if (!good) {
        throw CryptoError{operation};
    }
}

}  // namespace

struct PublicKey::Impl {
    PkeyPtr key;
};

struct EphemeralEcKey::Impl {
    PkeyPtr key;
};

Bytes randomBytes(std::size_t count) {
    Bytes bytes(count);
    check(RAND_bytes(bytes.data(), static_cast<int>(count)) == 1, "RAND_bytes");
    return bytes;
}

PublicKey::PublicKey(ByteView der) : m_impl{std::make_unique<Impl>()} {
    const unsigned char* position = der.data();
    m_impl->key.reset(d2i_PUBKEY(nullptr, &position, static_cast<long>(der.size())));
    if (!m_impl->key || position != der.data() + der.size()) {
        ERR_clear_error();
        throw Error{ErrorKind::Integrity, KC_TEXT("PublicKey", "public key"),
                    KC_TEXT("PublicKey", "its bytes are no DER SubjectPublicKeyInfo"),
                    KC_TEXT("PublicKey", "find out where it came from before you use this key")};
    }
}

PublicKey::~PublicKey() = default;

Bytes PublicKey::encryptOaepSha256(ByteView plaintext) const {
    const PkeyContextPtr context{EVP_PKEY_CTX_new(m_impl->key.get(), nullptr)};
    check(context && EVP_PKEY_encrypt_init(context.get()) == 1, "EVP_PKEY_encrypt_init");
    check(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1, "EVP_PKEY_CTX_set_rsa_padding");
    check(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) == 1, "EVP_PKEY_CTX_set_rsa_oaep_md");
    check(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1, "EVP_PKEY_CTX_set_rsa_mgf1_md");
    std::size_t length = static_cast<std::size_t>(EVP_PKEY_get_size(m_impl->key.get()));
    Bytes ciphertext(length);
    check(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &length, plaintext.data(), plaintext.size()) == 1,
          "EVP_PKEY_encrypt");
    ciphertext.resize(length);
    return ciphertext;
}

EphemeralEcKey::EphemeralEcKey(const PublicKey& sameCurveAs) : m_impl{std::make_unique<Impl>()} {
    const PkeyContextPtr context{EVP_PKEY_CTX_new(sameCurveAs.m_impl->key.get(), nullptr)};
    EVP_PKEY* generated = nullptr;
    check(context && EVP_PKEY_keygen_init(context.get()) == 1, "EVP_PKEY_keygen_init");
    check(EVP_PKEY_keygen(context.get(), &generated) == 1, "EVP_PKEY_keygen");
    m_impl->key.reset(generated);
}

EphemeralEcKey::~EphemeralEcKey() = default;

Bytes EphemeralEcKey::publicKeyDer() const {
    const int length = i2d_PUBKEY(m_impl->key.get(), nullptr);
    check(length > 0, "i2d_PUBKEY");
    Bytes der(static_cast<std::size_t>(length));
    unsigned char* position = der.data();
    check(i2d_PUBKEY(m_impl->key.get(), &position) == length, "i2d_PUBKEY");
    return der;
}

Bytes EphemeralEcKey::sharedSecretWith(const PublicKey& peer) const {
    const PkeyContextPtr context{EVP_PKEY_CTX_new(m_impl->key.get(), nullptr)};
    check(context && EVP_PKEY_derive_init(context.get()) == 1, "EVP_PKEY_derive_init");
    check(EVP_PKEY_derive_set_peer(context.get(), peer.m_impl->key.get()) == 1, "EVP_PKEY_derive_set_peer");
    std::size_t length = 0;
    check(EVP_PKEY_derive(context.get(), nullptr, &length) == 1, "EVP_PKEY_derive");
    Bytes secret(length);
    check(EVP_PKEY_derive(context.get(), secret.data(), &length) == 1, "EVP_PKEY_derive");
    secret.resize(length);
    return secret;
}

}  // namespace keyconvoy::app
