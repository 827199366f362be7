#include "core/base64.h"
#include "tests/simulator/key_material.h"
#include "tests/simulator/kms.h"
#include "tests/wrapping/openssl_wrap.h"

#include <algorithm>
#include <cmath>
#include <gtest/gtest.h>
#include <openssl/x509.h>

/// GetParametersForImport, import tokens, and what ImportKeyMaterial makes of blobs.
namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;

const Bytes material = filled(32, 0x41);

class Import : public testing::Test {
protected:
    Json request(const std::string& id, const Parameters& given, ByteView blob) {
        return forEver({{"KeyId", id}, {"ImportToken", toBase64(given.importToken)}, {"EncryptedKeyMaterial", toBase64(blob)}});
    }
    RawReply send(const std::string& id, const Parameters& given, ByteView blob) {
        return m_kms.call("ImportKeyMaterial", request(id, given, blob));
    }
    void expectBadBlob(const std::string& id, const Parameters& given, ByteView blob) {
        expectError(send(id, given, blob), "InvalidCiphertextException");
    }

    Kms m_kms;
};

TEST_F(Import, ParametersAreNewEachTime) {
    const std::string id = m_kms.createKey();
    const Parameters one = m_kms.parameters(id);
    const Parameters other = m_kms.parameters(id);
    EXPECT_NE(one.publicKey, other.publicKey);
    EXPECT_NE(one.importToken, other.importToken);
    EXPECT_EQ(one.importToken.size(), 1757U);
}

TEST_F(Import, ParametersAreValidForExactlyADayToTheMillisecond) {
    m_kms.freeze();
    m_kms.advance(789ms);
    const Parameters given = m_kms.parameters(m_kms.createKey());
    EXPECT_DOUBLE_EQ(given.validTo, seconds(m_kms.now() + 24h));
    EXPECT_NEAR(given.validTo - std::floor(given.validTo), 0.789, 1e-6);
}

TEST_F(Import, EarlierParametersStayGoodAndTokensAreNotUsedUp) {
    const std::string id = m_kms.createKey();
    const Parameters earlier = m_kms.parameters(id);
    const Parameters later = m_kms.parameters(id);
    EXPECT_EQ(send(id, earlier, wrapFor(earlier, material)).status, 200);
    EXPECT_EQ(send(id, later, wrapFor(later, material)).status, 200);
    EXPECT_EQ(send(id, earlier, wrapFor(earlier, material)).status, 200);
}

TEST_F(Import, FailureLeavesTheTokenGood) {
    const std::string id = m_kms.createKey();
    const Parameters given = m_kms.parameters(id);
    expectBadBlob(id, given, filled(256, 0x5A));
    EXPECT_EQ(send(id, given, wrapFor(given, material)).status, 200);
}

TEST_F(Import, TokenOfAnotherKeyIsInvalid) {
    const std::string id = m_kms.createKey();
    const Parameters foreign = m_kms.parameters(m_kms.createKey());
    expectError(send(id, foreign, wrapFor(foreign, material)), "InvalidImportTokenException");
}

TEST_F(Import, DamagedTokenIsInvalid) {
    const std::string id = m_kms.createKey();
    const Parameters good = m_kms.parameters(id);
    const Bytes blob = wrapFor(good, material);
    for (const std::size_t position : {std::size_t{0}, std::size_t{10}, std::size_t{100}, good.importToken.size() - 1}) {
        Parameters damaged = good;
        damaged.importToken.at(position) ^= 1U;
        expectError(send(id, damaged, blob), "InvalidImportTokenException");
    }
    Parameters shorter = good;
    shorter.importToken.pop_back();
    expectError(send(id, shorter, blob), "InvalidImportTokenException");
}

TEST_F(Import, TokenEndsAfterADay) {
    const std::string id = m_kms.createKey();
    const Parameters given = m_kms.parameters(id);
    const Bytes blob = wrapFor(given, material);
    m_kms.advance(24h - 1min);
    EXPECT_EQ(send(id, given, blob).status, 200);
    m_kms.advance(1min);
    const RawReply reply = send(id, given, blob);
    EXPECT_EQ(Json::parse(reply.body).at("__type"), "ExpiredImportTokenException");
}

