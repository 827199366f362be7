#include "tests/kmsclient/kms_client_fixture.h"
#include "tests/support/tls_server.h"

#include <fstream>

namespace keyconvoy::kms {
namespace {

using namespace std::chrono;

TEST_F(KmsClientTest, SaysWhomItSpeaksTo) {
    const KmsClient client = this->client();
    EXPECT_EQ(client.region(), "us-east-1");
    EXPECT_EQ(client.endpointUrl(), m_service.url());
    EXPECT_EQ(client.accessKeyId(), "AKIDEXAMPLE");
    EXPECT_EQ(toEnglish(client.credentialsSource()), "environment variables");
    EXPECT_FALSE(client.clockOffset());
}

TEST_F(KmsClientTest, EachCallIsSignedAndNamesItsOperation) {
    m_service.nextReply(200, metadata(), "x-amzn-RequestId: r-7\r\nx-keyconvoy-simulator: 1\r\n");
    KmsClient client = this->client();
    const KeyMetadataReply reply = client.describeKey(keyId);
    EXPECT_EQ(reply.metadata.arn, arn);
    EXPECT_EQ(reply.facts.requestId, "r-7");
    EXPECT_EQ(reply.facts.attempts, 1);
    EXPECT_TRUE(reply.facts.connection.simulatorHeader);
    const auto request = m_service.requests().front();
    EXPECT_EQ(request.header("x-amz-target"), "TrentService.DescribeKey");
    EXPECT_EQ(request.header("content-type"), "application/x-amz-json-1.1");
    EXPECT_EQ(request.body, R"({"KeyId":")" + keyId + "\"}");
    EXPECT_NE(request.header("authorization")
                  .find("/us-east-1/kms/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, "),
              std::string::npos);
}

TEST_F(KmsClientTest, TheCallersIdentityComesFromSts) {
    m_service.nextReply(
        200,
        "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>000000000001</Account><Arn>arn:a</Arn><UserId>U</UserId>"
        "</GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>");
    KmsClient client = this->client();
    const CallerIdentity identity = client.getCallerIdentity();
    EXPECT_EQ(identity.account, "000000000001");
    EXPECT_EQ(identity.facts.requestId, "r");
    const auto request = m_service.requests().front();
    EXPECT_EQ(request.body, "Action=GetCallerIdentity&Version=2011-06-15");
    EXPECT_EQ(request.header("x-amz-target"), "");
    EXPECT_NE(request.header("authorization").find("/us-east-1/sts/aws4_request"), std::string::npos);
}

TEST_F(KmsClientTest, OperationsSendTheirMembers) {
    KmsClient client = this->client();
    const Bytes one{1};
    const Bytes two{2};
    m_service.nextReply(200, R"({"KeyId":")" + arn + R"(","Mac":"AQID"})");
    EXPECT_EQ(client.generateMac(keyId, "HMAC_SHA_256", one).blob, (Bytes{1, 2, 3}));
    m_service.nextReply(200, R"({"KeyId":")" + arn + R"(","Signature":"AQID"})");
    EXPECT_EQ(client.sign(keyId, "ECDSA_SHA_384", one).blob, (Bytes{1, 2, 3}));
    m_service.nextReply(200, R"({"KeyId":")" + arn + R"(","CiphertextBlob":"AQID"})");
    EXPECT_EQ(client.encrypt(keyId, "SYMMETRIC_DEFAULT", one).blob, (Bytes{1, 2, 3}));
    m_service.nextReply(200, R"({"KeyId":")" + arn + R"(","Plaintext":"AQID"})");
    EXPECT_EQ(client.decrypt(keyId, "SYMMETRIC_DEFAULT", two).plaintext, (Bytes{1, 2, 3}));
    m_service.nextReply(200, R"({"KeyId":")" + arn + R"(","SharedSecret":"AQID"})");
    EXPECT_EQ(client.deriveSharedSecret(keyId, two).blob, (Bytes{1, 2, 3}));
    m_service.nextReply(200, R"({"KeyId":")" + arn + R"(","PublicKey":"AQID"})");
    EXPECT_EQ(client.getPublicKey(keyId).publicKey, (Bytes{1, 2, 3}));
    m_service.nextReply(200, R"({"KeyId":")" + arn + R"("})");
    EXPECT_EQ(client.deleteImportedKeyMaterial(keyId, materialId).keyId, arn);
    m_service.nextReply(200, R"({"KeyId":")" + arn + R"(","ImportToken":"AQ==","PublicKey":"Ag==","ParametersValidTo":1})");
    EXPECT_EQ(
        client.getParametersForImport(keyId, wrapping::WrappingAlgorithm::RsaAesKeyWrapSha256, wrapping::WrappingKeySpec::Rsa3072)
            .keyId,
        arn);
    std::vector<std::string> bodies;
    for (const auto& request : m_service.requests()) {
        bodies.push_back(request.header("x-amz-target").substr(13) + request.body.substr(request.body.find(',') + 1));
    }
    EXPECT_EQ(
        bodies,
        (std::vector<std::string>{
            R"(GenerateMac"MacAlgorithm":"HMAC_SHA_256","Message":"AQ=="})",
            R"(Sign"MessageType":"RAW","SigningAlgorithm":"ECDSA_SHA_384","Message":"AQ=="})",
            R"(Encrypt"EncryptionAlgorithm":"SYMMETRIC_DEFAULT","Plaintext":"AQ=="})",
            R"(Decrypt"EncryptionAlgorithm":"SYMMETRIC_DEFAULT","CiphertextBlob":"Ag=="})",
            R"(DeriveSharedSecret"KeyAgreementAlgorithm":"ECDH","PublicKey":"Ag=="})",
            R"(GetPublicKey{"KeyId":")" + keyId + "\"}", R"(DeleteImportedKeyMaterial"KeyMaterialId":")" + materialId + "\"}",
            R"(GetParametersForImport"WrappingAlgorithm":"RSA_AES_KEY_WRAP_SHA_256","WrappingKeySpec":"RSA_3072"})"}));
}

