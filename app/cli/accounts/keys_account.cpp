#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

std::string accountOfKeys(const Json& result) {
    const Json keys = result.value("keys", Json::array());
    Json account = inBrief(without(result, {"keys"}));
    std::string text = accountOf(account) + "\n";
    if (keys.empty()) {
        return text + "no keys: this login sees none on the token\n";
    }
    Json rows = Json::array();
    for (const Json& key : keys) {
        Json row = only(key, {"label", "type", "class", "id", "uri"});
        const Json attributes = key.value("attributes", Json::object());
        row["attributes"] = only(attributes, {"extractable", "sensitive", "alwaysSensitive", "local", "sign", "encrypt",
                                              "trusted", "wrapWithTrusted"});
        rows.push_back(std::move(row));
    }
    return text + accountOf(Json{{"keys", std::move(rows)}});
}

}  // namespace keyconvoy::cli
