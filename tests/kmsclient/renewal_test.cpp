#include "kmsclient/sts.h"
#include "tests/kmsclient/credential_setup.h"
#include "tests/kmsclient/kms_client_fixture.h"

/// Sessions that end while a client works.
namespace keyconvoy::kms {
namespace {

using namespace std::chrono;

class RenewalTest : public KmsClientTest {
protected:
    RenewalTest() {
        m_surroundings.variables.erase("AWS_ACCESS_KEY_ID");
        m_surroundings.variables.erase("AWS_SECRET_ACCESS_KEY");
        m_surroundings.writeConfig("[default]\nrole_arn=arn:aws:iam::000000000001:role/Import\nsource_profile=base\n");
        m_surroundings.writeCredentials("[base]\naws_access_key_id=AKIDBASE\naws_secret_access_key=s\n");
    }
    void nextSession(const std::string& role, const std::string& accessKeyId, minutes life = 60min) {
        m_service.nextReply(200, session(role, accessKeyId, "AssumeRole", toRfc3339(m_surroundings.now() + life)));
    }
    [[nodiscard]] std::string tokenOfLast() const { return m_service.requests().back().header("x-amz-security-token"); }
};

TEST_F(RenewalTest, AnEndedSessionIsNoUnknownOutcomeAndTheCallGoesOn) {
    nextSession("Import", "ASIA1");
    m_service.nextReply(400, fault("ExpiredTokenException", "The security token included in the request is expired"));
    nextSession("Import", "ASIA2");
    m_service.nextReply(200, R"({"KeyId":")" + arn + "\"}");
    KmsClient client = this->client();
    EXPECT_EQ(client.importKeyMaterial(importRequest()).keyId, arn);
    EXPECT_EQ(tokenOfLast(), "token-ASIA2");
    EXPECT_EQ(client.accessKeyId(), "ASIA2");
    EXPECT_TRUE(client.findings().empty());
}

TEST_F(RenewalTest, IsTriedOnceForACall) {
    nextSession("Import", "ASIA1");
    m_service.nextReply(400, fault("ExpiredTokenException"));
    nextSession("Import", "ASIA2");
    m_service.nextReply(400, fault("ExpiredTokenException"));
    KmsClient client = this->client();
    const auto failure = failureOf([&] { return client.importKeyMaterial(importRequest()); });
    ASSERT_TRUE(fails(failure, ErrorKind::Refused, "the session of these credentials has ended"));
    EXPECT_FALSE(failure->outcomeUnknown);
    EXPECT_EQ(m_service.requests().size(), 4U);
}

TEST_F(RenewalTest, ASessionOfAnotherRoleIsRefused) {
    nextSession("Import", "ASIA1");
    m_service.nextReply(400, fault("ExpiredTokenException"));
    nextSession("Administrator", "ASIA2");
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Refused,
                      "belong to assumed-role/Administrator in account 000000000001, the old ones to assumed-role/Import"));
    EXPECT_EQ(client.accessKeyId(), "ASIA1");
}

TEST_F(RenewalTest, HappensBeforeTheEnd) {
    nextSession("Import", "ASIA1");
    KmsClient client = this->client();
    m_surroundings.setTime(m_surroundings.now() + 46min);
    nextSession("Import", "ASIA2");
    m_service.nextReply(200, metadata());
    static_cast<void>(client.describeKey(keyId));
    EXPECT_EQ(tokenOfLast(), "token-ASIA2");
}

TEST_F(RenewalTest, MayFailWhileThereIsTime) {
    nextSession("Import", "ASIA1");
    KmsClient client = this->client();
    m_surroundings.setTime(m_surroundings.now() + 46min);
    for (int i = 0; i < 3; ++i) {
        m_service.nextReply(503, "");
    }
    m_service.nextReply(200, metadata());
    static_cast<void>(client.describeKey(keyId));
    EXPECT_EQ(tokenOfLast(), "token-ASIA1");
    m_surroundings.setTime(m_surroundings.now() + 5min);
    for (int i = 0; i < 3; ++i) {
        m_service.nextReply(503, "");
    }
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Unavailable, "STS AssumeRole"));
}

TEST_F(RenewalTest, ByAProcessIsComparedWithWhatStsSaid) {
    const auto output = m_surroundings.home() / "out.json";
    const auto write = [&](const char* id) {
        std::ofstream{output, std::ios::trunc} << R"({"Version":1,"AccessKeyId":")" << id
                                               << R"(","SecretAccessKey":"s","SessionToken":"token-)" << id
                                               << R"(","Expiration":")" << toRfc3339(m_surroundings.now() + 1h) << "\"}";
    };
    m_surroundings.writeConfig("[default]\ncredential_process = cat '" + output.string() + "'\n");
    write("ONE");
    KmsClient client = this->client();
    m_service.nextReply(200, callerReply("assumed-role/Import/one"));
    static_cast<void>(client.getCallerIdentity());
    write("TWO");
    m_service.nextReply(400, fault("ExpiredTokenException"));
    m_service.nextReply(200, callerReply("assumed-role/Import/two"));
    m_service.nextReply(200, metadata());
    static_cast<void>(client.describeKey(keyId));
    EXPECT_EQ(tokenOfLast(), "token-TWO");
    write("THREE");
    m_service.nextReply(400, fault("ExpiredTokenException"));
    m_service.nextReply(200, callerReply("assumed-role/Other/one"));
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Refused, "assumed-role/Other"));
}

TEST_F(RenewalTest, OfNobodyKnowsWhomIsNoted) {
    const auto output = m_surroundings.home() / "out.json";
    std::ofstream{output} << R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"s","SessionToken":"t"})";
    m_surroundings.writeConfig("[default]\ncredential_process = cat '" + output.string() + "'\n");
    KmsClient client = this->client();
    m_service.nextReply(400, fault("ExpiredTokenException"));
    m_service.nextReply(400, fault("AccessDeniedException"));  // GetCallerIdentity with what ended before its time
    m_service.nextReply(200, metadata());
    static_cast<void>(client.describeKey(keyId));
    EXPECT_TRUE(hasFinding(client, "whether account and role stayed the same is not known"));
}

TEST_F(RenewalTest, StaticKeysAreNotRenewed) {
    m_surroundings.writeConfig("");
    m_surroundings.writeCredentials("[default]\naws_access_key_id=AKID\naws_secret_access_key=s\naws_session_token=t\n");
    m_service.nextReply(400, fault("ExpiredTokenException"));
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Refused, "renew the credentials"));
    EXPECT_EQ(m_service.requests().size(), 1U);
}

TEST_F(RenewalTest, RolesAreAssumedByTheClientToo) {
    nextSession("Import", "ASIA1");
    nextSession("Other", "ASIA2");
    KmsClient client = this->client();
    AssumeRoleRequest request;
    request.roleArn = "arn:aws:iam::000000000001:role/Other";
    request.sessionName = "one";
    const AssumedRole role = client.assumeRole(request);
    EXPECT_EQ(role.arn, "arn:aws:sts::000000000001:assumed-role/Other/s");
    EXPECT_EQ(role.credentials.accessKeyId, "ASIA2");
    EXPECT_EQ(tokenOfLast(), "token-ASIA1");
}

}  // namespace
}  // namespace keyconvoy::kms
