#include "core/base64.h"
#include "core/hex.h"
#include "tests/simulator/key_material.h"
#include "tests/simulator/kms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/rsa.h>
#include <set>

/// What can be done with imported material.
namespace keyconvoy::tests {

namespace {

const Bytes message{'c', 'e', 'r', 'e', 'm', 'o', 'n', 'y'};

class Operations : public testing::Test {
protected:
    std::string imported(const std::string& spec, const Bytes& plaintext, const std::string& usage = "") {
        std::string id = m_kms.createKey(spec, usage);
        m_kms.mustImport(id, plaintext, forEver());
        return id;
    }

    Kms m_kms;
};

// ------------------------------------------------------------------------------------------------------------------- MAC

/// MACs that AWS KMS was seen to compute with these imported keys.
TEST_F(Operations, MacEqualsThatOfAwsForTheSameKey) {
    const std::string text = toBase64(asBytes("imported HMAC"));
    const std::string small = imported("HMAC_224", filled(28, 0x41));
    EXPECT_EQ(m_kms.must("GenerateMac", {{"KeyId", small}, {"Message", text}, {"MacAlgorithm", "HMAC_SHA_224"}}).at("Mac"),
              "U2Ub1unX/IpdAUWkWOkTkn++B3OfJvxMD0fmWQ==");
    const std::string usual = imported("HMAC_256", filled(32, 0x41));
    const Json reply = m_kms.must("GenerateMac", {{"KeyId", usual}, {"Message", text}, {"MacAlgorithm", "HMAC_SHA_256"}});
    EXPECT_EQ(reply.at("Mac"), "ENxqMGYJSHcFnD/E+bdO3tCxRrwoMQaCgBgiHYTQTPw=");
    EXPECT_EQ(reply.at("KeyId"), m_kms.arn(usual));
}

TEST_F(Operations, VerifyMacNeverSaysFalse) {
    const std::string id = imported("HMAC_512", filled(64, 7));
    Json request{{"KeyId", id}, {"Message", toBase64(message)}, {"MacAlgorithm", "HMAC_SHA_512"}};
    Bytes mac = fromBase64(m_kms.must("GenerateMac", request).at("Mac").get<std::string>()).value();
    request["Mac"] = toBase64(mac);
    EXPECT_EQ(m_kms.must("VerifyMac", request).at("MacValid"), true);
    mac.front() ^= 1U;
    request["Mac"] = toBase64(mac);
    m_kms.mustFail("VerifyMac", request, "KMSInvalidMacException");
    request["Mac"] = toBase64(ByteView{mac}.first(10));
    m_kms.mustFail("VerifyMac", request, "KMSInvalidMacException");
}

// --------------------------------------------------------------------------------------------------------------- signing

bool verifiesWithOpenssl(EVP_PKEY& key, const std::string& algorithm, ByteView signature) {
    const kms::simulator::DigestContextPtr context{EVP_MD_CTX_new()};
    const char* digest = algorithm.starts_with("ED25519") ? nullptr
                         : algorithm.ends_with("SHA_256") ? "SHA256"
                         : algorithm.ends_with("SHA_384") ? "SHA384"
                                                          : "SHA512";
    EVP_PKEY_CTX* keyContext = nullptr;
    EVP_DigestVerifyInit_ex(context.get(), &keyContext, digest, nullptr, nullptr, &key, nullptr);
    if (algorithm.starts_with("RSASSA_PSS")) {
        EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING);
        EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, RSA_PSS_SALTLEN_DIGEST);
    }
    return EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
}

struct SigningCase {
    const char* spec;
    PkeyPtr key;
    std::vector<std::string> algorithms;
};

