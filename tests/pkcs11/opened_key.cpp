#include "tests/pkcs11/opened_key.h"

#include "core/fingerprint.h"
#include "pkcs11/public_key.h"
#include "wrapping/opening/open_envelope.h"

#include <array>
#include <openssl/core_names.h>
#include <openssl/x509.h>
#include <stdexcept>

namespace keyconvoy::tests {

namespace {

using namespace wrapping::opening;

constexpr std::array<std::uint8_t, 16> zeroBlock{};
constexpr std::size_t modulusBytes = 256;

Bytes macOf(const char* algorithm, const OSSL_PARAM* parameters, ByteView key) {
    const CHandle<EVP_MAC, EVP_MAC_free> mac{EVP_MAC_fetch(nullptr, algorithm, nullptr)};
    const CHandle<EVP_MAC_CTX, EVP_MAC_CTX_free> context{EVP_MAC_CTX_new(mac.get())};
    Bytes value(EVP_MAX_MD_SIZE);
    std::size_t length = 0;
    if (EVP_MAC_init(context.get(), key.data(), key.size(), parameters) != 1 ||
        EVP_MAC_update(context.get(), zeroBlock.data(), zeroBlock.size()) != 1 ||
        EVP_MAC_final(context.get(), value.data(), &length, value.size()) != 1) {
        throw std::runtime_error{"EVP_MAC"};
    }
    value.resize(5);
    return value;
}

Bytes cmacOf(ByteView key) {
    std::string cipher = "AES-" + std::to_string(key.size() * 8) + "-CBC";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, cipher.data(), 0),
                                     OSSL_PARAM_construct_end()};
    return macOf("CMAC", parameters, key);
}

Bytes hmacOf(ByteView key) {
    std::string hash = "SHA" + std::to_string(key.size() * 8);  // KMS: the hash is as long as the key
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash.data(), 0),
                                     OSSL_PARAM_construct_end()};
    return macOf("HMAC", parameters, key);
}

}  // namespace

EVP_PKEY& ownRsaKey() {
    static const PkeyPtr key = generateRsaKeyPair(modulusBytes * 8);
    return *key;
}

const pkcs11::RsaPublicKey& ownRsaPublicKey() {
    static const pkcs11::RsaPublicKey key = pkcs11::parsePublicKey(publicKeyDer(ownRsaKey())).rsa.value();
    return key;
}

std::optional<SecretBytes> openBlob(const pkcs11::WrapRecipe& recipe, ByteView blob) {
    if (recipe.method == pkcs11::WrapMethod::Oaep) {
        return oaepDecrypt(ownRsaKey(), recipe.hash, blob);
    }
    if (blob.size() <= modulusBytes) {
        return std::nullopt;
    }
    const auto aesKey = oaepDecrypt(ownRsaKey(), recipe.hash, blob.first(modulusBytes));
    return aesKey ? keyUnwrapWithPadding(aesKey->view(), blob.subspan(modulusBytes)) : std::nullopt;
}

pkcs11::CheckValue checkValueOf(const pkcs11::KeyType& type, ByteView key) {
    using pkcs11::CheckValueMethod;
    if (std::holds_alternative<pkcs11::AesKey>(type)) {
        return {CheckValueMethod::AesCmacZeroBlock, cmacOf(key)};
    }
    if (std::holds_alternative<pkcs11::GenericSecretKey>(type)) {
        return {CheckValueMethod::HmacZeroBlock, hmacOf(key)};
    }
    const Fingerprint fingerprint = Fingerprint::of(publicKeyOf(key));
    return {CheckValueMethod::SpkiSha256, {fingerprint.digest.begin(), fingerprint.digest.end()}};
}

Bytes publicKeyOf(ByteView pkcs8) {
    const std::uint8_t* next = pkcs8.data();
    const PkeyPtr key{d2i_AutoPrivateKey(nullptr, &next, static_cast<long>(pkcs8.size()))};
    if (!key || next != pkcs8.data() + pkcs8.size()) {
        return {};
    }
    unsigned char* der = nullptr;
    const int length = i2d_PUBKEY(key.get(), &der);
    Bytes result(der, der + length);
    OPENSSL_free(der);
    return result;
}

}  // namespace keyconvoy::tests
