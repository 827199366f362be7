#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

/// The findings repeat the rows' reasons.
std::string accountOfQualification(const Json& result) {
    return accountOf(arranged(inBrief(without(result, {"findings"})), {"results"}));
}

}  // namespace keyconvoy::cli
