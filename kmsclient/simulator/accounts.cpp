#include "kmsclient/simulator/accounts.h"

#include "core/fingerprint.h"
#include "kmsclient/simulator/regions.h"

#include <algorithm>

namespace keyconvoy::kms::simulator {

namespace {

constexpr std::string_view accountStart = "00000000000";
constexpr std::size_t uniqueDigits = 17;  // behind AROA

std::string arnStart(std::string_view service, std::string_view account) {
    return "arn:" + std::string{partition} + ":" + std::string{service} + "::" + std::string{account} + ":";
}

/// The same for the same role in every run.
std::string roleId(std::string_view roleArn) {
    std::string digits = Fingerprint::of(asBytes(roleArn)).hex().substr(0, uniqueDigits);
    std::ranges::transform(digits, digits.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
    return "AROA" + digits;
}

}  // namespace

bool servesAccount(std::string_view account) {
    return account.size() == accountStart.size() + 1 && account.starts_with(accountStart) && account.back() >= '0' &&
           account.back() <= '9';
}

Credentials credentialsOf(std::string_view account) {
    return {.accessKeyId = "AKIAKEYCONVOY" + std::string{account.substr(5)},
            .secretAccessKey = "keyconvoy/simulator/" + std::string{account} + "/secret/"};
}

Caller userOf(std::string_view account) {
    const std::string arn = arnStart("iam", account) + "user/rehearsal";
    return {.account = std::string{account},
            .arn = arn,
            .userId = "AIDAKEYCONVOYREHEARS" + std::string{account.substr(account.size() - 1)},
            .principal = arn};
}

Caller sessionOf(std::string_view account, std::string_view rolePath, std::string_view sessionName) {
    const std::string role = arnStart("iam", account) + "role/" + std::string{rolePath};
    const std::string name{rolePath.substr(rolePath.rfind('/') + 1)};
    return {.account = std::string{account},
            .arn = arnStart("sts", account) + "assumed-role/" + name + "/" + std::string{sessionName},
            .userId = roleId(role) + ":" + std::string{sessionName},
            .principal = role};
}

bool isSession(const Caller& caller) {
    return caller.arn != caller.principal;
}

}  // namespace keyconvoy::kms::simulator
