#include "tests/wrapping/openssl_wrap.h"

#include "core/c_handle.h"
#include "core/error.h"

#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace keyconvoy::tests {

namespace {

using PkeyContextPtr = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using CipherContextPtr = CHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using Pkcs8Ptr = CHandle<PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free>;

void check(bool good, const char* operation) {
    if (!good) {
        throw CryptoError{operation};
    }
}

const EVP_MD* digestOf(pkcs11::OaepHash hash) {
    return hash == pkcs11::OaepHash::Sha1 ? EVP_sha1() : EVP_sha256();
}

Bytes wrapWith(const EVP_CIPHER* cipher, ByteView key, ByteView plaintext) {
    const CipherContextPtr context{EVP_CIPHER_CTX_new()};
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    check(EVP_EncryptInit_ex(context.get(), cipher, nullptr, key.data(), nullptr) == 1, "EVP_EncryptInit_ex");
    Bytes wrapped(plaintext.size() + 16);
    int length = 0;
    check(EVP_EncryptUpdate(context.get(), wrapped.data(), &length, plaintext.data(), static_cast<int>(plaintext.size())) == 1,
          "EVP_EncryptUpdate");
    wrapped.resize(static_cast<std::size_t>(length));
    return wrapped;
}

}  // namespace

Bytes oaepEncrypt(EVP_PKEY& publicKey, pkcs11::OaepHash hash, pkcs11::OaepHash mgf1Hash, ByteView plaintext) {
    const PkeyContextPtr context{EVP_PKEY_CTX_new(&publicKey, nullptr)};
    check(EVP_PKEY_encrypt_init(context.get()) == 1, "EVP_PKEY_encrypt_init");
    check(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1, "EVP_PKEY_CTX_set_rsa_padding");
    check(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digestOf(hash)) == 1, "EVP_PKEY_CTX_set_rsa_oaep_md");
    check(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digestOf(mgf1Hash)) == 1, "EVP_PKEY_CTX_set_rsa_mgf1_md");
    Bytes ciphertext(static_cast<std::size_t>(EVP_PKEY_get_size(&publicKey)));
    std::size_t length = ciphertext.size();
    check(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &length, plaintext.data(), plaintext.size()) == 1,
          "EVP_PKEY_encrypt");
    ciphertext.resize(length);
    return ciphertext;
}

Bytes keyWrapWithPadding(ByteView key, ByteView plaintext) {
    return wrapWith(key.size() == 16 ? EVP_aes_128_wrap_pad() : EVP_aes_256_wrap_pad(), key, plaintext);
}

Bytes keyWrap(ByteView key, ByteView plaintext) {
    return wrapWith(EVP_aes_256_wrap(), key, plaintext);
}

Bytes joined(ByteView first, ByteView second) {
    Bytes both{first.begin(), first.end()};
    both.insert(both.end(), second.begin(), second.end());
    return both;
}

Bytes pkcs8Of(const EVP_PKEY& key) {
    const Pkcs8Ptr info{EVP_PKEY2PKCS8(&key)};
    const int length = i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
    check(length > 0, "i2d_PKCS8_PRIV_KEY_INFO");
    Bytes der(static_cast<std::size_t>(length));
    unsigned char* position = der.data();
    i2d_PKCS8_PRIV_KEY_INFO(info.get(), &position);
    return der;
}

}  // namespace keyconvoy::tests