std::vector<SigningCase> signingCases() {
    std::vector<SigningCase> cases;
    cases.push_back({"RSA_2048",
                     rsaKey(2048),
                     {"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512", "RSASSA_PSS_SHA_256",
                      "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512"}});
    cases.push_back({"ECC_NIST_P256", ecKey("P-256"), {"ECDSA_SHA_256"}});
    cases.push_back({"ECC_NIST_P384", ecKey("P-384"), {"ECDSA_SHA_384"}});
    cases.push_back({"ECC_NIST_P521", ecKey("P-521"), {"ECDSA_SHA_512"}});
    cases.push_back({"ECC_SECG_P256K1", ecKey("secp256k1"), {"ECDSA_SHA_256"}});
    cases.push_back({"ECC_NIST_EDWARDS25519", ed25519Key(), {"ED25519_SHA_512"}});
    return cases;
}

TEST_F(Operations, SignaturesVerifyWithOpensslAndHere) {
    for (const SigningCase& row : signingCases()) {
        const std::string id = imported(row.spec, encoded(*row.key, "PrivateKeyInfo"));
        for (const std::string& algorithm : row.algorithms) {
            const testing::ScopedTrace trace{__FILE__, __LINE__, algorithm};
            Json request{{"KeyId", id}, {"Message", toBase64(message)}, {"SigningAlgorithm", algorithm}};
            Bytes signature = fromBase64(m_kms.must("Sign", request).at("Signature").get<std::string>()).value();
            EXPECT_TRUE(verifiesWithOpenssl(*row.key, algorithm, signature));
            request["Signature"] = toBase64(signature);
            EXPECT_EQ(m_kms.must("Verify", request).at("SignatureValid"), true);
            signature.back() ^= 1U;
            request["Signature"] = toBase64(signature);
            m_kms.mustFail("Verify", request, "KMSInvalidSignatureException");
        }
    }
}

TEST_F(Operations, MetadataListsTheAlgorithmsInKmssOrder) {
    EXPECT_EQ(m_kms.metadata(m_kms.createKey("RSA_2048")).at("SigningAlgorithms"),
              Json::array({"RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
                           "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512"}));
    EXPECT_EQ(m_kms.metadata(m_kms.createKey("RSA_2048", "ENCRYPT_DECRYPT")).at("EncryptionAlgorithms"),
              Json::array({"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"}));
    EXPECT_EQ(m_kms.metadata(m_kms.createKey("ECC_NIST_P256", "KEY_AGREEMENT")).at("KeyAgreementAlgorithms"),
              Json::array({"ECDH"}));
    EXPECT_EQ(m_kms.metadata(m_kms.createKey("HMAC_384")).at("MacAlgorithms"), Json::array({"HMAC_SHA_384"}));
    EXPECT_EQ(m_kms.metadata(m_kms.createKey("ECC_NIST_EDWARDS25519")).at("SigningAlgorithms"),
              Json::array({"ED25519_PH_SHA_512", "ED25519_SHA_512"}));
}

TEST_F(Operations, DigestIsSignedAsItStands) {
    const PkeyPtr key = ecKey("P-256");
    const std::string id = imported("ECC_NIST_P256", encoded(*key, "PrivateKeyInfo"));
    Bytes digest(32);
    ASSERT_EQ(EVP_Digest(message.data(), message.size(), digest.data(), nullptr, EVP_sha256(), nullptr), 1);
    const Json reply = m_kms.must(
        "Sign", {{"KeyId", id}, {"Message", toBase64(digest)}, {"MessageType", "DIGEST"}, {"SigningAlgorithm", "ECDSA_SHA_256"}});
    EXPECT_TRUE(verifiesWithOpenssl(*key, "ECDSA_SHA_256", fromBase64(reply.at("Signature").get<std::string>()).value()));
}

TEST_F(Operations, Ed25519ParametersThatDoNotFitAreRefused) {
    const std::string id = imported("ECC_NIST_EDWARDS25519", encoded(*ed25519Key(), "PrivateKeyInfo"));
    const auto typeOf = [&](const char* algorithm, const char* messageType) {
        const RawReply reply = m_kms.call(
            "Sign",
            {{"KeyId", id}, {"Message", toBase64(filled(64, 1))}, {"MessageType", messageType}, {"SigningAlgorithm", algorithm}});
        return Json::parse(reply.body).value("__type", "");
    };
    EXPECT_EQ(typeOf("ED25519_SHA_512", "DIGEST"), "ValidationException");
    EXPECT_EQ(typeOf("ED25519_PH_SHA_512", "RAW"), "ValidationException");
    EXPECT_EQ(typeOf("ED25519_PH_SHA_512", "DIGEST"), "UnsupportedOperationException");
    EXPECT_EQ(typeOf("ECDSA_SHA_256", "RAW"), "InvalidKeyUsageException");
    EXPECT_EQ(typeOf("ED25519_SHA_512", "EXTERNAL_MU"), "ValidationException");
}

