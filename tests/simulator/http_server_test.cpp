#include "kmsclient/simulator/http_server.h"

#include "core/error.h"
#include "core/files.h"
#include "tests/simulator/kms.h"
#include "tests/simulator/simulator_process.h"
#include "tests/simulator/sockets.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>
#include <thread>

namespace keyconvoy::tests {

namespace {

using kms::simulator::HttpServer;
using kms::simulator::ServerOptions;

RawRequest keptAlive(RawRequest request) {
    std::erase_if(request.headers, [](const auto& header) { return header.first == "Connection"; });
    return request;
}

TEST(HttpServer, SaysOnEveryReplyThatItIsTheSimulator) {
    const Kms kms;
    std::set<std::string> requestIds;
    for (const RawReply& reply :
         {kms.call("ListKeys", Json::object()), kms.call("DescribeKey", {{"KeyId", "x"}}), kms.call("Nothing", Json::object())}) {
        EXPECT_NE(reply.header("x-keyconvoy-simulator"), "");
        EXPECT_THAT(reply.header("x-amzn-RequestId"),
                    testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
        EXPECT_EQ(reply.header("content-type"), "application/x-amz-json-1.1");
        requestIds.insert(reply.header("x-amzn-RequestId"));
    }
    EXPECT_EQ(requestIds.size(), 3U);
}

TEST(HttpServer, GivesItsOwnTimeInTheDateHeader) {
    using namespace std::chrono_literals;
    Kms kms;
    kms.advance(parseRfc3339("2031-03-09T08:07:06Z").value() - kms.now());
    kms.freeze();
    const std::string date = kms.call("ListKeys", Json::object()).header("date");
    EXPECT_THAT(date, testing::MatchesRegex("Sun, 09 Mar 2031 08:0[67]:[0-5][0-9] GMT"));
}

TEST(HttpServer, GivesAnEmptyBodyForAnEmptyOutput) {
    const Kms kms;
    const std::string id = kms.createKey();
    const RawReply reply = kms.call("CreateAlias", {{"AliasName", "alias/a"}, {"TargetKeyId", id}});
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "");
    EXPECT_EQ(reply.header("content-length"), "0");
}

TEST(HttpServer, AnswersManyRequestsOnOneConnection) {
    const Kms kms;
    const FileDescriptor connection = connectToLoopback(kms.port());
    for (int i = 0; i < 20; ++i) {
        sendAll(connection, keptAlive(kms.request("ListKeys", "{}")).octets());
        EXPECT_THAT(receiveUntil(connection, "\"Truncated\":false}"), testing::StartsWith("HTTP/1.1 200"));
    }
}

TEST(HttpServer, StopsWithIdleConnectionsOpen) {
    Kms kms;
    const FileDescriptor used = connectToLoopback(kms.port());
    sendAll(used, keptAlive(kms.request("ListKeys", "{}")).octets());
    EXPECT_NE(receiveUntil(used, "\"Truncated\":false}"), "");
    const FileDescriptor silent = connectToLoopback(kms.port());
    kms.server().stop();  // would otherwise last until the connections time out
    EXPECT_EQ(receiveAll(used), "");
    EXPECT_THROW(static_cast<void>(connectToLoopback(kms.port())), std::runtime_error);
}

TEST(HttpServer, ListensOnLoopbackOnly) {
    kms::simulator::prepareMemory();
    for (const char* host : {"0.0.0.0", "192.168.1.1", "::", "localhost", "example.com", ""}) {
        try {
            const HttpServer server{ServerOptions{.host = host}, &systemNow};
            ADD_FAILURE() << host;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::InvalidInput);
        }
    }
}

TEST(HttpServer, DoesNotShareAPort) {
    const Kms kms;
    try {
        const HttpServer second{ServerOptions{.port = kms.port()}, &systemNow};
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
    }
}

TEST(HttpServer, KnowsOnlyItsOperations) {
    const Kms kms;
    kms.mustFail("GenerateRandom", Json::object(), "UnknownOperationException");
    RawRequest request = kms.request("ListKeys", "{}");
    request.method = "PUT";
    request.headers.back().second = authorization(request, kms.credentials(), {.date = basicTime(kms.now())});
    expectError(kms.send(request), "UnknownOperationException");
}

TEST(HttpServer, RefusesWhatIsNoRequest) {
    const Kms kms;
    for (const char* body : {"", "{", "[]", "null", "{\"KeyId\":\"a\",\"KeyId\":\"b\"}", "{\"KeyId\":\"\xff\"}"}) {
        expectError(kms.send(kms.request("DescribeKey", body)), "SerializationException");
    }
    const auto typeOf = [&](const char* operation, const char* body) {
        return Json::parse(kms.send(kms.request(operation, body)).body).at("__type").get<std::string>();
    };
    EXPECT_EQ(typeOf("DescribeKey", R"({"KeyId":7})"), "SerializationException");
    EXPECT_EQ(typeOf("ListKeys", R"({"Limit":"ten"})"), "SerializationException");
    EXPECT_EQ(typeOf("CreateKey", R"({"MultiRegion":"no"})"), "SerializationException");
    EXPECT_EQ(typeOf("CreateKey", R"({"Tags":{"a":"b"}})"), "SerializationException");
    EXPECT_EQ(typeOf("Encrypt", R"({"KeyId":"a","Plaintext":"not base64"})"), "SerializationException");
    EXPECT_EQ(typeOf("ImportKeyMaterial", R"({"KeyId":"a","ValidTo":"2027-01-01T00:00:00Z"})"), "SerializationException");
}

TEST(HttpServer, TakesUnknownMembersAndNull) {
    const Kms kms;
    EXPECT_EQ(kms.call("ListKeys", {{"Limit", nullptr}, {"SomethingOfNextYear", Json::array({1})}}).status, 200);
}

TEST(HttpServer, NamesEveryMissingMember) {
    const Kms kms;
    kms.mustFail("GetParametersForImport", Json::object(), "ValidationException",
                 "3 validation errors detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null; "
                 "Value null at "
                 "'wrappingAlgorithm' failed to satisfy constraint: Member must not be null; Value null at 'wrappingKeySpec' "
                 "failed to satisfy "
                 "constraint: Member must not be null");
}

TEST(HttpServer, RefusesAnEndlessBody) {
    const Kms kms;
    RawRequest request = kms.request("ListKeys", std::string(2U << 20U, ' '));
    EXPECT_EQ(kms.send(request).status, 413);
}

TEST(HttpServer, ServesTls) {
    const TemporaryFolder folder{"keyconvoy-simulator-tls-"};
    ServerOptions options;
    kms::simulator::TlsFiles files{.certificate = folder.path() / "cert.pem", .key = folder.path() / "key.pem"};
    options.tls = files;
    const Ended made =
        run({"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
             "-subj", "/CN=simulator", "-keyout", files.key.string(), "-out", files.certificate.string()},
            {});
    ASSERT_EQ(made.exitCode, 0) << made.errors;
    const Kms kms{options};
    EXPECT_THAT(kms.server().url(), testing::StartsWith("https://127.0.0.1:"));
    const Ended asked = run({"/bin/sh", "-c",
                             "printf 'GET / HTTP/1.0\\r\\n\\r\\n' | /usr/bin/openssl s_client -quiet -connect 127.0.0.1:" +
                                 std::to_string(kms.port())},
                            {"PATH=/usr/bin:/bin"});
    EXPECT_THAT(asked.output, testing::HasSubstr("MissingAuthenticationTokenException"));

    files.key = files.certificate;
    options.tls = files;
    try {
        const HttpServer bad{options, &systemNow};
        ADD_FAILURE();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidInput);
    }
}

TEST(HttpServer, ServesManyClientsAtOnce) {
    const Kms kms;
    const std::string shared = kms.createKey();
    kms.mustImport(shared, filled(32, 1), forEver());
    const auto client = [&kms, &shared] {
        for (int i = 0; i < 5; ++i) {
            const std::string own = kms.createKey("HMAC_256");
            EXPECT_EQ(kms.import(own, filled(32, 2), forEver()).status, 200);
            const Json sealed = kms.must("Encrypt", {{"KeyId", shared}, {"Plaintext", "AA=="}});
            EXPECT_EQ(kms.must("Decrypt", {{"CiphertextBlob", sealed.at("CiphertextBlob")}}).at("Plaintext"), "AA==");
            EXPECT_EQ(kms.state(own), "Enabled");
        }
    };
    std::vector<std::jthread> clients;
    for (int i = 0; i < 6; ++i) {
        clients.emplace_back(client);
    }
    clients.clear();
    EXPECT_EQ(kms.must("ListKeys", Json::object()).at("Keys").size(), 31U);
}

}  // namespace

}  // namespace keyconvoy::tests
