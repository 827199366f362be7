#include "tests/kmsclient/kms_client_fixture.h"
#include "tests/support/fault_proxy.h"

#include <array>

namespace keyconvoy::kms {
namespace {

using namespace std::chrono;
using tests::Fault;
using tests::FaultProxy;

class KmsClientRetryTest : public KmsClientTest {};

TEST_F(KmsClientRetryTest, ThrottlingAndServerFailuresAreTriedThreeTimes) {
    m_service.nextReply(400, fault("ThrottlingException"));
    m_service.nextReply(500, fault("KMSInternalException"));
    m_service.nextReply(200, metadata());
    KmsClient client = this->client();
    EXPECT_EQ(client.describeKey(keyId).facts.attempts, 3);
    EXPECT_EQ(m_surroundings.waits(), (std::vector<milliseconds>{500ms, 1000ms}));
}

TEST_F(KmsClientRetryTest, TheFourthFailureIsNotWaitedFor) {
    for (int i = 0; i < 3; ++i) {
        m_service.nextReply(503, "<html>", "x-amzn-RequestId: r\r\n");
    }
    KmsClient client = this->client();
    const auto failure = failureOf([&] { return client.describeKey(keyId); });
    EXPECT_TRUE(fails(failure, ErrorKind::Unavailable, "HTTP 503"));
    EXPECT_EQ(failure->requestId, "r");
    EXPECT_EQ(m_service.requests().size(), 3U);
    EXPECT_EQ(m_surroundings.waits().size(), 2U);
}

TEST_F(KmsClientRetryTest, TheNumberOfAttemptsIsASetting) {
    m_surroundings.variables["AWS_MAX_ATTEMPTS"] = "1";
    m_service.nextReply(400, fault("ThrottlingException"));
    KmsClient once = client();
    EXPECT_TRUE(fails(failureOf([&] { return once.describeKey(keyId); }), ErrorKind::Unavailable, "ThrottlingException"));
    EXPECT_EQ(m_service.requests().size(), 1U);
    for (const char* text : {"0", "21", "three", "3 "}) {
        m_surroundings.variables["AWS_MAX_ATTEMPTS"] = text;
        EXPECT_TRUE(fails(failureOf([&] { return client(); }), ErrorKind::InvalidInput, "AWS_MAX_ATTEMPTS")) << text;
    }
}

TEST_F(KmsClientRetryTest, RefusalsAreNotRepeated) {
    for (const char* type : {"LimitExceededException", "AccessDeniedException", "ValidationException", "NotFoundException",
                             "InvalidSignatureException"}) {
        m_service.nextReply(400, fault(type));
    }
    KmsClient client = this->client();
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(failureOf([&] { return client.describeKey(keyId); }));
    }
    EXPECT_EQ(m_service.requests().size(), 5U);
    EXPECT_TRUE(m_surroundings.waits().empty());
}

TEST_F(KmsClientRetryTest, AConnectionThatBreaksIsTriedAgain) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::Nothing);
    proxy.inject(Fault::CutReply);
    m_service.nextReply(200, metadata());
    m_service.nextReply(200, metadata());
    KmsClient client = this->client(proxy.url());
    EXPECT_EQ(client.describeKey(keyId).metadata.arn, arn);
}

TEST_F(KmsClientRetryTest, GarbageIsNotTriedAgain) {
    FaultProxy proxy{m_service.port()};
    for (const Fault kind : {Fault::Garbage, Fault::GarbageBody, Fault::Half, Fault::TenMegabytes}) {
        proxy.inject(kind);
        m_service.nextReply(200, metadata());
        KmsClient client = this->client(proxy.url());
        const auto before = proxy.operations().size();
        EXPECT_TRUE(
            fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Integrity, "KMS DescribeKey at 127.0.0.1"))
            << kind;
        EXPECT_EQ(proxy.operations().size(), before + 1) << kind;
    }
    EXPECT_TRUE(m_surroundings.waits().empty());
}

TEST_F(KmsClientRetryTest, WhatOnlyReadsIsNotSaidToHaveChangedAnything) {
    for (int i = 0; i < 10; ++i) {
        m_service.nextReply(503, "");
    }
    KmsClient client = this->client();
    const auto failure = failureOf([&] { return client.describeKey(keyId); });
    EXPECT_TRUE(fails(failure, ErrorKind::Unavailable, "wait a minute and repeat the command"));
    EXPECT_EQ(toEnglish(failure->remedy).find("carried out"), std::string::npos);
}

