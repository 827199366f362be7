#include "kmsclient/simulator/fault_json.h"
#include "tests/simulator/key_material.h"
#include "tests/simulator/kms.h"
#include "tests/simulator/sockets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Faults as a client meets them: over HTTP.
namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;

class ServiceFaults : public testing::Test {
protected:
    void set(const char* fault) { m_kms.server().service().addFault(kms::simulator::parseFault(fault)); }
    /// What comes back for a request, octet for octet; empty when the connection is closed without a reply.
    std::string rawReply(std::string_view operation, const Json& body) const {
        return exchange(m_kms.port(), m_kms.request(operation, body.dump()).octets());
    }

    Kms m_kms;
};

TEST_F(ServiceFaults, DenyAccessToTheKeyThatIsNamed) {
    const std::string id = m_kms.createKey();
    m_kms.must("CreateAlias", {{"AliasName", "alias/mine"}, {"TargetKeyId", id}});
    set("access-denied,operation=DescribeKey,policy=resource,denial=explicit,calls=2");
    const std::string text =
        "User: arn:aws:iam::000000000000:user/rehearsal is not authorized to perform: kms:DescribeKey on "
        "resource: " +
        m_kms.arn(id) + " with an explicit deny in a resource-based policy";
    m_kms.mustFail("DescribeKey", {{"KeyId", id}}, "AccessDeniedException", text);
    m_kms.mustFail("DescribeKey", {{"KeyId", "alias/mine"}}, "AccessDeniedException", text);
    EXPECT_EQ(m_kms.state(id), "PendingImport");
}

TEST_F(ServiceFaults, DenyAccessToAllWhereNoKeyIsNamed) {
    set("access-denied,policy=service-control");
    m_kms.mustFail("CreateKey", Json::object(), "AccessDeniedException",
                   "User: arn:aws:iam::000000000000:user/rehearsal is not authorized to perform: kms:CreateKey on resource: * "
                   "because no service control policy allows the kms:CreateKey action");
}

TEST_F(ServiceFaults, ComeAfterTheSignatureCheck) {
    set("access-denied");
    RawRequest request = m_kms.request("ListKeys", "{}");
    request.headers.back().second.back() ^= 1;
    EXPECT_EQ(Json::parse(m_kms.send(request).body).at("__type"), "InvalidSignatureException");
}

TEST_F(ServiceFaults, Throttle) {
    set("throttling,calls=1");
    m_kms.mustFail("ListKeys", Json::object(), "ThrottlingException",
                   "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls.");
    EXPECT_EQ(m_kms.call("ListKeys", Json::object()).status, 200);
}

TEST_F(ServiceFaults, ExpireTheCredentials) {
    set("expired-credentials");
    m_kms.mustFail("ListKeys", Json::object(), "ExpiredTokenException", "The security token included in the request is expired");
}

TEST_F(ServiceFaults, FailTheServerBeforeAndAfterTheCall) {
    set("server-error,operation=CreateKey,calls=1");
    EXPECT_EQ(m_kms.call("CreateKey", {{"Origin", "EXTERNAL"}}).status, 500);
    EXPECT_EQ(m_kms.must("ListKeys", Json::object()).at("Keys").size(), 0U);
    set("server-error,operation=CreateKey,moment=after,exception=DependencyTimeoutException,calls=1");
    EXPECT_EQ(Json::parse(m_kms.call("CreateKey", {{"Origin", "EXTERNAL"}}).body).at("__type"), "DependencyTimeoutException");
    EXPECT_EQ(m_kms.must("ListKeys", Json::object()).at("Keys").size(), 1U);
    set("server-error,exception=ServiceUnavailable,calls=1");
    EXPECT_EQ(m_kms.call("ListKeys", Json::object()).status, 503);
}

TEST_F(ServiceFaults, DropTheConnectionBeforeAndAfterTheCommit) {
    set("dropped-connection,operation=CreateKey,calls=1");
    EXPECT_EQ(rawReply("CreateKey", {{"Origin", "EXTERNAL"}}), "");
    EXPECT_EQ(m_kms.must("ListKeys", Json::object()).at("Keys").size(), 0U);
    set("dropped-connection,operation=CreateKey,point=after,calls=1");
    EXPECT_EQ(rawReply("CreateKey", {{"Origin", "EXTERNAL"}}), "");
    EXPECT_EQ(m_kms.must("ListKeys", Json::object()).at("Keys").size(), 1U);
}

TEST_F(ServiceFaults, CutTheReplyInTheMiddle) {
    set("dropped-connection,point=midway,calls=1");
    const RawReply reply = parseReply(rawReply("CreateKey", {{"Origin", "EXTERNAL"}}));
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body.size(), std::stoul(reply.header("content-length")) / 2);
    EXPECT_EQ(m_kms.must("ListKeys", Json::object()).at("Keys").size(), 1U);
}

