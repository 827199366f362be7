#include "tests/simulator/key_material.h"

#include "core/error.h"

#include <openssl/asn1.h>
#include <openssl/encoder.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

namespace keyconvoy::tests {

namespace {

using EncoderPtr = CHandle<OSSL_ENCODER_CTX, OSSL_ENCODER_CTX_free>;

void check(bool good, const char* operation) {
    if (!good) {
        throw CryptoError{operation};
    }
}

}  // namespace

PkeyPtr rsaKey(std::size_t bits, std::size_t primes) {
    const kms::simulator::PkeyContextPtr context{EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)};
    check(EVP_PKEY_keygen_init(context.get()) == 1, "EVP_PKEY_keygen_init");
    check(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), static_cast<int>(bits)) == 1, "EVP_PKEY_CTX_set_rsa_keygen_bits");
    check(EVP_PKEY_CTX_set_rsa_keygen_primes(context.get(), static_cast<int>(primes)) == 1, "EVP_PKEY_CTX_set_rsa_keygen_primes");
    EVP_PKEY* key = nullptr;
    check(EVP_PKEY_generate(context.get(), &key) == 1, "EVP_PKEY_generate");
    return PkeyPtr{key};
}

PkeyPtr ecKey(const char* curve) {
    PkeyPtr key{EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", curve)};
    check(key != nullptr, "EVP_PKEY_Q_keygen");
    return key;
}

PkeyPtr ed25519Key() {
    PkeyPtr key{EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519")};
    check(key != nullptr, "EVP_PKEY_Q_keygen");
    return key;
}

Bytes spkiOf(const EVP_PKEY& key) {
    Bytes der(static_cast<std::size_t>(i2d_PUBKEY(&key, nullptr)));
    unsigned char* cursor = der.data();
    i2d_PUBKEY(&key, &cursor);
    return der;
}

Bytes encoded(const EVP_PKEY& key, const char* structure, const char* output, const char* password) {
    const EncoderPtr encoder{OSSL_ENCODER_CTX_new_for_pkey(&key, EVP_PKEY_KEYPAIR, output, structure, nullptr)};
    if (password != nullptr) {
        check(OSSL_ENCODER_CTX_set_cipher(encoder.get(), "AES-256-CBC", nullptr) == 1, "OSSL_ENCODER_CTX_set_cipher");
        const std::string_view octets{password};
        check(OSSL_ENCODER_CTX_set_passphrase(encoder.get(), asBytes(octets).data(), octets.size()) == 1,
              "OSSL_ENCODER_CTX_set_passphrase");
    }
    unsigned char* data = nullptr;
    std::size_t size = 0;
    check(OSSL_ENCODER_to_data(encoder.get(), &data, &size) == 1, "OSSL_ENCODER_to_data");
    Bytes result(data, data + size);
    OPENSSL_free(data);
    return result;
}

Bytes withIndefiniteLength(ByteView der) {
    const unsigned char* cursor = der.data();
    long length = 0;
    int tag = 0;
    int tagClass = 0;
    ASN1_get_object(&cursor, &length, &tag, &tagClass, static_cast<long>(der.size()));
    Bytes ber{0x30, 0x80};
    ber.insert(ber.end(), cursor, cursor + length);
    ber.insert(ber.end(), {0x00, 0x00});
    return ber;
}

}  // namespace keyconvoy::tests
