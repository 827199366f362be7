#include "kmsclient/role_credentials.h"

#include "tests/kmsclient/credential_setup.h"

namespace keyconvoy::kms {
namespace {

using tests::fails;
using tests::failureOf;

const std::string roleArn = "arn:aws:iam::000000000001:role/Import";

class RoleTest : public CredentialsTest {
protected:
    RoleTest() { m_surroundings.writeCredentials("[base]\naws_access_key_id=AKIDBASE\naws_secret_access_key=s\n"); }
    /// [profile p] with the role and these lines.
    void writeProfile(const std::string& lines) const {
        m_surroundings.writeConfig("[profile p]\nrole_arn=" + roleArn + "\n" + lines);
    }
    [[nodiscard]] static bool isSignedBy(const tests::HttpMessage& request, const std::string& accessKeyId) {
        return request.header("authorization").find("Credential=" + accessKeyId + "/") != std::string::npos;
    }
};

TEST_F(RoleTest, IsAssumedWithTheKeysOfTheSourceProfile) {
    writeProfile("source_profile=base\n");
    m_service.nextReply(200, session("Import", "ASIA1"));
    const Credentials credentials = load("p");
    EXPECT_EQ(credentials.accessKeyId, "ASIA1");
    EXPECT_EQ(secretOf(credentials), "secret-ASIA1");
    EXPECT_EQ(tokenOf(credentials), "token-ASIA1");
    EXPECT_EQ(credentials.expiration, parseRfc3339("2026-11-21T13:00:00Z"));
    EXPECT_TRUE(credentials.renewable);
    EXPECT_EQ(credentials.loadedAt, m_now);
    EXPECT_EQ(credentials.principal, (Principal{.account = "000000000001", .name = "assumed-role/Import"}));
    EXPECT_EQ(toEnglish(credentials.source), "role " + roleArn + " of profile p");
    const auto request = m_service.requests().front();
    EXPECT_EQ(request.body,
              "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000001%3Arole%2FImport"
              "&RoleSessionName=keyconvoy-1795262400");
    EXPECT_TRUE(isSignedBy(request, "AKIDBASE"));
    EXPECT_NE(request.header("authorization").find("/eu-west-1/sts/aws4_request"), std::string::npos);
    EXPECT_EQ(request.header("content-type"), "application/x-www-form-urlencoded; charset=utf-8");
}

TEST_F(RoleTest, TakesWhatElseTheProfileSays) {
    writeProfile("source_profile=base\nexternal_id=a b/ä\nduration_seconds=900\nrole_session_name=ceremony@1\n");
    m_service.nextReply(200, session("Import", "ASIA1"));
    static_cast<void>(load("p"));
    const std::string body = m_service.requests().front().body;
    EXPECT_NE(body.find("&RoleSessionName=ceremony%401&DurationSeconds=900&ExternalId=a%20b%2F%C3%A4"), std::string::npos)
        << body;
    for (const char* duration : {"899", "43201", "an hour"}) {
        writeProfile("source_profile=base\nduration_seconds=" + std::string{duration} + "\n");
        EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::InvalidInput, "duration_seconds")) << duration;
    }
}

TEST_F(RoleTest, FollowsAnotherRole) {
    m_surroundings.writeConfig("[profile p]\nrole_arn=" + roleArn + "\nsource_profile=q\n[profile q]\nrole_arn=" + roleArn +
                               "Hop\nsource_profile=base\n");
    m_service.nextReply(200, session("ImportHop", "ASIAHOP"));
    m_service.nextReply(200, session("Import", "ASIAEND"));
    EXPECT_EQ(load("p").accessKeyId, "ASIAEND");
    const auto requests = m_service.requests();
    ASSERT_EQ(requests.size(), 2U);
    EXPECT_TRUE(isSignedBy(requests[0], "AKIDBASE"));
    EXPECT_EQ(requests[0].header("x-amz-security-token"), "");
    EXPECT_TRUE(isSignedBy(requests[1], "ASIAHOP"));
    EXPECT_EQ(requests[1].header("x-amz-security-token"), "token-ASIAHOP");
}

TEST_F(RoleTest, ProfilesThatNameEachOtherInACircleAreNamed) {
    m_surroundings.writeConfig(
        "[profile p]\nrole_arn=r\nsource_profile=q\n[profile q]\nrole_arn=r\nsource_profile=r\n[profile "
        "r]\nrole_arn=r\nsource_profile=q\n");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::InvalidInput, "go round in circles: p → q → r → q"));
    writeProfile("source_profile=p\n");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::InvalidInput, "go round in circles: p → p"));
    EXPECT_TRUE(m_service.requests().empty());
}

