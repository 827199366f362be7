#include "core/base64.h"
#include "core/error.h"
#include "kmsclient/simulator/api_error.h"
#include "kmsclient/simulator/operations.h"
#include "kmsclient/simulator/private_key_info.h"
#include "kmsclient/simulator/spec_algorithms.h"
#include "kmsclient/simulator/state_rules.h"
#include "wrapping/opening/open_envelope.h"

#include <array>
#include <nlohmann/json.hpp>
#include <openssl/err.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

/// GetPublicKey, Sign, Verify, DeriveSharedSecret.
namespace keyconvoy::kms::simulator {

namespace {

using wrapping::KeyUsage;

const EVP_MD* digestOf(std::string_view algorithm) {
    if (algorithm.ends_with("SHA_256")) {
        return EVP_sha256();
    }
    return algorithm.ends_with("SHA_384") ? EVP_sha384() : EVP_sha512();
}

bool isEdwards(std::string_view algorithm) {
    return algorithm.starts_with("ED25519_");
}

Bytes digestOfMessage(const EVP_MD* type, ByteView message) {
    Bytes value(static_cast<std::size_t>(EVP_MD_get_size(type)));
    checkCrypto(EVP_Digest(message.data(), message.size(), value.data(), nullptr, type, nullptr), "EVP_Digest");
    return value;
}

/// Ed25519 signs the message itself: ED25519_SHA_512 takes RAW only; ED25519_PH_SHA_512 (RFC 8032, Ed25519ph) DIGEST only.
void checkEdwardsRequest(const std::string& algorithm, const std::string& messageType) {
    const bool prehashed = algorithm == "ED25519_PH_SHA_512";
    const std::string wanted = prehashed ? "DIGEST" : "RAW";
    if (messageType != wanted) {
        throw validationError("Algorithm " + algorithm + " supports MessageType " + wanted + " only.");
    }
    if (prehashed) {
        throw unsupported("ED25519_PH_SHA_512 is not part of this simulator.");  // OpenSSL 3.0 has no Ed25519ph
    }
}

/// What is signed: the message for Ed25519, else its digest.
Bytes signingInput(const Call& call, const std::string& algorithm) {
    const std::string messageType = call.textOr("MessageType", "RAW");
    Bytes message = call.blob("Message");
    if (messageType == "EXTERNAL_MU") {
        throw validationError("MessageType EXTERNAL_MU is not compatible with algorithm " + algorithm + ".");
    }
    if (isEdwards(algorithm)) {
        checkEdwardsRequest(algorithm, messageType);
        return message;
    }
    if (messageType == "RAW") {
        return digestOfMessage(digestOf(algorithm), message);
    }
    if (message.size() != static_cast<std::size_t>(EVP_MD_get_size(digestOf(algorithm)))) {
        throw validationError("Digest is invalid length for algorithm " + algorithm + ".");
    }
    return message;
}

/// KMS: PSS with MGF1 over the same hash and a salt as long as the hash.
void setPadding(EVP_PKEY_CTX* context, std::string_view algorithm) {
    checkCrypto(EVP_PKEY_CTX_set_signature_md(context, digestOf(algorithm)), "EVP_PKEY_CTX_set_signature_md");
    if (algorithm.starts_with("RSASSA_PSS")) {
        checkCrypto(EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING), "EVP_PKEY_CTX_set_rsa_padding");
        checkCrypto(EVP_PKEY_CTX_set_rsa_pss_saltlen(context, RSA_PSS_SALTLEN_DIGEST), "EVP_PKEY_CTX_set_rsa_pss_saltlen");
    }
}

Bytes signMessage(EVP_PKEY& key, ByteView message) {
    const DigestContextPtr context{EVP_MD_CTX_new()};
    checkCrypto(EVP_DigestSignInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, &key, nullptr), "EVP_DigestSignInit_ex");
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(&key));
    Bytes signature(size);
    checkCrypto(EVP_DigestSign(context.get(), signature.data(), &size, message.data(), message.size()), "EVP_DigestSign");
    signature.resize(size);
    return signature;
}

Bytes signDigest(EVP_PKEY& key, std::string_view algorithm, ByteView hash) {
    const PkeyContextPtr context{EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr)};
    checkCrypto(EVP_PKEY_sign_init(context.get()), "EVP_PKEY_sign_init");
    setPadding(context.get(), algorithm);
    std::size_t size = static_cast<std::size_t>(EVP_PKEY_get_size(&key));
    Bytes signature(size);
    checkCrypto(EVP_PKEY_sign(context.get(), signature.data(), &size, hash.data(), hash.size()), "EVP_PKEY_sign");
    signature.resize(size);
    return signature;
}

bool verifiesMessage(EVP_PKEY& key, ByteView message, ByteView signature) {
    const DigestContextPtr context{EVP_MD_CTX_new()};
    checkCrypto(EVP_DigestVerifyInit_ex(context.get(), nullptr, nullptr, nullptr, nullptr, &key, nullptr),
                "EVP_DigestVerifyInit_ex");
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

bool verifiesDigest(EVP_PKEY& key, std::string_view algorithm, ByteView hash, ByteView signature) {
    const PkeyContextPtr context{EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr)};
    checkCrypto(EVP_PKEY_verify_init(context.get()), "EVP_PKEY_verify_init");
    setPadding(context.get(), algorithm);
    return EVP_PKEY_verify(context.get(), signature.data(), signature.size(), hash.data(), hash.size()) == 1;
}

