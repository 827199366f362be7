#pragma once

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy {

/// One row of a table that spells an enum the way the outside world does.
template <class Enum>
struct Name {
    Enum value;
    std::string_view name;
};

template <class Enum, std::size_t Size>
using NameTable = std::array<Name<Enum>, Size>;

/// The value with this name, compared exactly.
template <class Enum, std::size_t Size>
[[nodiscard]] constexpr std::optional<Enum> valueNamed(const NameTable<Enum, Size>& table, std::string_view name) {
    const auto row = std::ranges::find(table, name, &Name<Enum>::name);
    return row == table.end() ? std::nullopt : std::optional{row->value};
}

/// The name of a value; every value has a row, which `hasNoRepeats` and a test see to.
template <class Enum, std::size_t Size>
[[nodiscard]] constexpr std::string_view nameOf(const NameTable<Enum, Size>& table, Enum value) {
    const auto row = std::ranges::find(table, value, &Name<Enum>::value);
    return row == table.end() ? std::string_view{"?"} : row->name;
}

/// "new, existing, rotate": for saying what can be given.
template <class Enum, std::size_t Size>
[[nodiscard]] std::string namesIn(const NameTable<Enum, Size>& table) {
    std::string names;
    for (const auto& row : table) {
        names += (names.empty() ? "" : ", ") + std::string{row.name};
    }
    return names;
}

/// For a static_assert beside each table.
template <class Enum, std::size_t Size>
[[nodiscard]] consteval bool hasNoRepeats(const NameTable<Enum, Size>& table) {
    for (std::size_t i = 0; i < Size; ++i) {
        for (std::size_t j = i + 1; j < Size; ++j) {
            if (table[i].value == table[j].value || table[i].name == table[j].name) {
                return false;
            }
        }
    }
    return true;
}

}  // namespace keyconvoy