TEST_F(RoleTest, AProfileMayNameItselfWhenItHoldsKeys) {
    writeProfile("source_profile=p\naws_access_key_id=AKIDOWN\naws_secret_access_key=s\n");
    m_service.nextReply(200, session("Import", "ASIA1"));
    EXPECT_EQ(load("p").accessKeyId, "ASIA1");
    EXPECT_TRUE(isSignedBy(m_service.requests().front(), "AKIDOWN"));
}

TEST_F(RoleTest, NeedsExactlyOneSourceThatThereIs) {
    writeProfile("");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::InvalidInput, "neither source_profile nor credential_source"));
    writeProfile("source_profile=base\ncredential_source=Environment\n");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::InvalidInput, "both source_profile and credential_source"));
    writeProfile("source_profile=none\n");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::NotFound, "its source_profile \"none\" does not exist"));
    writeProfile("credential_source=Mars\n");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::InvalidInput, "\"Mars\" is not known"));
    writeProfile("credential_source=environment\n");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::NotFound, "environment has no credentials"));
    m_surroundings.writeConfig("[profile p]\nrole_arn=r\nsource_profile=q\n[profile q]\nregion=x\n");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::NotFound, "profile \"p\" takes its credentials from here"));
}

TEST_F(RoleTest, MayBeAssumedWithTheEnvironmentsKeys) {
    writeProfile("credential_source=Environment\n");
    m_surroundings.variables["AWS_ACCESS_KEY_ID"] = "AKIDENV";
    m_surroundings.variables["AWS_SECRET_ACCESS_KEY"] = "s";
    m_service.nextReply(200, session("Import", "ASIA1"));
    EXPECT_EQ(load("p").accessKeyId, "ASIA1");
    EXPECT_TRUE(isSignedBy(m_service.requests().front(), "AKIDENV"));
    EXPECT_EQ(load().accessKeyId, "AKIDENV") << "the environment comes first unless a profile is named";
}

TEST_F(RoleTest, AnMfaCodeIsAskedForAndSent) {
    writeProfile("source_profile=base\nmfa_serial=arn:aws:iam::1:mfa/a\n");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::Refused, "nobody can be asked"));
    std::vector<std::string> asked;
    m_askMfaCode = [&asked](const MfaDevice& device) {
        asked.push_back(device.serial + " for " + device.profile);
        return "123456";
    };
    m_service.nextReply(200, session("Import", "ASIA1"));
    static_cast<void>(load("p"));
    EXPECT_EQ(asked, std::vector<std::string>{"arn:aws:iam::1:mfa/a for p"});
    const std::string body = m_service.requests().front().body;
    EXPECT_NE(body.find("&SerialNumber=arn%3Aaws%3Aiam%3A%3A1%3Amfa%2Fa&TokenCode=123456"), std::string::npos) << body;
}

TEST_F(RoleTest, AnMfaCodeHasSixDigitsAndIsGoodOnce) {
    writeProfile("source_profile=base\nmfa_serial=m\n");
    for (const char* code : {"", "12345", "1234567", "12345a", "123 45"}) {
        m_askMfaCode = mfaCodeGiven(code);
        EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::InvalidInput, "six digits")) << code;
    }
    m_askMfaCode = mfaCodeGiven("654321");
    m_service.nextReply(200, session("Import", "ASIA1"));
    EXPECT_EQ(load("p").accessKeyId, "ASIA1");
    EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::Refused, "used up"));
}

TEST_F(RoleTest, OneMfaCodeServesAllClientsUntilItsSessionIsToBeRenewed) {
    writeProfile("source_profile=base\nmfa_serial=m\n");
    m_sessions = std::make_shared<RoleSessions>();
    int asked = 0;
    m_askMfaCode = [&asked](const MfaDevice&) {
        ++asked;
        return "123456";
    };
    m_service.nextReply(200, session("Import", "ASIA1"));
    EXPECT_EQ(load("p").accessKeyId, "ASIA1");
    const Credentials again = load("p");
    EXPECT_EQ(again.accessKeyId, "ASIA1");
    EXPECT_EQ(secretOf(again), "secret-ASIA1");
    EXPECT_EQ(tokenOf(again), "token-ASIA1");
    EXPECT_EQ(again.principal, (Principal{.account = "000000000001", .name = "assumed-role/Import"}));
    EXPECT_EQ(again.loadedAt, m_now);
    EXPECT_EQ(asked, 1);

    writeProfile("source_profile=base\nmfa_serial=m\nexternal_id=x\n");
    m_service.nextReply(200, session("Import", "ASIA2"));
    EXPECT_EQ(load("p").accessKeyId, "ASIA2") << "another session";
    EXPECT_EQ(asked, 2);

    m_now += std::chrono::minutes{51};
    m_service.nextReply(200, session("Import", "ASIA3", "AssumeRole", "2026-11-21T14:00:00Z"));
    EXPECT_EQ(load("p").accessKeyId, "ASIA3");
    EXPECT_EQ(asked, 3);
}

