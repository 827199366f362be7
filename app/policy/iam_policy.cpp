#include "app/policy/iam_policy.h"

#include "app/ceremony/checks.h"
#include "core/error.h"
#include "wrapping/key_spec.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <regex>

namespace keyconvoy::app {

namespace {

using wrapping::KeyUsage;
using wrapping::MaterialKind;

using Lines = std::vector<std::pair<std::string, Text>>;
using Condition = PolicyStatement::Condition;

constexpr std::chrono::hours periodMayBegin{24};  // the import call comes at most so long after the policy was made

std::string part(const std::string& arn, std::size_t wanted) {
    std::size_t begin = 0;
    for (std::size_t i = 0; i < wanted; ++i) {
        begin = arn.find(':', begin) + 1;
    }
    return arn.substr(begin, arn.find(':', begin) - begin);
}

/// As IAM reads it. In a key policy "*" is this key.
Json documentOf(const PolicyStatement& statement) {
    Json json{{"Sid", statement.sid}, {"Effect", "Allow"}};
    if (statement.principal) {
        json["Principal"] = {{"AWS", statement.principal->str()}};
    }
    json["Action"] = statement.actions.size() == 1 ? Json(statement.actions.front()) : Json(statement.actions);
    json["Resource"] = "*";
    for (const PolicyStatement::Condition& condition : statement.conditions) {
        json["Condition"][condition.op][condition.key] = condition.value;
    }
    return json;
}

PolicyStatement administration(const PolicyRequest& request) {
    return {
        .sid = "Administration",
        .principal = request.adminRole,
        .actions = {"kms:DescribeKey", "kms:GetKeyPolicy", "kms:PutKeyPolicy", "kms:ListKeyPolicies", "kms:EnableKey",
                    "kms:DisableKey", "kms:ScheduleKeyDeletion", "kms:CancelKeyDeletion", "kms:TagResource", "kms:UntagResource",
                    "kms:ListResourceTags", "kms:UpdateKeyDescription"},
        .conditions = {},
        .purpose = KC_TEXT("IamPolicy",
                           "somebody must be able to change this policy and to retire the key, or the key is lost to everybody; "
                           "this role neither imports material nor uses the key"),
        .lines = {
            {"kms:PutKeyPolicy",
             KC_TEXT("IamPolicy", "whoever has it can give the other permissions to anybody: guard this role like the key")},
            {"kms:ScheduleKeyDeletion", KC_TEXT("IamPolicy", "with a waiting period of 7 to 30 days")}}};
}

PolicyStatement parameters(const PolicyRequest& request) {
    const std::string algorithm{nameOf(wrapping::wrappingAlgorithmNames, request.wrapping.algorithm)};
    const std::string spec{nameOf(wrapping::wrappingKeySpecNames, request.wrapping.keySpec)};
    return {
        .sid = "ImportParameters",
        .principal = request.importRole,
        .actions = {"kms:GetParametersForImport"},
        .conditions = {{"StringEquals", "kms:WrappingAlgorithm", algorithm}, {"StringEquals", "kms:WrappingKeySpec", spec}},
        .purpose =
            KC_TEXT("IamPolicy", "wrapping key and import token for this import, in exactly the strength that was decided"),
        .lines = {{"kms:WrappingAlgorithm",
                   KC_TEXT("IamPolicy", "no other algorithm than %1, so that nobody wraps with a weaker one").with(algorithm)},
                  {"kms:WrappingKeySpec", KC_TEXT("IamPolicy", "no shorter wrapping key than %1").with(spec)}}};
}

PolicyStatement import(const PolicyRequest& request, TimePoint now) {
    const std::optional<TimePoint> validTo = request.expiry.validTo(now);
    std::vector<Condition> conditions{
        {"StringEquals", "kms:ExpirationModel", validTo ? "KEY_MATERIAL_EXPIRES" : "KEY_MATERIAL_DOES_NOT_EXPIRE"}};
    Lines lines{{"kms:ExpirationModel",
                 validTo ? KC_TEXT("IamPolicy", "the material must expire; a call that leaves it out is refused too")
                         : KC_TEXT("IamPolicy", "the material must be imported to stay until it is deleted, as was decided")}};
    if (validTo) {
        const TimePoint latest = request.expiry.isPeriod() ? *validTo + periodMayBegin : *validTo;
        const auto seconds = std::chrono::floor<std::chrono::seconds>(latest.time_since_epoch()).count();
        conditions.push_back({"NumericLessThanEquals", "kms:ValidTo", std::to_string(seconds)});
        lines.emplace_back("kms:ValidTo",
                           request.expiry.isPeriod()
                               ? KC_TEXT("IamPolicy",
                                         "not after %1: the period counts from the import call, which may come within a "
                                         "day; make this policy anew for a later one")
                                     .with(toRfc3339(latest))
                               : KC_TEXT("IamPolicy", "not after %1").with(toRfc3339(latest)));
    }
    return {.sid = "ImportMaterial",
            .principal = request.importRole,
            .actions = {"kms:ImportKeyMaterial"},
            .conditions = std::move(conditions),
            .purpose = KC_TEXT("IamPolicy", "the import itself, and the same material again"),
            .lines = std::move(lines)};
}

PolicyStatement look(const char* sid, const RoleArn& role, Text purpose, std::vector<std::string> more = {}) {
    std::vector<std::string> actions{"kms:DescribeKey", "kms:ListKeyRotations", "kms:GetKeyRotationStatus"};
    actions.insert(actions.end(), more.begin(), more.end());
    return {.sid = sid,
            .principal = role,
            .actions = std::move(actions),
            .conditions = {},
            .purpose = std::move(purpose),
            .lines = {{"kms:DescribeKey", KC_TEXT("IamPolicy", "state of the key, key material ID, earliest end")},
                      {"kms:ListKeyRotations", KC_TEXT("IamPolicy", "each material with its state and end")}}};
}

/// The calls of the check after import, and nothing wider.
struct CheckCalls {
    std::vector<std::string> actions;
    const char* conditionKey = nullptr;  ///< absent: KMS has none for these calls
    std::string algorithm;
    Text purpose;
};

CheckCalls callsOfCheckByPublicKey(const PolicyRequest& request) {
    switch (request.usage) {
        case KeyUsage::SignVerify:
            return {{"kms:GetPublicKey", "kms:Sign", "kms:Verify"},
                    "kms:SigningAlgorithm",
                    signingNames(request.keySpec).kmsAlgorithm,
                    KC_TEXT("IamPolicy", "public keys are compared, and signatures of random messages in both directions")};
        case KeyUsage::EncryptDecrypt:
            return {{"kms:GetPublicKey", "kms:Decrypt"},
                    "kms:EncryptionAlgorithm",
                    "RSAES_OAEP_SHA_256",
                    KC_TEXT("IamPolicy", "public keys are compared, and KMS decrypts what was encrypted here")};
        case KeyUsage::KeyAgreement:
        case KeyUsage::GenerateVerifyMac: break;
    }
    return {{"kms:GetPublicKey", "kms:DeriveSharedSecret"},
            nullptr,
            {},
            KC_TEXT("IamPolicy", "public keys are compared, and a shared secret with a throw-away key is derived")};
}

CheckCalls callsOfRoundTrip(const PolicyRequest& request) {
    switch (request.usage) {
        case KeyUsage::EncryptDecrypt:
            return {{"kms:Encrypt", "kms:Decrypt"},
                    "kms:EncryptionAlgorithm",
                    materialKind(request.keySpec) == MaterialKind::Symmetric ? "SYMMETRIC_DEFAULT" : "RSAES_OAEP_SHA_256",
                    KC_TEXT("IamPolicy", "a random message is encrypted and decrypted again")};
        case KeyUsage::SignVerify:
            return {{"kms:Sign", "kms:Verify"},
                    "kms:SigningAlgorithm",
                    signingNames(request.keySpec).kmsAlgorithm,
                    KC_TEXT("IamPolicy", "a random message is signed and the signature verified")};
        case KeyUsage::GenerateVerifyMac:
            return {{"kms:GenerateMac", "kms:VerifyMac"},
                    "kms:MacAlgorithm",
                    macNames(request.keySpec).kmsAlgorithm,
                    KC_TEXT("IamPolicy", "a MAC of a random message is made and verified")};
        case KeyUsage::KeyAgreement: break;
    }
    return callsOfCheckByPublicKey(request);
}

/// Absent where the importing role itself makes the check, by importing again.
std::optional<PolicyStatement> checkStatement(const PolicyRequest& request) {
    CheckCalls calls;
    switch (checkFor(request.keySpec, request.check)) {
        case CheckResult::SameMaterialTwice: return std::nullopt;
        case CheckResult::EqualMac:
            calls = {{"kms:GenerateMac", "kms:VerifyMac"},
                     "kms:MacAlgorithm",
                     macNames(request.keySpec).kmsAlgorithm,
                     KC_TEXT("IamPolicy", "MACs of random messages are compared with the token's, in both directions")};
            break;
        case CheckResult::EqualPublicKey: calls = callsOfCheckByPublicKey(request); break;
        case CheckResult::Works: calls = callsOfRoundTrip(request); break;
    }
    Lines lines;
    std::vector<Condition> conditions;
    if (calls.conditionKey != nullptr) {
        conditions.push_back({"StringEquals", calls.conditionKey, calls.algorithm});
        lines.emplace_back(calls.conditionKey, KC_TEXT("IamPolicy", "only %1, which the check uses").with(calls.algorithm));
    }
    return PolicyStatement{.sid = "CheckAfterImport",
                           .principal = request.checkRole,
                           .actions = std::move(calls.actions),
                           .conditions = std::move(conditions),
                           .purpose = std::move(calls.purpose),
                           .lines = std::move(lines)};
}

PolicyStatement creation(const PolicyRequest& request) {
    const std::string spec{nameOf(wrapping::keySpecNames, request.keySpec)};
    const std::string usage{nameOf(wrapping::keyUsageNames, request.usage)};
    return {.sid = "CreateKeyForImport",
            .principal = std::nullopt,
            .actions = {"kms:CreateKey"},
            .conditions = {{"StringEquals", "kms:KeyOrigin", "EXTERNAL"},
                           {"StringEquals", "kms:KeySpec", spec},
                           {"StringEquals", "kms:KeyUsage", usage},
                           {"Bool", "kms:MultiRegion", request.multiRegion ? "true" : "false"},
                           {"BoolIfExists", "kms:BypassPolicyLockoutSafetyCheck", "false"}},
            .purpose = KC_TEXT(
                "IamPolicy",
                "the KMS key itself, empty; there is no key yet whose policy could allow it, so the administering role's own "
                "policy does"),
            .lines = {{"kms:KeyOrigin", KC_TEXT("IamPolicy", "only keys whose material is imported")},
                      {"kms:KeySpec", KC_TEXT("IamPolicy", "only %1").with(spec)},
                      {"kms:KeyUsage", KC_TEXT("IamPolicy", "only %1").with(usage)},
                      {"kms:MultiRegion", KC_TEXT("IamPolicy", "can never be changed afterwards, so it is fixed here")},
                      {"kms:BypassPolicyLockoutSafetyCheck",
                       KC_TEXT("IamPolicy", "nobody makes a key by which everybody is locked out")}}};
}

/// Every key that this program creates carries a tag by which it is found again after a lost reply.
PolicyStatement tagging() {
    return {.sid = "TagNewKey",
            .principal = std::nullopt,
            .actions = {"kms:TagResource"},
            .conditions = {{"StringEquals", "kms:KeyOrigin", "EXTERNAL"}},
            .purpose = KC_TEXT("IamPolicy",
                               "a key is created with the tag keyconvoy:request, by which it is found again when the reply is "
                               "lost; KMS asks for this permission in the policy of the role, before the key has one"),
            .lines = {{"kms:KeyOrigin", KC_TEXT("IamPolicy", "only keys whose material is imported")}}};
}

void checkRoles(const PolicyRequest& request) {
    const std::string account = request.importRole.account();
    for (const RoleArn* role : {&request.checkRole, &request.auditorRole, &request.adminRole}) {
        if (role->account() != account || role->partition() != request.importRole.partition()) {
            throw Error{ErrorKind::InvalidInput, KC_TEXT("IamPolicy", "role %1").with(role->str()),
                        KC_TEXT("IamPolicy", "it is not of the account %1, as the importing role is").with(account),
                        KC_TEXT("IamPolicy",
                                "name roles of the account that owns the key: none of the import calls works from "
                                "another account")};
        }
    }
    if (request.key && request.key->account() != account) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("IamPolicy", "KMS key %1").with(request.key->str()),
                    KC_TEXT("IamPolicy", "it is of another account than the roles (%1)").with(account),
                    KC_TEXT("IamPolicy", "name roles of the key's own account")};
    }
}

