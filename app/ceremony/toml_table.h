#pragma once

#include "app/ceremony/document_findings.h"
#include "core/name_table.h"
#include "core/toml.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace keyconvoy::app {

enum class Presence : std::uint8_t { Optional, Required };

/// One table of a TOML document that people write. Each member is taken once and turned into a value; what is wrong with it
/// becomes a finding at its line and field, and the reading goes on, so that people see everything that is wrong at once. Members
/// that nobody took are findings, too: a misspelt one would else be passed over. Outlives neither document nor findings.
class TomlTable {
public:
    /// `path` is what fields are called by: empty for the document, "key[2]" for the second of a list.
    TomlTable(const toml::table& table, std::string path, DocumentFindings& findings);

    [[nodiscard]] std::uint32_t line() const { return m_table->source().begin.line; }
    [[nodiscard]] const std::string& path() const { return m_path; }
    [[nodiscard]] bool has(std::string_view name) const { return m_table->get(name) != nullptr; }

    /// A string that is not blank.
    std::optional<std::string> text(std::string_view name, Presence presence = Presence::Optional);
    std::optional<bool> flag(std::string_view name);
    std::optional<int> number(std::string_view name, int least, int most);
    std::optional<toml::date> date(std::string_view name, Presence presence = Presence::Optional);
    /// An array of strings.
    std::vector<std::string> texts(std::string_view name, Presence presence = Presence::Optional);
    std::optional<TomlTable> table(std::string_view name, Presence presence = Presence::Optional);
    /// An array of tables.
    std::vector<TomlTable> tables(std::string_view name, Presence presence = Presence::Optional);
    /// All members as strings: a table of names that the writer chooses.
    std::vector<std::pair<std::string, std::string>> members();

    /// The value that one of the table's names stands for.
    template <class Value, std::size_t Size>
    std::optional<Value> oneOf(std::string_view name, const NameTable<Value, Size>& names,
                               Presence presence = Presence::Optional) {
        const auto given = text(name, presence);
        if (!given) {
            return std::nullopt;
        }
        const auto value = valueNamed(names, *given);
        if (!value) {
            complainOfChoice(name, *given, namesIn(names));
        }
        return value;
    }

    /// What `parse` makes of a string; where it throws Error, that is the finding.
    template <class Parse>
    auto parsed(std::string_view name, Parse parse, Presence presence = Presence::Optional)
        -> std::optional<std::invoke_result_t<Parse, const std::string&>> {
        const auto given = text(name, presence);
        if (!given) {
            return std::nullopt;
        }
        try {
            return parse(*given);
        } catch (const Error& error) {
            complain(name, error.failure().cause, error.failure().remedy);
            return std::nullopt;
        }
    }

    /// A rule that throws Error for what is not allowed.
    template <class Rule>
    void check(std::string_view name, Rule rule) {
        try {
            rule();
        } catch (const Error& error) {
            complain(name, error.failure().cause, error.failure().remedy);
        }
    }

    /// A problem of this member; of the table itself with an empty name.
    void complain(std::string_view name, Text what, Text remedy) {
        say(FindingLevel::Problem, name, std::move(what), std::move(remedy));
    }
    void say(FindingLevel level, std::string_view name, Text what, Text remedy);
    /// To be called when everything was taken.
    void complainOfTheRest();

private:
    [[nodiscard]] const toml::node* take(std::string_view name, Presence presence);
    [[nodiscard]] std::string fieldOf(std::string_view name) const;
    void complainOfKind(std::string_view name, Text wanted);
    void complainOfChoice(std::string_view name, const std::string& given, const std::string& known);

    const toml::table* m_table;
    std::string m_path;
    DocumentFindings* m_findings;
    std::set<std::string, std::less<>> m_taken;
};

/// The document; absent with a finding where it is no TOML.
[[nodiscard]] std::optional<toml::table> parseTomlDocument(std::string_view text, DocumentFindings& findings);

}  // namespace keyconvoy::app
