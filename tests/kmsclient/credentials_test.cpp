#include "kmsclient/credentials.h"

#include "tests/kmsclient/credential_setup.h"

namespace keyconvoy::kms {
namespace {

using tests::fails;
using tests::failureOf;

/// A command that prints this.
std::string printing(const tests::Surroundings& surroundings, const std::string& text) {
    const auto file = surroundings.home() / "output.json";
    std::ofstream{file} << text;
    return "cat '" + file.string() + "'";
}

TEST_F(CredentialsTest, ComeFromTheEnvironmentFirst) {
    m_surroundings.variables["AWS_ACCESS_KEY_ID"] = "AKIDENV";
    m_surroundings.variables["AWS_SECRET_ACCESS_KEY"] = "secret-env";
    m_surroundings.writeCredentials("[default]\naws_access_key_id=AKIDFILE\naws_secret_access_key=secret-file\n");
    Credentials credentials = load();
    EXPECT_EQ(credentials.accessKeyId, "AKIDENV");
    EXPECT_EQ(secretOf(credentials), "secret-env");
    EXPECT_TRUE(credentials.sessionToken.empty());
    EXPECT_EQ(toEnglish(credentials.source), "environment variables");
    m_surroundings.variables["AWS_SECURITY_TOKEN"] = "old-token";
    EXPECT_EQ(asText(load().sessionToken.view()), "old-token");
    m_surroundings.variables["AWS_SESSION_TOKEN"] = "token";
    EXPECT_EQ(asText(load().sessionToken.view()), "token");
}

TEST_F(CredentialsTest, AProfileNamedByOptionPutsTheEnvironmentAside) {
    m_surroundings.variables["AWS_ACCESS_KEY_ID"] = "AKIDENV";
    m_surroundings.variables["AWS_SECRET_ACCESS_KEY"] = "secret-env";
    m_surroundings.writeCredentials("[p]\naws_access_key_id=AKIDFILE\naws_secret_access_key=secret-file\naws_session_token=t\n");
    EXPECT_EQ(load("p").accessKeyId, "AKIDFILE");
    EXPECT_EQ(secretOf(load("p")), "secret-file");
    EXPECT_EQ(asText(load("p").sessionToken.view()), "t");
    EXPECT_NE(toEnglish(load("p").source).find("profile p in "), std::string::npos);
    m_surroundings.variables["AWS_PROFILE"] = "p";
    EXPECT_EQ(load().accessKeyId, "AKIDENV");
}

TEST_F(CredentialsTest, TheOrderWithinAProfileIsCredentialsFileProcessConfigurationFile) {
    const std::string process =
        "credential_process = " + printing(m_surroundings, R"({"Version":1,"AccessKeyId":"AKIDPROC","SecretAccessKey":"s"})") +
        "\n";
    m_surroundings.writeConfig("[default]\naws_access_key_id=AKIDCONF\naws_secret_access_key=s\n");
    EXPECT_EQ(load().accessKeyId, "AKIDCONF");
    m_surroundings.writeConfig("[default]\naws_access_key_id=AKIDCONF\naws_secret_access_key=s\n" + process);
    EXPECT_EQ(load().accessKeyId, "AKIDPROC");
    EXPECT_TRUE(load().renewable);
    m_surroundings.writeCredentials("[default]\naws_access_key_id=AKIDCRED\naws_secret_access_key=s\n");
    EXPECT_EQ(load().accessKeyId, "AKIDCRED");
}

TEST_F(CredentialsTest, HalfOfAPairIsRefused) {
    m_surroundings.variables["AWS_ACCESS_KEY_ID"] = "AKID";
    EXPECT_TRUE(fails(failureOf([&] { return load(); }), ErrorKind::InvalidInput,
                      "AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not"));
    m_surroundings.variables.erase("AWS_ACCESS_KEY_ID");
    m_surroundings.writeConfig("[default]\naws_secret_access_key=very-secret\n");
    const auto failure = failureOf([&] { return load(); });
    EXPECT_TRUE(fails(failure, ErrorKind::InvalidInput, "aws_secret_access_key is set, but aws_access_key_id is not"));
    EXPECT_FALSE(fails(failure, ErrorKind::InvalidInput, "very-secret"));
}

TEST_F(CredentialsTest, NoneAnywhereNamesEveryPlaceLookedAt) {
    const auto failure = failureOf([&] { return load(); });
    for (const char* place : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "profile default", ".aws/credentials (not there)",
                              ".aws/config (not there)", "credential_process", "container and instance metadata"}) {
        EXPECT_TRUE(fails(failure, ErrorKind::NotFound, place));
    }
    m_surroundings.writeConfig("[profile p]\nregion=x\n");
    EXPECT_TRUE(fails(failureOf([&] { return load("p"); }), ErrorKind::NotFound, "left aside because a profile was named"));
}

TEST_F(CredentialsTest, ProfilesForTheAwsCliEndInTheExactLineToAdd) {
    for (const char* setting : {"sso_session=s", "sso_start_url=https://x", "sso_account_id=1", "login_session=x"}) {
        m_surroundings.writeConfig("[profile p]\n" + std::string{setting} +
                                   "\naws_access_key_id=AKID\naws_secret_access_key=s\n");
        const auto failure = failureOf([&] { return load("p"); });
        ASSERT_TRUE(fails(failure, ErrorKind::Refused,
                          "credential_process = aws configure export-credentials --profile p --format process"))
            << setting;
    }
}

TEST_F(CredentialsTest, WithThatLineTheProcessAnswersForTheProfile) {
    m_surroundings.writeConfig(
        "[profile p]\nsso_session=s\ncredential_process = " +
        printing(m_surroundings, R"({"Version":1,"AccessKeyId":"AKIDSSO","SecretAccessKey":"s","SessionToken":"t"})") + "\n");
    EXPECT_EQ(load("p").accessKeyId, "AKIDSSO");
    EXPECT_EQ(toEnglish(load("p").source), "credential_process of profile p");
    m_surroundings.writeConfig("[profile p]\nrole_arn=r\ncredential_process = cat '" +
                               (m_surroundings.home() / "output.json").string() + "'\n");
    EXPECT_EQ(load("p").accessKeyId, "AKIDSSO") << "for a role without a source this was advised once";
}

TEST_F(CredentialsTest, ExpiredOnesAreRefusedWithTheTime) {
    m_surroundings.variables["AWS_ACCESS_KEY_ID"] = "AKID";
    m_surroundings.variables["AWS_SECRET_ACCESS_KEY"] = "s";
    m_surroundings.variables["AWS_CREDENTIAL_EXPIRATION"] = "2026-11-21T12:00:00Z";
    EXPECT_TRUE(fails(failureOf([&] { return load(); }), ErrorKind::Refused, "ended at 2026-11-21T12:00:00Z"));
    m_surroundings.variables["AWS_CREDENTIAL_EXPIRATION"] = "2026-11-21T12:00:01+00:00";
    EXPECT_EQ(load().accessKeyId, "AKID");
    m_surroundings.variables["AWS_CREDENTIAL_EXPIRATION"] = "2026-11-21T13:00:00Z";
    EXPECT_EQ(renewalOf(load(), m_now), Renewal::NotYet) << "the environment gives no others";
    m_surroundings.variables["AWS_CREDENTIAL_EXPIRATION"] = "tomorrow";
    EXPECT_TRUE(fails(failureOf([&] { return load(); }), ErrorKind::InvalidInput, "\"tomorrow\" is no RFC 3339 time"));
}

TEST_F(CredentialsTest, AreRenewedFromFifteenMinutesBeforeTheirEndAndMustBeFromTen) {
    using namespace std::chrono;
    Credentials credentials;
    credentials.renewable = true;
    EXPECT_EQ(renewalOf(credentials, m_now), Renewal::NotYet);
    credentials.expiration = m_now;
    for (const auto life : {1h, 12h}) {
        credentials.loadedAt = m_now - life;
        EXPECT_EQ(renewalOf(credentials, m_now - 15min), Renewal::NotYet);
        EXPECT_EQ(renewalOf(credentials, m_now - 15min + 1s), Renewal::Advised);
        EXPECT_EQ(renewalOf(credentials, m_now - 10min + 1s), Renewal::Needed);
        EXPECT_EQ(renewalOf(credentials, m_now), Renewal::TooLate);
    }
    credentials.loadedAt = m_now - 12min;
    EXPECT_EQ(renewalOf(credentials, m_now - 4min), Renewal::NotYet);
    EXPECT_EQ(renewalOf(credentials, m_now - 2min - 1s), Renewal::Advised);
    EXPECT_EQ(renewalOf(credentials, m_now - 1min), Renewal::Needed);
}

TEST_F(CredentialsTest, WhatWouldBreakAHeaderIsRefusedAndNotShown) {
    m_surroundings.variables["AWS_ACCESS_KEY_ID"] = "AKID";
    m_surroundings.variables["AWS_SECRET_ACCESS_KEY"] = "s";
    m_surroundings.variables["AWS_SESSION_TOKEN"] = "abc\r\nx-evil: 1";
    const auto failure = failureOf([&] { return load(); });
    EXPECT_TRUE(fails(failure, ErrorKind::InvalidInput, "session token"));
    EXPECT_FALSE(fails(failure, ErrorKind::InvalidInput, "x-evil"));
    m_surroundings.variables["AWS_SESSION_TOKEN"] = " token\n";
    EXPECT_EQ(asText(load().sessionToken.view()), "token");
    m_surroundings.variables["AWS_ACCESS_KEY_ID"] = "AK/ID";
    EXPECT_TRUE(fails(failureOf([&] { return load(); }), ErrorKind::InvalidInput, "access key ID"));
}

class CredentialProcessTest : public CredentialsTest {};

TEST_F(CredentialProcessTest, ReadsWhatTheCommandPrints) {
    const auto credentials = runCredentialProcess(
        printing(
            m_surroundings,
            R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S","SessionToken":"T","Expiration":"2026-11-21T13:00:00+00:00","AccountId":"1"})"),
        verbatim("test"));
    EXPECT_EQ(credentials.accessKeyId, "A");
    EXPECT_EQ(secretOf(credentials), "S");
    EXPECT_EQ(asText(credentials.sessionToken.view()), "T");
    EXPECT_EQ(credentials.expiration, parseRfc3339("2026-11-21T13:00:00Z"));
}

TEST_F(CredentialProcessTest, OutputThatIsNotAsAgreedIsRefusedWithoutShowingIt) {
    for (const char* output : {"", "nonsense", "[]", "{}", R"({"Version":2,"AccessKeyId":"A","SecretAccessKey":"SECRETTEXT"})",
                               R"({"Version":"1","AccessKeyId":"A","SecretAccessKey":"SECRETTEXT"})",
                               R"({"Version":1,"SecretAccessKey":"SECRETTEXT"})", R"({"Version":1,"AccessKeyId":"A"})",
                               R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":7})",
                               R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"SECRETTEXT","Expiration":"soon"})"}) {
        const auto failure = failureOf(
            [&] { return runCredentialProcess(printing(m_surroundings, output), verbatim("credential_process of profile p")); });
        EXPECT_TRUE(fails(failure, ErrorKind::InvalidInput, "credential_process of profile p")) << output;
        EXPECT_TRUE(fails(failure, ErrorKind::InvalidInput, "must print one JSON object")) << output;
        EXPECT_FALSE(fails(failure, ErrorKind::InvalidInput, "SECRETTEXT")) << output;
    }
}

