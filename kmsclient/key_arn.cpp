#include "kmsclient/key_arn.h"

#include "core/error.h"
#include "core/text.h"

#include <algorithm>
#include <array>
#include <vector>

namespace keyconvoy::kms {

namespace {

bool allOf(std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
}

constexpr std::string_view hexDigits = "0123456789abcdef";
constexpr std::string_view nameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-";

/// A UUID in lower case, 8-4-4-4-12, or mrk- and 32 hexadecimal digits.
bool isKeyId(std::string_view text) {
    if (text.starts_with("mrk-")) {
        return text.size() == 36 && allOf(text.substr(4), hexDigits);
    }
    constexpr std::array<std::size_t, 4> dashes{8, 13, 18, 23};
    if (text.size() != 36) {
        return false;
    }
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool dash = std::ranges::find(dashes, i) != dashes.end();
        if (dash ? text[i] != '-' : hexDigits.find(text[i]) == std::string_view::npos) {
            return false;
        }
    }
    return true;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (std::size_t end = text.find(separator); end != std::string_view::npos; end = text.find(separator)) {
        parts.push_back(text.substr(0, end));
        text.remove_prefix(end + 1);
    }
    parts.push_back(text);
    return parts;
}

std::string_view partOf(const std::string& arn, std::size_t index) {
    return split(arn, ':')[index];
}

[[noreturn]] void throwAlias(std::string_view text) {
    throw Error{ErrorKind::InvalidInput, KC_TEXT("KeyIdentifier", "key \"%1\"").with(text),
                KC_TEXT("KeyIdentifier", "this is an alias, and KMS takes no alias in the calls that import key material"),
                KC_TEXT("KeyIdentifier", "name the key by its ID or ARN; %1 prints it")
                    .with(shellCommand("aws kms describe-key --key-id %1 --query KeyMetadata.Arn").with(text))};
}

}  // namespace

std::optional<KeyArn> KeyArn::parse(std::string_view text) {
    const auto parts = split(text, ':');
    if (parts.size() != 6 || parts[0] != "arn" || parts[2] != "kms") {
        return std::nullopt;
    }
    const bool account = parts[4].size() == 12 && allOf(parts[4], "0123456789");
    const bool key = parts[5].starts_with("key/") && isKeyId(parts[5].substr(4));
    if (!parts[1].starts_with("aws") || !allOf(parts[1], nameCharacters) || !allOf(parts[3], nameCharacters) || !account ||
        !key) {
        return std::nullopt;
    }
    return KeyArn{std::string{text}};
}

std::string_view KeyArn::partition() const {
    return partOf(m_text, 1);
}

std::string_view KeyArn::region() const {
    return partOf(m_text, 3);
}

std::string_view KeyArn::account() const {
    return partOf(m_text, 4);
}

std::string_view KeyArn::keyId() const {
    return partOf(m_text, 5).substr(4);
}

KeyIdentifier KeyIdentifier::parse(std::string_view text) {
    const bool aliasArn = text.starts_with("arn:") && text.find(":alias/") != std::string_view::npos;
    if (text.starts_with("alias/") || aliasArn) {
        throwAlias(text);
    }
    if (!isKeyId(text) && !KeyArn::parse(text)) {
        throw Error{
            ErrorKind::InvalidInput, KC_TEXT("KeyIdentifier", "key \"%1\"").with(text),
            KC_TEXT("KeyIdentifier", "this is neither a key ID nor a key ARN"),
            KC_TEXT("KeyIdentifier",
                    "a key ID looks like 1234abcd-12ab-34cd-56ef-1234567890ab or mrk- and 32 hexadecimal digits, in lower case; "
                    "an ARN like arn:aws:kms:eu-central-1:111122223333:key/<key ID>")};
    }
    return KeyIdentifier{std::string{text}};
}

bool isSimulatorAccount(std::string_view account) {
    return account.size() == 12 && account.starts_with("00000000000") && account.back() >= '0' && account.back() <= '9';
}

}  // namespace keyconvoy::kms
