#include "app/policy/iam_policy.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <set>

namespace keyconvoy::tests {
namespace {

using namespace app;
using ::testing::Contains;
using ::testing::HasSubstr;
using wrapping::KeySpec;
using wrapping::KeyUsage;

const TimePoint now = *parseRfc3339("2027-06-17T12:00:00Z");

RoleArn role(const std::string& name, const std::string& account = "111122223333") {
    return RoleArn::parse("arn:aws:iam::" + account + ":role/" + name);
}

PolicyRequest someRequest() {
    return {.importRole = role("Import"),
            .checkRole = role("Check"),
            .auditorRole = role("Auditor"),
            .adminRole = role("Admin"),
            .key = std::nullopt,
            .wrapping = {wrapping::WrappingAlgorithm::RsaesOaepSha256, wrapping::WrappingKeySpec::Rsa4096}};
}

Json policiesFor(const PolicyRequest& request) {
    return toJson(leastPrivilege(request, now));
}

Json statementOf(const Json& policy, const char* sid) {
    for (const Json& statement : policy.at("Statement")) {
        if (statement.at("Sid") == sid) {
            return statement;
        }
    }
    return nullptr;
}

/// Every action of a statement, whether it stands alone or in a list.
std::set<std::string> actionsOf(const Json& statement) {
    std::set<std::string> actions;
    if (statement.is_null()) {
        return actions;
    }
    const Json& listed = statement.at("Action");
    for (const Json& action : listed.is_array() ? listed : Json::array({listed})) {
        actions.insert(action.get<std::string>());
    }
    return actions;
}

/// What a role may do by the key policy.
std::set<std::string> allowedTo(const Json& keyPolicy, const RoleArn& who) {
    std::set<std::string> allowed;
    for (const Json& statement : keyPolicy.at("Statement")) {
        if (statement.at("Principal").at("AWS") == who.str()) {
            allowed.merge(actionsOf(statement));
        }
    }
    return allowed;
}

TEST(IamPolicy, WrappingAndExpiryStandInTheConditions) {
    PolicyRequest request = someRequest();
    request.expiry = Expiry::parse("2028-01-01T00:00:00Z");
    const Json keyPolicy = policiesFor(request)["keyPolicy"];
    EXPECT_EQ(statementOf(keyPolicy, "ImportParameters")["Condition"]["StringEquals"],
              (Json{{"kms:WrappingAlgorithm", "RSAES_OAEP_SHA_256"}, {"kms:WrappingKeySpec", "RSA_4096"}}));
    const Json import = statementOf(keyPolicy, "ImportMaterial")["Condition"];
    EXPECT_EQ(import["StringEquals"]["kms:ExpirationModel"], "KEY_MATERIAL_EXPIRES");
    EXPECT_EQ(import["NumericLessThanEquals"]["kms:ValidTo"], "1830297600");  // 2028-01-01T00:00:00Z
}

TEST(IamPolicy, NeverIsAConditionToo) {
    const Json import = statementOf(policiesFor(someRequest())["keyPolicy"], "ImportMaterial")["Condition"];
    EXPECT_EQ(import, (Json{{"StringEquals", {{"kms:ExpirationModel", "KEY_MATERIAL_DOES_NOT_EXPIRE"}}}}));
}

TEST(IamPolicy, APeriodMayBeginWithinADay) {
    PolicyRequest request = someRequest();
    request.expiry = Expiry::parse("P30D");
    const Json import = statementOf(policiesFor(request)["keyPolicy"], "ImportMaterial")["Condition"];
    const auto latest = std::chrono::floor<std::chrono::seconds>((now + std::chrono::hours{31 * 24}).time_since_epoch()).count();
    EXPECT_EQ(import["NumericLessThanEquals"]["kms:ValidTo"], std::to_string(latest));
}

TEST(IamPolicy, RolesAreKeptApart) {
    PolicyRequest request = someRequest();
    request.keySpec = KeySpec::EccNistP256;
    request.usage = KeyUsage::SignVerify;
    request.wrapping.algorithm = wrapping::WrappingAlgorithm::RsaAesKeyWrapSha256;
    const Json keyPolicy = policiesFor(request)["keyPolicy"];
    const auto import = allowedTo(keyPolicy, request.importRole);
    EXPECT_THAT(import, Contains("kms:ImportKeyMaterial"));
    const std::set<std::string> uses{"kms:Sign",    "kms:Verify",      "kms:Encrypt",
                                     "kms:Decrypt", "kms:GenerateMac", "kms:DeriveSharedSecret"};
    const std::set<std::string> imports{"kms:ImportKeyMaterial", "kms:GetParametersForImport", "kms:DeleteImportedKeyMaterial"};
    const auto none = [](const std::set<std::string>& allowed, const std::set<std::string>& unwanted) {
        return std::ranges::none_of(unwanted, [&](const std::string& action) { return allowed.contains(action); });
    };
    EXPECT_TRUE(none(import, uses));
    EXPECT_TRUE(none(allowedTo(keyPolicy, request.checkRole), imports));
    for (const RoleArn& who : {request.auditorRole, request.adminRole}) {
        EXPECT_TRUE(none(allowedTo(keyPolicy, who), uses)) << who.str();
        EXPECT_TRUE(none(allowedTo(keyPolicy, who), imports)) << who.str();
    }
    EXPECT_THAT(allowedTo(keyPolicy, request.adminRole), Contains("kms:PutKeyPolicy")) << "or the key is lost to everybody";
    for (const Json& statement : keyPolicy["Statement"]) {
        for (const std::string& action : actionsOf(statement)) {
            EXPECT_EQ(action.find('*'), std::string::npos) << action;
        }
    }
}

/// What the check after import of each kind of key calls (section "Proving" of the design): not less, or it fails, and not more.
struct CheckRow {
    KeySpec keySpec;
    KeyUsage usage;
    CheckWish wish;
    std::set<std::string> actions;
    const char* algorithm;

