#include "core/base64.h"
#include "tests/simulator/kms.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Ten accounts, roles between them, and keys used across them.
namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

const std::string other = "000000000007";

/// The text of an XML element; empty when there is none.
std::string elementOf(const std::string& xml, const std::string& name) {
    const std::size_t start = xml.find("<" + name + ">");
    const std::size_t end = xml.find("</" + name + ">");
    return start == std::string::npos || end == std::string::npos
               ? ""
               : xml.substr(start + name.size() + 2, end - start - name.size() - 2);
}

std::string assumeRoleForm(const std::string& role, const std::string& more = "") {
    return "Action=AssumeRole&Version=2011-06-15&RoleSessionName=ceremony-1&RoleArn=arn%3Aaws%3Aiam%3A%3A" + role + more;
}

const std::string whoAmI = "Action=GetCallerIdentity&Version=2011-06-15";

class Accounts : public testing::Test {
protected:
    Accounts() { m_kms.freeze(); }

    /// A caller with the credentials that the STS reply gives.
    [[nodiscard]] KmsCaller callerOf(const RawReply& reply, const std::string& account) const {
        EXPECT_EQ(reply.status, 200) << reply.body;
        return m_kms.with({.accessKeyId = elementOf(reply.body, "AccessKeyId"),
                           .secretAccessKey = elementOf(reply.body, "SecretAccessKey"),
                           .sessionToken = elementOf(reply.body, "SessionToken")},
                          account);
    }
    [[nodiscard]] KmsCaller assumed(const std::string& more = "") const {
        return callerOf(m_kms.askSts(assumeRoleForm(other + "%3Arole%2Fceremony%2FImport", more)), other);
    }
    void expectStsError(const RawReply& reply, int status, const std::string& code, const std::string& text) {
        EXPECT_EQ(reply.status, status);
        EXPECT_EQ(elementOf(reply.body, "Code"), code) << reply.body;
        EXPECT_EQ(elementOf(reply.body, "Message"), text);
    }

    Kms m_kms;
};

TEST_F(Accounts, HaveFixedCredentialsAndKeysOfTheirOwn) {
    EXPECT_EQ(kms::simulator::credentialsOf("000000000003").accessKeyId, "AKIAKEYCONVOY0000003");
    EXPECT_EQ(kms::simulator::credentialsOf("000000000003").secretAccessKey, "keyconvoy/simulator/000000000003/secret/");
    for (char digit = '0'; digit <= '9'; ++digit) {
        const std::string account = std::string{"00000000000"} + digit;
        const KmsCaller caller = m_kms.of(account);
        EXPECT_THAT(caller.askSts(whoAmI).body, HasSubstr("<Account>" + account + "</Account>"));
        const std::string id = caller.createKey();
        EXPECT_EQ(caller.metadata(id).at("AWSAccountId"), account);
        EXPECT_EQ(caller.must("ListKeys", Json::object()).at("Keys").size(), 1U);
    }
}

TEST_F(Accounts, TenthIsTheLast) {
    const KmsCaller eleventh = m_kms.with({.accessKeyId = "AKIAKEYCONVOY0000010", .secretAccessKey = "x"}, "000000000010");
    eleventh.mustFail("ListKeys", Json::object(), "UnrecognizedClientException",
                      "The security token included in the request is invalid.");
}

// ------------------------------------------------------------------------------------------------------------------ roles

