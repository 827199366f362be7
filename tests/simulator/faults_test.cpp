#include "kmsclient/simulator/faults.h"

#include "core/error.h"
#include "kmsclient/simulator/fault_answers.h"
#include "kmsclient/simulator/fault_json.h"

#include <future>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
using namespace kms::simulator;

std::uint64_t add(Faults& faults, const char* text) {
    return faults.add(parseFault(text));
}

std::string endingOf(const CallFaults& call) {
    if (!call.ending) {
        return "none";
    }
    return toJson(Faults::Listed{.id = 0, .fault = {.effect = *call.ending, .operation = {}, .calls = std::nullopt}}).at("kind");
}

TEST(Faults, MeetAsManyCallsAsTheyAreFor) {
    Faults faults;
    add(faults, "throttling,calls=2");
    EXPECT_EQ(endingOf(faults.take("DescribeKey")), "throttling");
    ASSERT_EQ(faults.list().size(), 1U);
    EXPECT_EQ(faults.list().front().fault.calls, 1U);
    EXPECT_EQ(endingOf(faults.take("CreateKey")), "throttling");
    EXPECT_EQ(endingOf(faults.take("CreateKey")), "none");
    EXPECT_TRUE(faults.list().empty());
}

TEST(Faults, MeetEveryCallUntilTheyAreRemoved) {
    Faults faults;
    const std::uint64_t id = add(faults, "throttling");
    EXPECT_EQ(endingOf(faults.take("DescribeKey")), "throttling");
    EXPECT_EQ(endingOf(faults.take("DescribeKey")), "throttling");
    EXPECT_TRUE(faults.remove(id));
    EXPECT_FALSE(faults.remove(id));
    EXPECT_EQ(endingOf(faults.take("DescribeKey")), "none");
}

TEST(Faults, MeetOnlyTheirOperation) {
    Faults faults;
    add(faults, "throttling,operation=ImportKeyMaterial,calls=1");
    EXPECT_EQ(endingOf(faults.take("DescribeKey")), "none");
    EXPECT_EQ(endingOf(faults.take("ImportKeyMaterial")), "throttling");
    EXPECT_EQ(endingOf(faults.take("ImportKeyMaterial")), "none");
}

TEST(Faults, ThatEndACallWaitForOneAnother) {
    Faults faults;
    add(faults, "throttling,calls=1");
    add(faults, "server-error,calls=1");
    add(faults, "dropped-connection,calls=1");
    EXPECT_EQ(endingOf(faults.take("ListKeys")), "throttling");
    EXPECT_EQ(endingOf(faults.take("ListKeys")), "server-error");
    EXPECT_EQ(endingOf(faults.take("ListKeys")), "dropped-connection");
    EXPECT_EQ(endingOf(faults.take("ListKeys")), "none");
}

TEST(Faults, ThatChangeACallMeetItTogether) {
    Faults faults;
    add(faults, "slow-reply,delay=250ms,calls=1");
    add(faults, "clock-skew,offset=-10m,calls=1");
    add(faults, "throttling,calls=1");
    add(faults, "slow-reply,delay=2s,calls=1");
    const CallFaults first = faults.take("ListKeys");
    EXPECT_EQ(first.delay, 250ms);
    EXPECT_EQ(first.skew, -10min);
    EXPECT_EQ(endingOf(first), "throttling");
    EXPECT_EQ(faults.take("ListKeys").delay, 2s);
    EXPECT_TRUE(faults.list().empty());
}

TEST(Faults, GiveWrongCertificatesToConnectionsOnly) {
    Faults faults;
    add(faults, "wrong-certificate,flaw=expired,calls=1");
    EXPECT_EQ(endingOf(faults.take("ListKeys")), "none");
    EXPECT_EQ(faults.takeCertificateFlaw(), CertificateFlaw::Expired);
    EXPECT_EQ(faults.takeCertificateFlaw(), CertificateFlaw::None);
}

TEST(Faults, EndTheirWaitingWhenTheProgramEnds) {
    Faults faults;
    std::future<void> slow = std::async(std::launch::async, [&faults] { faults.wait(24h); });
    faults.endWaiting();
    slow.get();
    faults.wait(24h);
}

// ------------------------------------------------------------------------------------------------------------- spelling

TEST(FaultJson, ReadsWhatItWrites) {
    for (const char* text :
         {R"({"kind":"access-denied","policy":"identity","denial":"no-allow"})",
          R"({"kind":"access-denied","policy":"resource-control","denial":"explicit","policyArn":"arn:aws:organizations::1:p"})",
          R"({"kind":"throttling","operation":"DescribeKey","calls":3})", R"({"kind":"expired-credentials"})",
          R"({"kind":"server-error","exception":"KMSInternalException","moment":"before"})",
          R"({"kind":"server-error","exception":"ServiceUnavailable","moment":"after","operation":"GetCallerIdentity"})",
          R"({"kind":"dropped-connection","point":"before"})", R"({"kind":"dropped-connection","point":"after"})",
          R"({"kind":"dropped-connection","point":"midway"})", R"({"kind":"slow-reply","delay":"90s"})",
          R"({"kind":"clock-skew","offset":"-10m"})", R"({"kind":"stale-reads"})",
          R"({"kind":"wrong-certificate","flaw":"other-host"})", R"({"kind":"wrong-certificate","flaw":"expired"})",
          R"({"kind":"wrong-certificate","flaw":"unknown-issuer","calls":1})"}) {
        Json written = toJson(Faults::Listed{.id = 7, .fault = faultFromJson(Json::parse(text))});
        EXPECT_EQ(written.at("id"), 7);
        written.erase("id");
        EXPECT_EQ(written.dump(), text);
    }
}

