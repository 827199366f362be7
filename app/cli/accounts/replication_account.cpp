#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

std::string lineOn(const Json& region) {
    const std::size_t lacks = region.at("lacks").size();
    return region.at("keyArn").get<std::string>() + ": " + region.at("keyState").get<std::string>() +
           (region.at("madeInThisRun") == true ? ", made now" : "") +
           (lacks == 0 ? ", holds all of its materials" : ", lacks " + std::to_string(lacks) + " of its materials");
}

}  // namespace

std::string accountOfReplication(const Json& result) {
    std::string text;
    bool whole = true;
    for (const Json& region : result.at("regions")) {
        text += "  " + lineOn(region) + "\n";
        whole = whole && region.at("lacks").empty();
    }
    const std::string headline =
        whole ? "done: every Region holds the same material" : "a part is done: not every Region holds all of the material";
    Json rest = only(result, {"mode", "rotatedIn", "findings"});
    Json imports = Json::array();
    for (const Json& import : result.at("imports")) {
        imports.push_back(only(import, {"keyArn", "keyMaterialId", "requestId", "validTo", "materialSheet"}));
    }
    rest["imports"] = std::move(imports);
    return headline + "\n\n" + text + "\n" + accountOf(arranged(rest, {"mode", "imports"}));
}

}  // namespace keyconvoy::cli