TEST_F(CredentialProcessTest, AnEndlessOutputEnds) {
    EXPECT_TRUE(fails(failureOf([&] { return runCredentialProcess("yes; exit 0", verbatim("p")); }), ErrorKind::InvalidInput,
                      "more than 16 KiB"));
}

TEST_F(CredentialProcessTest, AFailingCommandIsReportedWithItsStatus) {
    EXPECT_TRUE(fails(failureOf([&] { return runCredentialProcess("exit 7", verbatim("p")); }), ErrorKind::Unavailable,
                      "ended with status 7"));
    EXPECT_TRUE(fails(failureOf([&] { return runCredentialProcess("kill -9 $$", verbatim("p")); }), ErrorKind::Unavailable,
                      "ended by signal 9"));
    EXPECT_TRUE(fails(failureOf([&] { return runCredentialProcess("/no/such/command", verbatim("p")); }), ErrorKind::Unavailable,
                      "ended with status 127"));
}

TEST_F(CredentialProcessTest, ACommandThatIsEndedByCtrlCIsCancelled) {
    for (const char* end : {"kill -INT $$", "exit 130"}) {
        EXPECT_TRUE(fails(failureOf([&] { return runCredentialProcess(end, verbatim("p")); }), ErrorKind::Cancelled, "Ctrl-C"))
            << end;
    }
}

TEST_F(CredentialProcessTest, TheCommandGetsNeitherOurInputNorOurFiles) {
    const std::string json = R"({"Version":1,"AccessKeyId":"A","SecretAccessKey":"S"})";
    const auto open = m_surroundings.home() / "open";
    std::ofstream{open} << "x";
    const int inherited = ::dup(::fileno(std::fopen(open.c_str(), "r")));  // without close-on-exec
    const std::string check = "[ -z \"$(cat)\" ] && [ ! -e /proc/self/fd/" + std::to_string(inherited) + " ] && ";
    EXPECT_EQ(runCredentialProcess(check + printing(m_surroundings, json), verbatim("p")).accessKeyId, "A");
    ::close(inherited);
}

}  // namespace
}  // namespace keyconvoy::kms
