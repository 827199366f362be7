#include "kmsclient/metadata_credentials.h"

#include "tests/kmsclient/credential_setup.h"

namespace keyconvoy::kms {
namespace {

using namespace std::chrono_literals;
using tests::fails;

const std::string metadataReply =
    R"({"Code":"Success","AccessKeyId":"ASIAMETA","SecretAccessKey":"s","Token":"t","Expiration":"2026-11-21T18:00:00Z","AccountId":"1"})";

class ContainerTest : public CredentialsTest {
protected:
    ContainerTest() { m_surroundings.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = m_service.url() + "/v2/role?id=7"; }
};

TEST_F(ContainerTest, GivesCredentialsAtItsAddress) {
    m_service.nextReply(200, metadataReply);
    const Credentials credentials = load();
    EXPECT_EQ(credentials.accessKeyId, "ASIAMETA");
    EXPECT_EQ(tokenOf(credentials), "t");
    EXPECT_TRUE(credentials.renewable);
    EXPECT_EQ(credentials.expiration, parseRfc3339("2026-11-21T18:00:00Z"));
    EXPECT_EQ(toEnglish(credentials.source), "container credentials at " + m_service.url());
    const auto request = m_service.requests().front();
    EXPECT_EQ(request.firstLine(), "GET /v2/role?id=7 HTTP/1.1");
    EXPECT_EQ(request.header("authorization"), "");
    EXPECT_EQ(request.header("host"), m_service.url().substr(7));
}

TEST_F(ContainerTest, IsShownTheTokenOfTheFileBeforeThatOfTheVariable) {
    m_surroundings.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic variable";
    m_service.nextReply(200, metadataReply);
    static_cast<void>(load());
    EXPECT_EQ(m_service.requests().back().header("authorization"), "Basic variable");
    m_surroundings.variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = file("authorization", "Bearer file\n");
    m_service.nextReply(200, metadataReply);
    static_cast<void>(load());
    EXPECT_EQ(m_service.requests().back().header("authorization"), "Bearer file");
    static_cast<void>(file("authorization", "one\r\nx-evil: 1"));
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::InvalidInput, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"));
}

TEST_F(ContainerTest, ElsewhereIsRefusedInPlainText) {
    for (const char* url :
         {"http://example.com/x", "http://169.254.170.3/x", "http://10.0.0.1", "http://127.0.0.1.example.com/"}) {
        m_surroundings.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
        EXPECT_TRUE(fails(failureToLoad(), ErrorKind::Refused, "plain http is taken only from")) << url;
    }
    for (const char* url : {"ftp://127.0.0.1/x", "127.0.0.1", "http://127.0.0.1/a b", "http://user@127.0.0.1/"}) {
        m_surroundings.variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url;
        EXPECT_TRUE(fails(failureToLoad(), ErrorKind::InvalidInput, "AWS_CONTAINER_CREDENTIALS_FULL_URI")) << url;
    }
}

TEST_F(ContainerTest, ThatIsBusyIsAskedThreeTimes) {
    m_service.nextReply(500, "");
    m_service.nextReply(503, "");
    m_service.nextReply(200, metadataReply);
    EXPECT_EQ(load().accessKeyId, "ASIAMETA");
    EXPECT_EQ(m_surroundings.waits(), (std::vector<std::chrono::milliseconds>{1s, 1s}));
    for (int i = 0; i < 3; ++i) {
        m_service.nextReply(503, "");
    }
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::Unavailable, "status 503"));
    m_service.nextReply(403, "");
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::Unavailable, "status 403"));
}

TEST_F(ContainerTest, WhatIsNoAnswerIsRefusedWithoutShowingIt) {
    for (const char* body : {"", "[]", "{}", R"({"AccessKeyId":"A","SecretAccessKey":"SECRETTEXT","Token":"t"})",
                             R"({"AccessKeyId":"A","SecretAccessKey":"SECRETTEXT","Expiration":"2026-11-21T18:00:00Z"})",
                             R"({"AccessKeyId":"A","SecretAccessKey":"SECRETTEXT","Token":"t","Expiration":"soon"})"}) {
        m_service.nextReply(200, body);
        const auto failure = failureToLoad();
        EXPECT_TRUE(fails(failure, ErrorKind::Integrity, "container credentials at")) << body;
        EXPECT_FALSE(fails(failure, ErrorKind::Integrity, "SECRETTEXT")) << body;
    }
}

