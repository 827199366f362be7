#include "kmsclient/environment.h"

#include <algorithm>
#include <cstdlib>

namespace keyconvoy::kms {

Environment processEnvironment() {
    return [](const std::string& name) -> std::optional<std::string> {
        // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing of ours changes the environment after start
        const char* value = std::getenv(name.c_str());
        return value == nullptr ? std::nullopt : std::optional<std::string>{value};
    };
}

std::optional<std::string> lookUp(const Environment& environment, const std::string& name) {
    auto value = environment(name);
    return value && !value->empty() ? std::move(value) : std::nullopt;
}

std::optional<std::string> lookUpFirst(const Environment& environment, std::initializer_list<const char*> names) {
    for (const char* name : names) {
        if (auto value = lookUp(environment, name)) {
            return value;
        }
    }
    return std::nullopt;
}

bool isTrue(const std::optional<std::string>& value) {
    return value && toLower(*value) == "true";
}

std::string toLower(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(),
                           [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return result;
}

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n\f\v";
    const auto first = text.find_first_not_of(blanks);
    return first == std::string_view::npos ? std::string_view{} : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace keyconvoy::kms