TEST_F(KmsClientTest, AFalseMacOrSignatureIsAnAnswerNotAnError) {
    KmsClient client = this->client();
    m_service.nextReply(200, R"({"KeyId":"k","MacValid":true})");
    EXPECT_TRUE(client.verifyMac(keyId, "HMAC_SHA_256", Bytes{1}, Bytes{2}));
    m_service.nextReply(400, R"({"__type":"KMSInvalidMacException"})");
    EXPECT_FALSE(client.verifyMac(keyId, "HMAC_SHA_256", Bytes{1}, Bytes{2}));
    m_service.nextReply(400, R"({"__type":"KMSInvalidSignatureException"})");
    EXPECT_FALSE(client.verify(keyId, "ECDSA_SHA_256", Bytes{1}, Bytes{2}));
    m_service.nextReply(400, fault("DisabledException", "off"));
    EXPECT_TRUE(fails(failureOf([&] { return client.verify(keyId, "ECDSA_SHA_256", Bytes{1}, Bytes{2}); }), ErrorKind::Refused,
                      "DisabledException"));
}

TEST_F(KmsClientTest, AReplyAboutAnotherKeyIsRefused) {
    m_service.nextReply(
        200,
        R"({"KeyId":"arn:aws:kms:us-east-1:000000000001:key/00000000-0000-0000-0000-000000000000","ImportToken":"AQ==","PublicKey":"Ag==","ParametersValidTo":1})");
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] {
                          return client.getParametersForImport(arn, wrapping::WrappingAlgorithm::RsaesOaepSha256,
                                                               wrapping::WrappingKeySpec::Rsa2048);
                      }),
                      ErrorKind::Integrity, "not about " + arn));
}

TEST_F(KmsClientTest, AnAliasMayStandForAnyKey) {
    m_service.nextReply(200, metadata());
    KmsClient client = this->client();
    EXPECT_EQ(client.describeKey("alias/payments").metadata.keyId, keyId);
}