TEST_F(Operations, PublicKeyOfSecretKeysIsUnsupported) {
    const RawReply reply = m_kms.call("GetPublicKey", {{"KeyId", imported("HMAC_256", filled(32, 1))}});
    EXPECT_EQ(Json::parse(reply.body).at("__type"), "UnsupportedOperationException");
}

// ---------------------------------------------------------------------------------------------------------- key agreement

TEST_F(Operations, SharedSecretIsOpenssls) {
    const PkeyPtr mine = ecKey("P-384");
    const PkeyPtr theirs = ecKey("P-384");
    const std::string id = imported("ECC_NIST_P384", encoded(*mine, "PrivateKeyInfo"), "KEY_AGREEMENT");
    const kms::simulator::PkeyContextPtr context{EVP_PKEY_CTX_new_from_pkey(nullptr, theirs.get(), nullptr)};
    ASSERT_EQ(EVP_PKEY_derive_init(context.get()), 1);
    ASSERT_EQ(EVP_PKEY_derive_set_peer(context.get(), mine.get()), 1);
    Bytes expected(48);
    std::size_t size = expected.size();
    ASSERT_EQ(EVP_PKEY_derive(context.get(), expected.data(), &size), 1);
    const Json reply = m_kms.must("DeriveSharedSecret",
                                  {{"KeyId", id}, {"KeyAgreementAlgorithm", "ECDH"}, {"PublicKey", toBase64(spkiOf(*theirs))}});
    EXPECT_EQ(reply.at("SharedSecret"), toBase64(expected));
    EXPECT_EQ(reply.at("KeyOrigin"), "EXTERNAL");
    for (const Bytes& bad : {spkiOf(*ecKey("P-256")), Bytes{1, 2, 3}}) {
        const RawReply refused =
            m_kms.call("DeriveSharedSecret", {{"KeyId", id}, {"KeyAgreementAlgorithm", "ECDH"}, {"PublicKey", toBase64(bad)}});
        EXPECT_EQ(Json::parse(refused.body).at("__type"), "ValidationException");
    }
}

// ------------------------------------------------------------------------------------------------------------- encryption

TEST_F(Operations, SymmetricCiphertextNamesItsMaterialAndOpensAgain) {
    const std::string id = imported("SYMMETRIC_DEFAULT", filled(32, 0x41));
    const std::string materialId = m_kms.metadata(id).at("CurrentKeyMaterialId");
    const Json sealed = m_kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", toBase64(message)}});
    const Bytes blob = fromBase64(sealed.at("CiphertextBlob").get<std::string>()).value();
    EXPECT_EQ(toHex(ByteView{blob}.first(38)), "0102020078" + materialId + "01");
    EXPECT_EQ(m_kms.must("Decrypt", {{"CiphertextBlob", toBase64(blob)}}), Json({{"KeyId", m_kms.arn(id)},
                                                                                 {"Plaintext", toBase64(message)},
                                                                                 {"EncryptionAlgorithm", "SYMMETRIC_DEFAULT"},
                                                                                 {"KeyMaterialId", materialId}}));
    for (const std::size_t position : {std::size_t{0}, std::size_t{20}, std::size_t{37}, std::size_t{45}, blob.size() - 1}) {
        Bytes damaged = blob;
        damaged.at(position) ^= 1U;
        m_kms.mustFail("Decrypt", {{"CiphertextBlob", toBase64(damaged)}}, "InvalidCiphertextException");
    }
    m_kms.mustFail("Decrypt", {{"CiphertextBlob", "AA=="}}, "InvalidCiphertextException");
}