TEST_F(ServiceFaults, HoldAReplyBackThatIsDone) {
    set("slow-reply,operation=CreateKey,delay=24h");
    const FileDescriptor waiting = connectToLoopback(m_kms.port());
    sendAll(waiting, m_kms.request("CreateKey", R"({"Origin":"EXTERNAL"})").octets());
    while (m_kms.must("ListKeys", Json::object()).at("Keys").empty()) {
    }
    m_kms.server().stop();
    EXPECT_THAT(receiveAll(waiting), testing::StartsWith("HTTP/1.1 200"));
}

TEST_F(ServiceFaults, SkewTheClockOfSignaturesAndDateHeaderAlone) {
    m_kms.freeze();
    const std::string date = m_kms.call("ListKeys", Json::object()).header("date");
    set("clock-skew,offset=2m,calls=1");
    EXPECT_NE(m_kms.call("ListKeys", Json::object()).header("date"), date);
    set("clock-skew,offset=-10m,calls=1");
    const RawReply refused = m_kms.call("CreateKey", {{"Origin", "EXTERNAL"}});
    EXPECT_THAT(Json::parse(refused.body).at("message").get<std::string>(), testing::StartsWith("Signature not yet current: "));
    set("clock-skew,offset=4m,calls=1");
    EXPECT_EQ(m_kms.must("CreateKey", Json::object()).at("KeyMetadata").at("CreationDate"), seconds(m_kms.now()));
}

TEST_F(ServiceFaults, ReadFromTheStateThatWas) {
    const std::string id = m_kms.createKey();
    set("stale-reads,operation=DescribeKey,calls=3");  // an import of these tests describes the key too
    const std::string later = m_kms.createKey();
    m_kms.mustImport(id, filled(32, 1), forEver());
    EXPECT_EQ(m_kms.state(id), "PendingImport");
    m_kms.mustFail("DescribeKey", {{"KeyId", later}}, "NotFoundException", "Key '" + m_kms.arn(later) + "' does not exist");
    EXPECT_EQ(m_kms.state(id), "Enabled");
    EXPECT_EQ(m_kms.state(later), "PendingImport");
}

TEST_F(ServiceFaults, LeaveCallsThatUseAKeyOutOfStaleReads) {
    const std::string id = m_kms.createKey();
    set("stale-reads");
    m_kms.mustImport(id, filled(32, 1), forEver());
    EXPECT_EQ(m_kms.state(id), "PendingImport");
    EXPECT_EQ(m_kms.call("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}}).status, 200);
}

TEST_F(ServiceFaults, MeetStsToo) {
    set("throttling,operation=GetCallerIdentity,calls=1");
    const std::string form = "Action=GetCallerIdentity&Version=2011-06-15";
    EXPECT_THAT(m_kms.askSts(form).body, testing::HasSubstr("<Code>Throttling</Code><Message>Rate exceeded</Message>"));
    EXPECT_EQ(m_kms.askSts(form).status, 200);
}

TEST_F(ServiceFaults, MeetSessionsToo) {
    set("access-denied,operation=AssumeRole,calls=1");
    const std::string role = "arn:aws:iam::000000000003:role/officer";
    const std::string form = "Action=AssumeRole&Version=2011-06-15&RoleSessionName=one&RoleArn=" + role;
    EXPECT_THAT(m_kms.askSts(form).body,
                testing::HasSubstr("User: arn:aws:iam::000000000000:user/rehearsal is not authorized to perform: "
                                   "sts:AssumeRole on resource: " +
                                   role));
    EXPECT_EQ(m_kms.askSts(form).status, 200);
    set("access-denied,operation=AssumeRoleWithWebIdentity,calls=1");
    EXPECT_THAT(m_kms.askSts("Action=AssumeRoleWithWebIdentity&Version=2011-06-15").body,
                testing::HasSubstr("<Message>Not authorized to perform sts:AssumeRoleWithWebIdentity</Message>"));
}

TEST_F(ServiceFaults, ReadFromTheStateThatWasInEveryRegion) {
    const std::string id = m_kms.createPrimary();
    m_kms.mustImport(id, filled(32, 1), forEver());
    const KmsCaller replica = m_kms.replicate(id, "eu-west-1");
    set("stale-reads");
    m_kms.mustImport(id, filled(32, 2), forEver({{"ImportType", "NEW_KEY_MATERIAL"}}));
    replica.must("UpdateKeyDescription", {{"KeyId", id}, {"Description", "new"}});
    EXPECT_EQ(replica.metadata(id).at("Description"), "");
    EXPECT_EQ(replica.materials(id).size(), 1U);
    m_kms.server().service().faults().clear();
    EXPECT_EQ(replica.metadata(id).at("Description"), "new");
    EXPECT_EQ(replica.materials(id).size(), 2U);
}

}  // namespace

}  // namespace keyconvoy::tests
