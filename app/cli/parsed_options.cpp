#include "app/cli/command.h"
#include "core/error.h"

namespace keyconvoy::cli {

bool ParsedOptions::given(const Option& option) const {
    return m_values.find(option.name) != m_values.end();
}

std::optional<std::string> ParsedOptions::value(const Option& option) const {
    const auto row = m_values.find(option.name);
    return row == m_values.end() ? std::nullopt : std::optional{row->second.front()};
}

std::vector<std::string> ParsedOptions::values(const Option& option) const {
    const auto row = m_values.find(option.name);
    return row == m_values.end() ? std::vector<std::string>{} : row->second;
}

void ParsedOptions::checkGiven(const Option& option) const {
    if (!given(option)) {
        throw Error{ErrorKind::InvalidInput, KC_TEXT("CommandLine", "option %1").with(option.name),
                    KC_TEXT("CommandLine", "it is missing"),
                    KC_TEXT("CommandLine", "give %1 %2: %3").with(option.name).with(option.valueName).with(option.help)};
    }
}

std::string ParsedOptions::required(const Option& option) const {
    checkGiven(option);
    return value(option).value_or("");
}

}  // namespace keyconvoy::cli