TEST_F(Operations, EncryptionContextMustBeTheSameInAnyOrder) {
    const std::string id = imported("SYMMETRIC_DEFAULT", filled(32, 0x41));
    const Json sealed =
        m_kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}, {"EncryptionContext", {{"room", "1"}, {"day", "2"}}}});
    const auto decrypt = [&](const Json& context) {
        return m_kms.call("Decrypt", {{"CiphertextBlob", sealed.at("CiphertextBlob")}, {"EncryptionContext", context}});
    };
    EXPECT_EQ(decrypt({{"day", "2"}, {"room", "1"}}).status, 200);
    expectError(decrypt({{"day", "2"}, {"room", "2"}}), "InvalidCiphertextException");
    expectError(decrypt({{"day", "2"}}), "InvalidCiphertextException");
    m_kms.mustFail("Decrypt", {{"CiphertextBlob", sealed.at("CiphertextBlob")}}, "InvalidCiphertextException");
}

TEST_F(Operations, EarlierMaterialStillDecrypts) {
    const std::string id = imported("SYMMETRIC_DEFAULT", filled(32, 1));
    const std::string earlier = m_kms.metadata(id).at("CurrentKeyMaterialId");
    const Json sealed = m_kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}});
    m_kms.mustImport(id, filled(32, 2), forEver({{"ImportType", "NEW_KEY_MATERIAL"}}));
    m_kms.must("RotateKeyOnDemand", {{"KeyId", id}});
    EXPECT_EQ(m_kms.must("Decrypt", {{"CiphertextBlob", sealed.at("CiphertextBlob")}}).at("KeyMaterialId"), earlier);
    EXPECT_NE(m_kms.metadata(id).at("CurrentKeyMaterialId"), earlier);
}

TEST_F(Operations, RsaCiphertextOpensAgain) {
    const std::string id = imported("RSA_2048", encoded(*rsaKey(2048), "PrivateKeyInfo"), "ENCRYPT_DECRYPT");
    for (const std::string algorithm : {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"}) {
        const Json sealed =
            m_kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", toBase64(message)}, {"EncryptionAlgorithm", algorithm}});
        Json request{{"KeyId", id}, {"CiphertextBlob", sealed.at("CiphertextBlob")}, {"EncryptionAlgorithm", algorithm}};
        EXPECT_EQ(m_kms.must("Decrypt", request).at("Plaintext"), toBase64(message));
        request["EncryptionAlgorithm"] = algorithm == "RSAES_OAEP_SHA_1" ? "RSAES_OAEP_SHA_256" : "RSAES_OAEP_SHA_1";
        m_kms.mustFail("Decrypt", request, "InvalidCiphertextException");
    }
    m_kms.mustFail("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}}, "InvalidKeyUsageException",
                   "Algorithm SYMMETRIC_DEFAULT is incompatible with key spec RSA_2048.");
}

// --------------------------------------------------------------------------------------------------------------- rotation

TEST_F(Operations, RotationsAreListedOldestFirstAndInPages) {
    const std::string id = imported("SYMMETRIC_DEFAULT", filled(32, 1));
    EXPECT_EQ(m_kms.must("ListKeyRotations", {{"KeyId", id}}), Json({{"Rotations", Json::array()}, {"Truncated", false}}));
    for (std::uint8_t i = 2; i < 4; ++i) {
        m_kms.mustImport(id, filled(32, i), forEver({{"ImportType", "NEW_KEY_MATERIAL"}}));
        m_kms.must("RotateKeyOnDemand", {{"KeyId", id}});
    }
    m_kms.mustImport(id, filled(32, 4), forEver({{"ImportType", "NEW_KEY_MATERIAL"}}));
    const Json all = m_kms.materials(id);
    std::vector<std::string> states;
    for (const Json& entry : all) {
        states.push_back(entry.at("KeyMaterialState"));
        EXPECT_EQ(entry.at("KeyId"), m_kms.arn(id));
    }
    EXPECT_THAT(states, testing::ElementsAre("NON_CURRENT", "NON_CURRENT", "CURRENT", "PENDING_ROTATION"));
    EXPECT_FALSE(all.at(0).contains("RotationDate"));
    EXPECT_EQ(all.at(2).at("RotationType"), "ON_DEMAND");
    EXPECT_EQ(m_kms.must("ListKeyRotations", {{"KeyId", id}}).at("Rotations").size(), 2U);

    Json request{{"KeyId", id}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}, {"Limit", 3}};
    const Json firstPage = m_kms.must("ListKeyRotations", request);
    EXPECT_EQ(firstPage.at("Rotations").size(), 3U);
    EXPECT_EQ(firstPage.at("Truncated"), true);
    request["Marker"] = firstPage.at("NextMarker");
    const Json lastPage = m_kms.must("ListKeyRotations", request);
    EXPECT_EQ(lastPage.at("Rotations").at(0), all.at(3));
    EXPECT_EQ(lastPage.at("Truncated"), false);
    request["Marker"] = "not ours";
    m_kms.mustFail("ListKeyRotations", request, "InvalidMarkerException");
}