std::vector<Text> notesFor(const PolicyRequest& request) {
    std::vector<Text> notes{
        KC_TEXT("IamPolicy",
                "A key policy replaces the one before. This one names no account root: IAM policies alone then allow nothing "
                "on this key."),
        KC_TEXT("IamPolicy",
                "kms:DeleteImportedKeyMaterial is given to nobody. Where it is needed, give it to a role of its own: it stops "
                "every use of the key at once."),
        KC_TEXT("IamPolicy",
                "No condition key exists for import type, key material ID and description of the material: who may import may "
                "also add another material."),
        KC_TEXT("IamPolicy", "sts:GetCallerIdentity needs no permission."),
    };
    if (!request.key) {
        notes.push_back(KC_TEXT("IamPolicy",
                                "The administering role creates the key, with this key policy: KMS refuses a policy that its "
                                "creator could not change any more. Then import into it with %1.")
                            .with(typedAs("--key-id")));
    }
    if (!request.key && request.multiRegion) {
        notes.push_back(
            KC_TEXT("IamPolicy",
                    "The first multi-Region key of an account needs iam:CreateServiceLinkedRole for KMS, too; it is given "
                    "here to nobody."));
    }
    if (checkFor(request.keySpec, request.check) == CheckResult::SameMaterialTwice) {
        notes.push_back(KC_TEXT("IamPolicy",
                                "A symmetric key is checked by importing the same material a second time: the importing role "
                                "does that, the checking role only looks."));
    }
    return notes;
}