EVP_PKEY& keyPairOf(const KeyRecord& key) {
    return *materialIn(key, MaterialState::Current)->material->keyPair;
}

KeyRecord requireSigningKey(const Call& call, const std::string& algorithm) {
    KeyRecord key = copyOfKey(call, Aliases::Taken);
    requireState(call.operation, key);
    requireUsage(call, key, KeyUsage::SignVerify);
    requireAlgorithm(key, signingAlgorithms(key), algorithm);
    return key;
}

/// The other side's public key: SubjectPublicKeyInfo on the same curve.
PkeyPtr requirePeerKey(const Call& call, const KeyRecord& key) {
    const Bytes der = call.blob("PublicKey");
    const unsigned char* cursor = der.data();
    PkeyPtr peer{d2i_PUBKEY(nullptr, &cursor, static_cast<long>(der.size()))};
    std::array<char, 64> group{};
    const bool sameCurve = peer != nullptr && cursor == der.data() + der.size() && EVP_PKEY_is_a(peer.get(), "EC") == 1 &&
                           EVP_PKEY_get_group_name(peer.get(), group.data(), group.size(), nullptr) == 1 &&
                           std::string_view{group.data()} == curveName(key.spec);
    ERR_clear_error();
    if (!sameCurve) {
        throw validationError("The PublicKey is not a valid DER-encoded public key of key spec " +
                              std::string{nameOf(wrapping::keySpecNames, key.spec)} + ".");
    }
    return peer;
}

Bytes sharedSecret(EVP_PKEY& key, EVP_PKEY& peer) {
    const PkeyContextPtr context{EVP_PKEY_CTX_new_from_pkey(nullptr, &key, nullptr)};
    checkCrypto(EVP_PKEY_derive_init(context.get()), "EVP_PKEY_derive_init");
    checkCrypto(EVP_PKEY_derive_set_peer(context.get(), &peer), "EVP_PKEY_derive_set_peer");
    std::size_t size = 0;
    checkCrypto(EVP_PKEY_derive(context.get(), nullptr, &size), "EVP_PKEY_derive");
    Bytes secret(size);
    checkCrypto(EVP_PKEY_derive(context.get(), secret.data(), &size), "EVP_PKEY_derive");
    secret.resize(size);
    return secret;
}

}  // namespace

Json getPublicKey(const Call& call) {
    const KeyRecord key = copyOfKey(call, Aliases::Taken);
    const std::string_view spec = nameOf(wrapping::keySpecNames, key.spec);
    const auto kind = wrapping::materialKind(key.spec);
    if (kind == wrapping::MaterialKind::Symmetric || kind == wrapping::MaterialKind::Hmac) {
        throw unsupported(key.arn + " key spec is " + std::string{spec} + " which is not valid for " +
                          std::string{call.operation} + ".");
    }
    requireState(call.operation, key);
    Json reply{{"KeyId", key.arn},
               {"PublicKey", toBase64(wrapping::opening::publicKeyDer(keyPairOf(key)))},
               {"CustomerMasterKeySpec", spec},
               {"KeySpec", spec},
               {"KeyUsage", nameOf(wrapping::keyUsageNames, key.usage)}};
    addNames(reply, "EncryptionAlgorithms", encryptionAlgorithms(key));
    addNames(reply, "SigningAlgorithms", signingAlgorithms(key));
    addNames(reply, "KeyAgreementAlgorithms", keyAgreementAlgorithms(key));
    return reply;
}

Json sign(const Call& call) {
    const std::string algorithm = call.text("SigningAlgorithm");
    const KeyRecord key = requireSigningKey(call, algorithm);
    const Bytes input = signingInput(call, algorithm);
    endDryRun(call);
    const Bytes signature =
        isEdwards(algorithm) ? signMessage(keyPairOf(key), input) : signDigest(keyPairOf(key), algorithm, input);
    return {{"KeyId", key.arn}, {"Signature", toBase64(signature)}, {"SigningAlgorithm", algorithm}};
}

Json verify(const Call& call) {
    const std::string algorithm = call.text("SigningAlgorithm");
    const KeyRecord key = requireSigningKey(call, algorithm);
    const Bytes input = signingInput(call, algorithm);
    const Bytes signature = call.blob("Signature");
    const bool valid = isEdwards(algorithm) ? verifiesMessage(keyPairOf(key), input, signature)
                                            : verifiesDigest(keyPairOf(key), algorithm, input, signature);
    ERR_clear_error();
    if (!valid) {
        throw ApiError{"KMSInvalidSignatureException"};
    }
    endDryRun(call);
    return {{"KeyId", key.arn}, {"SignatureValid", true}, {"SigningAlgorithm", algorithm}};
}

Json deriveSharedSecret(const Call& call) {
    const KeyRecord key = copyOfKey(call, Aliases::Taken);
    requireState(call.operation, key);
    requireUsage(call, key, KeyUsage::KeyAgreement);
    if (call.has("Recipient")) {
        throw unsupported("Recipients in enclaves are not part of this simulator.");
    }
    const PkeyPtr peer = requirePeerKey(call, key);
    endDryRun(call);
    return {{"KeyId", key.arn},
            {"SharedSecret", toBase64(sharedSecret(keyPairOf(key), *peer))},
            {"KeyAgreementAlgorithm", "ECDH"},
            {"KeyOrigin", awsName(key.origin)}};
}

}  // namespace keyconvoy::kms::simulator