TEST_F(Import, BlobForAnotherWrappingKeyIsRefused) {
    const std::string id = m_kms.createKey();
    const Parameters one = m_kms.parameters(id);
    const Parameters other = m_kms.parameters(id);
    expectBadBlob(id, one, wrapFor(other, material));
}

TEST_F(Import, BlobUnderAnotherHashIsRefused) {
    const std::string id = m_kms.createKey();
    Parameters given = m_kms.parameters(id, "RSAES_OAEP_SHA_256");
    given.algorithm = "RSAES_OAEP_SHA_1";
    expectBadBlob(id, given, wrapFor(given, material));
}

TEST_F(Import, BlobWithMixedHashesIsRefused) {
    const std::string id = m_kms.createKey();
    const Parameters given = m_kms.parameters(id);
    const unsigned char* cursor = given.publicKey.data();
    const PkeyPtr key{d2i_PUBKEY(nullptr, &cursor, static_cast<long>(given.publicKey.size()))};
    expectBadBlob(id, given, oaepEncrypt(*key, pkcs11::OaepHash::Sha256, pkcs11::OaepHash::Sha1, material));
}

TEST_F(Import, WrongLengthsAreRefusedWithoutAWord) {
    struct Case {
        const char* spec;
        std::size_t shortest, longest;
    };
    constexpr std::array<Case, 5> cases{{{"SYMMETRIC_DEFAULT", 32, 32},
                                         {"HMAC_224", 28, 128},
                                         {"HMAC_256", 32, 128},
                                         {"HMAC_384", 48, 128},
                                         {"HMAC_512", 64, 128}}};
    for (const Case& row : cases) {
        const std::string id = m_kms.createKey(row.spec);
        const Parameters given = m_kms.parameters(id);
        expectBadBlob(id, given, wrapFor(given, filled(row.shortest - 1, 1)));
        expectBadBlob(id, given, wrapFor(given, filled(row.longest + 1, 1)));
        EXPECT_EQ(send(id, given, wrapFor(given, filled(row.shortest, 1))).status, 200) << row.spec;
        const std::string other = m_kms.createKey(row.spec);
        EXPECT_EQ(m_kms.import(other, filled(row.longest, 1), forEver()).status, 200) << row.spec;
    }
}

TEST_F(Import, HybridBlobPartsInTheWrongOrderAreRefused) {
    const std::string id = m_kms.createKey("ECC_NIST_P256");
    const Parameters given = m_kms.parameters(id, "RSA_AES_KEY_WRAP_SHA_256");
    Bytes blob = wrapFor(given, encoded(*ecKey("P-256"), "PrivateKeyInfo"));
    std::rotate(blob.begin(), blob.begin() + 256, blob.end());
    expectBadBlob(id, given, blob);
}

TEST_F(Import, EachKindOfKeyPairIsTakenInEachWrappingItFits) {
    struct Case {
        const char* spec;
        PkeyPtr key;
        const char* algorithm;
        const char* wrappingKey;
    };
    std::vector<Case> cases;
    cases.push_back({"RSA_2048", rsaKey(2048), "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048"});
    cases.push_back({"RSA_3072", rsaKey(3072), "RSA_AES_KEY_WRAP_SHA_1", "RSA_2048"});
    cases.push_back({"ECC_NIST_P256", ecKey("P-256"), "RSAES_OAEP_SHA_256", "RSA_2048"});
    cases.push_back({"ECC_NIST_P384", ecKey("P-384"), "RSAES_OAEP_SHA_1", "RSA_2048"});
    cases.push_back({"ECC_NIST_P521", ecKey("P-521"), "RSAES_OAEP_SHA_256", "RSA_3072"});
    cases.push_back({"ECC_SECG_P256K1", ecKey("secp256k1"), "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048"});
    cases.push_back({"ECC_NIST_EDWARDS25519", ed25519Key(), "RSAES_OAEP_SHA_256", "RSA_4096"});
    cases.push_back({"ECC_NIST_EDWARDS25519", ed25519Key(), "RSA_AES_KEY_WRAP_SHA_256", "RSA_2048"});
    for (const Case& row : cases) {
        const testing::ScopedTrace trace{__FILE__, __LINE__, std::string{row.spec} + " by " + row.algorithm};
        const std::string id = m_kms.createKey(row.spec);
        const Parameters given = m_kms.parameters(id, row.algorithm, row.wrappingKey);
        const RawReply reply = send(id, given, wrapFor(given, encoded(*row.key, "PrivateKeyInfo")));
        EXPECT_EQ(reply.body, Json({{"KeyId", m_kms.arn(id)}}).dump());
        const Json publicKey = m_kms.must("GetPublicKey", {{"KeyId", id}});
        EXPECT_EQ(fromBase64(publicKey.at("PublicKey").get<std::string>()), spkiOf(*row.key));
        EXPECT_EQ(publicKey.at("KeySpec"), row.spec);
    }
}