Json explained(const char* policy, const std::vector<PolicyStatement>& statements) {
    Json list = Json::array();
    for (const PolicyStatement& statement : statements) {
        Json lines = Json::array();
        for (const auto& [what, why] : statement.lines) {
            lines.push_back({{"what", what}, {"why", toEnglish(why)}});
        }
        list.push_back({{"policy", policy},
                        {"statement", statement.sid},
                        {"purpose", toEnglish(statement.purpose)},
                        {"lines", std::move(lines)}});
    }
    return list;
}

}  // namespace

RoleArn RoleArn::parse(std::string_view text) {
    static const std::regex shape{R"(arn:(aws|aws-cn|aws-us-gov):iam::\d{12}:role/[\w+=,.@/-]{1,512})"};
    const std::string copy{text};
    if (!std::regex_match(copy, shape)) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("IamPolicy", "role \"%1\"").with(copy),
                    KC_TEXT("IamPolicy", "it is no ARN of an IAM role"),
                    KC_TEXT("IamPolicy",
                            "give one like arn:aws:iam::111122223333:role/KeyCeremonyImport; sessions and users are no "
                            "roles")};
    }
    return RoleArn{copy};
}

std::string RoleArn::partition() const {
    return part(m_text, 1);
}

std::string RoleArn::account() const {
    return part(m_text, 4);
}