TEST(FaultJson, HasUsualValues) {
    EXPECT_EQ(toJson(Faults::Listed{.id = 1, .fault = parseFault("access-denied")}).dump(),
              R"({"id":1,"kind":"access-denied","policy":"identity","denial":"no-allow"})");
    EXPECT_EQ(toJson(Faults::Listed{.id = 1, .fault = parseFault("server-error,calls=4")}).dump(),
              R"({"id":1,"kind":"server-error","exception":"KMSInternalException","moment":"before","calls":4})");
}

TEST(FaultJson, NamesWhatItDoesNotTake) {
    struct Row {
        const char* json;
        const char* member;
    };
    for (const auto& [json, member] :
         {Row{R"([])", "kind"}, Row{R"({})", "kind"}, Row{R"({"kind":"flood"})", "kind"}, Row{R"({"kind":7})", "kind"},
          Row{R"({"kind":"throttling","policy":"identity"})", "policy"}, Row{R"({"kind":"throttling","calls":0})", "calls"},
          Row{R"({"kind":"throttling","calls":-1})", "calls"}, Row{R"({"kind":"throttling","calls":1.5})", "calls"},
          Row{R"({"kind":"throttling","calls":"1"})", "calls"}, Row{R"({"kind":"throttling","calls":99999999999})", "calls"},
          Row{R"({"kind":"throttling","operation":"ImportKeyMateriel"})", "operation"},
          Row{R"({"kind":"wrong-certificate","operation":"ListKeys"})", "operation"},
          Row{R"({"kind":"access-denied","policy":"house"})", "policy"},
          Row{R"({"kind":"access-denied","denial":"maybe"})", "denial"},
          Row{R"({"kind":"server-error","exception":"NotFoundException"})", "exception"},
          Row{R"({"kind":"slow-reply"})", "delay"}, Row{R"({"kind":"slow-reply","delay":"-1s"})", "delay"},
          Row{R"({"kind":"clock-skew","offset":"soon"})", "offset"}}) {
        try {
            static_cast<void>(faultFromJson(Json::parse(json)));
            ADD_FAILURE() << json;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::InvalidInput);
            EXPECT_EQ(toEnglish(error.failure().place), "fault, member " + std::string{member}) << json;
        }
    }
    for (const char* text : {"", "throttling,", "throttling,calls", "throttling,calls=1,calls=2", "throttling,kind=slow-reply",
                             "throttling,calls=", "throttling,calls=x"}) {
        EXPECT_THROW(static_cast<void>(parseFault(text)), Error) << text;
    }
}

// ---------------------------------------------------------------------------------------------------------------- words

/// IAM User Guide, "Troubleshoot access denied error messages", with an action of KMS.
TEST(FaultAnswers, NameThePolicyThatSaysNoAsAwsDoes) {
    struct Row {
        const char* policy;
        const char* noAllow;
        const char* explicitDeny;
    };
    constexpr std::array<Row, 7> rows{{
        {"identity", "no identity-based policy", "an identity-based policy"},
        {"resource", "no resource-based policy", "a resource-based policy"},
        {"permissions-boundary", "no permissions boundary", "a permissions boundary"},
        {"session", "no session policy", "a session policy"},
        {"vpc-endpoint", "no VPC endpoint policy", "a VPC endpoint policy"},
        {"service-control", "no service control policy", "a service control policy"},
        {"resource-control", "no resource control policy", "a resource control policy"},
    }};
    const AccessAttempt attempt{.caller = "CALLER", .action = "kms:ImportKeyMaterial", .resource = "RESOURCE"};
    const auto textOf = [&attempt](const std::string& fault) {
        Faults faults;
        faults.add(parseFault(fault));
        return accessDeniedText(std::get<AccessDenied>(*faults.take("ImportKeyMaterial").ending), attempt);
    };
    const std::string start = "User: CALLER is not authorized to perform: kms:ImportKeyMaterial on resource: RESOURCE ";
    for (const Row& row : rows) {
        const std::string fault = std::string{"access-denied,policy="} + row.policy;
        EXPECT_EQ(textOf(fault), start + "because " + row.noAllow + " allows the kms:ImportKeyMaterial action");
        EXPECT_EQ(textOf(fault + ",denial=explicit"), start + "with an explicit deny in " + row.explicitDeny);
    }
    EXPECT_EQ(textOf("access-denied,policy=service-control,denial=explicit,policyArn=arn:aws:organizations::1:policy/o/p"),
              start + "with an explicit deny in a service control policy: arn:aws:organizations::1:policy/o/p");
}

TEST(FaultAnswers, ForStsAreThoseOfAQueryService) {
    const auto typeOf = [](const char* fault) -> std::pair<std::string, int> {
        Faults faults;
        faults.add(parseFault(fault));
        const CallFaults call = faults.take("GetCallerIdentity");
        try {
            refuseCaller(call, Protocol::Query);
            refuseAccess(call, Protocol::Query, [] { return AccessAttempt{}; });
            failService(call, Protocol::Query, Moment::Before);
        } catch (const ApiError& error) {
            return {error.type(), error.status()};
        }
        return {};
    };
    EXPECT_EQ(typeOf("throttling"), std::pair(std::string{"Throttling"}, 400));
    EXPECT_EQ(typeOf("expired-credentials"), std::pair(std::string{"ExpiredToken"}, 403));
    EXPECT_EQ(typeOf("access-denied"), std::pair(std::string{"AccessDenied"}, 403));
    EXPECT_EQ(typeOf("server-error"), std::pair(std::string{"InternalFailure"}, 500));
    EXPECT_EQ(typeOf("server-error,exception=ServiceUnavailable"), std::pair(std::string{"ServiceUnavailable"}, 503));
}

}  // namespace

}  // namespace keyconvoy::tests
