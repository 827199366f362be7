#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

std::string accountOfPlanFindings(const Json& result, const std::string& file) {
    std::string text;
    for (const Json& finding : result.at("findings")) {
        const std::string field = finding.at("field").get<std::string>();
        text += file + ":" + std::to_string(finding.at("line").get<std::uint32_t>()) + ": " +
                finding.at("level").get<std::string>() + ": " + (field.empty() ? "" : field + ": ") +
                finding.at("what").get<std::string>() + "\n";
        if (const std::string remedy = finding.value("remedy", ""); !remedy.empty()) {
            text += "    " + wrapped(remedy, 4, accountWidth) + "\n";
        }
    }
    return text +
           (result.at("sound") == true ? "the plan can be carried out, as far as can be told without token and KMS\n" : "") +
           "SHA-256: " + result.at("sha256").get<std::string>() + "\n";
}

}  // namespace keyconvoy::cli