TEST_F(RoleTest, ThatStsRefusesIsRefusedWithItsText) {
    writeProfile("source_profile=base\n");
    m_service.nextReply(403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>not you</Message></Error></ErrorResponse>");
    const auto failure = failureToLoad("p");
    EXPECT_TRUE(fails(failure, ErrorKind::Refused, "sts:AssumeRole"));
    EXPECT_TRUE(fails(failure, ErrorKind::Refused, "not you"));
}

TEST_F(RoleTest, AReplyWithoutASessionIsNone) {
    writeProfile("source_profile=base\n");
    std::string without = session("Import", "ASIA1");
    without.replace(without.find("2026"), 4, "soon");
    for (const std::string& body : {std::string{"<html/>"}, std::string{"{}"}, without}) {
        m_service.nextReply(200, body);
        EXPECT_TRUE(fails(failureToLoad("p"), ErrorKind::Integrity, "holds no session")) << body;
    }
}

class WebIdentityTest : public CredentialsTest {};

TEST_F(WebIdentityTest, OfTheEnvironmentIsSentUnsigned) {
    m_surroundings.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = file("token", "ey.J/=+\n");
    m_surroundings.variables["AWS_ROLE_ARN"] = roleArn;
    m_surroundings.variables["AWS_ROLE_SESSION_NAME"] = "pod";
    m_service.nextReply(200, session("Import", "ASIA1", "AssumeRoleWithWebIdentity"));
    const Credentials credentials = load();
    EXPECT_EQ(credentials.accessKeyId, "ASIA1");
    EXPECT_TRUE(credentials.renewable);
    const auto request = m_service.requests().front();
    EXPECT_EQ(request.body,
              "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000001%3Arole%2FImport"
              "&RoleSessionName=pod&WebIdentityToken=ey.J%2F%3D%2B");
    EXPECT_EQ(request.header("authorization"), "");
    EXPECT_EQ(request.header("x-amz-date"), "");
}

TEST_F(WebIdentityTest, OfTheProfileComesBeforeItsKeysAndIsReadEachTime) {
    const std::string token = file("token", "first");
    m_surroundings.writeConfig("[profile p]\nrole_arn=" + roleArn + "\nweb_identity_token_file=" + token +
                               "\naws_access_key_id=AKID\naws_secret_access_key=s\n");
    for (const char* text : {"first", "second"}) {
        static_cast<void>(file("token", text));
        m_service.nextReply(200, session("Import", "ASIA1", "AssumeRoleWithWebIdentity"));
        EXPECT_EQ(load("p").accessKeyId, "ASIA1");
        EXPECT_TRUE(m_service.requests().back().body.ends_with(std::string{"&WebIdentityToken="} + text));
    }
}

TEST_F(WebIdentityTest, NeedsRoleAndFile) {
    m_surroundings.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = "/no/such/token";
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::InvalidInput, "AWS_ROLE_ARN"));
    m_surroundings.variables["AWS_ROLE_ARN"] = roleArn;
    EXPECT_TRUE(fails(failureToLoad(), ErrorKind::NotFound, "/no/such/token"));
    m_surroundings.writeConfig("[profile p]\naws_access_key_id=AKID\naws_secret_access_key=s\n");
    EXPECT_EQ(load("p").accessKeyId, "AKID") << "a named profile puts the environment aside";
}

TEST_F(WebIdentityTest, ARejectedTokenIsRefused) {
    m_surroundings.variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = file("token", "secret-token");
    m_surroundings.variables["AWS_ROLE_ARN"] = roleArn;
    for (const char* code : {"InvalidIdentityToken", "IDPRejectedClaim", "ExpiredTokenException"}) {
        m_service.nextReply(400, "<ErrorResponse><Error><Code>" + std::string{code} + "</Code></Error></ErrorResponse>");
        const auto failure = failureToLoad();
        EXPECT_TRUE(fails(failure, ErrorKind::Refused, code));
        EXPECT_FALSE(fails(failure, ErrorKind::Refused, "secret-token"));
    }
}

TEST(PrincipalTest, IsAccountAndRoleWithoutTheSession) {
    EXPECT_EQ(Principal::fromArn("arn:aws:sts::000000000001:assumed-role/Import/one"),
              (Principal{.account = "000000000001", .name = "assumed-role/Import"}));
    EXPECT_EQ(Principal::fromArn("arn:aws:iam::000000000001:user/path/alice"),
              (Principal{.account = "000000000001", .name = "user/path/alice"}));
    EXPECT_EQ(Principal::fromArn("arn:aws:iam::000000000001:root"), (Principal{.account = "000000000001", .name = "root"}));
    for (const char* text : {"", "arn", "arn:aws:sts:::x", "arn:aws:sts::1:", "urn:aws:sts::1:root"}) {
        EXPECT_FALSE(Principal::fromArn(text)) << text;
    }
}

}  // namespace
}  // namespace keyconvoy::kms
