#include "core/base64.h"
#include "core/error.h"
#include "core/hex.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/cross_account.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/spec_algorithms.h"
#include "kmsclient/simulator/state_rules.h"
#include "wrapping/opening/open_envelope.h"

#include <algorithm>
#include <array>
#include <map>
#include <nlohmann/json.hpp>
#include <openssl/err.h>
#include <openssl/rsa.h>

/// Encrypt and Decrypt. A symmetric ciphertext starts as those of AWS were seen to: 01 02 02 00 78, the 32 octets of the
/// KeyMaterialId, 01; then AES-256-GCM under the material with header and encryption context as associated data. AWS's own format
/// is not published.
namespace keyconvoy::kms::simulator {

namespace {

constexpr std::array<std::uint8_t, 5> containerStart{0x01, 0x02, 0x02, 0x00, 0x78};
constexpr std::size_t materialIdBytes = 32;
constexpr std::size_t headerBytes = containerStart.size() + materialIdBytes + 1;
constexpr std::string_view symmetricAlgorithm = "SYMMETRIC_DEFAULT";

[[noreturn]] void throwBadCiphertext() {
    throw ApiError{"InvalidCiphertextException"};
}

void refuseRecipient(const Call& call) {
    if (call.has("Recipient")) {
        throw unsupported("Recipients in enclaves are not part of this simulator.");
    }
}

/// Header and encryption context; the context's order does not matter to KMS.
Bytes associatedData(const Call& call, ByteView header) {
    std::map<std::string, std::string> context;
    if (call.has("EncryptionContext")) {
        context = call.request.at("EncryptionContext").get<std::map<std::string, std::string>>();
    }
    Bytes data(header.begin(), header.end());
    const std::string text = Json(context).dump();
    data.insert(data.end(), text.begin(), text.end());
    return data;
}

std::string encryptSymmetric(const Call& call, const KeyRecord& key) {
    const MaterialEntry& current = *materialIn(key, MaterialState::Current);
    Bytes blob(containerStart.begin(), containerStart.end());
    const Bytes id = fromHex(current.id).value_or(Bytes{});
    blob.insert(blob.end(), id.begin(), id.end());
    blob.push_back(0x01);
    const Bytes sealed = sealGcm(current.material->octets.view(), associatedData(call, blob), call.blob("Plaintext"));
    blob.insert(blob.end(), sealed.begin(), sealed.end());
    return toBase64(blob);
}

// ------------------------------------------------------------------------------------------------------------------ RSA

pkcs11::OaepHash oaepHash(std::string_view algorithm) {
    return algorithm == "RSAES_OAEP_SHA_1" ? pkcs11::OaepHash::Sha1 : pkcs11::OaepHash::Sha256;
}

std::size_t longestPlaintext(const EVP_PKEY& key, pkcs11::OaepHash hash) {
    const std::size_t hashBytes = hash == pkcs11::OaepHash::Sha1 ? 20 : 32;
    return static_cast<std::size_t>(EVP_PKEY_get_size(&key)) - 2 * hashBytes - 2;
}

Bytes oaepEncrypt(EVP_PKEY& key, pkcs11::OaepHash hash, ByteView plaintext) {
    const EVP_MD* digest = hash == pkcs11::OaepHash::Sha1 ? EVP_sha1() : EVP_sha256();
    const PkeyContextPtr context{EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr)};
    checkCrypto(EVP_PKEY_encrypt_init(context.get()), "EVP_PKEY_encrypt_init");
    checkCrypto(EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING), "EVP_PKEY_CTX_set_rsa_padding");
    checkCrypto(EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), digest), "EVP_PKEY_CTX_set_rsa_oaep_md");
    checkCrypto(EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), digest), "EVP_PKEY_CTX_set_rsa_mgf1_md");
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(&key));
    Bytes ciphertext(size);
    checkCrypto(EVP_PKEY_encrypt(context.get(), ciphertext.data(), &size, plaintext.data(), plaintext.size()),
                "EVP_PKEY_encrypt");
    return ciphertext;
}

void refuseContext(const Call& call) {
    if (call.has("EncryptionContext")) {
        throw validationError("EncryptionContext is not supported with asymmetric KMS keys.");
    }
}

std::string encryptRsa(const Call& call, const KeyRecord& key, const std::string& algorithm) {
    refuseContext(call);
    EVP_PKEY& pair = *materialIn(key, MaterialState::Current)->material->keyPair;
    const Bytes plaintext = call.blob("Plaintext");
    const std::size_t longest = longestPlaintext(pair, oaepHash(algorithm));
    if (plaintext.size() > longest) {
        throw validationError("Algorithm " + algorithm + " and key spec " +
                              std::string{nameOf(wrapping::keySpecNames, key.spec)} + " cannot encrypt data larger than " +
                              std::to_string(longest) + " bytes.");
    }
    return toBase64(oaepEncrypt(pair, oaepHash(algorithm), plaintext));
}

