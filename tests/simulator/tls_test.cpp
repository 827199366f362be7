#include "kmsclient/simulator/tls_context.h"

#include "core/error.h"
#include "core/files.h"
#include "kmsclient/simulator/fault_json.h"
#include "tests/simulator/kms.h"
#include "tests/simulator/simulator_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Debian's openssl command as the client.
namespace keyconvoy::tests {

namespace {

using namespace kms::simulator;

class SelfMadeTlsTest : public testing::Test {
protected:
    ServerOptions options() const { return {.tls = SelfMadeTls{.authorityFile = m_authority}}; }
    /// What `openssl s_client` says about the certificate it is shown, when it knows the authority and this name.
    std::string verified(const Kms& kms, const std::string& names = "-verify_ip 127.0.0.1") const {
        const Ended ended = run({"/bin/sh", "-c",
                                 "echo | /usr/bin/openssl s_client -connect 127.0.0.1:" + std::to_string(kms.port()) +
                                     " -CAfile '" + m_authority.string() + "' " + names +
                                     " 2>&1 | grep -o 'Verify return code: .*'"
                                     " | head -n 1"},
                                {"PATH=/usr/bin:/bin"});
        return ended.output;
    }

    TemporaryFolder m_folder{"keyconvoy-simulator-tls-"};
    std::filesystem::path m_authority = m_folder.path() / "authority.pem";
};

TEST_F(SelfMadeTlsTest, IsTrustedByWhoTrustsItsAuthority) {
    const Kms kms{options()};
    EXPECT_THAT(kms.server().url(), testing::StartsWith("https://127.0.0.1:"));
    EXPECT_EQ(verified(kms), "Verify return code: 0 (ok)\n");
    EXPECT_EQ(verified(kms, "-verify_hostname localhost"), "Verify return code: 0 (ok)\n");
    EXPECT_THAT(verified(kms, "-verify_hostname kms.us-east-1.amazonaws.com"), testing::HasSubstr("ostname mismatch"));
}

TEST_F(SelfMadeTlsTest, AnswersRequests) {
    const Kms kms{options()};
    const Ended asked = run({"/bin/sh", "-c",
                             "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | /usr/bin/openssl s_client -quiet -connect 127.0.0.1:" +
                                 std::to_string(kms.port())},
                            {"PATH=/usr/bin:/bin"});
    EXPECT_THAT(asked.output, testing::HasSubstr("MissingAuthenticationTokenException"));
}

TEST_F(SelfMadeTlsTest, OverwritesNothing) {
    writeNewFile(m_authority, asBytes("mine"));
    try {
        const Kms kms{options()};
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Refused);
    }
    EXPECT_EQ(asText(readFile(m_authority, 100)), "mine");
}

TEST_F(SelfMadeTlsTest, ShowsWrongCertificatesOnDemand) {
    const Kms kms{options()};
    const auto set = [&kms](const char* fault) { kms.server().service().addFault(parseFault(fault)); };
    set("wrong-certificate,flaw=expired,calls=1");
    EXPECT_EQ(verified(kms), "Verify return code: 10 (certificate has expired)\n");
    set("wrong-certificate,flaw=other-host,calls=1");
    EXPECT_THAT(verified(kms), testing::HasSubstr("IP address mismatch"));
    set("wrong-certificate,flaw=unknown-issuer,calls=1");
    EXPECT_THAT(verified(kms), testing::HasSubstr("unable to"));
    EXPECT_EQ(verified(kms), "Verify return code: 0 (ok)\n");
}

TEST_F(SelfMadeTlsTest, SpeaksNothingOlderThanTls12) {
    const Kms kms{options()};
    const Ended ended = run({"/usr/bin/openssl", "s_client", "-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0", "-connect",
                             "127.0.0.1:" + std::to_string(kms.port())},
                            {});
    EXPECT_NE(ended.exitCode, 0);
}

TEST(TlsProgram, ServesWithACertificateOfItsOwn) {
    const TemporaryFolder folder{"keyconvoy-simulator-tls-"};
    const std::string authority = (folder.path() / "authority.pem").string();
    SimulatorProcess simulator{{"--tls-ca-out", authority}};
    EXPECT_THAT(simulator.text("url"), testing::StartsWith("https://"));
    const Ended asked = run({"/usr/bin/openssl", "x509", "-in", authority, "-noout", "-subject"}, {});
    EXPECT_THAT(asked.output, testing::HasSubstr("Keyconvoy KMS simulator"));
    EXPECT_EQ(run({simulatorPath(), "--tls-ca-out", authority}, {}).exitCode, 4) << "it is there already";
}

}  // namespace

}  // namespace keyconvoy::tests
