#pragma once

#include "app/ceremony/check_after_import.h"
#include "app/ceremony/expiry.h"
#include "core/strict_json.h"
#include "core/text.h"
#include "kmsclient/key_arn.h"
#include "wrapping/compatibility.h"

#include <optional>
#include <string>
#include <vector>

/// Who needs which permissions for one import, and not one more: IAM policies and a key policy, explained statement by statement.
namespace keyconvoy::app {

/// An IAM role: "arn:aws:iam::111122223333:role/KeyCeremonyImport".
class RoleArn {
public:
    /// Throws InvalidInput for anything else: users, assumed roles and wildcards among them.
    [[nodiscard]] static RoleArn parse(std::string_view text);

    [[nodiscard]] const std::string& str() const noexcept { return m_text; }
    [[nodiscard]] std::string partition() const;
    [[nodiscard]] std::string account() const;

private:
    explicit RoleArn(std::string text) : m_text{std::move(text)} {}
    std::string m_text;
};

/// Exactly the choices of one import.
struct PolicyRequest {
    RoleArn importRole;
    RoleArn checkRole;    ///< may use the key for the check after import; may be the same as importRole
    RoleArn auditorRole;  ///< only looks
    RoleArn adminRole;    ///< changes policies and deletes the key, but neither imports nor uses it

    std::optional<kms::KeyArn> key;  ///< absent: it is to be created, by adminRole
    wrapping::KeySpec keySpec = wrapping::KeySpec::SymmetricDefault;
    wrapping::KeyUsage usage = wrapping::KeyUsage::EncryptDecrypt;
    bool multiRegion = false;
    wrapping::WrappingChoice wrapping;
    Expiry expiry{NeverExpires{}};
    CheckWish check = CheckWish::Strongest;
};

/// One statement of a policy with what it is for.
struct PolicyStatement {
    /// "StringEquals", "kms:KeySpec", "RSA_2048"
    struct Condition {
        std::string op, key, value;
    };

    std::string sid;
    std::optional<RoleArn> principal;  ///< absent in a role's own policy, which says by where it is attached whom it is for
    std::vector<std::string> actions;
    std::vector<Condition> conditions;
    Text purpose;
    std::vector<std::pair<std::string, Text>> lines;  ///< action or condition, and why it is there
};

struct PolicySet {
    std::vector<PolicyStatement> keyPolicy;  ///< of the KMS key
    std::vector<PolicyStatement> adminRole;  ///< IAM policies of the roles: what no key policy can allow
    std::vector<PolicyStatement> auditorRole;
    std::vector<Text> notes;  ///< what no policy can say
};

/// Throws Refused when KMS takes no such combination, InvalidInput when the roles are of several accounts or another account than
/// the key's, or the expiry cannot be meant.
[[nodiscard]] PolicySet leastPrivilege(const PolicyRequest& request, TimePoint now);

/// {"Version": "2012-10-17", "Statement": [...]}: a document to be given to IAM or KMS.
[[nodiscard]] Json policyDocument(const std::vector<PolicyStatement>& statements);
/// {"keyPolicy", "adminRolePolicy", "auditorRolePolicy", "explained": [{"policy", "statement", "purpose", "lines": [{"what",
/// "why"}]}], "notes"}
[[nodiscard]] Json toJson(const PolicySet& policies);

}  // namespace keyconvoy::app
