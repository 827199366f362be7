#include "kmsclient/kms_client.h"

#include "tests/kmsclient/failure_matchers.h"
#include "tests/kmsclient/scripted_service.h"
#include "tests/kmsclient/surroundings.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/tls_server.h"

#include <fstream>

namespace keyconvoy::kms {
namespace {

using namespace std::chrono;
using tests::fails;
using tests::failureOf;
using tests::Fault;
using tests::FaultProxy;
using tests::ScriptedService;

const std::string keyId = "1234abcd-12ab-34cd-56ef-1234567890ab";
const std::string arn = "arn:aws:kms:us-east-1:000000000001:key/" + keyId;
const std::string materialId(64, 'b');

std::string metadata(const std::string& state = "PendingImport") {
    return R"({"KeyMetadata":{"KeyId":")" + keyId + R"(","Arn":")" + arn + R"(","KeyUsage":"ENCRYPT_DECRYPT","KeyState":")" +
           state + R"(","Origin":"EXTERNAL","KeySpec":"SYMMETRIC_DEFAULT"}})";
}

std::string fault(const std::string& type, const std::string& text = {}) {
    return R"({"__type":")" + type + R"(","message":")" + text + "\"}";
}

class KmsClientTest : public testing::Test {
protected:
    KmsClientTest() {
        m_surroundings.variables["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE";
        m_surroundings.variables["AWS_SECRET_ACCESS_KEY"] = "secret";
        m_surroundings.variables["AWS_REGION"] = "us-east-1";
    }

    [[nodiscard]] KmsClient client(const std::string& url) const {
        ClientOptions options;
        options.endpointUrl = url;
        return KmsClient{options, m_surroundings.clock(), m_surroundings.forClient()};
    }
    [[nodiscard]] KmsClient client() const { return client(m_service.url()); }
    static bool hasFinding(const KmsClient& client, const std::string& words) {
        return std::ranges::any_of(
            client.findings(), [&](const Finding& finding) { return toEnglish(finding.what).find(words) != std::string::npos; });
    }
    static ImportKeyMaterialRequest importRequest(std::optional<ImportType> type = std::nullopt) {
        ImportKeyMaterialRequest request;
        request.keyId = keyId;
        request.importToken = {1};
        request.encryptedKeyMaterial = {2};
        request.expirationModel = ExpirationModel::KeyMaterialDoesNotExpire;
        request.importType = type;
        return request;
    }

    tests::Surroundings m_surroundings;
    ScriptedService m_service;
};

TEST_F(KmsClientTest, SaysWhomItSpeaksTo) {
    const KmsClient client = this->client();
    EXPECT_EQ(client.region(), "us-east-1");
    EXPECT_EQ(client.endpointUrl(), m_service.url());
    EXPECT_EQ(client.accessKeyId(), "AKIDEXAMPLE");
    EXPECT_EQ(client.credentialsSource(), "environment variables");
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

class KmsClientRetryTest : public KmsClientTest {};

TEST_F(KmsClientRetryTest, ThrottlingAndServerFailuresAreTriedThreeTimes) {
    m_service.nextReply(400, fault("ThrottlingException"));
    m_service.nextReply(500, fault("KMSInternalException"));
    m_service.nextReply(200, metadata());
    KmsClient client = this->client();
    EXPECT_EQ(client.describeKey(keyId).facts.attempts, 3);
    EXPECT_EQ(m_surroundings.waits(), (std::vector<milliseconds>{500ms, 1000ms}));
}

TEST_F(KmsClientRetryTest, TheFourthFailureIsNotWaitedFor) {
    for (int i = 0; i < 3; ++i) {
        m_service.nextReply(503, "<html>", "x-amzn-RequestId: r\r\n");
    }
    KmsClient client = this->client();
    const auto failure = failureOf([&] { return client.describeKey(keyId); });
    EXPECT_TRUE(fails(failure, ErrorKind::Unavailable, "HTTP 503"));
    EXPECT_EQ(failure->requestId, "r");
    EXPECT_EQ(m_service.requests().size(), 3U);
    EXPECT_EQ(m_surroundings.waits().size(), 2U);
}

TEST_F(KmsClientRetryTest, TheNumberOfAttemptsIsASetting) {
    m_surroundings.variables["AWS_MAX_ATTEMPTS"] = "1";
    m_service.nextReply(400, fault("ThrottlingException"));
    KmsClient once = client();
    EXPECT_TRUE(fails(failureOf([&] { return once.describeKey(keyId); }), ErrorKind::Unavailable, "ThrottlingException"));
    EXPECT_EQ(m_service.requests().size(), 1U);
    for (const char* text : {"0", "21", "three", "3 "}) {
        m_surroundings.variables["AWS_MAX_ATTEMPTS"] = text;
        EXPECT_TRUE(fails(failureOf([&] { return client(); }), ErrorKind::InvalidInput, "AWS_MAX_ATTEMPTS")) << text;
    }
}

TEST_F(KmsClientRetryTest, RefusalsAreNotRepeated) {
    for (const char* type : {"LimitExceededException", "AccessDeniedException", "ValidationException", "NotFoundException",
                             "InvalidSignatureException"}) {
        m_service.nextReply(400, fault(type));
    }
    KmsClient client = this->client();
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(failureOf([&] { return client.describeKey(keyId); }));
    }
    EXPECT_EQ(m_service.requests().size(), 5U);
    EXPECT_TRUE(m_surroundings.waits().empty());
}

TEST_F(KmsClientRetryTest, AConnectionThatBreaksIsTriedAgain) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::Nothing);
    proxy.inject(Fault::CutReply);
    m_service.nextReply(200, metadata());
    m_service.nextReply(200, metadata());
    KmsClient client = this->client(proxy.url());
    EXPECT_EQ(client.describeKey(keyId).metadata.arn, arn);
}