TEST_F(Accounts, RoleOfAnotherAccountIsAssumed) {
    const RawReply reply = m_kms.askSts(assumeRoleForm(other + "%3Arole%2Fceremony%2FImport"));
    EXPECT_EQ(elementOf(reply.body, "Arn"), "arn:aws:sts::000000000007:assumed-role/Import/ceremony-1");
    EXPECT_EQ(elementOf(reply.body, "Expiration"), toRfc3339(m_kms.now() + 1h));
    EXPECT_THAT(elementOf(reply.body, "AssumedRoleId"), testing::MatchesRegex("AROA[0-9A-F]{17}:ceremony-1"));
    const KmsCaller role = callerOf(reply, other);
    const std::string identity = role.askSts(whoAmI).body;
    EXPECT_EQ(elementOf(identity, "Arn"), "arn:aws:sts::000000000007:assumed-role/Import/ceremony-1");
    EXPECT_EQ(elementOf(identity, "Account"), other);
    EXPECT_EQ(elementOf(identity, "UserId"), elementOf(reply.body, "AssumedRoleId"));
    EXPECT_EQ(role.metadata(role.createKey()).at("AWSAccountId"), other);
}

TEST_F(Accounts, SessionNeedsItsToken) {
    Credentials credentials = assumed().credentials();
    const std::string text = "The security token included in the request is invalid.";
    const auto refused = [&](const Credentials& wrong) {
        m_kms.with(wrong, other).mustFail("ListKeys", Json::object(), "UnrecognizedClientException", text);
    };
    Credentials without = credentials;
    without.sessionToken.clear();
    refused(without);
    Credentials damaged = credentials;
    damaged.sessionToken[20] = damaged.sessionToken[20] == 'A' ? 'B' : 'A';
    refused(damaged);
    Credentials ofAnother = credentials;
    ofAnother.sessionToken = assumed().credentials().sessionToken;
    refused(ofAnother);
    credentials.secretAccessKey += "x";
    EXPECT_EQ(Json::parse(m_kms.with(credentials, other).call("ListKeys", Json::object()).body).at("__type"),
              "InvalidSignatureException");
}

TEST_F(Accounts, TokenMustBeSigned) {
    const KmsCaller role = assumed();
    RawRequest request = role.request("ListKeys", "{}");
    std::erase_if(request.headers, [](const auto& header) { return header.first == "Authorization"; });
    request.headers.emplace_back("Authorization", authorization(request, role.credentials(), {.date = basicTime(m_kms.now())}));
    expectError(role.send(request), "InvalidSignatureException",
                "'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization.");
}

TEST_F(Accounts, SessionEnds) {
    const KmsCaller role = assumed("&DurationSeconds=900");
    m_kms.advance(15min - 1s);
    EXPECT_EQ(role.call("ListKeys", Json::object()).status, 200);
    m_kms.advance(1s);
    role.mustFail("ListKeys", Json::object(), "ExpiredTokenException", "The security token included in the request is expired");
    expectStsError(role.askSts(whoAmI), 403, "ExpiredToken", "The security token included in the request is expired");
}

TEST_F(Accounts, ChainedSessionLastsAnHourAtMost) {
    const KmsCaller role = assumed("&DurationSeconds=43200");
    const std::string next = assumeRoleForm("000000000002%3Arole%2FNext");
    EXPECT_EQ(role.askSts(next).status, 200);
    expectStsError(role.askSts(next + "&DurationSeconds=3601"), 400, "ValidationError",
                   "The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining");
}

TEST_F(Accounts, RoleThatCannotBeAssumedIsSaidToBe) {
    expectStsError(m_kms.askSts(assumeRoleForm("111122223333%3Arole%2FImport")), 403, "AccessDenied",
                   "User: arn:aws:iam::000000000000:user/rehearsal is not authorized to perform: sts:AssumeRole on resource: "
                   "arn:aws:iam::111122223333:role/Import");
    expectStsError(m_kms.askSts(assumeRoleForm(other + "%3Auser%2FImport")), 400, "ValidationError",
                   "arn:aws:iam::000000000007:user/Import is invalid");
    expectStsError(m_kms.askSts(assumeRoleForm(other + "%3Arole%2FImport", "&DurationSeconds=899")), 400, "ValidationError",
                   "1 validation error detected: Value '899' at 'durationSeconds' failed to satisfy constraint: Member must have "
                   "value greater than or equal to 900");
    expectStsError(m_kms.askSts("Action=AssumeRole&Version=2011-06-15&RoleSessionName=ceremony-1"), 400, "ValidationError",
                   "1 validation error detected: Value null at 'roleArn' failed to satisfy constraint: Member must not be null");
    EXPECT_EQ(m_kms.askSts(assumeRoleForm(other + "%3Arole%2FImport", "&Policy=%7B%7D")).status, 400);
}

