#include "kmsclient/simulator/audit_log.h"

#include "core/base64.h"
#include "core/error.h"
#include "core/files.h"
#include "kmsclient/simulator/fault_json.h"
#include "tests/simulator/kms.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sstream>

namespace keyconvoy::tests {

namespace {

using namespace kms::simulator;

class AuditLogTest : public testing::Test {
protected:
    std::string content() const { return std::string{asText(readFile(m_file, 1U << 22U))}; }
    std::vector<Json> events() const {
        std::vector<Json> all;
        std::istringstream stream{content()};
        for (std::string line; std::getline(stream, line);) {
            all.push_back(Json::parse(line));
        }
        return all;
    }
    Json last() const { return events().back(); }

    TemporaryFolder m_folder{"keyconvoy-audit-"};
    std::filesystem::path m_file = m_folder.path() / "audit.jsonl";
    Kms m_kms{{.service = {.auditLog = m_file}}};
};

TEST_F(AuditLogTest, HasTheMembersOfCloudTrail) {
    m_kms.freeze();
    RawRequest request = m_kms.request("CreateKey", R"({"Origin":"EXTERNAL","Tags":[{"TagKey":"a","TagValue":"b"}]})");
    request.headers.emplace_back("User-Agent", "aws-cli/2 \"quoted\"");
    const RawReply reply = m_kms.send(request);
    const Json event = last();
    std::vector<std::string> names;
    for (const auto& [name, value] : event.items()) {
        names.push_back(name);
    }
    EXPECT_THAT(names, testing::ElementsAre("eventVersion", "userIdentity", "eventTime", "eventSource", "eventName", "awsRegion",
                                            "sourceIPAddress", "userAgent", "requestParameters", "responseElements", "requestID",
                                            "eventID", "readOnly", "resources", "eventType", "recipientAccountId"));
    EXPECT_EQ(event.at("eventTime"), toRfc3339(m_kms.now()));
    EXPECT_EQ(event.at("eventSource"), "kms.amazonaws.com");
    EXPECT_EQ(event.at("eventName"), "CreateKey");
    EXPECT_EQ(event.at("awsRegion"), "us-east-1");
    EXPECT_EQ(event.at("sourceIPAddress"), "127.0.0.1");
    EXPECT_EQ(event.at("userAgent"), "aws-cli/2 \"quoted\"");
    EXPECT_EQ(event.at("requestID"), reply.header("x-amzn-RequestId"));
    EXPECT_EQ(event.at("readOnly"), false);
    EXPECT_EQ(event.at("userIdentity").at("arn"), "arn:aws:iam::000000000000:user/rehearsal");
    EXPECT_EQ(event.at("userIdentity").at("userName"), "rehearsal");
    EXPECT_EQ(event.at("userIdentity").at("accessKeyId"), m_kms.credentials().accessKeyId);
    EXPECT_EQ(event.at("requestParameters").dump(), R"({"origin":"EXTERNAL","tags":[{"tagKey":"a","tagValue":"b"}]})");
    const Json metadata = Json::parse(reply.body).at("KeyMetadata");
    EXPECT_EQ(event.at("responseElements").at("keyMetadata").at("keyId"), metadata.at("KeyId"));
    EXPECT_THAT(event.at("responseElements").at("keyMetadata").at("creationDate").get<std::string>(),
                testing::MatchesRegex("[A-Z][a-z]{2} [0-9]+, [0-9]{4}, [0-9]+:[0-9]{2}:[0-9]{2} [AP]M"));
    EXPECT_EQ(event.at("resources").dump(), R"([{"accountId":"000000000000","type":"AWS::KMS::Key","ARN":")" +
                                                metadata.at("Arn").get<std::string>() + R"("}])");
}

