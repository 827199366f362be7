#include "app/handover/aws_command.h"

#include "kmsclient/key_arn.h"

namespace keyconvoy::app {

std::string shellQuoted(std::string_view argument) {
    constexpr std::string_view safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%+=:,./_-";
    if (!argument.empty() && argument.find_first_not_of(safe) == std::string_view::npos) {
        return std::string{argument};
    }
    std::string quoted = "'";
    for (const char character : argument) {
        quoted += character == '\'' ? std::string{"'\\''"} : std::string{character};
    }
    return quoted + "'";
}

std::string awsImportCommand(const AwsImport& import) {
    std::string command = "aws kms import-key-material";
    if (const auto arn = kms::KeyArn::parse(import.keyId)) {
        command += " --region " + shellQuoted(arn->region());
    }
    command += " --key-id " + shellQuoted(import.keyId);
    command += " --encrypted-key-material " + shellQuoted("fileb://" + import.encryptedKeyMaterial.string());
    command += " --import-token " + shellQuoted("fileb://" + import.importToken.string());
    if (!import.validTo) {
        return command + " --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE";
    }
    return command + " --expiration-model KEY_MATERIAL_EXPIRES --valid-to " + toRfc3339(*import.validTo);
}

}  // namespace keyconvoy::app
