#include "kmsclient/transport.h"

#include "tests/kmsclient/failure_matchers.h"
#include "tests/kmsclient/surroundings.h"
#include "tests/support/tls_server.h"
#include "tests/support/tls_tunnel_proxy.h"

#include <fstream>

namespace keyconvoy::kms {
namespace {

using tests::fails;
using tests::failureOf;
using tests::TlsAuthority;
using tests::TlsIdentity;
using tests::TlsServer;
using tests::TlsTunnelProxy;
using tests::Validity;

constexpr const char* awsHost = "kms.eu-central-1.amazonaws.com";

class TlsTest : public testing::Test {
protected:
    TlsTest() { writeBundle(m_authority); }

    void writeBundle(const TlsAuthority& authority) const { std::ofstream{bundle(), std::ios::trunc} << authority.pem(); }
    [[nodiscard]] std::filesystem::path bundle() const { return m_surroundings.home() / "ca.pem"; }

    static std::string answer(const tests::HttpMessage& /*request*/) { return tests::httpReply(200, "", "{}"); }

    [[nodiscard]] TransportOptions options() const {
        TransportOptions options;
        options.environment = m_surroundings.environment();
        options.caBundle = bundle();
        return options;
    }
    static HttpRequest requestTo(const std::string& host, std::uint16_t port) {
        HttpRequest request;
        request.endpoint = Endpoint{.tls = true, .host = host, .port = port};
        request.headers = {{"host", request.endpoint.hostHeader()}};
        request.place = KC_TEXT("Test", "KMS Any at %1").with(request.endpoint.hostHeader());
        return request;
    }
    [[nodiscard]] HttpReply post(const TransportOptions& given, const std::string& host, std::uint16_t port) const {
        Transport transport{given};
        return transport.send(requestTo(host, port));
    }

