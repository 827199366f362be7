#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"
#include "app/cli/printable.h"

#include <array>
#include <nlohmann/json.hpp>

namespace keyconvoy::cli {

namespace {

struct Outcome {
    std::string_view name, words;
};
constexpr std::array<Outcome, 4> outcomes{{{"imported-and-checked", "imported, checked: "},
                                           {"refused-as-expected", "refused, as it must be"},
                                           {"left-out", "left out"},
                                           {"failed", "FAILED"}}};

std::string outcomeOf(const Json& key) {
    std::string name = key.value("outcome", "");
    for (const Outcome& outcome : outcomes) {
        if (outcome.name == name) {
            return std::string{outcome.words} + (name == "imported-and-checked" ? key.value("check", "") : "");
        }
    }
    return name;
}

std::string cell(std::string text, std::size_t width) {
    text.resize(std::max(width, text.size() + 1), ' ');
    return text;
}

std::string inOneLine(const Json& detail) {
    const std::string code = detail.value("code", "");
    return detail.value("subject", "") + ": " + detail.value("what", "") + (code.empty() ? "" : " (" + code + ")");
}

std::string lineOnKey(const Json& key) {
    std::string text = "  " + cell(key.value("token", ""), 13) + cell(key.value("keySpec", ""), 19) +
                       cell(key.value("wrappingAlgorithm", ""), 26) + outcomeOf(key) + "\n";
    for (const char* member : {"reason", "whatToDo"}) {
        if (const auto found = key.find(member); found != key.end() && found->is_string()) {
            text += std::string(6, ' ') + wrapped(printable(found->get<std::string>()), 6, accountWidth) + "\n";
        }
    }
    for (const Json& detail : key.value("details", Json::array())) {
        text += std::string(6, ' ') + "- " + wrapped(printable(inOneLine(detail)), 8, accountWidth) + "\n";
    }
    return text;
}

}  // namespace

std::string accountOfStory(const Json& result) {
    std::string text =
        "the scenario \"" + result.value("scenario", "") +
        "\", rehearsed with software tokens and a KMS simulator on a clock of its own: everything went as it must\n\n";
    for (const Json& line : result.at("story")) {
        text += "  " + line.at("at").get<std::string>() + "  " +
                wrapped(printable(line.at("what").get<std::string>()), 24, accountWidth) + "\n";
    }
    return text + "\n" + accountOf(without(result, {"story", "ok", "mode", "scenario"}));
}

std::string accountOfRehearsal(const Json& result) {
    std::string text = std::string{"the main job, rehearsed with software tokens and a KMS simulator: "} +
                       (result.value("ok", false) ? "everything went as it must" : "not everything went as it must") + "\n\n";
    for (const Json& key : result.value("keys", Json::array())) {
        text += lineOnKey(key);
    }
    text += "\n" + accountOf(without(result, {"keys", "ok", "mode"}));
    return text;
}

}  // namespace keyconvoy::cli
