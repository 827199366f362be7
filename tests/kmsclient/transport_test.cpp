#include "kmsclient/transport.h"

#include "core/c_handle.h"
#include "tests/kmsclient/failure_matchers.h"
#include "tests/kmsclient/scripted_service.h"
#include "tests/kmsclient/surroundings.h"
#include "tests/support/fault_proxy.h"

#include <arpa/inet.h>
#include <array>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <ostream>
#include <sys/socket.h>

namespace keyconvoy::kms {
namespace {

using tests::fails;
using tests::failureOf;
using tests::Fault;
using tests::FaultProxy;
using tests::ScriptedService;

HttpRequest requestTo(const std::string& url) {
    HttpRequest request;
    request.endpoint = Endpoint::parse(url, verbatim("test"));
    request.headers = {{"host", request.endpoint.hostHeader()},
                       {"content-type", "application/x-amz-json-1.1"},
                       {"x-amz-target", "TrentService.Any"}};
    request.body = R"({"a":1})";
    request.place = KC_TEXT("Test", "KMS Any at %1").with(request.endpoint.hostHeader());
    return request;
}

/// The delivery that a post ends with; absent when it succeeds.
std::optional<TransportError::Delivery> deliveryOf(Transport& transport, const HttpRequest& request) {
    try {
        static_cast<void>(transport.send(request));
        return std::nullopt;
    } catch (const TransportError& error) {
        return error.delivery();
    }
}

class TransportTest : public testing::Test {
protected:
    [[nodiscard]] Transport transport() const {
        TransportOptions options;
        options.environment = m_surroundings.environment();
        options.replyTimeout = m_replyTimeout;
        return Transport{std::move(options)};
    }
    tests::Surroundings m_surroundings;
    std::chrono::milliseconds m_replyTimeout{60'000};
    ScriptedService m_service;
};

TEST_F(TransportTest, AnyStatusIsAValueWithHeadersBodyAndEvidence) {
    m_service.nextReply(418, "tea", "X-Keyconvoy-Simulator: 1\r\nX-Amzn-RequestId:  r-1 \r\n");
    Transport transport = this->transport();
    const HttpReply reply = transport.send(requestTo(m_service.url()));
    EXPECT_EQ(reply.status, 418);
    EXPECT_EQ(reply.body, "tea");
    EXPECT_EQ(reply.headers.at("x-amzn-requestid"), "r-1");
    EXPECT_TRUE(reply.connection.simulatorHeader);
    EXPECT_EQ(reply.connection.host, "127.0.0.1");
    EXPECT_EQ(reply.connection.peerAddress, "127.0.0.1:" + std::to_string(m_service.port()));
    EXPECT_EQ(reply.connection.proxy, "");
    EXPECT_EQ(reply.connection.tlsSummary(), "none (plain http)");
}

TEST_F(TransportTest, SendsOnePostWithExactlyTheseHeadersAndThisBody) {
    m_service.nextReply(200, "{}");
    Transport transport = this->transport();
    static_cast<void>(transport.send(requestTo(m_service.url())));
    ASSERT_EQ(m_service.requests().size(), 1U);
    const auto request = m_service.requests().front();
    EXPECT_EQ(request.firstLine(), "POST / HTTP/1.1");
    EXPECT_EQ(request.body, R"({"a":1})");
    EXPECT_EQ(request.header("host"), "127.0.0.1:" + std::to_string(m_service.port()));
    EXPECT_EQ(request.header("content-type"), "application/x-amz-json-1.1");
    EXPECT_EQ(request.header("expect"), "");
    EXPECT_EQ(request.header("user-agent"), "keyconvoy");
}

TEST_F(TransportTest, RedirectsAreNotFollowed) {
    m_service.nextReply(307, "", "Location: " + m_service.url() + "/other\r\n");
    Transport transport = this->transport();
    EXPECT_EQ(transport.send(requestTo(m_service.url())).status, 307);
    EXPECT_EQ(m_service.requests().size(), 1U);
}

TEST_F(TransportTest, ConnectionsAreReusedUnlessAFreshOneIsWanted) {
    for (int i = 0; i < 3; ++i) {
        m_service.nextReply(200, "{}");
    }
    Transport transport = this->transport();
    HttpRequest request = requestTo(m_service.url());
    static_cast<void>(transport.send(request));
    static_cast<void>(transport.send(request));
    EXPECT_EQ(m_service.connections(), 1);
    request.freshConnection = true;
    EXPECT_EQ(transport.send(request).connection.peerAddress, "127.0.0.1:" + std::to_string(m_service.port()));
    EXPECT_EQ(m_service.connections(), 2);
}

TEST_F(TransportTest, ARequestThatMustNotBeRepeatedIsNotRepeatedByLibcurlEither) {
    m_service.nextReply(200, "{}");
    m_service.next("");  // the second request: cut
    Transport transport = this->transport();
    HttpRequest request = requestTo(m_service.url());
    static_cast<void>(transport.send(request));
    request.freshConnection = true;
    EXPECT_EQ(deliveryOf(transport, request), TransportError::Delivery::Unknown);
    EXPECT_EQ(m_service.requests().size(), 2U);
}

TEST_F(TransportTest, NobodyThereMeansNotSent) {
    std::uint16_t port = 0;
    {
        const ScriptedService gone;
        port = gone.port();
    }
    Transport transport = this->transport();
    const HttpRequest request = requestTo("http://127.0.0.1:" + std::to_string(port));
    EXPECT_EQ(deliveryOf(transport, request), TransportError::Delivery::NotSent);
    EXPECT_TRUE(
        fails(failureOf([&] { return transport.send(request); }), ErrorKind::Unavailable, "nobody answers at this address"));
}

/// An address of this machine that is no loopback address; empty when there is none.
std::string otherAddressOfThisMachine() {
    ifaddrs* interfaces = nullptr;
    if (::getifaddrs(&interfaces) != 0) {
        return {};
    }
    const CHandle<ifaddrs, ::freeifaddrs> owner{interfaces};
    for (const ifaddrs* one = interfaces; one != nullptr; one = one->ifa_next) {
        std::array<char, INET_ADDRSTRLEN> text{};
        if (one->ifa_addr == nullptr || one->ifa_addr->sa_family != AF_INET) {
            continue;
        }
        const auto& address = reinterpret_cast<const sockaddr_in*>(one->ifa_addr)->sin_addr;
        if (ntohl(address.s_addr) >> 24U != 127U && ::inet_ntop(AF_INET, &address, text.data(), text.size()) != nullptr) {
            return text.data();
        }
    }
    return {};
}

TEST_F(TransportTest, PlainHttpDoesNotLeaveThisMachineWhateverItsNameMeans) {
    const std::string address = otherAddressOfThisMachine();
    if (address.empty()) {
        GTEST_SKIP() << "this machine has no address but loopback ones, so nothing can stand for another machine";
    }
    const FileDescriptor listener{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in bound{};
    bound.sin_family = AF_INET;
    ::inet_pton(AF_INET, address.c_str(), &bound.sin_addr);
    socklen_t length = sizeof bound;
    ASSERT_EQ(::bind(listener.get(), reinterpret_cast<sockaddr*>(&bound), length), 0);
    ASSERT_EQ(::listen(listener.get(), 1), 0);
    ASSERT_EQ(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&bound), &length), 0);
    HttpRequest request = requestTo(m_service.url());
    request.endpoint.host = address;  // as if a resolver had sent "localhost" there
    request.endpoint.port = ntohs(bound.sin_port);
    {
        Transport transport = this->transport();
        EXPECT_TRUE(fails(failureOf([&] { return transport.send(request); }), ErrorKind::Refused, "nothing was sent"));
    }
    const FileDescriptor arrived{::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)};
    char octet = 0;
    EXPECT_LE(::recv(arrived.get(), &octet, 1, 0), 0);
}

TEST_F(TransportTest, ACaBundleThatIsNotThereIsNamed) {
    TransportOptions options;
    options.environment = m_surroundings.environment();
    options.caBundle = m_surroundings.home() / "none.pem";
    EXPECT_TRUE(fails(failureOf([&] { return Transport{options}; }), ErrorKind::NotFound, "none.pem"));
}

struct FaultCase {
    Fault fault;
    ErrorKind kind;
    const char* words;
    friend std::ostream& operator<<(std::ostream& out, const FaultCase& row) { return out << row.fault; }
};

class TransportFaultTest : public TransportTest, public testing::WithParamInterface<FaultCase> {};

TEST_P(TransportFaultTest, EndsInAClearFailureAndTheNextRequestWorks) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(GetParam().fault);
    m_replyTimeout = std::chrono::milliseconds{GetParam().fault == Fault::Silence ? 300 : 60'000};
    m_service.nextReply(200, R"({"one":1})");
    m_service.nextReply(200, R"({"two":2})");
    TransportOptions options;
    options.environment = m_surroundings.environment();
    options.connectTimeout = std::chrono::hours{1};  // the time for a reply counts from the connection
    options.replyTimeout = m_replyTimeout;
    Transport transport{options};
    const HttpRequest request = requestTo(proxy.url());
    const auto failure = failureOf([&] { return transport.send(request); });
    EXPECT_TRUE(fails(failure, GetParam().kind, GetParam().words));
    EXPECT_TRUE(fails(failure, GetParam().kind, "KMS Any at 127.0.0.1:"));
    EXPECT_EQ(transport.send(request).status, 200);
}

TEST_P(TransportFaultTest, LeavesItOpenWhetherTheRequestArrived) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(GetParam().fault);
    m_service.nextReply(200, R"({"one":1})");
    TransportOptions options;
    options.environment = m_surroundings.environment();
    options.connectTimeout = std::chrono::milliseconds{300};
    options.replyTimeout = std::chrono::milliseconds{GetParam().fault == Fault::Silence ? 300 : 60'000};
    Transport transport{options};
    EXPECT_EQ(deliveryOf(transport, requestTo(proxy.url())), TransportError::Delivery::Unknown);
}

INSTANTIATE_TEST_SUITE_P(Faults, TransportFaultTest,
                         testing::Values(FaultCase{Fault::Garbage, ErrorKind::Integrity, "does not speak HTTP"},
                                         FaultCase{Fault::CutReply, ErrorKind::Unavailable, "only a part of the reply"},
                                         FaultCase{Fault::TenMegabytes, ErrorKind::Integrity, "longer than any that KMS gives"},
                                         FaultCase{Fault::Nothing, ErrorKind::Unavailable, "closed without a reply"},
                                         FaultCase{Fault::Silence, ErrorKind::Unavailable, "no complete reply came in time"},
                                         FaultCase{Fault::CutAfterRequest, ErrorKind::Unavailable, "closed without a reply"}),
                         testing::PrintToStringParamName());

TEST_F(TransportTest, HeadersWithoutEndAreCutOff) {
    std::string reply = "HTTP/1.1 200 OK\r\n";
    for (int i = 0; i < 5000; ++i) {
        reply += "X-Header-" + std::to_string(i) + ": " + std::string(100, 'x') + "\r\n";
    }
    m_service.next(reply + "Content-Length: 0\r\n\r\n");
    Transport transport = this->transport();
    EXPECT_TRUE(
        fails(failureOf([&] { return transport.send(requestTo(m_service.url())); }), ErrorKind::Integrity, "longer than any"));
}

}  // namespace
}  // namespace keyconvoy::kms