    friend std::ostream& operator<<(std::ostream& out, const CheckRow& row) {
        return out << nameOf(wrapping::keySpecNames, row.keySpec) << (row.wish == CheckWish::WorksOnly ? ", works" : "");
    }
};

class PolicyOfCheck : public testing::TestWithParam<CheckRow> {};

TEST_P(PolicyOfCheck, AllowsItsCallsAndNoOthers) {
    PolicyRequest request = someRequest();
    request.keySpec = GetParam().keySpec;
    request.usage = GetParam().usage;
    request.check = GetParam().wish;
    if (materialKind(request.keySpec) != wrapping::MaterialKind::Symmetric &&
        materialKind(request.keySpec) != wrapping::MaterialKind::Hmac) {
        request.wrapping.algorithm = wrapping::WrappingAlgorithm::RsaAesKeyWrapSha256;
    }
    const Json statement = statementOf(policiesFor(request)["keyPolicy"], "CheckAfterImport");
    EXPECT_EQ(actionsOf(statement), GetParam().actions);
    if (*GetParam().algorithm != '\0') {
        EXPECT_THAT(statement["Condition"]["StringEquals"].dump(), HasSubstr(GetParam().algorithm));
    }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, PolicyOfCheck,
    testing::Values(
        CheckRow{KeySpec::SymmetricDefault, KeyUsage::EncryptDecrypt, CheckWish::Strongest, {}, ""},
        CheckRow{KeySpec::SymmetricDefault,
                 KeyUsage::EncryptDecrypt,
                 CheckWish::WorksOnly,
                 {"kms:Encrypt", "kms:Decrypt"},
                 "SYMMETRIC_DEFAULT"},
        CheckRow{KeySpec::Hmac256,
                 KeyUsage::GenerateVerifyMac,
                 CheckWish::Strongest,
                 {"kms:GenerateMac", "kms:VerifyMac"},
                 "HMAC_SHA_256"},
        CheckRow{KeySpec::Rsa2048,
                 KeyUsage::EncryptDecrypt,
                 CheckWish::Strongest,
                 {"kms:GetPublicKey", "kms:Decrypt"},
                 "RSAES_OAEP_SHA_256"},
        CheckRow{KeySpec::Rsa2048,
                 KeyUsage::SignVerify,
                 CheckWish::Strongest,
                 {"kms:GetPublicKey", "kms:Sign", "kms:Verify"},
                 "RSASSA"},
        CheckRow{KeySpec::EccNistP384, KeyUsage::SignVerify, CheckWish::WorksOnly, {"kms:Sign", "kms:Verify"}, "ECDSA_SHA_384"},
        CheckRow{KeySpec::EccNistP384,
                 KeyUsage::KeyAgreement,
                 CheckWish::Strongest,
                 {"kms:GetPublicKey", "kms:DeriveSharedSecret"},
                 ""}));

TEST(IamPolicy, ANewKeyIsCreatedByWhoeverMayChangeItsPolicy) {
    const Json creation = statementOf(policiesFor(someRequest())["adminRolePolicy"], "CreateKeyForImport");
    const Json tagging = statementOf(policiesFor(someRequest())["adminRolePolicy"], "TagNewKey");
    EXPECT_EQ(tagging["Action"], "kms:TagResource") << "every key is created with a tag";
    EXPECT_EQ(creation["Condition"]["StringEquals"]["kms:KeyOrigin"], "EXTERNAL");
    EXPECT_EQ(creation["Condition"]["Bool"]["kms:MultiRegion"], "false");
    PolicyRequest existing = someRequest();
    existing.key = kms::KeyArn::parse("arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    EXPECT_TRUE(policiesFor(existing)["adminRolePolicy"].is_null());
}

TEST(IamPolicy, EveryStatementIsExplained) {
    const Json policies = policiesFor(someRequest());
    std::size_t statements = 0;
    for (const char* member : {"keyPolicy", "adminRolePolicy", "auditorRolePolicy"}) {
        statements += policies[member]["Statement"].size();
    }
    EXPECT_EQ(policies["explained"].size(), statements);
    for (const Json& statement : policies["explained"]) {
        EXPECT_FALSE(statement["purpose"].get<std::string>().empty());
    }
}

void expectError(const PolicyRequest& request, ErrorKind kind, const char* cause) {
    try {
        static_cast<void>(leastPrivilege(request, now));
        ADD_FAILURE() << cause;
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), kind) << toEnglish(error.failure().cause);
        EXPECT_THAT(toEnglish(error.failure().cause), HasSubstr(cause));
    }
}

TEST(IamPolicy, RolesAndKeyAreOfOneAccount) {
    PolicyRequest request = someRequest();
    request.auditorRole = role("Auditor", "999988887777");
    expectError(request, ErrorKind::InvalidInput, "not of the account 111122223333");
    request = someRequest();
    request.key = kms::KeyArn::parse("arn:aws:kms:eu-central-1:999988887777:key/1234abcd-12ab-34cd-56ef-1234567890ab");
    expectError(request, ErrorKind::InvalidInput, "another account");
}

TEST(IamPolicy, WhatKmsWouldNotTakeIsRefused) {
    PolicyRequest request = someRequest();
    request.keySpec = KeySpec::Rsa4096;
    request.usage = KeyUsage::SignVerify;
    expectError(request, ErrorKind::Refused, "RSA");
}

TEST(RoleArn, TakesRolesOnly) {
    EXPECT_NO_THROW(static_cast<void>(RoleArn::parse("arn:aws-us-gov:iam::111122223333:role/path/Name")));
    for (const char* other : {"", "KeyImport", "arn:aws:iam::111122223333:user/somebody", "arn:aws:iam::111122223333:role/*",
                              "arn:aws:sts::111122223333:assumed-role/Import/session", "arn:aws:iam::1111:role/Import",
                              "arn:aws:iam::111122223333:root", "arn:aws:iam::111122223333:role/"}) {
        EXPECT_THROW(static_cast<void>(RoleArn::parse(other)), Error) << other;
    }
}

}  // namespace
}  // namespace keyconvoy::tests