PolicySet leastPrivilege(const PolicyRequest& request, TimePoint now) {
    checkRoles(request);
    if (const auto why = wrapping::whyRefused(request.keySpec, request.wrapping)) {
        throw Error{ErrorKind::Refused,
                    KC_TEXT("IamPolicy", "wrapping for %1").with(nameOf(wrapping::keySpecNames, request.keySpec)), *why,
                    KC_TEXT("IamPolicy", "choose a wrapping algorithm that KMS takes for this key spec")};
    }
    PolicySet policies;
    policies.keyPolicy = {
        administration(request), parameters(request), import(request, now),
        look("LookBeforeAndAfter", request.importRole, KC_TEXT("IamPolicy", "the state before and after the import"))};
    if (request.checkRole.str() != request.importRole.str()) {
        policies.keyPolicy.push_back(look("CheckLooks", request.checkRole, KC_TEXT("IamPolicy", "what the check compares with")));
    }
    if (auto check = checkStatement(request)) {
        policies.keyPolicy.push_back(*std::move(check));
    }
    policies.keyPolicy.push_back(
        look("AuditorLooks", request.auditorRole,
             KC_TEXT("IamPolicy", "the auditor sees state, materials, policy and tags, and can use nothing"),
             {"kms:GetKeyPolicy", "kms:ListKeyPolicies", "kms:ListResourceTags", "kms:GetPublicKey"}));
    if (!request.key) {
        policies.adminRole.push_back(creation(request));
        policies.adminRole.push_back(tagging());
    }
    policies.auditorRole.push_back(
        {.sid = "FindKeysAndCalls",
         .principal = std::nullopt,
         .actions = {"kms:ListKeys", "kms:ListAliases", "cloudtrail:LookupEvents"},
         .conditions = {},
         .purpose = KC_TEXT("IamPolicy",
                            "to find the keys of the account and the calls that CloudTrail has of them; none "
                            "of these can be allowed by a key policy"),
         .lines = {}});
    policies.notes = notesFor(request);
    return policies;
}

Json policyDocument(const std::vector<PolicyStatement>& statements) {
    Json list = Json::array();
    for (const PolicyStatement& statement : statements) {
        list.push_back(documentOf(statement));
    }
    return {{"Version", "2012-10-17"}, {"Statement", std::move(list)}};
}

Json toJson(const PolicySet& policies) {
    Json explanations = explained("keyPolicy", policies.keyPolicy);
    for (const Json& more :
         {explained("adminRolePolicy", policies.adminRole), explained("auditorRolePolicy", policies.auditorRole)}) {
        explanations.insert(explanations.end(), more.begin(), more.end());
    }
    Json notes = Json::array();
    for (const Text& note : policies.notes) {
        notes.push_back(toEnglish(note));
    }
    return {{"keyPolicy", policyDocument(policies.keyPolicy)},
            {"adminRolePolicy", policies.adminRole.empty() ? Json(nullptr) : policyDocument(policies.adminRole)},
            {"auditorRolePolicy", policyDocument(policies.auditorRole)},
            {"explained", std::move(explanations)},
            {"notes", std::move(notes)}};
}

}  // namespace keyconvoy::app