TEST_F(AuditLogTest, SaysWhoCalledFromWhereInWhichRegion) {
    const RawReply assumed = m_kms.askSts(
        "Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000003%3Arole%2Fofficer&RoleSessionName=one");
    EXPECT_EQ(assumed.status, 200);
    EXPECT_EQ(last().at("eventSource"), "sts.amazonaws.com");
    EXPECT_EQ(last().at("requestParameters").dump(),
              R"({"roleArn":"arn:aws:iam::000000000003:role/officer","roleSessionName":"one"})");
    const auto element = [&assumed](const std::string& name) {
        const std::size_t start = assumed.body.find("<" + name + ">") + name.size() + 2;
        return assumed.body.substr(start, assumed.body.find("</" + name + ">") - start);
    };
    const Credentials session{.accessKeyId = element("AccessKeyId"),
                              .secretAccessKey = element("SecretAccessKey"),
                              .sessionToken = element("SessionToken")};
    static_cast<void>(m_kms.with(session, "000000000003").in("eu-central-1").createKey());
    const Json event = last();
    EXPECT_EQ(event.at("awsRegion"), "eu-central-1");
    EXPECT_EQ(event.at("recipientAccountId"), "000000000003");
    EXPECT_EQ(event.at("resources").at(0).at("accountId"), "000000000003");
    const Json& who = event.at("userIdentity");
    EXPECT_EQ(who.at("type"), "AssumedRole");
    EXPECT_EQ(who.at("arn"), "arn:aws:sts::000000000003:assumed-role/officer/one");
    EXPECT_EQ(who.at("accountId"), "000000000003");
    EXPECT_EQ(who.at("accessKeyId"), session.accessKeyId);
    const Json& issuer = who.at("sessionContext").at("sessionIssuer");
    EXPECT_EQ(issuer.at("arn"), "arn:aws:iam::000000000003:role/officer");
    EXPECT_EQ(who.at("principalId"), issuer.at("principalId").get<std::string>() + ":one");
    EXPECT_THAT(content(), testing::Not(testing::HasSubstr(session.secretAccessKey)));
    EXPECT_THAT(content(), testing::Not(testing::HasSubstr(session.sessionToken)));
}

std::string base64UrlOf(const Json& json) {
    std::string text = toBase64(asBytes(json.dump()));
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    std::erase(text, '=');
    return text;
}

