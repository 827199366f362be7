#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

std::string commandOf(const Json& result) {
    return "  " + result.value("command", "") + "\n";
}

}  // namespace

/// The command stands alone in its line, to be copied.
std::string accountOfWrap(const Json& result) {
    Json account = inBrief(without(result, {"command"}));
    if (const auto found = account.find("qualification"); found != account.end() && found->is_object()) {
        *found = without(*found, {"tried"});
    }
    if (!account.value("periodCountsFrom", Json{}).is_null()) {
        account["periodCountsFrom"] = "the wrap, not the import";
    }
    return "done: the key is wrapped; both files go to a machine that reaches KMS, and there, in the folder that holds them\n\n" +
           commandOf(result) + "\n" +
           accountOf(arranged(
               account, {"encryptedKeyMaterialFile", "importTokenFile", "kmsKeyId", "wrappedAt", "validTo", "periodCountsFrom",
                         "expirationModel", "key", "wrapping", "parameters", "qualification", "tokenDetails", "module"}));
}

}  // namespace keyconvoy::cli
