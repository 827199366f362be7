#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"
#include "app/cli/printable.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

constexpr std::size_t column = 9;

std::string lineOnFinding(const Json& finding) {
    const std::string level = finding.value("level", "note");
    std::string text = level == "note" ? "ok" : level;
    text.resize(column, ' ');
    text += wrapped(printable(finding.value("what", "")), column, accountWidth) + "\n";
    if (const std::string remedy = finding.value("remedy", ""); !remedy.empty()) {
        text += std::string(column, ' ') + "what to do: " + wrapped(printable(remedy), column + 2, accountWidth) + "\n";
    }
    return text;
}

}  // namespace

std::string accountOfDoctor(const Json& result) {
    std::string text;
    int problems = 0;
    for (const Json& finding : result.value("findings", Json::array())) {
        text += lineOnFinding(finding);
        problems += finding.value("level", "") == "problem" ? 1 : 0;
    }
    text += "\n";
    if (problems == 0) {
        return text + "nothing is in the way; nothing was created\n";
    }
    return text + std::to_string(problems) + (problems == 1 ? " problem is" : " problems are") +
           " in the way; nothing was created\n";
}

}  // namespace keyconvoy::cli