TEST_F(KmsClientRetryTest, GarbageIsNotTriedAgain) {
    FaultProxy proxy{m_service.port()};
    for (const Fault kind : {Fault::Garbage, Fault::GarbageBody, Fault::Half, Fault::TenMegabytes}) {
        proxy.inject(kind);
        m_service.nextReply(200, metadata());
        KmsClient client = this->client(proxy.url());
        const auto before = proxy.operations().size();
        EXPECT_TRUE(
            fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Integrity, "KMS DescribeKey at 127.0.0.1"))
            << kind;
        EXPECT_EQ(proxy.operations().size(), before + 1) << kind;
    }
    EXPECT_TRUE(m_surroundings.waits().empty());
}

class CreateKeyTest : public KmsClientTest {};

TEST_F(CreateKeyTest, IsNeverRepeatedBlindly) {
    for (const Fault kind : {Fault::CutAfterRequest, Fault::Nothing, Fault::ServerError, Fault::Unavailable, Fault::Garbage,
                             Fault::GarbageBody, Fault::Half, Fault::CutReply}) {
        FaultProxy proxy{m_service.port()};
        proxy.inject(kind);
        m_service.nextReply(200, metadata());
        KmsClient client = this->client(proxy.url());
        const auto failure = failureOf([&] { return client.createKey({}); });
        ASSERT_TRUE(failure) << kind;
        EXPECT_NE(toEnglish(failure->remedy).find("may or may not have been carried out"), std::string::npos) << kind;
        EXPECT_NE(toEnglish(failure->remedy).find("second key"), std::string::npos) << kind;
        EXPECT_EQ(proxy.operations().size(), 1U) << kind;
    }
    EXPECT_TRUE(m_surroundings.waits().empty());
}

TEST_F(CreateKeyTest, IsRepeatedWhenItWasCertainlyNotCarriedOut) {
    m_service.nextReply(400, fault("ThrottlingException"));
    m_service.nextReply(200, metadata());
    KmsClient client = this->client();
    EXPECT_EQ(client.createKey({}).facts.attempts, 2);
}

TEST_F(CreateKeyTest, OnAReusedConnectionIsNotRepeatedByTheHttpLibrary) {
    m_service.nextReply(200, metadata());
    m_service.next("");
    KmsClient client = this->client();
    static_cast<void>(client.describeKey(keyId));
    EXPECT_TRUE(fails(failureOf([&] { return client.createKey({}); }), ErrorKind::Unavailable, "may or may not"));
    EXPECT_EQ(m_service.requests().size(), 2U);
}

TEST_F(CreateKeyTest, AKeyThatIsNotKnownEverywhereYetIsWaitedFor) {
    m_service.nextReply(200, metadata());
    m_service.nextReply(400, fault("NotFoundException"));
    m_service.nextReply(400, fault("NotFoundException"));
    m_service.nextReply(200, metadata());
    KmsClient client = this->client();
    static_cast<void>(client.createKey({}));
    EXPECT_EQ(client.describeKey(arn).metadata.keyId, keyId);
    EXPECT_EQ(m_surroundings.waits(), (std::vector<milliseconds>{1s, 2s}));
}

