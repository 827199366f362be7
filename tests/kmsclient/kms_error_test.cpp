#include "kmsclient/kms_error.h"

#include "kmsclient/sts.h"
#include "tests/kmsclient/failure_matchers.h"

namespace keyconvoy::kms {
namespace {

using tests::fails;

HttpReply reply(int status, std::string body, Headers headers = {}) {
    HttpReply result;
    result.status = status;
    result.body = std::move(body);
    result.headers = std::move(headers);
    return result;
}

Failure failureFor(const HttpReply& from) {
    return kmsError(from, readJsonFault(from), "kms:ImportKeyMaterial", KC_TEXT("Test", "KMS ImportKeyMaterial at host"))
        .failure();
}

TEST(JsonFaultTest, TheCodeIsCutOutOfEveryForm) {
    for (const char* type : {"NotFoundException", "com.amazonaws.kms#NotFoundException", "NotFoundException:http://internal/x",
                             "a#b#NotFoundException:c:d", "#NotFoundException", " NotFoundException "}) {
        EXPECT_EQ(readJsonFault(reply(400, R"({"__type":")" + std::string{type} + R"("})")).code, "NotFoundException") << type;
        EXPECT_EQ(readJsonFault(reply(400, "", {{"x-amzn-errortype", type}})).code, "NotFoundException") << type;
    }
    EXPECT_EQ(readJsonFault(reply(400, R"({"code":"TagException"})")).code, "TagException");
    EXPECT_EQ(readJsonFault(reply(400, R"({"__type":7,"message":[]})", {{"x-amzn-errortype", "TagException"}})).code,
              "TagException");
}

TEST(JsonFaultTest, TheTextMayHaveEitherNameOrBeMissing) {
    EXPECT_EQ(readJsonFault(reply(400, R"({"__type":"A","message":"m"})")).text, "m");
    EXPECT_EQ(readJsonFault(reply(400, R"({"__type":"A","Message":"M"})")).text, "M");
    EXPECT_EQ(readJsonFault(reply(400, R"({"__type":"InvalidCiphertextException"})")).text, "");
    EXPECT_EQ(readJsonFault(reply(400, R"({"__type":"InvalidCiphertextException","message":null})")).text, "");
}

TEST(KmsErrorTest, CarriesWhatTheServiceSaid) {
    const Failure failure = failureFor(
        reply(400, R"({"__type":"NotFoundException","message":"Key 'x' does not exist"})", {{"x-amzn-requestid", "r-1"}}));
    EXPECT_EQ(failure.kind, ErrorKind::NotFound);
    EXPECT_EQ(failure.code, "NotFoundException");
    EXPECT_EQ(failure.serviceText, "Key 'x' does not exist");
    EXPECT_EQ(failure.requestId, "r-1");
    EXPECT_EQ(toEnglish(failure.place), "KMS ImportKeyMaterial at host");
}

TEST(KmsErrorTest, AMissingPermissionIsNamed) {
    EXPECT_TRUE(
        fails(failureFor(reply(400, R"({"__type":"AccessDeniedException"})")), ErrorKind::Refused, "kms:ImportKeyMaterial"));
    const HttpReply ofSts =
        reply(403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>");
    EXPECT_TRUE(fails(kmsError(ofSts, readXmlFault(ofSts), "sts:GetCallerIdentity", KC_TEXT("Test", "STS")).failure(),
                      ErrorKind::Refused, "sts:GetCallerIdentity"));
}

TEST(KmsErrorTest, ATextThatSaysMoreThanTheNameIsHeeded) {
    EXPECT_TRUE(
        fails(failureFor(
                  reply(403, R"({"__type":"SignatureDoesNotMatch","message":"Credential should be scoped to a valid region."})")),
              ErrorKind::Refused, "check --region (AWS_REGION"));
    EXPECT_TRUE(
        fails(failureFor(reply(
                  400, R"({"__type":"IncorrectKeyMaterialException","message":"Key material (id: x) is already associated"})")),
              ErrorKind::Integrity, "EXISTING_KEY_MATERIAL"));
}

struct Odd {
    const char* name;
    int status;
    const char* body;
    ErrorKind kind;
    const char* code;
    const char* words;
    friend std::ostream& operator<<(std::ostream& out, const Odd& row) { return out << row.name; }
};

class OddErrorReplyTest : public testing::TestWithParam<Odd> {};

TEST_P(OddErrorReplyTest, EndsInAClearFailure) {
    const Failure failure = failureFor(reply(GetParam().status, GetParam().body));
    EXPECT_TRUE(fails(failure, GetParam().kind, GetParam().words));
    EXPECT_EQ(failure.code, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Replies, OddErrorReplyTest,
    testing::Values(Odd{"UnknownException", 400, R"({"__type":"BrandNewException","message":"new"})", ErrorKind::Refused,
                        "BrandNewException", "not known here"},
                    Odd{"UnknownServerException", 500, R"({"__type":"BrandNewException"})", ErrorKind::Unavailable,
                        "BrandNewException", "not available"},
                    Odd{"HtmlFromAProxy", 502, "<html>Bad Gateway</html>", ErrorKind::Unavailable, "HTTP 502", "proxy"},
                    Odd{"HtmlRefusal", 403, "<html>no</html>", ErrorKind::Refused, "HTTP 403", "without a reason"},
                    Odd{"HtmlNotFound", 404, "<html>no</html>", ErrorKind::Integrity, "HTTP 404", "no answer of KMS"},
                    Odd{"HalfAJson", 400, R"({"__type":"NotFoundExc)", ErrorKind::Integrity, "HTTP 400", "no answer of KMS"},
                    Odd{"JsonArray", 400, "[]", ErrorKind::Integrity, "HTTP 400", "no answer of KMS"},
                    Odd{"NothingAtAll", 400, "", ErrorKind::Integrity, "HTTP 400", "no answer of KMS"},
                    Odd{"Redirect", 302, "", ErrorKind::Integrity, "HTTP 302", "another address"},
                    Odd{"TooManyRequests", 429, "", ErrorKind::Unavailable, "HTTP 429", "too many calls"},
                    Odd{"ServerErrorWithoutBody", 500, "", ErrorKind::Unavailable, "HTTP 500", "not available"}),
    tests::rowName);

TEST(StsTest, ReadsTheCaller) {
    const CallerIdentity identity = readCallerIdentity(
        R"(<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::000000000001:user/a&amp;b</Arn>
           <UserId>AIDA</UserId><Account>000000000001</Account></GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>)",
        Text{});
    EXPECT_EQ(identity.account, "000000000001");
    EXPECT_EQ(identity.arn, "arn:aws:iam::000000000001:user/a&b");
    EXPECT_EQ(identity.userId, "AIDA");
    EXPECT_EQ(identity.facts.requestId, "r");
}

TEST(StsTest, WhatNamesNoCallerIsRefused) {
    const Text place = KC_TEXT("Test", "STS");
    for (const char* body : {"", "{}", "<html></html>", "<GetCallerIdentityResponse>",
                             "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>a</Arn>"
                             "</GetCallerIdentityResult></GetCallerIdentityResponse>"}) {
        EXPECT_TRUE(
            fails(tests::failureOf([&] { return readCallerIdentity(body, place); }), ErrorKind::Integrity, "names no caller"))
            << body;
    }
}

TEST(StsTest, ErrorsComeAsXmlOrFromAnImitationAsJson) {
    const auto xml = readXmlFault(
        reply(403,
              "<ErrorResponse xmlns=\"x\"><Error><Type>Sender</Type><Code>ExpiredToken</Code><Message>old</Message></Error>"
              "<RequestId>r</RequestId></ErrorResponse>"));
    EXPECT_EQ(xml.code, "ExpiredToken");
    EXPECT_EQ(xml.text, "old");
    EXPECT_EQ(xml.requestId, "r");
    EXPECT_EQ(readXmlFault(reply(400, R"({"__type":"UnknownOperationException"})")).code, "UnknownOperationException");
    EXPECT_EQ(readXmlFault(reply(400, "<html/>")).code, "");
}

}  // namespace
}  // namespace keyconvoy::kms
