#include "kmsclient/simulator/crypto.h"

#include "core/error.h"
#include "core/hex.h"

#include <algorithm>
#include <openssl/err.h>
#include <openssl/rand.h>

namespace keyconvoy::kms::simulator {

namespace {

constexpr std::size_t heapBytes = 32U << 20U;
constexpr int smallestBlock = 32;
constexpr std::size_t nonceBytes = 12;
constexpr std::size_t tagBytes = 16;

using CipherContextPtr = CHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;

int lengthOf(ByteView bytes) {
    return static_cast<int>(bytes.size());
}

}  // namespace

void prepareMemory() {
    if (CRYPTO_secure_malloc_initialized() != 1) {
        checkCrypto(CRYPTO_secure_malloc_init(heapBytes, smallestBlock), "CRYPTO_secure_malloc_init");
    }
}

void checkCrypto(int outcome, std::string_view operation) {
    if (outcome <= 0) {
        throw CryptoError{operation};
    }
}

Bytes randomBytes(std::size_t size) {
    Bytes bytes(size);
    checkCrypto(RAND_bytes(bytes.data(), lengthOf(bytes)), "RAND_bytes");
    return bytes;
}

std::string randomUuid() {
    Bytes bytes = randomBytes(16);
    bytes[6] = static_cast<std::uint8_t>((bytes[6] & 0x0FU) | 0x40U);
    bytes[8] = static_cast<std::uint8_t>((bytes[8] & 0x3FU) | 0x80U);
    std::string text = toHex(bytes);
    for (const std::size_t dash : {8U, 13U, 18U, 23U}) {
        text.insert(dash, 1, '-');
    }
    return text;
}

Bytes hmac(const char* digest, ByteView key, ByteView message) {
    Bytes mac(EVP_MAX_MD_SIZE);
    std::size_t size = 0;
    if (EVP_Q_mac(nullptr, "HMAC", nullptr, digest, nullptr, key.data(), key.size(), message.data(), message.size(), mac.data(),
                  mac.size(), &size) == nullptr) {
        throw CryptoError{"EVP_Q_mac"};
    }
    mac.resize(size);
    return mac;
}

Bytes sealGcm(ByteView key, ByteView associatedData, ByteView plaintext) {
    Bytes sealed = randomBytes(nonceBytes + tagBytes + plaintext.size());
    const CipherContextPtr context{EVP_CIPHER_CTX_new()};
    checkCrypto(EVP_EncryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.data(), sealed.data(), nullptr), "EVP_EncryptInit_ex2");
    int size = 0;
    checkCrypto(EVP_EncryptUpdate(context.get(), nullptr, &size, associatedData.data(), lengthOf(associatedData)),
                "EVP_EncryptUpdate");
    std::uint8_t* body = sealed.data() + nonceBytes + tagBytes;
    checkCrypto(EVP_EncryptUpdate(context.get(), body, &size, plaintext.data(), lengthOf(plaintext)), "EVP_EncryptUpdate");
    checkCrypto(EVP_EncryptFinal_ex(context.get(), body + size, &size), "EVP_EncryptFinal_ex");
    checkCrypto(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tagBytes), sealed.data() + nonceBytes),
                "EVP_CIPHER_CTX_ctrl");
    return sealed;
}

std::optional<Bytes> openGcm(ByteView key, ByteView associatedData, ByteView sealed) {
    if (sealed.size() < nonceBytes + tagBytes) {
        return std::nullopt;
    }
    const ByteView body = sealed.subspan(nonceBytes + tagBytes);
    Bytes tag(sealed.begin() + nonceBytes, sealed.begin() + nonceBytes + tagBytes);
    Bytes plaintext(body.size());
    const CipherContextPtr context{EVP_CIPHER_CTX_new()};
    checkCrypto(EVP_DecryptInit_ex2(context.get(), EVP_aes_256_gcm(), key.data(), sealed.data(), nullptr), "EVP_DecryptInit_ex2");
    int size = 0;
    checkCrypto(EVP_DecryptUpdate(context.get(), nullptr, &size, associatedData.data(), lengthOf(associatedData)),
                "EVP_DecryptUpdate");
    checkCrypto(EVP_DecryptUpdate(context.get(), plaintext.data(), &size, body.data(), lengthOf(body)), "EVP_DecryptUpdate");
    checkCrypto(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tagBytes), tag.data()),
                "EVP_CIPHER_CTX_ctrl");
    if (EVP_DecryptFinal_ex(context.get(), plaintext.data() + size, &size) != 1) {
        ERR_clear_error();
        return std::nullopt;
    }
    return plaintext;
}

}  // namespace keyconvoy::kms::simulator