TEST_F(CreateKeyTest, TheWaitingEndsAfterFiveMinutes) {
    m_service.nextReply(200, metadata());
    for (int i = 0; i < 100; ++i) {
        m_service.nextReply(400, fault("NotFoundException"));
    }
    KmsClient client = this->client();
    static_cast<void>(client.createKey({}));
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::NotFound, "NotFoundException"));
    EXPECT_LT(m_service.requests().size(), 20U);
    m_surroundings.setTime(m_surroundings.now() + 5min);
    const auto before = m_service.requests().size();
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::NotFound, "NotFoundException"));
    EXPECT_EQ(m_service.requests().size(), before + 1);
}

TEST_F(KmsClientTest, AStateIsAwaitedWithPatience) {
    m_service.nextReply(200, metadata());
    m_service.nextReply(200, metadata("Enabled"));
    KmsClient client = this->client();
    EXPECT_EQ(client.awaitKeyState(keyId, KeyState::Enabled).metadata.keyState, KeyState::Enabled);
    EXPECT_EQ(m_surroundings.waits(), std::vector<milliseconds>{1s});
    for (int i = 0; i < 100; ++i) {
        m_service.nextReply(200, metadata());
    }
    EXPECT_EQ(client.awaitKeyState(keyId, KeyState::Enabled).metadata.keyState, KeyState::PendingImport);
}

class ImportKeyMaterialTest : public KmsClientTest {
protected:
    const std::string m_imported = R"({"KeyId":")" + arn + R"(","KeyMaterialId":")" + materialId + "\"}";
    const std::string m_already =
        fault("IncorrectKeyMaterialException", "Key material (id: " + materialId +
                                                   ") being imported as NEW_KEY_MATERIAL is already associated with KMS key " +
                                                   arn + ".");
    const std::string m_rotations = R"({"Rotations":[{"KeyId":")" + arn + R"(","KeyMaterialId":")" + materialId +
                                    R"(","ImportState":"IMPORTED"}],"Truncated":false})";
};

TEST_F(ImportKeyMaterialTest, GivesKeyAndMaterialId) {
    m_service.nextReply(200, m_imported);
    m_service.nextReply(200, "");
    KmsClient client = this->client();
    EXPECT_EQ(client.importKeyMaterial(importRequest()).keyMaterialId, materialId);
    EXPECT_EQ(client.importKeyMaterial(importRequest()).keyId, keyId);  // an empty reply, as older imitations give
}

TEST_F(ImportKeyMaterialTest, OfExistingMaterialIsSimplyRepeated) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::CutAfterRequest);
    m_service.nextReply(200, m_imported);
    m_service.nextReply(200, m_imported);
    KmsClient client = this->client(proxy.url());
    EXPECT_EQ(client.importKeyMaterial(importRequest(ImportType::ExistingKeyMaterial)).facts.attempts, 2);
}

TEST_F(ImportKeyMaterialTest, OfNewMaterialWhoseFirstReplyWasLostIsConfirmedAndCountsAsDone) {
    for (const Fault kind : {Fault::CutAfterRequest, Fault::ServerError}) {
        FaultProxy proxy{m_service.port()};
        proxy.inject(kind);
        m_service.nextReply(200, m_imported);
        m_service.nextReply(400, m_already);
        m_service.nextReply(200, m_rotations);
        KmsClient client = this->client(proxy.url());
        const auto reply = client.importKeyMaterial(importRequest(ImportType::NewKeyMaterial));
        EXPECT_EQ(reply.keyId, arn);
        EXPECT_EQ(reply.keyMaterialId, materialId);
        EXPECT_EQ(proxy.operations(), (std::vector<std::string>{"ImportKeyMaterial", "ImportKeyMaterial", "ListKeyRotations"}));
        EXPECT_TRUE(hasFinding(client, "got no reply but was carried out"));
    }
}

TEST_F(ImportKeyMaterialTest, OfNewMaterialThatKmsDoesNotListStaysAFailure) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::Nothing);
    m_service.nextReply(400, m_already);
    m_service.nextReply(
        200, R"({"Rotations":[{"KeyMaterialId":")" + materialId + R"(","ImportState":"PENDING_IMPORT"}],"Truncated":false})");
    KmsClient client = this->client(proxy.url());
    EXPECT_TRUE(fails(failureOf([&] { return client.importKeyMaterial(importRequest(ImportType::NewKeyMaterial)); }),
                      ErrorKind::Integrity, "IncorrectKeyMaterialException"));
}