    tests::Surroundings m_surroundings;
    TlsAuthority m_authority{"Keyconvoy test root"};
};

TEST_F(TlsTest, TheChainThatWasVerifiedIsKept) {
    const TlsIdentity identity = m_authority.issue("localhost");
    const TlsServer server{identity, answer};
    const HttpReply reply = post(options(), "localhost", server.port());
    EXPECT_TRUE(reply.connection.tls);
    EXPECT_EQ(reply.connection.host, "localhost");
    EXPECT_EQ(reply.connection.leafSha256, identity.certificateSha256());
    EXPECT_EQ(reply.connection.rootKeySha256, m_authority.keySha256());
    EXPECT_EQ(reply.connection.rootSubject, "CN=Keyconvoy test root");
    EXPECT_FALSE(reply.connection.amazonRoot);
    EXPECT_EQ(reply.connection.tlsSummary(), "private or intercepted");
}

TEST_F(TlsTest, TheChainIsKeptForEveryReplyOnOneConnectionAndOnNewOnes) {
    const TlsIdentity identity = m_authority.issue("localhost");
    const TlsServer server{identity, answer};
    Transport transport{options()};
    HttpRequest request = requestTo("localhost", server.port());
    for (const bool fresh : {false, false, true, true}) {
        request.freshConnection = fresh;
        EXPECT_EQ(transport.send(request).connection.leafSha256, identity.certificateSha256());
    }
}

TEST_F(TlsTest, AnAddressInTheCertificateIsGoodToo) {
    const TlsServer server{m_authority.issue("127.0.0.1"), answer};
    EXPECT_EQ(post(options(), "127.0.0.1", server.port()).status, 200);
}

TEST_F(TlsTest, ARequiredAmazonRootIsCheckedBeforeAnythingIsSent) {
    const TlsServer server{m_authority.issue("localhost"), answer};
    TransportOptions strict = options();
    strict.requireAmazonRoots = true;
    const auto failure = failureOf([&] { return post(strict, "localhost", server.port()); });
    EXPECT_TRUE(fails(failure, ErrorKind::Refused, "CN=Keyconvoy test root"));
    EXPECT_TRUE(fails(failure, ErrorKind::Refused, "nothing was sent"));
    EXPECT_EQ(server.requests(), 0);
}

TEST_F(TlsTest, AWrongNameIsRefused) {
    const TlsServer server{m_authority.issue("other.example"), answer};
    EXPECT_TRUE(fails(failureOf([&] { return post(options(), "localhost", server.port()); }), ErrorKind::Refused,
                      "certificate is not accepted"));
    EXPECT_EQ(server.requests(), 0);
}

TEST_F(TlsTest, AnExpiredCertificateIsRefusedAndAFutureOneToo) {
    for (const Validity validity : {Validity::Past, Validity::Future}) {
        const TlsServer server{m_authority.issue("localhost", validity), answer};
        EXPECT_TRUE(
            fails(failureOf([&] { return post(options(), "localhost", server.port()); }), ErrorKind::Refused, "certificate"));
        EXPECT_EQ(server.requests(), 0);
    }
}

TEST_F(TlsTest, AnotherAuthorityIsRefused) {
    const TlsAuthority other{"Other root"};
    const TlsServer server{other.issue("localhost"), answer};
    EXPECT_TRUE(fails(failureOf([&] { return post(options(), "localhost", server.port()); }), ErrorKind::Refused,
                      "certificate is not accepted"));
}

TEST_F(TlsTest, TheSystemsStoreDoesNotKnowOurRoot) {
    const TlsServer server{m_authority.issue("localhost"), answer};
    TransportOptions system = options();
    system.caBundle.reset();
    EXPECT_TRUE(fails(failureOf([&] { return post(system, "localhost", server.port()); }), ErrorKind::Refused,
                      "certificate is not accepted"));
}

TEST_F(TlsTest, OlderVersionsThan12AreRefused) {
    const TlsIdentity identity = m_authority.issue("localhost");
    const TlsServer old{identity, answer, TLS1_1_VERSION};
    EXPECT_TRUE(fails(failureOf([&] { return post(options(), "localhost", old.port()); }), ErrorKind::Unavailable,
                      "TLS 1.2 or newer is required"));
    EXPECT_EQ(old.requests(), 0);
    const TlsServer good{identity, answer, TLS1_2_VERSION};
    EXPECT_EQ(post(options(), "localhost", good.port()).connection.leafSha256, identity.certificateSha256());
}

TEST_F(TlsTest, ABundleWithoutCertificatesIsNamed) {
    std::ofstream{bundle(), std::ios::trunc} << "no certificate";
    const TlsServer server{m_authority.issue("localhost"), answer};
    EXPECT_TRUE(fails(failureOf([&] { return post(options(), "localhost", server.port()); }), ErrorKind::InvalidInput,
                      "CA bundle cannot be used"));
}

TEST_F(TlsTest, AServerWithoutTlsIsNotSpokenTo) {
    const tests::LoopbackServer plain{[](int client) { tests::sendAll(client, "HTTP/1.1 400 Bad Request\r\n\r\n"); }};
    EXPECT_TRUE(fails(failureOf([&] { return post(options(), "localhost", plain.port()); }), ErrorKind::Unavailable,
                      "no TLS connection came about"));
}

TEST_F(TlsTest, AProxyTunnelsAndIsReportedWithoutItsPassword) {
    const TlsIdentity identity = m_authority.issue(awsHost);
    const TlsServer server{identity, answer};
    const TlsTunnelProxy proxy{server.port()};
    m_surroundings.variables["HTTPS_PROXY"] = "http://name:word@127.0.0.1:" + std::to_string(proxy.port());
    const HttpReply reply = post(options(), awsHost, 443);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(proxy.requests(), std::vector<std::string>{"CONNECT " + std::string{awsHost} + ":443 HTTP/1.1"});
    EXPECT_EQ(proxy.authorization(), "Basic bmFtZTp3b3Jk");
    EXPECT_EQ(reply.connection.proxy, "http://127.0.0.1:" + std::to_string(proxy.port()));
    EXPECT_EQ(reply.connection.host, awsHost);
    EXPECT_EQ(reply.connection.leafSha256, identity.certificateSha256());
    EXPECT_EQ(reply.connection.peerAddress, "127.0.0.1:" + std::to_string(proxy.port()));
}

TEST_F(TlsTest, AProxyThatRefusesIsSaidToBeTheOne) {
    for (const int status : {407, 403, 502}) {
        const TlsTunnelProxy proxy{1, status};
        m_surroundings.variables["HTTPS_PROXY"] = "http://name:word@127.0.0.1:" + std::to_string(proxy.port());
        const auto failure = failureOf([&] { return post(options(), awsHost, 443); });
        EXPECT_TRUE(fails(failure, ErrorKind::Unavailable, "answers with status " + std::to_string(status)));
        EXPECT_FALSE(fails(failure, ErrorKind::Unavailable, "name:word"));
    }
}

}  // namespace
}  // namespace keyconvoy::kms