TEST_F(Import, MaterialIdDependsOnKeyAndMaterialAlone) {
    const std::string one = m_kms.createKey();
    const std::string other = m_kms.createKey();
    const std::string id = m_kms.mustImport(one, material, forEver());
    EXPECT_NE(id, m_kms.mustImport(other, material, forEver()));
    EXPECT_EQ(id, m_kms.mustImport(one, material, forEver()));
    EXPECT_TRUE(std::ranges::all_of(id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }));
}

/// State, then parameters, then token, then blob, then identity.
TEST_F(Import, ChecksComeInTheOrderOfKms) {
    const std::string id = m_kms.createKey();
    const Parameters given = m_kms.parameters(id);
    Parameters badToken = given;
    badToken.importToken.at(50) ^= 1U;
    const Bytes badBlob = filled(256, 0x5A);
    Json request = this->request(id, badToken, badBlob);
    request["ValidTo"] = seconds(m_kms.now() + 1h);
    m_kms.must("ScheduleKeyDeletion", {{"KeyId", id}});
    m_kms.mustFail("ImportKeyMaterial", request, "KMSInvalidStateException",
                   m_kms.arn(id) + " is pending deletion (or pending replica deletion).");
    m_kms.must("CancelKeyDeletion", {{"KeyId", id}});
    m_kms.mustFail("ImportKeyMaterial", request, "ValidationException",
                   "A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
    request.erase("ValidTo");
    m_kms.mustFail("ImportKeyMaterial", request, "InvalidImportTokenException");
    expectBadBlob(id, given, badBlob);
}

TEST_F(Import, DeletingWhatNeverWasIsToldApart) {
    const std::string id = m_kms.createKey();
    EXPECT_EQ(m_kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}}), Json({{"KeyId", m_kms.arn(id)}}));
    const std::string never(64, 'b');
    m_kms.mustFail("DeleteImportedKeyMaterial", {{"KeyId", id}, {"KeyMaterialId", never}}, "ValidationException",
                   "Key material (id: " + never + ") has never been imported into KMS key " + m_kms.arn(id) + ".");
    const std::string materialId = m_kms.mustImport(id, material, forEver());
    for (int i = 0; i < 2; ++i) {
        EXPECT_EQ(m_kms.must("DeleteImportedKeyMaterial", {{"KeyId", id}}),
                  Json({{"KeyId", m_kms.arn(id)}, {"KeyMaterialId", materialId}}));
    }
    m_kms.mustFail("DeleteImportedKeyMaterial", {{"KeyId", id}, {"KeyMaterialId", "XYZ"}}, "ValidationException",
                   "2 validation errors detected: Value 'XYZ' at 'keyMaterialId' failed to satisfy constraint: Member must have "
                   "length greater "
                   "than or equal to 64; Value 'XYZ' at 'keyMaterialId' failed to satisfy constraint: Member must satisfy "
                   "regular expression "
                   "pattern: ^[a-f0-9]+$");
}

}  // namespace

}  // namespace keyconvoy::tests