// -------------------------------------------------------------------------------------------------------------- Decrypt

/// The ID of the material that a symmetric ciphertext names.
std::string materialIdOf(ByteView blob) {
    const bool shaped = blob.size() > headerBytes && std::ranges::equal(blob.first(containerStart.size()), containerStart);
    if (!shaped) {
        throwBadCiphertext();
    }
    return toHex(blob.subspan(containerStart.size(), materialIdBytes));
}

/// The key of this Region with that material; related multi-Region keys open each other's ciphertexts.
KeyRecord requireKeyOfMaterial(const Call& call, const std::string& materialId) {
    KeyStore::Access access = call.toRead();
    const KeyRecord* named = call.has("KeyId") ? &requireKey(call, access, Aliases::Taken) : nullptr;
    const KeyRecord* key = access.keyWithMaterial(call.region, materialId);
    if (key == nullptr) {
        throwBadCiphertext();
    }
    if (key->place.account != call.caller.account) {
        requireGranted(call, key, key->arn);
    }
    if (named != nullptr && named->arn != key->arn) {
        throw ApiError{"IncorrectKeyException",
                       "The key ID in the request does not identify a CMK that can perform this operation."};
    }
    return *key;
}

Json decryptSymmetric(const Call& call) {
    const Bytes blob = call.blob("CiphertextBlob");
    const std::string id = materialIdOf(blob);
    const KeyRecord key = requireKeyOfMaterial(call, id);
    requireState(call.operation, key);
    const ByteView view{blob};
    const MaterialEntry* entry = materialWithId(key, id);
    if (entry == nullptr || entry->material == nullptr) {
        throwBadCiphertext();
    }
    const auto plaintext =
        openGcm(entry->material->octets.view(), associatedData(call, view.first(headerBytes)), view.subspan(headerBytes));
    if (!plaintext) {
        throwBadCiphertext();
    }
    endDryRun(call);
    return {{"KeyId", key.arn},
            {"Plaintext", toBase64(*plaintext)},
            {"EncryptionAlgorithm", symmetricAlgorithm},
            {"KeyMaterialId", id}};
}

Json decryptRsa(const Call& call, const std::string& algorithm) {
    if (!call.has("KeyId")) {
        throw validationError("You must specify a KeyId value when the EncryptionAlgorithm is " + algorithm + ".");
    }
    refuseContext(call);
    const KeyRecord key = copyOfKey(call, Aliases::Taken);
    requireState(call.operation, key);
    requireUsage(call, key, wrapping::KeyUsage::EncryptDecrypt);
    requireAlgorithm(key, encryptionAlgorithms(key), algorithm);
    EVP_PKEY& pair = *materialIn(key, MaterialState::Current)->material->keyPair;
    const auto plaintext = wrapping::opening::oaepDecrypt(pair, oaepHash(algorithm), call.blob("CiphertextBlob"));
    if (!plaintext) {
        throwBadCiphertext();
    }
    endDryRun(call);
    return {{"KeyId", key.arn}, {"Plaintext", toBase64(plaintext->view())}, {"EncryptionAlgorithm", algorithm}};
}

}  // namespace

Json encrypt(const Call& call) {
    const KeyRecord key = copyOfKey(call, Aliases::Taken);
    const std::string algorithm = call.textOr("EncryptionAlgorithm", symmetricAlgorithm);
    requireState(call.operation, key);
    requireUsage(call, key, wrapping::KeyUsage::EncryptDecrypt);
    requireAlgorithm(key, encryptionAlgorithms(key), algorithm);
    const std::string ciphertext = isSymmetric(key) ? encryptSymmetric(call, key) : encryptRsa(call, key, algorithm);
    endDryRun(call);
    return {{"CiphertextBlob", ciphertext}, {"KeyId", key.arn}, {"EncryptionAlgorithm", algorithm}};
}

Json decrypt(const Call& call) {
    refuseRecipient(call);
    if (!call.has("CiphertextBlob")) {
        throw validationError(
            "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: Member must not be null");
    }
    const std::string algorithm = call.textOr("EncryptionAlgorithm", symmetricAlgorithm);
    return algorithm == symmetricAlgorithm ? decryptSymmetric(call) : decryptRsa(call, algorithm);
}

}  // namespace keyconvoy::kms::simulator
