#include "wrapping/qualification/check_values.h"

#include "core/c_handle.h"
#include "core/error.h"

#include <algorithm>
#include <array>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string>

namespace keyconvoy::wrapping::qualification {

namespace {

using CipherContextPtr = CHandle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free>;
using CipherPtr = CHandle<EVP_CIPHER, EVP_CIPHER_free>;

constexpr std::array<std::uint8_t, 16> zeroBlock{};

struct MacHashRow {
    MacHash hash;
    const char* name;
    std::size_t digestBytes;
};
constexpr std::array<MacHashRow, 5> macHashes{{
    {MacHash::Sha1, "SHA1", 20},
    {MacHash::Sha224, "SHA224", 28},
    {MacHash::Sha256, "SHA256", 32},
    {MacHash::Sha384, "SHA384", 48},
    {MacHash::Sha512, "SHA512", 64},
}};

std::string aesName(ByteView key, std::string_view mode) {
    return "AES-" + std::to_string(key.size() * 8) + "-" + std::string{mode};
}

Bytes mac(const char* algorithm, const std::string& parameter, ByteView key, ByteView message) {
    Bytes tag(EVP_MAX_MD_SIZE);
    std::size_t length = 0;
    const unsigned char* outcome = EVP_Q_mac(nullptr, algorithm, nullptr, parameter.c_str(), nullptr, key.data(), key.size(),
                                             message.data(), message.size(), tag.data(), tag.size(), &length);
    if (outcome == nullptr) {
        throw CryptoError{"EVP_Q_mac(" + std::string{algorithm} + ", " + parameter + ")"};
    }
    tag.resize(length);
    return tag;
}

bool beginsWith(ByteView whole, ByteView beginning) {
    return !beginning.empty() && beginning.size() <= whole.size() &&
           CRYPTO_memcmp(whole.data(), beginning.data(), beginning.size()) == 0;
}

bool isAesKey(ByteView key) {
    return key.size() == 16 || key.size() == 24 || key.size() == 32;
}

bool hasHmac(ByteView key, ByteView expected) {
    const bool digestLong = std::ranges::any_of(macHashes, [&](const MacHashRow& row) { return row.digestBytes == key.size(); });
    return std::ranges::any_of(macHashes, [&](const MacHashRow& row) {
        return (!digestLong || row.digestBytes == key.size()) && beginsWith(hmac(row.hash, key, zeroBlock), expected);
    });
}

}  // namespace

Bytes aesCmac(ByteView key, ByteView message) {
    return mac("CMAC", aesName(key, "CBC"), key, message);
}

Bytes hmac(MacHash hash, ByteView key, ByteView message) {
    return mac("HMAC", std::ranges::find(macHashes, hash, &MacHashRow::hash)->name, key, message);
}

Bytes aesEncryptBlock(ByteView key, ByteView block) {
    const CipherPtr cipher{EVP_CIPHER_fetch(nullptr, aesName(key, "ECB").c_str(), nullptr)};
    const CipherContextPtr context{EVP_CIPHER_CTX_new()};
    Bytes result(2 * zeroBlock.size());
    int length = 0;
    if (cipher == nullptr || context == nullptr || block.size() != zeroBlock.size() ||
        EVP_EncryptInit_ex2(context.get(), cipher.get(), key.data(), nullptr, nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1 ||
        EVP_EncryptUpdate(context.get(), result.data(), &length, block.data(), static_cast<int>(block.size())) != 1) {
        throw CryptoError{"EVP_EncryptUpdate(AES-ECB)"};
    }
    result.resize(static_cast<std::size_t>(length));
    return result;
}

bool hasCheckValue(ByteView key, const pkcs11::CheckValue& expected) {
    switch (expected.method) {
        case pkcs11::CheckValueMethod::AesCmacZeroBlock:
            return isAesKey(key) && beginsWith(aesCmac(key, zeroBlock), expected.value);
        case pkcs11::CheckValueMethod::AesEcbZeroBlock:
            return isAesKey(key) && beginsWith(aesEncryptBlock(key, zeroBlock), expected.value);
        case pkcs11::CheckValueMethod::HmacZeroBlock: return hasHmac(key, expected.value);
        case pkcs11::CheckValueMethod::SpkiSha256: return false;  // of a key pair; its public key is compared whole
    }
    return false;
}

}  // namespace keyconvoy::wrapping::qualification