TEST_F(AuditLogTest, SaysWhoseTokenAskedForARole) {
    const auto ask = [this](const std::string& token) {
        const std::string form =
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=job-17&RoleArn=arn%3Aaws%3Aiam%3A%3A000000000007"
            "%3Arole%2FCi&WebIdentityToken=" +
            token;
        return m_kms.send({.headers = {{"Host", "127.0.0.1"},
                                       {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                                       {"Connection", "close"},
                                       {"Content-Length", std::to_string(form.size())}},
                           .body = form});
    };
    const auto tokenUntil = [](TimePoint end) {
        return base64UrlOf({{"alg", "RS256"}}) + "." +
               base64UrlOf({{"iss", "https://ci.example"},
                            {"sub", "project:orders"},
                            {"aud", "sts"},
                            {"exp", std::chrono::floor<std::chrono::seconds>(end).time_since_epoch().count()}}) +
               ".c2lnbmF0dXJl";
    };
    const std::string good = tokenUntil(m_kms.now() + std::chrono::minutes{5});
    EXPECT_EQ(ask(good).status, 200);
    const Json event = last();
    EXPECT_EQ(event.at("eventSource"), "sts.amazonaws.com");
    EXPECT_EQ(event.at("eventName"), "AssumeRoleWithWebIdentity");
    EXPECT_EQ(event.at("userIdentity").dump(),
              R"({"type":"WebIdentityUser","principalId":"https://ci.example:sts:project:orders",)"
              R"("userName":"project:orders","identityProvider":"https://ci.example"})");
    EXPECT_EQ(event.at("requestParameters").dump(),
              R"({"roleArn":"arn:aws:iam::000000000007:role/Ci","roleSessionName":"job-17"})");
    EXPECT_EQ(event.at("awsRegion"), "us-east-1");
    EXPECT_EQ(event.at("recipientAccountId"), "000000000007");
    EXPECT_THAT(content(), testing::Not(testing::HasSubstr(good)));
    EXPECT_EQ(ask(tokenUntil(m_kms.now())).status, 400);
    EXPECT_EQ(last().at("errorCode"), "ExpiredTokenException");
    EXPECT_EQ(ask("no-token").status, 400);
    EXPECT_EQ(events().size(), 2U) << "whose token it was cannot be said";
}

TEST_F(AuditLogTest, ShowsAnImportWithoutMaterialAndToken) {
    m_kms.advance(parseRfc3339("2027-05-20T05:47:45Z").value() - m_kms.now());
    m_kms.freeze();
    const std::string id = m_kms.createKey();
    const Parameters given = m_kms.parameters(id);
    EXPECT_EQ(last().at("readOnly"), true);
    EXPECT_TRUE(last().at("responseElements").is_null());
    const std::string blob = toBase64(wrapFor(given, filled(32, 1)));
    m_kms.must("ImportKeyMaterial", {{"KeyId", id},
                                     {"ImportToken", toBase64(given.importToken)},
                                     {"EncryptedKeyMaterial", blob},
                                     {"ValidTo", seconds(m_kms.now()) + 86400},
                                     {"SomethingOfNextYear", "unknown"}});
    const Json event = last();
    const std::string time = event.at("requestParameters").at("validTo");
    EXPECT_THAT(time, testing::MatchesRegex("May 21, 2027, 5:47:4[4-9] AM"));
    EXPECT_EQ(event.at("requestParameters").dump(), R"({"keyId":")" + id + R"(","validTo":")" + time + R"("})");
    EXPECT_EQ(event.at("responseElements").at("keyId"), m_kms.arn(id));
    EXPECT_EQ(event.at("responseElements").at("keyMaterialId"), m_kms.metadata(id).at("CurrentKeyMaterialId"));
    EXPECT_THAT(content(), testing::Not(testing::HasSubstr(blob)));
    EXPECT_THAT(content(), testing::Not(testing::HasSubstr(toBase64(given.importToken))));
    EXPECT_THAT(content(), testing::Not(testing::HasSubstr(toBase64(given.publicKey))));
}

TEST_F(AuditLogTest, NeverShowsOctetsThatWereGivenOrMade) {
    const std::string id = m_kms.createKey();
    m_kms.mustImport(id, filled(32, 1), forEver());
    const std::string plaintext = toBase64(asBytes("a plaintext of some length"));
    const std::string ciphertext =
        m_kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", plaintext}, {"EncryptionContext", {{"Purpose", "test"}}}})
            .at("CiphertextBlob");
    EXPECT_EQ(last().at("requestParameters").dump(), R"({"keyId":")" + id + R"(","encryptionContext":{"Purpose":"test"}})");
    m_kms.must("Decrypt", {{"CiphertextBlob", ciphertext}, {"EncryptionContext", {{"Purpose", "test"}}}});
    EXPECT_EQ(last().at("resources").at(0).at("ARN"), m_kms.arn(id)) << "the ciphertext names the key";
    EXPECT_THAT(content(), testing::Not(testing::HasSubstr(plaintext)));
    EXPECT_THAT(content(), testing::Not(testing::HasSubstr(ciphertext)));
    EXPECT_THAT(content(), testing::Not(testing::HasSubstr(m_kms.credentials().secretAccessKey)));
}

TEST_F(AuditLogTest, NamesTheKeyOfACallWithoutAReply) {
    const std::string id = m_kms.createKey();
    m_kms.must("UpdateKeyDescription", {{"KeyId", id}, {"Description", "new"}});
    EXPECT_EQ(last().at("responseElements").dump(), R"({"keyId":")" + m_kms.arn(id) + R"("})");
}

TEST_F(AuditLogTest, HasWhatWasRefused) {
    const std::string id = m_kms.createKey();
    m_kms.server().service().addFault(parseFault("access-denied,calls=1"));
    EXPECT_EQ(m_kms.call("DescribeKey", {{"KeyId", id}}).status, 400);
    EXPECT_EQ(last().at("errorCode"), "AccessDenied");
    EXPECT_THAT(last().at("errorMessage").get<std::string>(), testing::HasSubstr("is not authorized to perform"));
    EXPECT_EQ(last().at("resources").size(), 1U);
    EXPECT_EQ(m_kms.call("DescribeKey", {{"KeyId", "nonsense"}}).status, 400);
    EXPECT_EQ(last().at("errorCode"), "NotFoundException");
    EXPECT_TRUE(last().at("resources").empty());
    m_kms.mustFail(
        "GetParametersForImport", {{"KeyId", id}, {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}}, "ValidationException",
        "1 validation error detected: Value null at 'wrappingKeySpec' failed to satisfy constraint: Member must not be "
        "null");
    EXPECT_EQ(last().at("errorCode"), "ValidationException");
}

TEST_F(AuditLogTest, HasNothingOfStrangers) {
    RawRequest request = m_kms.request("ListKeys", "{}");
    request.headers.back().second.back() ^= 1;
    EXPECT_EQ(m_kms.send(request).status, 400);
    EXPECT_EQ(content(), "");
}

TEST_F(AuditLogTest, IsAddedToAndNotBegunAgain) {
    static_cast<void>(m_kms.createKey());
    const Kms second{{.service = {.auditLog = m_file}}};
    static_cast<void>(second.createKey());
    EXPECT_EQ(events().size(), 2U);
}

TEST_F(AuditLogTest, MustBeAFileThatCanBeWritten) {
    EXPECT_THROW(AuditLog{m_folder.path()}, Error);
}

}  // namespace

}  // namespace keyconvoy::tests
