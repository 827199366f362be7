#include "wrapping/opening/open_envelope.h"

#include "wrapping/envelope_layout.h"

#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string>

namespace keyconvoy::wrapping::opening {

namespace {

using PkeyContextPtr = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using CipherContextPtr = CHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using CipherPtr = CHandle<EVP_CIPHER, EVP_CIPHER_free>;

constexpr std::size_t semiblock = 8;         // RFC 3394
constexpr std::size_t sessionKeyBytes = 32;  // KMS: the AES key of RSA_AES_KEY_WRAP has 256 bits

const EVP_MD* digestOf(pkcs11::OaepHash hash) {
    return hash == pkcs11::OaepHash::Sha1 ? EVP_sha1() : EVP_sha256();
}

PkeyContextPtr oaepContext(EVP_PKEY& privateKey, pkcs11::OaepHash hash, pkcs11::OaepHash mgf1Hash) {
    PkeyContextPtr context{EVP_PKEY_CTX_new(&privateKey, nullptr)};
    if (context == nullptr || EVP_PKEY_decrypt_init(context.get()) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) != 1 ||
        EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digestOf(hash)) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digestOf(mgf1Hash)) != 1) {
        throw CryptoError{"EVP_PKEY_decrypt_init(OAEP)"};
    }
    return context;
}

CipherContextPtr unwrapContext(ByteView key, std::string_view mode) {
    const std::string name = "AES-" + std::to_string(key.size() * 8) + std::string{mode};
    const CipherPtr cipher{EVP_CIPHER_fetch(nullptr, name.c_str(), nullptr)};
    CipherContextPtr context{EVP_CIPHER_CTX_new()};
    if (cipher == nullptr || context == nullptr) {
        throw CryptoError{"EVP_CIPHER_fetch(" + name + ")"};
    }
    EVP_CIPHER_CTX_set_flags(context.get(), EVP_CIPHER_CTX_FLAG_WRAP_ALLOW);
    if (EVP_DecryptInit_ex2(context.get(), cipher.get(), key.data(), nullptr, nullptr) != 1) {
        throw CryptoError{"EVP_DecryptInit_ex2(" + name + ")"};
    }
    return context;
}

/// Both key wraps check themselves; `smallest` is the shortest output of the mode.
std::optional<SecretBytes> unwrap(ByteView key, ByteView wrapped, std::string_view mode, std::size_t smallest) {
    const bool keyFits = key.size() == 16 || key.size() == 24 || key.size() == 32;
    if (!keyFits || wrapped.size() < smallest || wrapped.size() % semiblock != 0) {
        return std::nullopt;
    }
    const CipherContextPtr context = unwrapContext(key, mode);
    SecretBytes plaintext{wrapped.size()};
    int length = 0;
    const int outcome =
        EVP_DecryptUpdate(context.get(), plaintext.writable().data(), &length, wrapped.data(), static_cast<int>(wrapped.size()));
    ERR_clear_error();  // a refusal is an answer here
    if (outcome != 1 || length <= 0) {
        return std::nullopt;
    }
    plaintext.truncate(static_cast<std::size_t>(length));
    return plaintext;
}

}  // namespace

PkeyPtr generateRsaKeyPair(int sizeBits) {
    PkeyPtr key{EVP_RSA_gen(static_cast<unsigned int>(sizeBits))};
    if (key == nullptr) {
        throw CryptoError{"EVP_RSA_gen"};
    }
    return key;
}

Bytes publicKeyDer(const EVP_PKEY& key) {
    const int length = i2d_PUBKEY(&key, nullptr);
    if (length <= 0) {
        throw CryptoError{"i2d_PUBKEY"};
    }
    Bytes der(static_cast<std::size_t>(length));
    unsigned char* position = der.data();
    if (i2d_PUBKEY(&key, &position) != length) {
        throw CryptoError{"i2d_PUBKEY"};
    }
    return der;
}

std::optional<SecretBytes> oaepDecrypt(EVP_PKEY& privateKey, pkcs11::OaepHash hash, ByteView ciphertext) {
    return oaepDecryptMixed(privateKey, hash, hash, ciphertext);
}

std::optional<SecretBytes> oaepDecryptMixed(EVP_PKEY& privateKey, pkcs11::OaepHash hash, pkcs11::OaepHash mgf1Hash,
                                            ByteView ciphertext) {
    const auto modulusSize = static_cast<std::size_t>(EVP_PKEY_get_size(&privateKey));
    if (ciphertext.size() != modulusSize) {  // RFC 8017, 7.1.2, step 1b
        return std::nullopt;
    }
    const PkeyContextPtr context = oaepContext(privateKey, hash, mgf1Hash);
    SecretBytes plaintext{modulusSize};
    std::size_t length = modulusSize;
    const int outcome =
        EVP_PKEY_decrypt(context.get(), plaintext.writable().data(), &length, ciphertext.data(), ciphertext.size());
    ERR_clear_error();  // a refusal is an answer here
    if (outcome != 1) {
        return std::nullopt;
    }
    plaintext.truncate(length);
    return plaintext;
}

std::optional<SecretBytes> keyUnwrapWithPadding(ByteView key, ByteView wrapped) {
    return unwrap(key, wrapped, "-WRAP-PAD", 2 * semiblock);
}

std::optional<SecretBytes> keyUnwrap(ByteView key, ByteView wrapped) {
    return unwrap(key, wrapped, "-WRAP", 3 * semiblock);
}

std::optional<SecretBytes> openEnvelope(EVP_PKEY& privateKey, WrappingChoice choice, ByteView blob) {
    const auto parts = splitEnvelope(blob, choice);
    if (!parts) {
        return std::nullopt;
    }
    auto inner = oaepDecrypt(privateKey, hashOf(choice.algorithm), parts->rsaPart);
    if (!inner || familyOf(choice.algorithm) == WrappingFamily::RsaesOaep) {
        return inner;
    }
    if (inner->size() != sessionKeyBytes) {
        return std::nullopt;
    }
    return keyUnwrapWithPadding(inner->view(), parts->keyWrapPart);
}

}  // namespace keyconvoy::wrapping::opening