TEST_F(ContainerTest, ComesAfterTheProfile) {
    m_surroundings.writeConfig("[default]\naws_access_key_id=AKID\naws_secret_access_key=s\n");
    EXPECT_EQ(load().accessKeyId, "AKID");
    EXPECT_TRUE(m_service.requests().empty());
}

TEST_F(ContainerTest, MayBeTheSourceOfARole) {
    m_surroundings.writeConfig("[profile p]\nrole_arn=arn:aws:iam::1:role/r\ncredential_source=EcsContainer\n");
    m_service.nextReply(200, metadataReply);
    m_service.nextReply(200, session("r", "ASIAROLE"));
    EXPECT_EQ(load("p").accessKeyId, "ASIAROLE");
    EXPECT_EQ(m_service.requests().back().header("x-amz-security-token"), "t");
}

class InstanceTest : public CredentialsTest {
protected:
    InstanceTest() {
        m_surroundings.variables.erase("AWS_EC2_METADATA_DISABLED");
        m_surroundings.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = m_service.url();
    }
};

TEST_F(InstanceTest, GivesCredentialsToWhoHoldsAToken) {
    m_service.nextReply(200, "the-token");
    m_service.nextReply(200, "Import_role\n");
    m_service.nextReply(200, metadataReply);
    EXPECT_EQ(load().accessKeyId, "ASIAMETA");
    const auto requests = m_service.requests();
    ASSERT_EQ(requests.size(), 3U);
    EXPECT_EQ(requests[0].firstLine(), "PUT /latest/api/token HTTP/1.1");
    EXPECT_EQ(requests[0].header("x-aws-ec2-metadata-token-ttl-seconds"), "21600");
    EXPECT_EQ(requests[1].firstLine(), "GET /latest/meta-data/iam/security-credentials/ HTTP/1.1");
    EXPECT_EQ(requests[2].firstLine(), "GET /latest/meta-data/iam/security-credentials/Import_role HTTP/1.1");
    EXPECT_EQ(requests[2].header("x-aws-ec2-metadata-token"), "the-token");
}

TEST_F(InstanceTest, WithoutRoleOrServiceHasNone) {
    m_service.nextReply(404, "");
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::NotFound, "none found"));
    m_service.nextReply(200, "the-token");
    m_service.nextReply(404, "");
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::NotFound, "none found"));
    m_service.nextReply(200, "the-token");
    m_service.nextReply(200, "../evil role");
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::NotFound, "none found"));
    EXPECT_EQ(m_service.requests().size(), 5U);
    m_service.next("");
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::NotFound, "instance metadata"));
}

TEST_F(InstanceTest, IsNotAskedWhenSwitchedOff) {
    m_surroundings.variables["AWS_EC2_METADATA_DISABLED"] = "True";
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::NotFound, "none found"));
    EXPECT_TRUE(m_service.requests().empty());
}

TEST_F(InstanceTest, ElsewhereIsRefusedInPlainText) {
    m_surroundings.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = "http://metadata.example.com";
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::Refused, "AWS_EC2_METADATA_SERVICE_ENDPOINT"));
}

TEST(MetadataAddressTest, AreTheFiveOfAws) {
    for (const char* host :
         {"169.254.170.2", "169.254.170.23", "fd00:ec2::23", "169.254.169.254", "fd00:ec2::254", "FD00:EC2::254"}) {
        EXPECT_TRUE(isMetadataService(host)) << host;
    }
    for (const char* host : {"", "169.254.170.20", "127.0.0.1", "169.254.169.254.example.com"}) {
        EXPECT_FALSE(isMetadataService(host)) << host;
    }
}

}  // namespace
}  // namespace keyconvoy::kms