TEST_F(KmsClientTest, AKeyOfAnotherRegionIsRefusedBeforeAsking) {
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey("arn:aws:kms:eu-west-1:000000000001:key/" + keyId); }),
                      ErrorKind::InvalidInput, "--region eu-west-1"));
    EXPECT_TRUE(m_service.requests().empty());
}

TEST_F(KmsClientTest, RotationsOfAllPagesAreListed) {
    m_service.nextReply(200, R"({"Rotations":[{"KeyMaterialId":")" + materialId + R"("}],"Truncated":true,"NextMarker":"n"})");
    m_service.nextReply(200, R"({"Rotations":[{}],"Truncated":false})");
    KmsClient client = this->client();
    EXPECT_EQ(client.listKeyRotations(keyId, true).rotations.size(), 2U);
    EXPECT_NE(m_service.requests().back().body.find(R"("Marker":"n")"), std::string::npos);
}

TEST_F(KmsClientTest, AListWithoutEndIsRefused) {
    for (int i = 0; i < 2; ++i) {
        m_service.nextReply(200, R"({"Rotations":[],"Truncated":true,"NextMarker":"n"})");
    }
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.listKeyRotations(keyId, true); }), ErrorKind::Integrity, "repeats its page"));
}

TEST_F(KmsClientTest, AListThatGoesRoundInCirclesIsRefused) {
    for (const char* marker : {"a", "b", "a"}) {
        m_service.nextReply(200, R"({"Keys":[],"Truncated":true,"NextMarker":")" + std::string{marker} + "\"}");
    }
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.listKeys(); }), ErrorKind::Integrity, "repeats its page"));
}

TEST_F(KmsClientTest, AListWhoseMarkerIsRefusedIsReadOnceMoreFromTheBeginning) {
    const std::string first = R"({"Keys":[{"KeyId":"a","KeyArn":"arn:a"}],"Truncated":true,"NextMarker":"n"})";
    const std::string refused = fault("InvalidMarkerException");
    m_service.nextReply(200, first);
    m_service.nextReply(400, refused);
    m_service.nextReply(200, first);
    m_service.nextReply(200, R"({"Keys":[{"KeyId":"b"}],"Truncated":false})");
    KmsClient client = this->client();
    const KeyList keys = client.listKeys();
    ASSERT_EQ(keys.entries.size(), 2U);
    EXPECT_EQ(keys.entries[0].arn, "arn:a");
    EXPECT_EQ(keys.entries[1].keyId, "b");
    for (int i = 0; i < 2; ++i) {
        m_service.nextReply(200, first);
        m_service.nextReply(400, refused);
    }
    EXPECT_TRUE(fails(failureOf([&] { return client.listKeys(); }), ErrorKind::Unavailable, "InvalidMarkerException"));
}

TEST_F(KmsClientTest, ACertificateThatIsNotAmazonsIsNotedOnceAndKeptForEachReply) {
    const tests::TlsAuthority authority{"Private root"};
    const tests::TlsServer server{authority.issue("localhost"),
                                  [](const tests::HttpMessage&) { return tests::httpReply(200, "", metadata()); }};
    const auto bundle = m_surroundings.home() / "ca.pem";
    std::ofstream{bundle} << authority.pem();
    m_surroundings.variables["AWS_CA_BUNDLE"] = bundle.string();
    KmsClient client = this->client("https://localhost:" + std::to_string(server.port()));
    for (int i = 0; i < 2; ++i) {
        const ConnectionEvidence connection = client.describeKey(keyId).facts.connection;
        EXPECT_EQ(connection.rootKeySha256, authority.keySha256());
        EXPECT_EQ(connection.tlsSummary(), "private or intercepted");
    }
    EXPECT_EQ(client.findings().size(), 1U);
    EXPECT_TRUE(hasFinding(client, "TLS: private or intercepted"));
}

class ClientSetupTest : public KmsClientTest {};

