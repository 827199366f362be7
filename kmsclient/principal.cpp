#include "kmsclient/principal.h"

namespace keyconvoy::kms {

std::optional<Principal> Principal::fromArn(std::string_view arn) {
    constexpr std::string_view role = "assumed-role/";
    std::string_view rest = arn;
    std::string_view account;
    for (int i = 0; i < 5; ++i) {  // arn:partition:service:region:account:
        const auto colon = rest.find(':');
        if (colon == std::string_view::npos || (i == 0 && rest.substr(0, colon) != "arn")) {
            return std::nullopt;
        }
        account = rest.substr(0, colon);
        rest.remove_prefix(colon + 1);
    }
    if (rest.starts_with(role)) {
        rest = rest.substr(0, rest.find('/', role.size()));
    }
    return account.empty() || rest.empty() ? std::nullopt : std::optional{Principal{std::string{account}, std::string{rest}}};
}

}  // namespace keyconvoy::kms
