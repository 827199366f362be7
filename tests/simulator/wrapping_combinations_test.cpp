#include "core/base64.h"
#include "tests/simulator/row.h"

#include <array>
#include <openssl/x509.h>

/// Which wrapping KMS offers for which material (GetParametersForImport).
namespace keyconvoy::tests {

namespace {

constexpr std::array<const char*, 3> allSizes{"RSA_2048", "RSA_3072", "RSA_4096"};
constexpr std::array<const char*, 2> oaep{"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"};
constexpr std::array<const char*, 2> hybrid{"RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"};

Json request(const std::string& id, const std::string& algorithm, const std::string& size) {
    return {{"KeyId", id}, {"WrappingAlgorithm", algorithm}, {"WrappingKeySpec", size}};
}

void expectOffered(const Kms& kms, const std::string& id, const std::string& algorithm, const std::string& size) {
    const Json reply = kms.must("GetParametersForImport", request(id, algorithm, size));
    const std::size_t derSize = size == "RSA_2048" ? 294 : size == "RSA_3072" ? 422 : 550;
    EXPECT_EQ(fromBase64(reply.at("PublicKey").get<std::string>())->size(), derSize) << algorithm << " " << size;
}

void expectRefused(const Kms& kms, const std::string& id, const std::string& spec, const std::string& algorithm,
                   const std::string& size) {
    kms.mustFail(
        "GetParametersForImport", request(id, algorithm, size), "ValidationException",
        "Wrapping algorithm " + algorithm + " and wrapping key spec " + size + " cannot be used to import a " + spec + " key.");
}

/// Algorithms that are still in the enum but take no key of any spec.
void expectNothingOld(const Kms& kms, const std::string& id, const std::string& spec) {
    expectRefused(kms, id, spec, "RSAES_PKCS1_V1_5", "RSA_2048");
    expectRefused(kms, id, spec, "SM2PKE", "SM2");
    expectRefused(kms, id, spec, "RSAES_OAEP_SHA_256", "SM2");
}

/// One real RSA_2048 offer, refusals for everything else: key pairs take long to make, and refusals come before them.
template <std::size_t Size>
void expectAllRefused(const Kms& kms, const std::string& id, const std::string& spec,
                      const std::array<const char*, Size>& algorithms) {
    for (const char* algorithm : algorithms) {
        for (const char* size : allSizes) {
            expectRefused(kms, id, spec, algorithm, size);
        }
    }
}

void symmetric(Kms& kms) {
    const std::string id = kms.createKey();
    for (const char* size : allSizes) {
        expectOffered(kms, id, "RSAES_OAEP_SHA_256", size);
    }
    expectOffered(kms, id, "RSAES_OAEP_SHA_1", "RSA_2048");
    expectAllRefused(kms, id, "SYMMETRIC_DEFAULT", hybrid);
    expectNothingOld(kms, id, "SYMMETRIC_DEFAULT");
}

void hmac(Kms& kms) {
    for (const char* spec : {"HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512"}) {
        const std::string id = kms.createKey(spec);
        expectOffered(kms, id, "RSAES_OAEP_SHA_1", "RSA_2048");
        expectAllRefused(kms, id, spec, hybrid);
        expectNothingOld(kms, id, spec);
    }
}

void rsa(Kms& kms) {
    for (const char* spec : {"RSA_2048", "RSA_3072", "RSA_4096"}) {
        const std::string id = kms.createKey(spec);
        expectOffered(kms, id, "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048");
        expectAllRefused(kms, id, spec, oaep);
        expectNothingOld(kms, id, spec);
    }
}

void smallCurves(Kms& kms) {
    for (const char* spec : {"ECC_NIST_P256", "ECC_NIST_P384", "ECC_SECG_P256K1"}) {
        const std::string id = kms.createKey(spec);
        expectOffered(kms, id, "RSAES_OAEP_SHA_256", "RSA_2048");
        expectOffered(kms, id, "RSA_AES_KEY_WRAP_SHA_1", "RSA_2048");
        expectNothingOld(kms, id, spec);
    }
}

void p521(Kms& kms) {
    const std::string id = kms.createKey("ECC_NIST_P521");
    for (const char* algorithm : oaep) {
        expectRefused(kms, id, "ECC_NIST_P521", algorithm, "RSA_2048");
    }
    expectOffered(kms, id, "RSAES_OAEP_SHA_256", "RSA_3072");
    expectOffered(kms, id, "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048");
    expectNothingOld(kms, id, "ECC_NIST_P521");
}

void ed25519(Kms& kms) {
    const std::string id = kms.createKey("ECC_NIST_EDWARDS25519");
    for (const char* algorithm : oaep) {
        expectRefused(kms, id, "ECC_NIST_EDWARDS25519", algorithm, "RSA_2048");
    }
    expectOffered(kms, id, "RSAES_OAEP_SHA_1", "RSA_3072");
    expectOffered(kms, id, "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048");
    expectNothingOld(kms, id, "ECC_NIST_EDWARDS25519");
}

constexpr std::array<Row, 7> rows{{
    {"Symmetric", "SYMMETRIC_DEFAULT: RSAES_OAEP with every size, no RSA_AES_KEY_WRAP", &symmetric},
    {"Hmac", "HMAC: RSAES_OAEP with every size, no RSA_AES_KEY_WRAP", &hmac},
    {"Rsa", "RSA private: RSA_AES_KEY_WRAP with every size, no RSAES_OAEP", &rsa},
    {"SmallCurves", "P256, P384, P256K1: both with every size", &smallCurves},
    {"P521", "P521: RSAES_OAEP from RSA_3072 on, RSA_AES_KEY_WRAP with every size", &p521},
    {"Ed25519", "Ed25519: RSAES_OAEP from RSA_3072 on, RSA_AES_KEY_WRAP with every size", &ed25519},
    {"Sm2", "SM2: RSAES_OAEP", nullptr, "SM2 keys exist in the China Regions only"},
}};

using WrappingCombinations = RowTest;

TEST_P(WrappingCombinations, AreThoseOfKms) {
    Kms kms;
    GetParam().check(kms);
}

INSTANTIATE_TEST_SUITE_P(Rows, WrappingCombinations, testing::ValuesIn(rowsToMeet(rows)), &nameOfRow);

TEST(WrappingCombinationRows, AreComplete) {
    expectRows(rows, 6, 1);
}

}  // namespace

}  // namespace keyconvoy::tests
