#include "app/cli/account.h"
#include "app/cli/accounts/accounts.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

namespace keyconvoy::cli {

namespace {

constexpr std::size_t width = 100;

std::string textOr(const Json& value, const char* otherwise) {
    return value.is_string() ? value.get<std::string>() : otherwise;
}

std::string nameOf(const Json& key) {
    const Json& aliases = key.at("aliases");
    return (aliases.empty() ? std::string{} : aliases.front().get<std::string>() + "  ") + key.at("arn").get<std::string>();
}

std::string stateOf(const Json& key) {
    const auto& materials = key.at("materials");
    const auto held = std::ranges::count_if(materials, [](const Json& material) { return material.at("held") == true; });
    return key.at("keyState").get<std::string>() + ", " + std::to_string(held) + " of " + std::to_string(materials.size()) +
           (materials.size() == 1 ? " material" : " materials");
}

std::string inColumns(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths;
    for (const auto& row : rows) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i + 1 < row.size(); ++i) {
            widths[i] = std::max(widths[i], row[i].size());
        }
    }
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i] + (i + 1 < row.size() ? std::string(widths[i] - row[i].size() + 2, ' ') : std::string{});
        }
        text += "\n";
    }
    return text;
}

std::string unreadOf(const Json& result) {
    std::string text;
    for (const Json& one : result.at("unread")) {
        const Json& error = one.at("error");
        text += "- " +
                wrapped(one.at("where").get<std::string>() + ": " + error.value("cause", "") + "; " + error.value("remedy", ""),
                        2, width) +
                "\n";
    }
    return text.empty() ? text : "\nCould not be read\n" + text;
}

}  // namespace

std::string accountOfKmsKeys(const Json& result) {
    const Json& keys = result.at("keys");
    if (keys.empty()) {
        return "no KMS keys with imported material\n" + unreadOf(result);
    }
    std::vector<std::vector<std::string>> rows{{"next end", "state", "key spec", "key"}};
    std::string next;
    for (const Json& key : keys) {
        const bool holdsAny =
            std::ranges::any_of(key.at("materials"), [](const Json& material) { return material.at("held") == true; });
        rows.push_back({textOr(key.at("nextEnd"), holdsAny ? "never" : "holds nothing"), stateOf(key),
                        key.at("keySpec").get<std::string>(), nameOf(key)});
        for (const Json& sentence : key.at("next")) {
            next += "- " + wrapped(nameOf(key) + ": " + sentence.get<std::string>(), 2, width) + "\n";
        }
    }
    return inColumns(rows) + (next.empty() ? "" : "\nWhat to do next\n" + next) + unreadOf(result);
}

std::string accountOfNewKmsKey(const Json& result) {
    const Json& key = result.at("key");
    Json account = only(key, {"arn", "aliases", "description", "keyState", "keySpec", "keyUsage", "multiRegion"});
    account.update(only(result, {"origin", "tags", "requestId"}));
    account.update(only(key, {"next"}));
    return "done: the KMS key is there and waits for its material\n\n" + accountOf(account);
}

std::string accountOfKmsKey(const Json& result) {
    const Json& key = result.at("key");
    return accountOf(arranged(only(key, {"arn", "aliases", "description", "origin", "keyState", "keySpec", "keyUsage",
                                         "multiRegion", "primary", "replicas", "nextEnd", "materials", "next"}),
                              {"arn", "aliases", "description", "keyState"}));
}

}  // namespace keyconvoy::cli