class CreateKeyTest : public KmsClientTest {};

TEST_F(CreateKeyTest, IsNeverRepeatedBlindly) {
    for (const Fault kind : {Fault::CutAfterRequest, Fault::Nothing, Fault::ServerError, Fault::Unavailable, Fault::Garbage,
                             Fault::GarbageBody, Fault::Half, Fault::CutReply}) {
        ScriptedService service;
        FaultProxy proxy{service.port()};
        proxy.inject(kind);
        KmsClient client = this->client(proxy.url());
        for (int i = 0; i < 10; ++i) {
            service.nextReply(200, R"({"KeyMetadata":{},"Keys":[],"Truncated":false})");  // the key is not listed yet
        }
        const auto failure = failureOf([&] { return client.createKey({}); });
        ASSERT_TRUE(failure) << kind;
        EXPECT_TRUE(failure->outcomeUnknown) << kind;
        EXPECT_NE(toEnglish(failure->remedy).find("may or may not have been carried out"), std::string::npos) << kind;
        EXPECT_NE(toEnglish(failure->remedy).find("second key"), std::string::npos) << kind;
        const auto operations = proxy.operations();
        EXPECT_EQ(std::ranges::count(operations, "CreateKey"), 1) << kind;
        const bool looked = failure->kind == ErrorKind::Unavailable;
        EXPECT_EQ(std::ranges::count(operations, "ListKeys"), looked ? 4 : 0) << kind;
        ASSERT_EQ(failure->details.size(), looked ? 1U : 0U) << kind;
        if (looked) {
            EXPECT_NE(toEnglish(failure->details.front().subject).find("tag keyconvoy:request="), std::string::npos) << kind;
        }
    }
}

TEST_F(CreateKeyTest, EachKeyCarriesAMarkOfItsOwnBesideTheCallersTags) {
    KmsClient client = this->client();
    CreateKeyRequest request;
    request.tags = {{.key = "team", .value = "payments"}};
    std::vector<std::string> marks;
    for (int i = 0; i < 2; ++i) {
        m_service.nextReply(200, metadata());
        static_cast<void>(client.createKey(request));
        const std::string body = m_service.requests().back().body;
        const std::string start = R"("Tags":[{"TagKey":"team","TagValue":"payments"},{"TagKey":"keyconvoy:request","TagValue":")";
        ASSERT_NE(body.find(start), std::string::npos) << body;
        marks.push_back(body.substr(body.find(start) + start.size(), 32));
        EXPECT_EQ(marks.back().find_first_not_of("0123456789abcdef"), std::string::npos) << body;
    }
    EXPECT_NE(marks[0], marks[1]);
}

TEST_F(CreateKeyTest, ACallerWhoMayNotTagGetsAKeyWithoutTheMark) {
    const std::string refusal =
        fault("AccessDeniedException", "User: arn:x is not authorized to perform: kms:TagResource on resource: arn:y");
    m_service.nextReply(400, refusal);
    m_service.nextReply(200, metadata());
    KmsClient client = this->client();
    EXPECT_EQ(client.createKey({}).metadata.keyId, keyId);
    EXPECT_EQ(m_service.requests().back().body.find("Tags"), std::string::npos);
    CreateKeyRequest withTags;
    withTags.tags = {{.key = "k", .value = "v"}};
    m_service.nextReply(400, refusal);
    EXPECT_TRUE(fails(failureOf([&] { return client.createKey(withTags); }), ErrorKind::Refused, "AccessDeniedException"));
}

TEST_F(CreateKeyTest, AKeyThatFitsWithoutTheMarkIsNamedAndNotTaken) {
    const auto now = duration_cast<seconds>(m_surroundings.now().time_since_epoch()).count();
    std::string fitting = metadata();
    fitting.insert(fitting.size() - 2, R"(,"CreationDate":)" + std::to_string(now));
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::Nothing, "CreateKey");
    for (int i = 0; i < 4; ++i) {
        m_service.nextReply(200, R"({"Keys":[{"KeyId":")" + keyId + R"("}],"Truncated":false})");
        m_service.nextReply(200, fitting);
        m_service.nextReply(200, R"({"Tags":[],"Truncated":false})");
    }
    KmsClient client = this->client(proxy.url());
    const auto failure = failureOf([&] { return client.createKey({}); });
    ASSERT_TRUE(fails(failure, ErrorKind::Unavailable, "second key"));
    EXPECT_TRUE(failure->outcomeUnknown);
    ASSERT_EQ(failure->details.size(), 2U);
    EXPECT_EQ(toEnglish(failure->details.back().subject), "KMS key " + arn);
}