TEST_F(ClientSetupTest, EverythingGivenReadsNothingElse) {
    m_surroundings.writeConfig("[broken");
    m_surroundings.variables["AWS_PROFILE"] = "none";
    m_surroundings.variables["AWS_ENDPOINT_URL_STS"] = "https://elsewhere.example";
    m_surroundings.variables["AWS_CA_BUNDLE"] = "/none";
    m_surroundings.variables["AWS_MAX_ATTEMPTS"] = "x";
    ClientOptions options;
    options.region = "eu-west-1";
    options.endpointUrl = m_service.url();
    options.credentials = ExplicitCredentials{.accessKeyId = "GIVEN", .secretAccessKey = "s", .sessionToken = "t"};
    KmsClient client{options, m_surroundings.clock(), m_surroundings.forClient()};
    EXPECT_EQ(toEnglish(client.credentialsSource()), "given");
    EXPECT_EQ(client.accessKeyId(), "GIVEN");
    m_service.nextReply(400, fault("AccessDeniedException"));
    EXPECT_TRUE(failureOf([&] { return client.getCallerIdentity(); }));
    EXPECT_EQ(m_service.requests().front().header("x-amz-security-token"), "t");
}

TEST_F(ClientSetupTest, ARequiredAmazonRootAndPlainHttpExcludeEachOther) {
    ClientOptions options;
    options.endpointUrl = m_service.url();
    options.requireAmazonRoots = true;
    EXPECT_TRUE(fails(failureOf([&] { return KmsClient(options, m_surroundings.clock(), m_surroundings.forClient()); }),
                      ErrorKind::Refused, "plain http shows no certificate"));
}

TEST_F(ClientSetupTest, ACaBundleFromVariableOrProfileIsLookedFor) {
    m_surroundings.writeConfig("[default]\nca_bundle=/none/profile.pem\n");
    EXPECT_TRUE(fails(failureOf([&] { return client(); }), ErrorKind::NotFound, "/none/profile.pem"));
    m_surroundings.variables["AWS_CA_BUNDLE"] = "/none/variable.pem";
    EXPECT_TRUE(fails(failureOf([&] { return client(); }), ErrorKind::NotFound, "/none/variable.pem"));
    ClientOptions options;
    options.endpointUrl = m_service.url();
    options.caBundle = "/none/option.pem";
    EXPECT_TRUE(fails(failureOf([&] { return KmsClient(options, m_surroundings.clock(), m_surroundings.forClient()); }),
                      ErrorKind::NotFound, "/none/option.pem"));
}

TEST_F(ClientSetupTest, CredentialsThatEndSoonAreRenewedAndEndedOnesRefused) {
    const auto output = m_surroundings.home() / "out.json";
    const auto write = [&](const char* id, TimePoint end) {
        std::ofstream{output, std::ios::trunc} << R"({"Version":1,"AccessKeyId":")" << id
                                               << R"(","SecretAccessKey":"s","Expiration":")" << toRfc3339(end) << "\"}";
    };
    m_surroundings.variables.erase("AWS_ACCESS_KEY_ID");
    m_surroundings.variables.erase("AWS_SECRET_ACCESS_KEY");
    m_surroundings.writeConfig("[default]\ncredential_process = cat '" + output.string() + "'\n");
    write("FIRST", m_surroundings.now() + 1h);
    KmsClient client = this->client();
    write("SECOND", m_surroundings.now() + 2h);
    m_service.nextReply(200, metadata());
    static_cast<void>(client.describeKey(keyId));
    EXPECT_EQ(client.accessKeyId(), "FIRST");
    m_service.nextReply(200, callerReply("assumed-role/Import/one"));
    m_service.nextReply(200, callerReply("assumed-role/Import/two"));
    m_service.nextReply(200, metadata());
    m_surroundings.setTime(m_surroundings.now() + 51min);
    static_cast<void>(client.describeKey(keyId));
    EXPECT_EQ(client.accessKeyId(), "SECOND");
    m_surroundings.setTime(m_surroundings.now() + 2h);
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Refused, "ended at"));
    EXPECT_EQ(m_service.requests().size(), 4U);
}

}  // namespace
}  // namespace keyconvoy::kms
