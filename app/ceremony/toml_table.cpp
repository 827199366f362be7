#include "app/ceremony/toml_table.h"

#include "core/text.h"

#include <algorithm>

namespace keyconvoy::app {

TomlTable::TomlTable(const toml::table& table, std::string path, DocumentFindings& findings)
    : m_table{&table}, m_path{std::move(path)}, m_findings{&findings} {
}

const toml::node* TomlTable::take(std::string_view name, Presence presence) {
    m_taken.emplace(name);
    const toml::node* node = m_table->get(name);
    if (node == nullptr && presence == Presence::Required) {
        complain(name, KC_TEXT("TomlTable", "it is missing"),
                 KC_TEXT("TomlTable", "add it; %1 writes an example with every member").with(typedAs("keyconvoy plan new")));
    }
    return node;
}

std::optional<std::string> TomlTable::text(std::string_view name, Presence presence) {
    const toml::node* node = take(name, presence);
    if (node == nullptr) {
        return std::nullopt;
    }
    auto value = node->value_exact<std::string>();
    if (!value) {
        complainOfKind(name, KC_TEXT("TomlTable", "a string in quotation marks"));
    } else if (value->find_first_not_of(" \t\r\n") == std::string::npos) {
        complain(name, KC_TEXT("TomlTable", "it is empty"), KC_TEXT("TomlTable", "fill it in, or leave the line out"));
        return std::nullopt;
    }
    return value;
}

std::optional<bool> TomlTable::flag(std::string_view name) {
    const toml::node* node = take(name, Presence::Optional);
    const auto value = node == nullptr ? std::nullopt : node->value_exact<bool>();
    if (node != nullptr && !value) {
        complainOfKind(name, KC_TEXT("TomlTable", "true or false"));
    }
    return value;
}

std::optional<int> TomlTable::number(std::string_view name, int least, int most) {
    const toml::node* node = take(name, Presence::Optional);
    if (node == nullptr) {
        return std::nullopt;
    }
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < least || *value > most) {
        complainOfKind(
            name, KC_TEXT("TomlTable", "a whole number from %1 to %2").with(std::to_string(least)).with(std::to_string(most)));
        return std::nullopt;
    }
    return static_cast<int>(*value);
}

std::optional<toml::date> TomlTable::date(std::string_view name, Presence presence) {
    const toml::node* node = take(name, presence);
    const auto value = node == nullptr ? std::nullopt : node->value_exact<toml::date>();
    if (node != nullptr && !value) {
        complainOfKind(name, KC_TEXT("TomlTable", "a day without quotation marks, such as 2027-06-17"));
    }
    return value;
}

std::vector<std::string> TomlTable::texts(std::string_view name, Presence presence) {
    std::vector<std::string> values;
    const toml::node* node = take(name, presence);
    if (node == nullptr) {
        return values;
    }
    const toml::array* array = node->as_array();
    for (std::size_t i = 0; array != nullptr && i < array->size(); ++i) {
        if (auto value = array->get(i)->value_exact<std::string>(); value && !value->empty()) {
            values.push_back(*std::move(value));
        } else {
            array = nullptr;
        }
    }
    if (array == nullptr || array->empty()) {
        complainOfKind(name, KC_TEXT("TomlTable", "a list of strings, such as [\"eu-central-1\"]"));
    }
    return values;
}

std::optional<TomlTable> TomlTable::table(std::string_view name, Presence presence) {
    const toml::node* node = take(name, presence);
    if (node == nullptr) {
        return std::nullopt;
    }
    if (const toml::table* table = node->as_table()) {
        return TomlTable{*table, fieldOf(name), *m_findings};
    }
    complainOfKind(name, KC_TEXT("TomlTable", "a table, [%1]").with(fieldOf(name)));
    return std::nullopt;
}

std::vector<TomlTable> TomlTable::tables(std::string_view name, Presence presence) {
    std::vector<TomlTable> tables;
    const toml::node* node = take(name, presence);
    if (node == nullptr) {
        return tables;
    }
    const toml::array* array = node->as_array();
    if (array == nullptr || !array->is_homogeneous<toml::table>()) {
        complainOfKind(name, KC_TEXT("TomlTable", "tables, each begun with [[%1]]").with(fieldOf(name)));
        return tables;
    }
    for (const toml::node& each : *array) {
        tables.emplace_back(*each.as_table(), fieldOf(name) + "[" + std::to_string(tables.size() + 1) + "]", *m_findings);
    }
    return tables;
}

std::vector<std::pair<std::string, std::string>> TomlTable::members() {
    std::vector<std::pair<std::string, std::string>> members;
    for (const auto& [name, node] : *m_table) {
        m_taken.emplace(name.str());
        if (auto value = node.value_exact<std::string>()) {
            members.emplace_back(name.str(), *std::move(value));
        } else {
            complainOfKind(name.str(), KC_TEXT("TomlTable", "a string in quotation marks"));
        }
    }
    return members;
}

void TomlTable::say(FindingLevel level, std::string_view name, Text what, Text remedy) {
    const toml::node* node = name.empty() ? nullptr : m_table->get(name);
    const std::uint32_t line = (node == nullptr ? m_table->source() : node->source()).begin.line;
    m_findings->push_back({line, fieldOf(name), {level, std::move(what), std::move(remedy)}});
}

void TomlTable::complainOfTheRest() {
    for (const auto& [name, node] : *m_table) {
        if (!m_taken.contains(name.str())) {
            complain(name.str(), KC_TEXT("TomlTable", "nothing of this name is known here"),
                     KC_TEXT("TomlTable", "correct the spelling, or remove it; what is not understood is not passed over"));
        }
    }
}

std::string TomlTable::fieldOf(std::string_view name) const {
    if (name.empty()) {
        return m_path;
    }
    return m_path.empty() ? std::string{name} : m_path + "." + std::string{name};
}

void TomlTable::complainOfKind(std::string_view name, Text wanted) {
    complain(name, KC_TEXT("TomlTable", "it is not what belongs here"), KC_TEXT("TomlTable", "give %1").with(std::move(wanted)));
}

void TomlTable::complainOfChoice(std::string_view name, const std::string& given, const std::string& known) {
    complain(name, KC_TEXT("TomlTable", "\"%1\" is none of what can be chosen").with(given),
             KC_TEXT("TomlTable", "give one of: %1").with(known));
}

std::optional<toml::table> parseTomlDocument(std::string_view text, DocumentFindings& findings) {
    try {
        return toml::parse(text);
    } catch (const toml::parse_error& error) {
        findings.push_back(
            {error.source().begin.line,
             "",
             {FindingLevel::Problem, KC_TEXT("TomlTable", "it is no valid TOML: %1").with(std::string{error.description()}),
              KC_TEXT("TomlTable", "see https://toml.io")}});
        return std::nullopt;
    } catch (const Error& error) {
        findings.push_back({0, "", {FindingLevel::Problem, error.failure().cause, error.failure().remedy}});
        return std::nullopt;
    }
}

}  // namespace keyconvoy::app
