#include "app/ceremony/plan.h"

namespace keyconvoy::app {

namespace {

constexpr std::string_view head =
    R"(# A plan says what a key ceremony is to do. It is reviewed, and officers approve its hash; nothing in it can be changed on
# the day. Machines, folders and PINs do not belong here. Check it with: keyconvoy plan check --plan FILE
schema = "keyconvoy.plan/1"
id = "orders-2027"
purpose = "The key of the order service for 2027"
language = "en"                 # of the printed script: en or de
day = 2027-06-17                # on which it is meant to happen; end dates are checked against two weeks of slip

# Who approves and releases, known by the certificate of the key that signs:
#   openssl x509 -in officer.pem -noout -fingerprint -sha256
[[officer]]
role = "Officer A"
certificate_sha256 = "0000000000000000000000000000000000000000000000000000000000000001"
alternates_sha256 = ["0000000000000000000000000000000000000000000000000000000000000002"]

[[officer]]
role = "Officer B"
certificate_sha256 = "0000000000000000000000000000000000000000000000000000000000000003"

[quorum]                        # how many officers it takes
approval = 2                    # of the plan, on any day before: without it nothing is generated
release = 2                     # of exactly these keys under exactly these wrapping keys, at the table
read_back = 1                   # to compare the wrapping keys with the sheet of the station that fetched them

[certificates]
expired = "refuse"              # what an officer's expired certificate means: refuse or record

[station]
token = "hardware"              # or "software", for rehearsals: known software modules are refused otherwise
reach = "hsm-only"              # what the station with the token may reach: none, hsm-only or online

[[account]]
id = "111122223333"
regions = ["eu-central-1"]
import_role = "arn:aws:iam::111122223333:role/KeyCeremonyImport"
check_role = "arn:aws:iam::111122223333:role/KeyCeremonyCheck"
)";

constexpr std::string_view place = R"(account = "111122223333"
region = "eu-central-1"
)";

constexpr std::string_view create = R"(
[key.create]                    # the KMS key, with Origin EXTERNAL; or, above: kms_key = "arn:aws:kms:..."
alias = "alias/orders-2027"
description = "Orders, imported from our HSM"
multi_region = false            # can never be changed afterwards
tags = { Team = "payments" }
# policy = '''{"Version": "2012-10-17", "Statement": [...]}'''   # keyconvoy policy writes it
)";

constexpr std::string_view existingKmsKey =
    R"(kms_key = "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
)";

constexpr std::string_view wrap = R"(wrapping_algorithm = "strongest"   # that the token qualifies for; or one by name
wrapping_key_spec = "RSA_4096"
# allow_sha1 = "the reason"     # only for tokens that know OAEP with SHA-1 alone
expires = "P364D"               # from the import; or "2028-06-01T12:00:00+02:00", or "never"; there is no default
check = "strongest"
token_key = "retain"            # or seal, destroy: KMS needs the same material again after expiry, deletion or loss
)";

constexpr std::string_view backup = R"(
[key.backup]                    # one of: token_serial, external = true, none = "the reason"
token_serial = "0123456789abcdef"
)";

std::string keyTable(KeyKind kind) {
    const std::string begin = "\n[[key]]\nkind = \"" + std::string{nameOf(keyKindNames, kind)} +
                              "\"\nlabel = \"orders-2027\"           # by which people find the token key, for years\n"
                              "key_spec = \"SYMMETRIC_DEFAULT\"\nkey_usage = \"ENCRYPT_DECRYPT\"\n";
    switch (kind) {
        case KeyKind::New:
        case KeyKind::Existing: return begin + std::string{place} + std::string{wrap} + std::string{create} + std::string{backup};
        case KeyKind::Rotate:
            return begin + std::string{place} + std::string{existingKmsKey} + std::string{wrap} + std::string{backup};
        case KeyKind::Restore:
            return begin + std::string{place} + std::string{existingKmsKey} +
                   "# key_material_id = \"...\"      # where the KMS key was given several\n" + std::string{wrap} +
                   std::string{backup};
        case KeyKind::Destroy: break;
    }
    return begin + "# accept_loss = \"the reason\"   # where no verified backup is on record\n" + std::string{backup};
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
    for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
        text.replace(at, from.size(), to);
    }
}

/// In quotation marks of TOML, with what those may not hold as escapes.
std::string inQuotationMarks(std::string_view text) {
    std::string result = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') {
            result += '\\';
        }
        result += c;
    }
    return result + "\"";
}

std::string backupOf(const MaterialSheet& sheet) {
    return sheet.backups.empty() ? std::string{backup}
                                 : "\n[key.backup]                    # as the sheet names it\ntoken_serial = " +
                                       inQuotationMarks(sheet.backups.front().token.serial) + "\n";
}

std::string restoredKey(const MaterialSheet& sheet, const kms::KeyArn& arn) {
    std::string key = "\n[[key]]\nkind = \"restore\"\nlabel = " + inQuotationMarks(sheet.keyLabel) +
                      "           # on the token " + sheet.token.label + ", serial number " + sheet.token.serial +
                      "\nkey_spec = " + inQuotationMarks(sheet.keySpec) + "\nkey_usage = " + inQuotationMarks(sheet.keyUsage) +
                      "\naccount = " + inQuotationMarks(arn.account()) + "\nregion = " + inQuotationMarks(arn.region()) +
                      "\nkms_key = " + inQuotationMarks(arn.str()) + "\n";
    if (sheet.keyMaterialId) {
        key += "key_material_id = " + inQuotationMarks(*sheet.keyMaterialId) + "\n";
    }
    std::string how{wrap};
    replaceAll(how, "\"strongest\"   # that", inQuotationMarks(sheet.wrappingAlgorithm) + "   # as then; or \"strongest\", that");
    replaceAll(how, "\"RSA_4096\"", inQuotationMarks(sheet.wrappingKeySpec));
    if (sheet.wrappingAlgorithm.ends_with("SHA_1")) {
        replaceAll(how, "# allow_sha1 = \"the reason\"     # only", "allow_sha1 = \"as in the import before\"   # only");
    }
    return key + how + backupOf(sheet);
}

}  // namespace

std::string planToRestore(const MaterialSheet& sheet) {
    const auto arn = kms::KeyArn::parse(sheet.keyArn);  // a sheet that was parsed names one
    std::string plan{head};
    replaceAll(plan, "111122223333", arn->account());
    replaceAll(plan, "eu-central-1", arn->region());
    replaceAll(plan, "arn:aws:iam", "arn:" + std::string{arn->partition()} + ":iam");
    replaceAll(plan, "\"orders-2027\"", inQuotationMarks("restore-" + std::string{arn->keyId()}));
    replaceAll(plan, "\"The key of the order service for 2027\"",
               inQuotationMarks("Import the material of " + std::string{arn->keyId()} + " again, as its sheet of " +
                                toRfc3339(sheet.importedAt) + " tells"));
    return plan + restoredKey(sheet, *arn);
}

std::string examplePlan(KeyKind kind) {
    return std::string{head} + keyTable(kind);
}

}  // namespace keyconvoy::app