TEST_F(CreateKeyTest, ARefusalLeavesNothingOpen) {
    m_service.nextReply(400, fault("LimitExceededException"));
    KmsClient client = this->client();
    const auto failure = failureOf([&] { return client.createKey({}); });
    ASSERT_TRUE(fails(failure, ErrorKind::Refused, "LimitExceededException"));
    EXPECT_FALSE(failure->outcomeUnknown);
}

TEST_F(CreateKeyTest, IsRepeatedWhenItWasCertainlyNotCarriedOut) {
    m_service.nextReply(400, fault("ThrottlingException"));
    m_service.nextReply(200, metadata());
    KmsClient client = this->client();
    EXPECT_EQ(client.createKey({}).facts.attempts, 2);
}

TEST_F(CreateKeyTest, OnAReusedConnectionIsNotRepeatedByTheHttpLibrary) {
    m_service.nextReply(200, metadata());
    m_service.next("");
    KmsClient client = this->client();
    static_cast<void>(client.describeKey(keyId));
    EXPECT_TRUE(fails(failureOf([&] { return client.createKey({}); }), ErrorKind::Unavailable, "may or may not"));
    const auto requests = m_service.requests();
    EXPECT_EQ(std::ranges::count_if(
                  requests,
                  [](const tests::HttpMessage& request) { return request.header("x-amz-target") == "TrentService.CreateKey"; }),
              1);
}

TEST_F(CreateKeyTest, AKeyThatIsNotKnownEverywhereYetIsWaitedFor) {
    m_service.nextReply(200, metadata());
    m_service.nextReply(400, fault("NotFoundException"));
    m_service.nextReply(400, fault("NotFoundException"));
    m_service.nextReply(200, metadata());
    KmsClient client = this->client();
    static_cast<void>(client.createKey({}));
    EXPECT_EQ(client.describeKey(arn).metadata.keyId, keyId);
    EXPECT_EQ(m_surroundings.waits(), (std::vector<milliseconds>{1s, 2s}));
}

TEST_F(CreateKeyTest, TheWaitingEndsAfterFiveMinutes) {
    m_service.nextReply(200, metadata());
    for (int i = 0; i < 100; ++i) {
        m_service.nextReply(400, fault("NotFoundException"));
    }
    KmsClient client = this->client();
    static_cast<void>(client.createKey({}));
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::NotFound, "NotFoundException"));
    EXPECT_LT(m_service.requests().size(), 20U);
    m_surroundings.setTime(m_surroundings.now() + 5min);
    const auto before = m_service.requests().size();
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::NotFound, "NotFoundException"));
    EXPECT_EQ(m_service.requests().size(), before + 1);
}

TEST_F(KmsClientTest, AStateIsAwaitedWithPatience) {
    m_service.nextReply(200, metadata());
    m_service.nextReply(200, metadata("Enabled"));
    KmsClient client = this->client();
    EXPECT_EQ(client.awaitKeyState(keyId, KeyState::Enabled).metadata.keyState, KeyState::Enabled);
    EXPECT_EQ(m_surroundings.waits(), std::vector<milliseconds>{1s});
    for (int i = 0; i < 100; ++i) {
        m_service.nextReply(200, metadata());
    }
    EXPECT_EQ(client.awaitKeyState(keyId, KeyState::Enabled).metadata.keyState, KeyState::PendingImport);
}

class ImportKeyMaterialTest : public KmsClientTest {
protected:
    const std::string m_imported = R"({"KeyId":")" + arn + R"(","KeyMaterialId":")" + materialId + "\"}";
    const std::string m_already =
        fault("IncorrectKeyMaterialException", "Key material (id: " + materialId +
                                                   ") being imported as NEW_KEY_MATERIAL is already associated with KMS key " +
                                                   arn + ".");
    const std::string m_rotations = R"({"Rotations":[{"KeyId":")" + arn + R"(","KeyMaterialId":")" + materialId +
                                    R"(","ImportState":"IMPORTED"}],"Truncated":false})";
};

