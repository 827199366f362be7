#include "tests/simulator/kms.h"
#include "tests/simulator/sockets.h"

#include <algorithm>
#include <array>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <ostream>
#include <sys/socket.h>
#include <vector>

/// What comes over a socket and is no good request: it is refused or the connection ends, and the next client is served.
namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;

struct Framing {
    const char* name;
    std::string octets;
    std::string reply;  ///< a regular expression for the status line; empty: any refusal, or none
};

std::ostream& operator<<(std::ostream& out, const Framing& row) {
    return out << row.name;
}

std::string headers(std::size_t count) {
    std::string text;
    for (std::size_t i = 0; i < count; ++i) {
        text += "X-" + std::to_string(i) + ": y\r\n";
    }
    return text;
}

std::vector<Framing> framings() {
    using namespace std::string_literals;
    const std::string longLine(10'000, 'a');
    const std::string post = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n";
    const std::string json = post + "Content-Type: application/x-amz-json-1.1\r\n";
    return {
        {"Nothing", "", "none"},
        {"OneOctet", "\0"s, ""},
        {"Zeros", std::string(5000, '\0'), ""},
        {"HighOctets", std::string(5000, '\xff'), ""},
        {"EmptyLines", "\r\n\r\n\r\n\r\n", ""},
        {"LineFeedsAlone", "\n\n\n\n", ""},
        {"TlsToHttp", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"s + std::string(500, 'r') + "\r\n\r\n", ""},
        {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", ""},
        {"NoVersion", "POST /\r\n\r\n", ""},
        {"OtherVersion", "POST / HTTP/9.9\r\nHost: a\r\n\r\n", ""},
        {"UnknownMethod", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", ""},
        {"CutInTheRequestLine", "POST / HT", ""},
        {"CutInTheHeaders", post + "Content-", ""},
        {"CutBeforeTheBody", post + "Content-Length: 10\r\n\r\n", ""},
        {"CutInTheBody", post + "Content-Length: 10\r\n\r\n{}", ""},
        {"LongTarget", "POST /" + longLine + " HTTP/1.1\r\nHost: a\r\n\r\n", "HTTP/1.1 414 .*"},
        {"LongHeader", post + "X: " + longLine + "\r\n\r\n", ""},
        {"ManyHeaders", post + headers(2'000) + "\r\n", ""},
        {"HeaderWithoutColon", post + "nonsense\r\n\r\n", ""},
        {"HeaderWithoutName", post + ": value\r\n\r\n", ""},
        {"HeaderWithZero", post + "X: a\0b\r\n\r\n"s, ""},
        {"NegativeLength", post + "Content-Length: -1\r\n\r\n", "HTTP/1.1 400 .*"},
        {"LengthInWords", post + "Content-Length: ten\r\n\r\n{}", "HTTP/1.1 400 .*"},
        {"EndlessLength", post + "Content-Length: 99999999999999999999999\r\n\r\n{}", "HTTP/1.1 400 .*"},
        {"TwoLengths", json + "Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}", "HTTP/1.1 400 .*"},
        {"NoHost", "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 400 .*"},
        {"TooLargeABody", post + "Content-Length: 1048577\r\n\r\n" + std::string(1'048'577, ' '), "HTTP/1.1 413 .*"},
        {"ChunkOfNoSize", post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", ""},
        {"ChunkOfNegativeSize", post + "Transfer-Encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", ""},
        {"ChunkOfEndlessSize", post + "Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n{}", ""},
        {"ChunkCut", post + "Transfer-Encoding: chunked\r\n\r\n5\r\n{}", ""},
        {"UnknownContentEncoding", post + "Content-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", ""},
        {"Unsigned", json + "X-Amz-Target: TrentService.ListKeys\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}",
         "HTTP/1.1 400 .*"},
        {"UnsignedForm",
         post + "Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 43\r\nConnection: "
                "close\r\n\r\nAction=GetCallerIdentity&Version=2011-06-15",
         "HTTP/1.1 403 .*"},
        {"Multipart", post + "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 6\r\n\r\n--b--\r", ""},
        {"SmuggledSecondRequest",
         post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nPOST / HTTP/1.1\r\nHost: a\r\n\r\n",
         "HTTP/1.1 400 .*"},
    };
}

class HttpFraming : public testing::TestWithParam<Framing> {};

TEST_P(HttpFraming, IsRefusedAndHarmsNobody) {
    const Kms kms;
    const FileDescriptor client = connectToLoopback(kms.port());
    sendAll(client, GetParam().octets);
    endSending(client);
    const std::string reply = receiveAll(client);
    const std::string first = reply.substr(0, reply.find('\r'));
    if (GetParam().reply == "none") {
        EXPECT_EQ(reply, "");
    } else if (!GetParam().reply.empty()) {
        EXPECT_THAT(first, testing::MatchesRegex(GetParam().reply));
    } else if (!reply.empty()) {
        EXPECT_THAT(first, testing::MatchesRegex("HTTP/1.1 4[0-9][0-9] .*"));
    }
    EXPECT_EQ(kms.call("ListKeys", Json::object()).status, 200);
}

/// Neither waits for a body that nobody announced, nor for the end of the connection.
TEST(HttpFramingOfARequest, WithoutALengthHasNoBody) {
    const Kms kms;
    for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "GET"}) {
        const FileDescriptor client = connectToLoopback(kms.port());
        const std::string request = std::string{method} + " / HTTP/1.1\r\nHost: a\r\n\r\n";
        sendAll(client, request + request);
        std::string reply;
        std::array<char, 4096> octets{};
        while (reply.find("HTTP/1.1 ", 1) == std::string::npos) {
            const ssize_t count = ::recv(client.get(), octets.data(), octets.size(), 0);
            ASSERT_GT(count, 0) << method << ": " << reply;
            reply.append(octets.data(), static_cast<std::size_t>(count));
        }
    }
}

TEST(HttpFramingOfARequest, ThatIsNoneIsAnsweredOnce) {
    const Kms kms;
    const FileDescriptor client = connectToLoopback(kms.port());
    sendAll(client, "nonsense\r\nmore of it\r\n\r\nand more\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    const std::string reply = receiveAll(client);
    EXPECT_EQ(reply.find("HTTP/1.1 ", 1), std::string::npos) << reply;
}

TEST(HttpFramingOfManyClients, IdleConnectionsStopNobody) {
    const Kms kms;
    std::vector<FileDescriptor> idle;
    for (int i = 0; i < 100; ++i) {
        idle.push_back(connectToLoopback(kms.port()));
    }
    EXPECT_EQ(kms.call("ListKeys", Json::object()).status, 200);
}

INSTANTIATE_TEST_SUITE_P(Rows, HttpFraming, testing::ValuesIn(framings()),
                         [](const testing::TestParamInfo<Framing>& row) { return std::string{row.param.name}; });

// ------------------------------------------------------------------------------------------------------- signed requests

class SignedRequests : public testing::Test {
protected:
    void expectType(const RawRequest& request, const std::string& type) const {
        const RawReply reply = m_kms.send(request);
        EXPECT_EQ(reply.status, 400);
        EXPECT_EQ(Json::parse(reply.body).at("__type"), type) << reply.body;
    }

    Kms m_kms;
};

TEST_F(SignedRequests, AreReadStrictly) {
    for (const std::string& body :
         {std::string{"{"}, std::string{"[]"}, std::string{"7"}, std::string{R"({"Limit":1}})"}, std::string{R"({"Limit":1,})"},
          std::string{R"({"Limit":1,"Limit":2})"}, std::string{"{\"Marker\":\"\xc3\x28\"}"},
          std::string{R"({"Marker":"\ud800"})"}, std::string{"{\"Marker\":\"\x01\"}"}, std::string(1'000'000, '['),
          std::string{R"({"a":)"} + std::string(100, '[') + std::string(100, ']') + "}"}) {
        expectType(m_kms.request("ListKeys", body), "SerializationException");
    }
    EXPECT_EQ(m_kms.send(m_kms.request("ListKeys", R"({"Limit":1e400})")).status, 400);
    EXPECT_EQ(m_kms.send(m_kms.request("ListKeys", R"({"Limit":99999999999999999999})")).status, 400);
}

TEST_F(SignedRequests, CountForWhatWasSigned) {
    const RawRequest good = m_kms.request("ListKeys", "{}");
    RawRequest otherBody = good;
    otherBody.body = "[]";
    expectType(otherBody, "InvalidSignatureException");
    for (auto& [name, value] : good.headers) {
        RawRequest other = good;
        if (name == "X-Amz-Target" || name == "Host" || name == "Content-Type") {
            std::ranges::find(other.headers, name, [](const auto& header) { return header.first; })->second += "s";
            expectType(other, "InvalidSignatureException");
        }
    }
    RawRequest twoHosts = good;
    twoHosts.headers.emplace_back("Host", "example.com");
    expectType(twoHosts, "InvalidSignatureException");
}

/// As with AWS, the same request counts again while its date does; it says nothing new.
TEST_F(SignedRequests, AreTakenAgainForFiveMinutes) {
    m_kms.freeze();
    const RawRequest request = m_kms.request("ListKeys", "{}");
    EXPECT_EQ(m_kms.send(request).status, 200);
    EXPECT_EQ(m_kms.send(request).status, 200);
    m_kms.advance(5min);
    EXPECT_EQ(m_kms.send(request).status, 200);
    m_kms.advance(1s);
    expectType(request, "InvalidSignatureException");
}

TEST_F(SignedRequests, DoNotComeFromTheFuture) {
    m_kms.freeze();
    const RawRequest request = m_kms.request("ListKeys", "{}");
    m_kms.advance(-5min);
    EXPECT_EQ(m_kms.send(request).status, 200);
    m_kms.advance(-1s);
    expectType(request, "InvalidSignatureException");
}

}  // namespace

}  // namespace keyconvoy::tests
