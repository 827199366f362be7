#include "core/text_json.h"

#include <array>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

namespace keyconvoy {

namespace {

constexpr int deepest = 8;  // texts within texts; none of ours goes deeper than five

bool looksLikeText(const Json& json) {
    const auto isText = [&json](const char* name) { return json.contains(name) && json.at(name).is_string(); };
    return json.is_object() && isText("context") && isText("english") && json.contains("arguments") &&
           json.at("arguments").is_array();
}

/// With repeats, a small text could stand for an endless one.
bool repeatsAPlaceholder(const std::string& english) {
    std::array<int, 10> seen{};
    for (std::size_t i = 0; i + 1 < english.size(); ++i) {
        const char digit = english[i + 1];
        if (english[i] == '%' && digit >= '1' && digit <= '9' && ++seen.at(static_cast<std::size_t>(digit - '0')) > 1) {
            return true;
        }
    }
    return false;
}

std::optional<Text> borrowedFrom(const Json& json, int depth);

std::optional<TextArgument> argumentBorrowedFrom(const Json& json, int depth) {
    if (json.is_string()) {
        return TextArgument{json.get<std::string>()};
    }
    auto text = borrowedFrom(json, depth);
    return text ? std::optional{TextArgument{*std::move(text)}} : std::nullopt;
}

/// Its words are those of `json`.
std::optional<Text> borrowedFrom(const Json& json, int depth) {
    if (depth > deepest || !looksLikeText(json)) {
        return std::nullopt;
    }
    const auto& english = json.at("english").get_ref<const std::string&>();
    if (repeatsAPlaceholder(english)) {
        return std::nullopt;
    }
    Text text{json.at("context").get_ref<const std::string&>().c_str(), english.c_str(), {}};
    for (const Json& each : json.at("arguments")) {
        auto argument = argumentBorrowedFrom(each, depth + 1);
        if (!argument) {
            return std::nullopt;
        }
        text.arguments.push_back(*std::move(argument));
    }
    return text;
}

/// Text points at its words, which are otherwise literals: so words of a file are kept for good.
const char* keptForGood(const char* words) {
    static std::mutex mutex;
    static std::set<std::string> all;
    const std::lock_guard lock{mutex};
    return all.insert(words).first->c_str();
}

Text keptForGood(Text text) {
    text.context = keptForGood(text.context);
    text.english = keptForGood(text.english);
    for (TextArgument& argument : text.arguments) {
        if (auto* nested = std::get_if<Text>(&argument.value)) {
            *nested = keptForGood(std::move(*nested));
        }
    }
    return text;
}

}  // namespace

Json textToJson(const Text& text) {
    Json arguments = Json::array();
    for (const TextArgument& argument : text.arguments) {
        const auto* nested = std::get_if<Text>(&argument.value);
        arguments.push_back(nested != nullptr ? textToJson(*nested) : Json(std::get<std::string>(argument.value)));
    }
    return {{"context", text.context}, {"english", text.english}, {"arguments", std::move(arguments)}};
}

std::optional<Text> textFromJson(const Json& json, std::string_view english) {
    auto text = borrowedFrom(json, 0);
    return text && toEnglish(*text) == english ? std::optional{keptForGood(*std::move(text))} : std::nullopt;
}

}  // namespace keyconvoy