// ----------------------------------------------------------------------------------------------------------- web identity

std::string base64Url(const Json& json) {
    std::string text = toBase64(asBytes(json.dump()));
    std::ranges::replace(text, '+', '-');
    std::ranges::replace(text, '/', '_');
    std::erase(text, '=');
    return text;
}

TEST_F(Accounts, WebIdentityNeedsNoSignature) {
    const auto ask = [&](const std::string& token) {
        const std::string form =
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleSessionName=job-17&RoleArn=arn%3Aaws%3Aiam%3A%3A" + other +
            "%3Arole%2FCi&WebIdentityToken=" + token;
        return m_kms.send({.headers = {{"Host", "127.0.0.1"},
                                       {"Content-Type", "application/x-www-form-urlencoded; charset=utf-8"},
                                       {"Connection", "close"},
                                       {"Content-Length", std::to_string(form.size())}},
                           .body = form});
    };
    const auto token = [&](TimePoint end) {
        return base64Url({{"alg", "RS256"}}) + "." +
               base64Url({{"iss", "https://ci.example"},
                          {"sub", "project:orders"},
                          {"aud", "sts"},
                          {"exp", std::chrono::floor<std::chrono::seconds>(end).time_since_epoch().count()}}) +
               ".c2lnbmF0dXJl";
    };
    const RawReply reply = ask(token(m_kms.now() + 5min));
    EXPECT_EQ(elementOf(reply.body, "SubjectFromWebIdentityToken"), "project:orders");
    EXPECT_EQ(elementOf(reply.body, "Provider"), "https://ci.example");
    EXPECT_EQ(elementOf(callerOf(reply, other).askSts(whoAmI).body, "Arn"), "arn:aws:sts::000000000007:assumed-role/Ci/job-17");
    const RawReply ended = ask(token(m_kms.now()));
    EXPECT_EQ(elementOf(ended.body, "Code"), "ExpiredTokenException");
    EXPECT_EQ(ended.status, 400);
    EXPECT_EQ(elementOf(ask("no-token").body, "Code"), "InvalidIdentityToken");
}

// ---------------------------------------------------------------------------------------------------------- across accounts

std::string denied(const std::string& caller, const std::string& action, const std::string& resource) {
    return "User: " + caller + " is not authorized to perform: kms:" + action + " on resource: " + resource +
           " because no resource-based policy allows the kms:" + action + " action";
}

Json policyFor(const Json& principals) {
    const Json statement{{"Effect", "Allow"}, {"Principal", {{"AWS", principals}}}, {"Action", "kms:*"}, {"Resource", "*"}};
    return Json{{"Version", "2012-10-17"}, {"Statement", Json::array({statement})}}.dump();
}

class AcrossAccounts : public Accounts {
protected:
    void allow(const Json& principals) { m_kms.must("PutKeyPolicy", {{"KeyId", m_id}, {"Policy", policyFor(principals)}}); }
    [[nodiscard]] Json message(const std::string& key) const {
        return {{"KeyId", key}, {"Message", "AA=="}, {"MacAlgorithm", "HMAC_SHA_256"}};
    }
    void expectDenied(const KmsCaller& caller, const std::string& who) {
        caller.mustFail("GenerateMac", message(m_arn), "AccessDeniedException", denied(who, "GenerateMac", m_arn));
    }

