#pragma once

#include <string>
#include <string_view>

/// The simulator's accounts and who calls from them.
namespace keyconvoy::kms::simulator {

/// The account of the line that says the simulator is ready. Clients tell a rehearsal by the accounts, so no option changes them.
inline constexpr std::string_view accountId = "000000000000";

/// 000000000000 to 000000000009.
[[nodiscard]] bool servesAccount(std::string_view account);

struct Credentials {
    std::string accessKeyId;
    std::string secretAccessKey;
    std::string sessionToken{};  ///< of a session only
};

/// The long-term credentials of an account's user, the same in every run: AKIAKEYCONVOY and the account's last seven digits, and
/// keyconvoy/simulator/<account>/secret/. They protect nothing.
[[nodiscard]] Credentials credentialsOf(std::string_view account);

/// The principal behind a request.
struct Caller {
    std::string account;
    std::string arn;        ///< as GetCallerIdentity tells it: of a user, or of a role's session
    std::string userId;     ///< the same
    std::string principal;  ///< as key policies name it: of the user, or of the role
};

/// arn:aws:iam::<account>:user/rehearsal
[[nodiscard]] Caller userOf(std::string_view account);

/// A session of the role arn:aws:iam::<account>:role/<path and name>.
[[nodiscard]] Caller sessionOf(std::string_view account, std::string_view rolePath, std::string_view sessionName);

[[nodiscard]] bool isSession(const Caller& caller);

}  // namespace keyconvoy::kms::simulator