TEST_F(ImportKeyMaterialTest, AlreadyAssociatedAtTheFirstTryIsTheCallersBusiness) {
    m_service.nextReply(400, m_already);
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.importKeyMaterial(importRequest(ImportType::NewKeyMaterial)); }),
                      ErrorKind::Integrity, "already associated"));
    EXPECT_EQ(m_service.requests().size(), 1U);
}

TEST_F(ImportKeyMaterialTest, WithoutAnyReplyItSaysHowToFindOut) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::CutAfterRequest, "ImportKeyMaterial", 3);
    for (int i = 0; i < 3; ++i) {
        m_service.nextReply(200, m_imported);
    }
    KmsClient client = this->client(proxy.url());
    EXPECT_TRUE(fails(failureOf([&] { return client.importKeyMaterial(importRequest()); }), ErrorKind::Unavailable,
                      "look with DescribeKey"));
    EXPECT_EQ(proxy.operations().size(), 3U);
}

class ClockTest : public KmsClientTest {
protected:
    [[nodiscard]] std::string dateHeader(seconds offset) const {
        const std::time_t time = system_clock::to_time_t(m_surroundings.now() + offset);
        std::tm parts{};
        ::gmtime_r(&time, &parts);
        std::array<char, 64> text{};
        std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
        return text.data();
    }
};

TEST_F(ClockTest, TheOffsetIsTakenFromTheReply) {
    m_service.nextReply(200, metadata(), dateHeader(30s));
    m_service.nextReply(200, metadata(), dateHeader(-200s));
    KmsClient client = this->client();
    static_cast<void>(client.describeKey(keyId));
    EXPECT_NEAR(static_cast<double>(client.clockOffset()->count()), 30, 1);
    EXPECT_TRUE(client.findings().empty());
    static_cast<void>(client.describeKey(keyId));
    EXPECT_NEAR(static_cast<double>(client.clockOffset()->count()), -200, 1);
    EXPECT_TRUE(hasFinding(client, "seconds ahead of the time of 127.0.0.1"));
}

TEST_F(ClockTest, IsCorrectedOnceAndThenKept) {
    m_service.nextReply(400, fault("InvalidSignatureException", "Signature expired: x is now earlier than y"), dateHeader(25h));
    m_service.nextReply(200, metadata(), dateHeader(25h));
    m_service.nextReply(200, metadata(), dateHeader(25h));
    KmsClient client = this->client();
    static_cast<void>(client.describeKey(keyId));
    static_cast<void>(client.describeKey(keyId));
    ASSERT_EQ(m_service.requests().size(), 3U);
    EXPECT_EQ(m_service.requests()[0].header("x-amz-date").substr(0, 8),
              toRfc3339(m_surroundings.now()).erase(7, 1).erase(4, 1).substr(0, 8));
    EXPECT_NE(m_service.requests()[1].header("x-amz-date").substr(0, 8),
              m_service.requests()[0].header("x-amz-date").substr(0, 8));
    EXPECT_TRUE(hasFinding(client, "requests are signed with its own time instead"));
    EXPECT_TRUE(m_surroundings.waits().empty());
}

TEST_F(ClockTest, ASecondRefusalIsFinal) {
    for (int i = 0; i < 2; ++i) {
        m_service.nextReply(400, fault("RequestExpired"), dateHeader(10min));
    }
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Refused, "RequestExpired"));
    EXPECT_EQ(m_service.requests().size(), 2U);
}

TEST_F(ClockTest, AWrongSecretIsNotTakenForAWrongClock) {
    m_service.nextReply(400, fault("InvalidSignatureException"), dateHeader(0s));
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Refused, "set this machine's clock"));
    EXPECT_EQ(m_service.requests().size(), 1U);
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
    EXPECT_TRUE(hasFinding(client, "tls: private or intercepted"));
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
    EXPECT_EQ(client.credentialsSource(), "given");
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
    m_service.nextReply(200, metadata());
    static_cast<void>(client.describeKey(keyId));
    EXPECT_EQ(client.accessKeyId(), "FIRST");
    m_surroundings.setTime(m_surroundings.now() + 51min);
    static_cast<void>(client.describeKey(keyId));
    EXPECT_EQ(client.accessKeyId(), "SECOND");
    m_surroundings.setTime(m_surroundings.now() + 2h);
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Refused, "ended at"));
    EXPECT_EQ(m_service.requests().size(), 2U);
}

}  // namespace
}  // namespace keyconvoy::kms