TEST_F(ImportKeyMaterialTest, GivesKeyAndMaterialId) {
    m_service.nextReply(200, m_imported);
    m_service.nextReply(200, "");
    KmsClient client = this->client();
    EXPECT_EQ(client.importKeyMaterial(importRequest()).keyMaterialId, materialId);
    EXPECT_EQ(client.importKeyMaterial(importRequest()).keyId, keyId);  // an empty reply, as older imitations give
}

TEST_F(ImportKeyMaterialTest, AReplyThatMakesNoSenseLeavesOpenWhetherItWasCarriedOut) {
    for (const Fault kind : {Fault::Garbage, Fault::GarbageBody, Fault::Half, Fault::TenMegabytes}) {
        FaultProxy proxy{m_service.port()};
        proxy.inject(kind);
        m_service.nextReply(200, m_imported);
        KmsClient client = this->client(proxy.url());
        const auto failure = failureOf([&] { return client.importKeyMaterial(importRequest()); });
        EXPECT_TRUE(fails(failure, ErrorKind::Integrity, "check the endpoint")) << kind;
        EXPECT_TRUE(fails(failure, ErrorKind::Integrity, "ImportKeyMaterial may or may not have been carried out")) << kind;
    }
}

TEST_F(ImportKeyMaterialTest, OfExistingMaterialIsSimplyRepeated) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::CutAfterRequest);
    m_service.nextReply(200, m_imported);
    m_service.nextReply(200, m_imported);
    KmsClient client = this->client(proxy.url());
    EXPECT_EQ(client.importKeyMaterial(importRequest(ImportType::ExistingKeyMaterial)).facts.attempts, 2);
}

TEST_F(ImportKeyMaterialTest, OfNewMaterialWhoseFirstReplyWasLostIsConfirmedAndCountsAsDone) {
    for (const Fault kind : {Fault::CutAfterRequest, Fault::ServerError}) {
        FaultProxy proxy{m_service.port()};
        proxy.inject(kind);
        m_service.nextReply(200, m_imported);
        m_service.nextReply(400, m_already);
        m_service.nextReply(200, m_rotations);
        KmsClient client = this->client(proxy.url());
        const auto reply = client.importKeyMaterial(importRequest(ImportType::NewKeyMaterial));
        EXPECT_EQ(reply.keyId, arn);
        EXPECT_EQ(reply.keyMaterialId, materialId);
        EXPECT_EQ(proxy.operations(), (std::vector<std::string>{"ImportKeyMaterial", "ImportKeyMaterial", "ListKeyRotations"}));
        EXPECT_TRUE(hasFinding(client, "got no reply but was carried out"));
    }
}

TEST_F(ImportKeyMaterialTest, OfNewMaterialThatKmsDoesNotListStaysAFailure) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::Nothing);
    m_service.nextReply(400, m_already);
    m_service.nextReply(
        200, R"({"Rotations":[{"KeyMaterialId":")" + materialId + R"(","ImportState":"PENDING_IMPORT"}],"Truncated":false})");
    KmsClient client = this->client(proxy.url());
    const auto failure = failureOf([&] { return client.importKeyMaterial(importRequest(ImportType::NewKeyMaterial)); });
    ASSERT_TRUE(fails(failure, ErrorKind::Integrity, "IncorrectKeyMaterialException"));
    EXPECT_FALSE(failure->outcomeUnknown) << "the look has shown that nothing was imported";
}

TEST_F(ImportKeyMaterialTest, RefusedAfterALostReplyLeavesTheFirstAttemptOpen) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::Nothing);
    m_service.nextReply(400, fault("ExpiredImportTokenException"));
    KmsClient client = this->client(proxy.url());
    const auto failure = failureOf([&] { return client.importKeyMaterial(importRequest()); });
    ASSERT_TRUE(fails(failure, ErrorKind::Refused, "ExpiredImportTokenException"));
    EXPECT_TRUE(failure->outcomeUnknown);
}

TEST_F(ImportKeyMaterialTest, AlreadyAssociatedAtTheFirstTryIsTheCallersBusiness) {
    m_service.nextReply(400, m_already);
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.importKeyMaterial(importRequest(ImportType::NewKeyMaterial)); }),
                      ErrorKind::Integrity, "already associated"));
    EXPECT_EQ(m_service.requests().size(), 1U);
}

