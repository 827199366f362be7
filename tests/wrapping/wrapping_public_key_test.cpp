#include "wrapping/wrapping_public_key.h"

#include "core/base64.h"
#include "core/hex.h"
#include "core/secret_bytes.h"
#include "wrapping/opening/open_envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

namespace keyconvoy::wrapping {
namespace {

using opening::PkeyPtr;
using testing::HasSubstr;

/// A wrapping key that KMS gave, recorded.
const char* const recordedKmsKey =
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAm5ihsdYf2HzzghIcHcP5222u+YgazB6D/"
    "S2cmKFbv4IJgzDAp9HlZoAPQyiTCKrWRsCzty6XGT5F9msP6ccKZ7nk"
    "iLPfYMrTne1MEEuB+CiyDMgY7++VnOxlchmIP5fQOCFzo+4zx1Pk0dkMARGHc56qQz/p5clN/"
    "9A1epnkHjmfDSlv2MvCvoW2iXSyft5Gl+EeApILEFTDXKqV2qcGV32RQQyB"
    "QE6alzbI4L9yc83eT8JrHnNXZCXf+SCCESVELs8nG+QWLmyMKtdUl7JPkzlxq01M3uENGkaqjw+dBzVZpF6sAtBzWFJ8rwJmDW00iNcqIFa4Y7H4LfZ0B/"
    "jQrwIDAQAB";

Bytes recordedDer() {
    return fromBase64(recordedKmsKey).value();
}

Text place() {
    return KC_TEXT("Tests", "the wrapping public key");
}

/// The reason of the refusal; fails the test when there is none.
std::string refusalOf(ByteView der) {
    try {
        static_cast<void>(WrappingPublicKey::fromDer(der, place()));
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidInput);
        EXPECT_EQ(toEnglish(error.failure().place), "the wrapping public key");
        EXPECT_FALSE(error.failure().remedy.empty());
        return toEnglish(error.failure().cause);
    }
    ADD_FAILURE() << "was taken: " << toHex(der);
    return {};
}

Bytes derLength(std::size_t length) {
    if (length < 0x80) {
        return {static_cast<std::uint8_t>(length)};
    }
    if (length < 0x100) {
        return {0x81, static_cast<std::uint8_t>(length)};
    }
    return {0x82, static_cast<std::uint8_t>(length >> 8U), static_cast<std::uint8_t>(length)};
}

Bytes tlv(std::uint8_t tag, const Bytes& content) {
    Bytes whole{tag};
    const Bytes length = derLength(content.size());
    whole.insert(whole.end(), length.begin(), length.end());
    whole.insert(whole.end(), content.begin(), content.end());
    return whole;
}

Bytes operator+(Bytes left, const Bytes& right) {
    left.insert(left.end(), right.begin(), right.end());
    return left;
}

const Bytes rsaEncryption{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
const Bytes nullParameters{0x05, 0x00};

Bytes spki(const Bytes& algorithm, const Bytes& rsaPublicKey) {
    return tlv(0x30, tlv(0x30, algorithm) + tlv(0x03, Bytes{0x00} + rsaPublicKey));
}

/// An INTEGER of this many bits, odd or even.
Bytes integerOf(std::size_t bits, std::uint8_t lastOctet) {
    Bytes value(bits / 8, 0xc3);
    value.back() = lastOctet;
    return tlv(0x02, Bytes{0x00} + value);
}

Bytes rsaSpki(const Bytes& modulus, const Bytes& exponent) {
    return spki(rsaEncryption + nullParameters, tlv(0x30, modulus + exponent));
}

const Bytes f4{0x02, 0x03, 0x01, 0x00, 0x01};

class WrappingPublicKeyTest : public testing::Test {
protected:
    static void SetUpTestSuite() { initialiseSecureHeap(); }
};

TEST_F(WrappingPublicKeyTest, ReadsWhatKmsGives) {
    const Bytes der = recordedDer();
    const auto key = WrappingPublicKey::fromDer(der, place());
    EXPECT_EQ(key.spec(), WrappingKeySpec::Rsa2048);
    EXPECT_EQ(key.der(), der);
    EXPECT_EQ(key.rsa().modulus.size(), 256U);
    EXPECT_EQ(toHex(ByteView{key.rsa().modulus}.first(4)), "9b98a1b1");
    EXPECT_EQ(toHex(key.rsa().exponent), "010001");
    EXPECT_EQ(key.fingerprint(), Fingerprint::of(der));
}

TEST_F(WrappingPublicKeyTest, ReadsAllThreeSizes) {
    for (const auto& row : wrappingKeySpecNames) {
        const auto bytes = modulusBytes(row.value);
        const PkeyPtr pair = opening::generateRsaKeyPair(static_cast<int>(bytes * 8));
        const auto key = WrappingPublicKey::fromDer(opening::publicKeyDer(*pair), place());
        EXPECT_EQ(key.spec(), row.value) << row.name;
        EXPECT_EQ(key.rsa().modulus.size(), bytes);
    }
}

TEST_F(WrappingPublicKeyTest, EveryTruncationIsRefusedAndCalledSo) {
    const Bytes der = recordedDer();
    for (std::size_t length = 1; length < der.size(); ++length) {
        EXPECT_THAT(refusalOf(ByteView{der}.first(length)), HasSubstr("truncated")) << length;
    }
    EXPECT_THAT(refusalOf(ByteView{der}.first(200)), HasSubstr("it ends at byte 200, its DER header announces 294"));
    EXPECT_EQ(refusalOf(ByteView{der}.first(1)), "it is truncated: it ends inside the header that tells its length");
    EXPECT_EQ(refusalOf({}), "it is empty");
}

TEST_F(WrappingPublicKeyTest, BytesBehindItAreRefused) {
    EXPECT_EQ(refusalOf(recordedDer() + Bytes{0x0a}), "1 byte follows its end");
    EXPECT_EQ(refusalOf(recordedDer() + Bytes{0x0a, 0x0a}), "2 bytes follow its end");
    EXPECT_THAT(refusalOf(Bytes(5000, 0x30)), HasSubstr("5000 bytes"));
}

TEST_F(WrappingPublicKeyTest, TextInPlaceOfDerIsNamed) {
    EXPECT_THAT(refusalOf(asBytes(recordedKmsKey)), HasSubstr("text (PEM or Base64)"));
    EXPECT_THAT(refusalOf(asBytes("-----BEGIN PUBLIC KEY-----\n")), HasSubstr("text (PEM or Base64)"));
    EXPECT_THAT(refusalOf(asBytes("{\"PublicKey\":\"\"}")), HasSubstr("no DER SubjectPublicKeyInfo"));
}

TEST_F(WrappingPublicKeyTest, OtherAlgorithmsAreNotRsa) {
    const PkeyPtr curveKey{EVP_EC_gen("P-256")};
    EXPECT_THAT(refusalOf(opening::publicKeyDer(*curveKey)),
                HasSubstr("not an RSA key (rsaEncryption): its algorithm is id-ecPublicKey"));
    const Bytes pss{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a};
    EXPECT_THAT(refusalOf(spki(pss, tlv(0x30, integerOf(2048, 1) + f4))), HasSubstr("its algorithm is rsassaPss"));
    EXPECT_THAT(refusalOf(spki(Bytes{0x06, 0x03, 0x2a, 0x03, 0x04}, tlv(0x30, integerOf(2048, 1) + f4))),
                HasSubstr("unknown algorithm"));
}

TEST_F(WrappingPublicKeyTest, ParametersMustBeNull) {
    EXPECT_THAT(refusalOf(spki(rsaEncryption, tlv(0x30, integerOf(2048, 1) + f4))), HasSubstr("not NULL"));
    EXPECT_THAT(refusalOf(spki(rsaEncryption + tlv(0x04, {}), tlv(0x30, integerOf(2048, 1) + f4))), HasSubstr("not NULL"));
}

TEST_F(WrappingPublicKeyTest, OtherSizesAreRefusedByNumber) {
    EXPECT_THAT(refusalOf(rsaSpki(integerOf(1024, 1), f4)), HasSubstr("1024 bits"));
    EXPECT_THAT(refusalOf(rsaSpki(integerOf(2056, 1), f4)), HasSubstr("2056 bits"));
    EXPECT_THAT(refusalOf(rsaSpki(integerOf(8192, 1), f4)), HasSubstr("8192 bits"));
    EXPECT_NO_THROW(static_cast<void>(WrappingPublicKey::fromDer(rsaSpki(integerOf(3072, 1), f4), place())));
}

TEST_F(WrappingPublicKeyTest, OddNumbersAreRefused) {
    EXPECT_THAT(refusalOf(rsaSpki(integerOf(2048, 2), f4)), HasSubstr("modulus is even"));
    EXPECT_THAT(refusalOf(rsaSpki(integerOf(2048, 1), Bytes{0x02, 0x03, 0x01, 0x00, 0x00})), HasSubstr("exponent is even"));
    EXPECT_THAT(refusalOf(rsaSpki(integerOf(2048, 1), Bytes{0x02, 0x01, 0x03})), HasSubstr("exponent has 2 bits"));
    EXPECT_THAT(refusalOf(rsaSpki(integerOf(2048, 1), Bytes{0x02, 0x01, 0x01})), HasSubstr("exponent has 1 bits"));
    EXPECT_THAT(refusalOf(rsaSpki(integerOf(2048, 1), integerOf(512, 1))), HasSubstr("exponent has 512 bits"));
}

TEST_F(WrappingPublicKeyTest, BytesInsideItAreRefusedToo) {
    const Bytes numbers = integerOf(2048, 1) + f4;
    EXPECT_NO_THROW(
        static_cast<void>(WrappingPublicKey::fromDer(spki(rsaEncryption + nullParameters, tlv(0x30, numbers)), place())));
    refusalOf(spki(rsaEncryption + nullParameters, tlv(0x30, numbers) + Bytes{0x00}));
    refusalOf(spki(rsaEncryption + nullParameters, tlv(0x30, numbers + f4)));
    refusalOf(
        tlv(0x30, tlv(0x30, rsaEncryption + nullParameters) + tlv(0x03, Bytes{0x00} + tlv(0x30, numbers)) + nullParameters));
    refusalOf(spki(rsaEncryption + nullParameters + nullParameters, tlv(0x30, numbers)));
    refusalOf(rsaSpki(integerOf(2048, 1), Bytes{0x02, 0x04, 0x00, 0x01, 0x00, 0x01}));  // a leading zero that DER forbids
    refusalOf(rsaSpki(tlv(0x02, Bytes(256, 0xc3)), f4));                                // negative
    refusalOf(tlv(0x30, numbers));                                                      // PKCS#1 alone
}

TEST_F(WrappingPublicKeyTest, EveryFlippedOctetIsTakenOrRefusedButNeverMisread) {
    const Bytes der = recordedDer();
    int taken = 0;
    for (std::size_t i = 0; i < der.size(); ++i) {
        Bytes changed = der;
        changed[i] ^= 0x55U;
        try {
            const auto key = WrappingPublicKey::fromDer(changed, place());
            EXPECT_EQ(key.der(), changed);
            ++taken;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::InvalidInput) << i;
        }
    }
    EXPECT_LT(taken, 256 + 3);  // octets of the numbers only
}

}  // namespace
}  // namespace keyconvoy::wrapping
