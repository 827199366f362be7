#include "kmsclient/simulator/signature_check.h"

#include "kmsclient/simulator/api_error.h"
#include "tests/simulator/kms.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
using kms::simulator::ApiError;
using kms::simulator::checkSignature;
using kms::simulator::HttpRequest;

// -------------------------------------------------------------------------------- signatures made by other implementations

const Credentials exampleCredentials{.accessKeyId = "AKIDEXAMPLE", .secretAccessKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"};
const TimePoint exampleTime = parseRfc3339("2026-01-02T03:04:05Z").value();

HttpRequest exampleKmsRequest() {
    return {
        .method = "POST",
        .target = "/",
        .headers = {{"Host", "kms.us-east-1.amazonaws.com"},
                    {"Content-Type", "application/x-amz-json-1.1"},
                    {"X-Amz-Date", "20260102T030405Z"},
                    {"X-Amz-Target", "TrentService.GetParametersForImport"},
                    {"Authorization",
                     "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/kms/aws4_request, "
                     "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
                     "Signature=8caa7a754f5c0e4b51cbcaf681b3d7ba9b2d9961e7b705b930976522eac3d5c6"}},
        .body =
            R"({"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","WrappingAlgorithm":"RSAES_OAEP_SHA_256","WrappingKeySpec":"RSA_4096"})"};
}

HttpRequest exampleStsRequest() {
    return {.method = "POST",
            .target = "/",
            .headers = {{"Host", "sts.us-east-1.amazonaws.com"},
                        {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                        {"X-Amz-Date", "20260102T030405Z"},
                        {"Authorization",
                         "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/sts/aws4_request,"
                         "SignedHeaders=content-type;host;x-amz-date,"
                         "Signature=b57eccc771c57ff3d2d1121eb0768f9b5a596f1e2aa97e452275256232edfb15"}},
            .body = "Action=GetCallerIdentity&Version=2011-06-15"};
}

/// The type of the refusal; for a good signature the Region that it is for.
std::string outcome(const HttpRequest& request, TimePoint now = exampleTime, std::string_view service = "kms") {
    const auto secretOf = [](const std::string& accessKeyId) {
        return accessKeyId == exampleCredentials.accessKeyId ? exampleCredentials.secretAccessKey : "unknown";
    };
    try {
        return checkSignature(request, service, secretOf, now);
    } catch (const ApiError& error) {
        return error.type();
    }
}

TEST(SignatureCheck, TakesSignaturesThatOthersMade) {
    EXPECT_EQ(outcome(exampleKmsRequest()), "us-east-1");
    EXPECT_EQ(outcome(exampleStsRequest(), exampleTime, "sts"), "us-east-1");
}

TEST(SignatureCheck, NoticesEveryChange) {
    HttpRequest request = exampleKmsRequest();
    request.body += " ";
    EXPECT_EQ(outcome(request), "InvalidSignatureException");
    request = exampleKmsRequest();
    request.target = "/?x=1";
    EXPECT_EQ(outcome(request), "InvalidSignatureException");
    request = exampleKmsRequest();
    request.method = "PUT";
    EXPECT_EQ(outcome(request), "InvalidSignatureException");
    for (const std::size_t header : {0U, 1U, 3U}) {
        request = exampleKmsRequest();
        request.headers.at(header).second += "x";
        EXPECT_EQ(outcome(request), "InvalidSignatureException") << request.headers.at(header).first;
    }
}

TEST(SignatureCheck, FoldsBlanksInHeaderValues) {
    HttpRequest request = exampleKmsRequest();
    request.headers.at(0).second = "  kms.us-east-1.amazonaws.com ";
    EXPECT_EQ(outcome(request), "us-east-1");
}

TEST(SignatureCheck, TakesFiveMinutesEitherWay) {
    EXPECT_EQ(outcome(exampleKmsRequest(), exampleTime + 5min), "us-east-1");
    EXPECT_EQ(outcome(exampleKmsRequest(), exampleTime - 5min), "us-east-1");
    EXPECT_EQ(outcome(exampleKmsRequest(), exampleTime + 5min + 1s), "InvalidSignatureException");
    EXPECT_EQ(outcome(exampleKmsRequest(), exampleTime - 5min - 1s), "InvalidSignatureException");
}

// --------------------------------------------------------------------------------------------------------- over the wire

class SignatureOverHttp : public testing::Test {
protected:
    SignatureOverHttp() { m_kms.freeze(); }

    RawRequest unsignedRequest() {
        RawRequest request = m_kms.request("ListKeys", "{}");
        std::erase_if(request.headers, [](const auto& header) { return header.first == "Authorization"; });
        return request;
    }
    RawReply sendSigned(RawRequest request, const Credentials& credentials, SigningParts parts) {
        if (parts.date.empty()) {
            parts.date = basicTime(m_kms.now());
        }
        request.headers.emplace_back("Authorization", authorization(request, credentials, parts));
        return m_kms.send(request);
    }
    static void set(RawRequest& request, const std::string& name, const std::string& value) {
        std::ranges::find(request.headers, name, &std::pair<std::string, std::string>::first)->second = value;
    }

    Kms m_kms;
};

TEST_F(SignatureOverHttp, IsTakenWhenGood) {
    EXPECT_EQ(sendSigned(unsignedRequest(), m_kms.credentials(), {}).status, 200);
}

TEST_F(SignatureOverHttp, MustBeThere) {
    expectError(m_kms.send(unsignedRequest()), "MissingAuthenticationTokenException", "Missing Authentication Token");
}

TEST_F(SignatureOverHttp, MustBeComplete) {
    RawRequest request = unsignedRequest();
    request.headers.emplace_back("Authorization", "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/kms/aws4_request");
    expectError(m_kms.send(request), "IncompleteSignatureException",
                "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter. "
                "Authorization=AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/kms/aws4_request");
    set(request, "Authorization", "Basic dXNlcjpwYXNz");
    EXPECT_EQ(Json::parse(m_kms.send(request).body).at("__type"), "IncompleteSignatureException");
    set(request, "Authorization", "AWS4-HMAC-SHA256 Credential=A/us-east-1, SignedHeaders=host, Signature=00");
    EXPECT_EQ(Json::parse(m_kms.send(request).body).at("__type"), "IncompleteSignatureException");
}

TEST_F(SignatureOverHttp, MustBeOfTheKnownAccessKey) {
    const std::string text = "The security token included in the request is invalid.";
    expectError(
        sendSigned(unsignedRequest(), {.accessKeyId = "AKIAUNKNOWN", .secretAccessKey = m_kms.credentials().secretAccessKey}, {}),
        "UnrecognizedClientException", text);
    RawRequest request = unsignedRequest();
    request.headers.emplace_back("X-Amz-Security-Token", "a session that nobody opened");
    expectError(sendSigned(request, m_kms.credentials(), {}), "UnrecognizedClientException", text);
}

TEST_F(SignatureOverHttp, WithAWrongSecretDoesNotMatch) {
    expectError(sendSigned(unsignedRequest(), {.accessKeyId = m_kms.credentials().accessKeyId, .secretAccessKey = "guessed"}, {}),
                "InvalidSignatureException",
                "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key "
                "and signing "
                "method. Consult the service documentation for details.");
}

TEST_F(SignatureOverHttp, MayBeForAnyRegionOfThePartition) {
    for (const char* region : {"eu-west-1", "us-west-2", "ap-southeast-7"}) {
        EXPECT_EQ(sendSigned(unsignedRequest(), m_kms.credentials(), {.region = region}).status, 200) << region;
    }
}

TEST_F(SignatureOverHttp, MustBeForThisServiceAndARegionThereIs) {
    for (const SigningParts& parts : {SigningParts{.region = "mars-north-1"}, SigningParts{.region = "cn-north-1"},
                                      SigningParts{.service = "s3"}, SigningParts{.service = "sts"}}) {
        const RawReply reply = sendSigned(unsignedRequest(), m_kms.credentials(), parts);
        EXPECT_EQ(Json::parse(reply.body).at("__type"), "InvalidSignatureException");
        EXPECT_THAT(Json::parse(reply.body).at("message").get<std::string>(),
                    testing::StartsWith("Credential should be scoped to "));
    }
}

TEST_F(SignatureOverHttp, CoversHostAndEveryAmzHeader) {
    for (const std::string left : {"host", "x-amz-date", "x-amz-target"}) {
        SigningParts parts;
        std::erase(parts.signedHeaders, left);
        const RawReply reply = sendSigned(unsignedRequest(), m_kms.credentials(), parts);
        EXPECT_EQ(Json::parse(reply.body).at("__type"), "InvalidSignatureException") << left;
        EXPECT_THAT(Json::parse(reply.body).at("message").get<std::string>(), testing::HasSubstr("must be a 'SignedHeader'"));
    }
}

TEST_F(SignatureOverHttp, TooOldSaysWhenItIs) {
    const TimePoint now = m_kms.now();
    RawRequest request = unsignedRequest();
    set(request, "X-Amz-Date", basicTime(now - 6min));
    expectError(sendSigned(request, m_kms.credentials(), {.date = basicTime(now - 6min)}), "InvalidSignatureException",
                "Signature expired: " + basicTime(now - 6min) + " is now earlier than " + basicTime(now - 5min) + " (" +
                    basicTime(now) + " - 5 min.)");
}

TEST_F(SignatureOverHttp, FromTheFutureSaysWhenItIs) {
    const TimePoint now = m_kms.now();
    RawRequest request = unsignedRequest();
    set(request, "X-Amz-Date", basicTime(now + 6min));
    expectError(sendSigned(request, m_kms.credentials(), {.date = basicTime(now + 6min)}), "InvalidSignatureException",
                "Signature not yet current: " + basicTime(now + 6min) + " is still later than " + basicTime(now + 5min) + " (" +
                    basicTime(now) + " + 5 min.)");
}

TEST_F(SignatureOverHttp, IsCheckedBeforeAnythingElse) {
    RawRequest request = m_kms.request("NoSuchOperation", "{ not JSON");
    std::erase_if(request.headers, [](const auto& header) { return header.first == "Authorization"; });
    expectError(m_kms.send(request), "MissingAuthenticationTokenException", "Missing Authentication Token");
}

// ------------------------------------------------------------------------------------------------------------------- STS

class Sts : public SignatureOverHttp {
protected:
    RawReply ask(const std::string& body, const Credentials& credentials) {
        RawRequest request{.headers = {{"Host", "127.0.0.1"},
                                       {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                                       {"X-Amz-Date", basicTime(m_kms.now())},
                                       {"Connection", "close"},
                                       {"Content-Length", std::to_string(body.size())}},
                           .body = body};
        return sendSigned(request, credentials, {.service = "sts", .signedHeaders = {"content-type", "host", "x-amz-date"}});
    }
};

TEST_F(Sts, SaysWhoTheCallerIs) {
    const RawReply reply = ask("Action=GetCallerIdentity&Version=2011-06-15", m_kms.credentials());
    EXPECT_EQ(reply.status, 200);
    EXPECT_THAT(reply.header("content-type"), testing::StartsWith("text/xml"));
    EXPECT_THAT(reply.body, testing::HasSubstr("<Account>000000000000</Account>"));
    EXPECT_THAT(reply.body, testing::HasSubstr("<Arn>arn:aws:iam::000000000000:user/rehearsal</Arn>"));
    EXPECT_THAT(reply.body, testing::HasSubstr("<RequestId>" + reply.header("x-amzn-requestid") + "</RequestId>"));
}

TEST_F(Sts, RefusesInXml) {
    const RawReply wrongSecret = ask("Action=GetCallerIdentity&Version=2011-06-15",
                                     {.accessKeyId = m_kms.credentials().accessKeyId, .secretAccessKey = "guessed"});
    EXPECT_EQ(wrongSecret.status, 403);
    EXPECT_THAT(wrongSecret.body, testing::HasSubstr("<Error><Type>Sender</Type><Code>SignatureDoesNotMatch</Code>"));
    const RawReply unknown =
        ask("Action=GetCallerIdentity&Version=2011-06-15", {.accessKeyId = "AKIAUNKNOWN", .secretAccessKey = "x"});
    EXPECT_EQ(unknown.status, 403);
    EXPECT_THAT(unknown.body, testing::HasSubstr("<Code>InvalidClientTokenId</Code>"));
    const RawReply other = ask("Action=Get%3Cx%3E&Version=2011-06-15", m_kms.credentials());
    EXPECT_EQ(other.status, 400);
    EXPECT_THAT(other.body, testing::HasSubstr("<Code>InvalidAction</Code>"));
}

}  // namespace

}  // namespace keyconvoy::tests
