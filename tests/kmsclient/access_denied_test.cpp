#include "kmsclient/access_denied.h"

#include "kmsclient/sts.h"
#include "tests/kmsclient/simulator_fixture.h"

#include <gmock/gmock.h>

/// Refusals in every word that the simulator has for them, as they arrive in a failure.
namespace keyconvoy::kms {
namespace {

using testing::HasSubstr;
using tests::failureOf;

struct Wording {
    const char* policy;  ///< as the simulator's option has it
    PolicyKind kind;
    const char* noAllow;
    const char* explicitDeny;
    const char* who;  ///< can change it
};

constexpr std::array<Wording, 7> wordings{{
    {"identity", PolicyKind::Identity, "no IAM policy of the caller (identity-based policy) allows it",
     "an IAM policy of the caller (identity-based policy) denies it outright", "an IAM administrator of the caller's account"},
    {"resource", PolicyKind::Resource, "the key policy (resource-based policy) does not allow it",
     "the key policy (resource-based policy) denies it outright",
     "an administrator of the key, in the account that owns it (kms:PutKeyPolicy)"},
    {"permissions-boundary", PolicyKind::PermissionsBoundary, "the caller's permissions boundary does not allow it",
     "the caller's permissions boundary denies it outright", "an IAM administrator of the caller's account"},
    {"session", PolicyKind::Session, "the session policy that these credentials were issued with does not allow it",
     "the session policy that these credentials were issued with denies it outright", "whoever issues these credentials"},
    {"vpc-endpoint", PolicyKind::VpcEndpoint, "the policy of the VPC endpoint that the call took does not allow it",
     "the policy of the VPC endpoint that the call took denies it outright",
     "the network administrator who owns the VPC endpoint (ec2:ModifyVpcEndpoint)"},
    {"service-control", PolicyKind::ServiceControl,
     "no service control policy of the organization allows it to the caller's account",
     "a service control policy of the organization denies it outright to the caller's account",
     "an administrator of the organization's policies, in its management account"},
    {"resource-control", PolicyKind::ResourceControl,
     "no resource control policy of the organization allows it on resources of this account",
     "a resource control policy of the organization denies it outright on resources of this account",
     "an administrator of the organization's policies, in its management account"},
}};

/// In the order of the table, first without an Allow and then with a Deny; the oldest that is set comes first.
std::vector<std::string> faultOptions() {
    std::vector<std::string> options;
    for (const Wording& wording : wordings) {
        for (const char* denial : {"no-allow", "explicit"}) {
            const std::string start = "access-denied,operation=DescribeKey,calls=1,policy=";
            options.insert(options.end(), {"--fault", start + wording.policy + ",denial=" + denial});
        }
    }
    return options;
}

class AccessDeniedTest : public SimulatedKmsTest {
protected:
    AccessDeniedTest() : SimulatedKmsTest{faultOptions()} {}
    Failure refused(const std::string& key) {
        return failureOf([&] { static_cast<void>(m_client.describeKey(key)); }).value_or(Failure{});
    }
};

TEST_F(AccessDeniedTest, SaysWhoWasRefusedWhatByWhichPolicyAndWhoCanChangeIt) {
    const std::string key = createKey();
    const std::string start = "the call kms:DescribeKey on " + key + " is refused to arn:aws:iam::000000000000:user/rehearsal: ";
    for (const Wording& wording : wordings) {
        for (const bool denies : {false, true}) {
            const Failure failure = refused(key);
            const std::string cause = toEnglish(failure.cause);
            const std::string remedy = toEnglish(failure.remedy);
            EXPECT_EQ(failure.kind, ErrorKind::Refused);
            EXPECT_EQ(failure.code, "AccessDeniedException");
            EXPECT_THAT(cause, testing::StartsWith(start + (denies ? wording.explicitDeny : wording.noAllow)));
            EXPECT_THAT(remedy, testing::StartsWith(std::string{wording.who}));
            EXPECT_THAT(remedy, HasSubstr(denies ? "the Deny statement that matches kms:DescribeKey must go"
                                                 : "can change that: an Allow statement for kms:DescribeKey"));
            const auto policy = readAccessRefusal(failure.serviceText).policy;
            ASSERT_TRUE(policy) << failure.serviceText;
            EXPECT_EQ(policy->kind, wording.kind);
            EXPECT_EQ(policy->denial, denies ? Denial::Explicit : Denial::NoAllow);
        }
    }
    EXPECT_EQ(m_client.describeKey(key).metadata.arn, key);  // no word was left over
}

class CreationDeniedTest : public SimulatedKmsTest {
protected:
    CreationDeniedTest()
        : SimulatedKmsTest{{"--fault",
                            "access-denied,operation=CreateKey,policy=service-control,denial=explicit,"
                            "policyArn=arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1"}} {}
};

TEST_F(CreationDeniedTest, NamesThePolicyThatDeniesAndNoResourceWhereThereIsNone) {
    const Failure failure = failureOf([this] { createKey(); }).value_or(Failure{});
    EXPECT_EQ(toEnglish(failure.cause),
              "the call kms:CreateKey is refused to arn:aws:iam::000000000000:user/rehearsal: a service control policy of the "
              "organization denies it outright to the caller's account "
              "(arn:aws:organizations::111122223333:policy/o-1/service_control_policy/p-1)");
}

class RoleDeniedTest : public SimulatedKmsTest {
protected:
    RoleDeniedTest() : SimulatedKmsTest{{"--fault", "access-denied,operation=AssumeRole,policy=resource,calls=1"}} {}
    Failure refused(const std::string& role) {
        AssumeRoleRequest request;
        request.roleArn = role;
        request.sessionName = "one";
        return failureOf([&] { static_cast<void>(m_client.assumeRole(request)); }).value_or(Failure{});
    }
};

TEST_F(RoleDeniedTest, IsToldOfTheRolesTrustPolicyOrThatNoPolicyIsNamed) {
    const Failure byTrustPolicy = refused("arn:aws:iam::000000000003:role/Import");
    EXPECT_EQ(byTrustPolicy.code, "AccessDenied");
    EXPECT_EQ(toEnglish(byTrustPolicy.cause),
              "the call sts:AssumeRole on arn:aws:iam::000000000003:role/Import is refused to "
              "arn:aws:iam::000000000000:user/rehearsal: the role's trust policy (resource-based policy) does not allow it");
    EXPECT_THAT(toEnglish(byTrustPolicy.remedy), HasSubstr("iam:UpdateAssumeRolePolicy"));
    const Failure withoutAPolicy = refused("arn:aws:iam::111122223333:role/Import");  // no account of the simulator's
    EXPECT_THAT(toEnglish(withoutAPolicy.cause), testing::EndsWith("and AWS does not say by which policy"));
}

// ------------------------------------------------------------------------------------------------- texts that say less

TEST(AccessRefusalTest, OfStsWithoutAPolicyIsReadAsFarAsItGoes) {
    const AccessRefusal refusal = readAccessRefusal(
        "User: arn:aws:iam::1:user/a is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::2:role/Import");
    EXPECT_EQ(refusal.caller, "arn:aws:iam::1:user/a");
    EXPECT_EQ(refusal.action, "sts:AssumeRole");
    EXPECT_EQ(refusal.resource, "arn:aws:iam::2:role/Import");
    EXPECT_FALSE(refusal.policy);
    EXPECT_THAT(toEnglish(causeOf(refusal, "sts:AssumeRole")), testing::EndsWith("AWS does not say by which policy"));
    EXPECT_THAT(toEnglish(remedyOf(refusal, "sts:AssumeRole")), HasSubstr("CloudTrail"));
}

TEST(AccessRefusalTest, OfARoleIsByItsTrustPolicy) {
    const AccessRefusal refusal = readAccessRefusal(
        "User: a is not authorized to perform: sts:AssumeRole on resource: r because no resource-based policy allows the "
        "sts:AssumeRole action");
    EXPECT_THAT(toEnglish(causeOf(refusal, "")),
                testing::EndsWith("the role's trust policy (resource-based policy) does not allow it"));
    EXPECT_THAT(toEnglish(remedyOf(refusal, "")), HasSubstr("iam:UpdateAssumeRolePolicy"));
}

TEST(AccessRefusalTest, OfNobodyNamesTheCall) {
    const AccessRefusal refusal = readAccessRefusal("Not authorized to perform sts:AssumeRoleWithWebIdentity");
    EXPECT_EQ(refusal.action, "sts:AssumeRoleWithWebIdentity");
    EXPECT_EQ(toEnglish(causeOf(refusal, "sts:other")),
              "the call sts:AssumeRoleWithWebIdentity is refused, and AWS does not say by which policy");
}

TEST(AccessRefusalTest, OfNoKnownWordsNamesTheCallAsWell) {
    for (const char* text : {"", "no", "User: ", "because no ", " with an explicit deny in a ", "because no odd policy allows it",
                             "User:  is not authorized to perform:  on resource: "}) {
        const AccessRefusal refusal = readAccessRefusal(text);
        EXPECT_FALSE(refusal.policy) << text;
        EXPECT_EQ(toEnglish(causeOf(refusal, "kms:Sign")), "the call kms:Sign is refused, and AWS does not say by which policy");
    }
}

TEST(AccessRefusalTest, PolicyCommandIsNamedForWhatItWritesOnly) {
    const auto remedyFor = [](const std::string& action) {
        return toEnglish(
            remedyOf(readAccessRefusal("User: arn:aws:iam::111122223333:user/a is not authorized to perform: " + action +
                                       " on resource: arn:aws:kms:eu-central-1:111122223333:key/b because no "
                                       "identity-based policy allows the " +
                                       action + " action"),
                     action));
    };
    EXPECT_THAT(remedyFor("kms:ImportKeyMaterial"), HasSubstr("keyconvoy policy"));
    for (const char* action : {"kms:RotateKeyOnDemand", "kms:ReplicateKey", "kms:DeleteImportedKeyMaterial", "kms:CreateAlias"}) {
        EXPECT_THAT(remedyFor(action), testing::Not(HasSubstr("keyconvoy policy"))) << action;
        EXPECT_THAT(remedyFor(action), HasSubstr(action));
    }
}

}  // namespace
}  // namespace keyconvoy::kms