TEST_F(ImportKeyMaterialTest, WithoutAnyReplyItSaysHowToFindOut) {
    FaultProxy proxy{m_service.port()};
    proxy.inject(Fault::CutAfterRequest, "ImportKeyMaterial", 3);
    for (int i = 0; i < 3; ++i) {
        m_service.nextReply(200, m_imported);
    }
    KmsClient client = this->client(proxy.url());
    const auto failure = failureOf([&] { return client.importKeyMaterial(importRequest()); });
    EXPECT_TRUE(fails(failure, ErrorKind::Unavailable, "look with DescribeKey"));
    EXPECT_TRUE(failure->outcomeUnknown);
    EXPECT_EQ(proxy.operations().size(), 3U);
}

class ClockTest : public KmsClientTest {
protected:
    [[nodiscard]] std::string dateHeader(seconds offset) const {
        const std::time_t time = system_clock::to_time_t(m_surroundings.now() + offset);
        std::tm parts{};
        ::gmtime_r(&time, &parts);
        std::array<char, 64> text{};
        std::strftime(text.data(), text.size(), "Date: %a, %d %b %Y %H:%M:%S GMT\r\n", &parts);
        return text.data();
    }
};

TEST_F(ClockTest, TheOffsetIsTakenFromTheReply) {
    m_service.nextReply(200, metadata(), dateHeader(30s));
    m_service.nextReply(200, metadata(), dateHeader(-200s));
    KmsClient client = this->client();
    static_cast<void>(client.describeKey(keyId));
    EXPECT_NEAR(static_cast<double>(client.clockOffset()->count()), 30, 1);
    EXPECT_TRUE(client.findings().empty());
    static_cast<void>(client.describeKey(keyId));
    EXPECT_NEAR(static_cast<double>(client.clockOffset()->count()), -200, 1);
    EXPECT_TRUE(hasFinding(client, "seconds ahead of the time of 127.0.0.1"));
    EXPECT_EQ(client.clockCorrection(), 0s) << "nobody refused our time";
}

TEST_F(ClockTest, AHeaderCutToWholeSecondsCorrectsNothing) {
    for (const auto offset : {-1s, 0s, 1s, 59s}) {
        m_service.nextReply(200, metadata(), dateHeader(offset));
        KmsClient client = this->client();
        static_cast<void>(client.describeKey(keyId));
        EXPECT_EQ(client.clockCorrection(), 0s);
        EXPECT_TRUE(client.findings().empty());
    }
}

TEST_F(ClockTest, IsCorrectedOnceAndThenKept) {
    m_service.nextReply(400, fault("InvalidSignatureException", "Signature expired: x is now earlier than y"), dateHeader(25h));
    m_service.nextReply(200, metadata(), dateHeader(25h));
    m_service.nextReply(200, metadata(), dateHeader(25h));
    KmsClient client = this->client();
    static_cast<void>(client.describeKey(keyId));
    static_cast<void>(client.describeKey(keyId));
    ASSERT_EQ(m_service.requests().size(), 3U);
    EXPECT_EQ(m_service.requests()[0].header("x-amz-date").substr(0, 8),
              toRfc3339(m_surroundings.now()).erase(7, 1).erase(4, 1).substr(0, 8));
    EXPECT_NE(m_service.requests()[1].header("x-amz-date").substr(0, 8),
              m_service.requests()[0].header("x-amz-date").substr(0, 8));
    EXPECT_TRUE(hasFinding(client, "requests are signed with its own time instead"));
    EXPECT_NEAR(static_cast<double>(client.clockCorrection().count()), 25 * 3600, 1);
    EXPECT_TRUE(m_surroundings.waits().empty());
}

TEST_F(ClockTest, ASecondRefusalIsFinal) {
    for (int i = 0; i < 2; ++i) {
        m_service.nextReply(400, fault("RequestExpired"), dateHeader(10min));
    }
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Refused, "RequestExpired"));
    EXPECT_EQ(m_service.requests().size(), 2U);
}

TEST_F(ClockTest, AWrongSecretIsNotTakenForAWrongClock) {
    m_service.nextReply(400, fault("InvalidSignatureException"), dateHeader(0s));
    KmsClient client = this->client();
    EXPECT_TRUE(fails(failureOf([&] { return client.describeKey(keyId); }), ErrorKind::Refused, "set this machine's clock"));
    EXPECT_EQ(m_service.requests().size(), 1U);
}

}  // namespace
}  // namespace keyconvoy::kms
