#include "app/policy/iam_policy.h"

#include "app/cli/account.h"
#include "app/cli/commands/commands.h"
#include "app/cli/option_sets.h"
#include "app/cli/option_table.h"
#include "app/cli/output.h"
#include "app/cli/requests.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

app::RoleArn roleFrom(const ParsedOptions& options, const Option& option) {
    try {
        return app::RoleArn::parse(options.required(option));
    } catch (const Error& error) {
        throwBadOption(option, error.failure().cause, error.failure().remedy);
    }
}

std::optional<kms::KeyArn> keyArnFrom(const ParsedOptions& options) {
    const std::optional<std::string> text = options.value(option::keyId);
    if (!text) {
        return std::nullopt;
    }
    auto arn = kms::KeyArn::parse(*text);
    if (!arn) {
        throwBadOption(option::keyId, KC_TEXT("CommandLine", "\"%1\" is no ARN of a KMS key").with(*text),
                       KC_TEXT("CommandLine", "give the whole ARN: a policy is made without asking KMS"));
    }
    return arn;
}

/// A policy holds for one algorithm; which is strongest depends on a token that is not here.
wrapping::WrappingChoice wrappingChoiceFrom(const ParsedOptions& options) {
    const auto wish = wrappingWishFrom(options);
    if (!wish.algorithm) {
        throwBadOption(option::wrappingAlgorithm, KC_TEXT("CommandLine", "a policy holds for one algorithm"),
                       KC_TEXT("CommandLine", "name the one that the token qualifies for (keyconvoy token qualify)"));
    }
    return {*wish.algorithm, wish.keySpec};
}

void append(std::string& text, const Json& policies, const char* member, std::string_view heading) {
    const Json& policy = policies.at(member);
    if (policy.is_null()) {
        return;
    }
    text += std::string{heading} + "\n" + policy.dump(2) + "\n\n";
    for (const Json& statement : policies.at("explained")) {
        if (statement.at("policy") != member) {
            continue;
        }
        text += wrapped(statement.at("statement").get<std::string>() + ": " + statement.at("purpose").get<std::string>(), 2,
                        accountWidth) +
                "\n";
        for (const Json& line : statement.at("lines")) {
            text += "  - " +
                    wrapped(line.at("what").get<std::string>() + ": " + line.at("why").get<std::string>(), 4, accountWidth) +
                    "\n";
        }
    }
    text += "\n";
}

std::string accountOfPolicies(const Json& policies) {
    std::string text;
    append(text, policies, "keyPolicy", "Key policy (aws kms put-key-policy, or --policy of create-key)");
    append(text, policies, "adminRolePolicy", "Policy of the administering role (aws iam put-role-policy)");
    append(text, policies, "auditorRolePolicy", "Policy of the auditor's role (aws iam put-role-policy)");
    text += "To be known\n";
    for (const Json& note : policies.at("notes")) {
        text += "- " + wrapped(note.get<std::string>(), 2, accountWidth) + "\n";
    }
    return text;
}

ExitCode runPolicy(const ParsedOptions& options, Console& console) {
    const wrapping::KeySpec keySpec = keySpecFrom(options);
    const app::PolicyRequest request{.importRole = roleFrom(options, option::importRole),
                                     .checkRole = roleFrom(options, option::checkRole),
                                     .auditorRole = roleFrom(options, option::auditorRole),
                                     .adminRole = roleFrom(options, option::adminRole),
                                     .key = keyArnFrom(options),
                                     .keySpec = keySpec,
                                     .usage = keyUsageFrom(options, keySpec).value_or(wrapping::usualUsage(keySpec)),
                                     .wrapping = wrappingChoiceFrom(options),
                                     .expiry = expiryFrom(options),
                                     .check = checkWishFrom(options)};
    const Json policies = toJson(app::leastPrivilege(request, systemNow()));
    printResult(console, policies, console.json() ? "" : accountOfPolicies(policies));
    return ExitCode::Done;
}

}  // namespace

Command policyCommand() {
    return {
        .words = "policy",
        .summary = "the least permissions for one import",
        .description =
            "Prints the key policy and the IAM policies that allow exactly one import with these options: one role imports, one "
            "checks, one only looks, one administers. The wrapping algorithm, the wrapping key spec and the expiry stand in the "
            "conditions, so that nothing weaker is taken. Each statement is explained. Nothing is sent anywhere.",
        .example =
            "keyconvoy policy --key-spec SYMMETRIC_DEFAULT --wrapping-algorithm RSAES_OAEP_SHA_256 --expires never \\\n"
            "    --import-role arn:aws:iam::111122223333:role/KeyImport --check-role arn:aws:iam::111122223333:role/KeyCheck \\\n"
            "    --auditor-role arn:aws:iam::111122223333:role/Auditor --admin-role arn:aws:iam::111122223333:role/KeyAdmin",
        .options = Options{&option::importRole, &option::checkRole, &option::auditorRole, &option::adminRole, &option::keySpec,
                           &option::keyUsage, &option::keyId, &option::expires, &option::check, &option::wrappingAlgorithm,
                           &option::wrappingKeySpec, &option::allowSha1} +
                   outputOptions(),
        .run = &runPolicy};
}

}  // namespace keyconvoy::cli