    KmsCaller m_other = m_kms.of(other);
    std::string m_user = "arn:aws:iam::000000000007:user/rehearsal";
    std::string m_id = [this] {
        std::string id = m_kms.createKey("HMAC_256");
        m_kms.mustImport(id, filled(32, 0x41), forEver());
        return id;
    }();
    std::string m_arn = m_kms.arn(m_id);
};

TEST_F(AcrossAccounts, DefaultPolicyLetsTheOwnAccountInOnly) {
    EXPECT_EQ(m_kms.call("GenerateMac", message(m_arn)).status, 200);
    expectDenied(m_other, m_user);
    m_other.mustFail("GenerateMac", message(m_id), "NotFoundException", "Key '" + m_other.arn(m_id) + "' does not exist");
}

TEST_F(AcrossAccounts, PolicyThatNamesTheAccountLetsItIn) {
    allow(Json::array({"arn:aws:iam::000000000000:root", "arn:aws:iam::000000000007:root"}));
    EXPECT_EQ(m_other.must("GenerateMac", message(m_arn)).at("KeyId"), m_arn);
    EXPECT_EQ(m_other.metadata(m_arn).at("AWSAccountId"), "000000000000");
    expectDenied(m_kms.of("000000000008"), "arn:aws:iam::000000000008:user/rehearsal");
}

TEST_F(AcrossAccounts, PolicyThatNamesARoleLetsItsSessionsIn) {
    allow("arn:aws:iam::000000000007:role/ceremony/Import");
    EXPECT_EQ(assumed().call("GenerateMac", message(m_arn)).status, 200);
    expectDenied(m_other, m_user);
}

TEST_F(AcrossAccounts, ManagementCallsWorkInTheOwnAccountOnly) {
    allow("arn:aws:iam::000000000007:root");
    for (const char* operation : {"DisableKey", "ScheduleKeyDeletion", "ListKeyRotations", "GetKeyPolicy", "CancelKeyDeletion"}) {
        m_other.mustFail(operation, {{"KeyId", m_arn}}, "AccessDeniedException", denied(m_user, operation, m_arn));
    }
    m_other.mustFail("GetParametersForImport",
                     {{"KeyId", m_arn}, {"WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"WrappingKeySpec", "RSA_2048"}},
                     "AccessDeniedException", denied(m_user, "GetParametersForImport", m_arn));
    m_other.mustFail("CreateAlias", {{"AliasName", "alias/theirs"}, {"TargetKeyId", m_arn}}, "AccessDeniedException",
                     denied(m_user, "CreateAlias", m_arn));
}

TEST_F(AcrossAccounts, WhatDoesNotExistIsDeniedToo) {
    const std::string unknown = m_kms.arn("12345678-90ab-cdef-1234-567890abcdef");
    m_other.mustFail("DescribeKey", {{"KeyId", unknown}}, "AccessDeniedException", denied(m_user, "DescribeKey", unknown));
    const std::string alias = "arn:aws:kms:us-east-1:000000000000:alias/nothing";
    m_other.mustFail("DescribeKey", {{"KeyId", alias}}, "AccessDeniedException", denied(m_user, "DescribeKey", alias));
}

TEST_F(AcrossAccounts, CiphertextOpensForWhomThePolicyNames) {
    const std::string id = m_kms.createKey();
    m_kms.mustImport(id, filled(32, 0x42), forEver());
    const Json sealed = m_kms.must("Encrypt", {{"KeyId", id}, {"Plaintext", "AA=="}}).at("CiphertextBlob");
    m_other.mustFail("Decrypt", {{"CiphertextBlob", sealed}}, "AccessDeniedException", denied(m_user, "Decrypt", m_kms.arn(id)));
    m_kms.must("PutKeyPolicy", {{"KeyId", id}, {"Policy", policyFor("000000000007")}});
    EXPECT_EQ(m_other.must("Decrypt", {{"CiphertextBlob", sealed}}).at("Plaintext"), "AA==");
}

}  // namespace

}  // namespace keyconvoy::tests