TEST_F(Operations, AllMaterialIsListedForSymmetricKeysOnly) {
    m_kms.mustFail("ListKeyRotations", {{"KeyId", m_kms.createKey("HMAC_256")}, {"IncludeKeyMaterial", "ALL_KEY_MATERIAL"}},
                   "ValidationException", "Input parameter includeKeyMaterial can only be used with symmetric keys.");
}

// ----------------------------------------------------------------------------------------------------------------- naming

TEST_F(Operations, AliasesTagsAndPoliciesAreKept) {
    const std::string id = m_kms.createKey();
    m_kms.must("CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", m_kms.arn(id)}});
    EXPECT_EQ(m_kms.must("ListAliases", {{"KeyId", id}}).at("Aliases").at(0).at("TargetKeyId"), id);
    const RawReply again = m_kms.call("CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", id}});
    EXPECT_EQ(Json::parse(again.body).at("__type"), "AlreadyExistsException");
    m_kms.must("TagResource", {{"KeyId", id}, {"Tags", Json::array({{{"TagKey", "who"}, {"TagValue", "Officer A"}}})}});
    EXPECT_EQ(m_kms.must("ListResourceTags", {{"KeyId", id}}).at("Tags"),
              Json::array({{{"TagKey", "who"}, {"TagValue", "Officer A"}}}));
    m_kms.must("UntagResource", {{"KeyId", id}, {"TagKeys", Json::array({"who"})}});
    EXPECT_EQ(m_kms.must("ListResourceTags", {{"KeyId", id}}).at("Tags"), Json::array());
    EXPECT_THAT(m_kms.must("GetKeyPolicy", {{"KeyId", id}}).at("Policy").get<std::string>(),
                testing::HasSubstr("arn:aws:iam::000000000000:root"));
    const RawReply bad = m_kms.call("PutKeyPolicy", {{"KeyId", id}, {"Policy", "allow all"}});
    EXPECT_EQ(Json::parse(bad.body).at("__type"), "MalformedPolicyDocumentException");
}

TEST_F(Operations, UnsupportedKindsOfKeysAreSaidToBe) {
    for (const Json& request : {Json{{"Origin", "AWS_CLOUDHSM"}}, Json{{"KeySpec", "ML_DSA_44"}, {"KeyUsage", "SIGN_VERIFY"}}}) {
        EXPECT_EQ(Json::parse(m_kms.call("CreateKey", request).body).at("__type"), "UnsupportedOperationException");
    }
}

TEST_F(Operations, KeyOfAnotherAccountIsDenied) {
    const std::string arn = "arn:aws:kms:us-east-1:111122223333:key/12345678-90ab-cdef-1234-567890abcdef";
    m_kms.mustFail("DescribeKey", {{"KeyId", arn}}, "AccessDeniedException",
                   "User: arn:aws:iam::000000000000:user/rehearsal is not authorized to perform: kms:DescribeKey on resource: " +
                       arn + " because no resource-based policy allows the kms:DescribeKey action");
}

}  // namespace

}  // namespace keyconvoy::tests
