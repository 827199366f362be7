#include "core/strict_json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace keyconvoy {

namespace {

constexpr int deepestLevel = 64;

[[noreturn]] void throwBadJson(const Text& place, Text cause, ErrorKind kind) {
    throw Error{kind, place, std::move(cause), KC_TEXT("Json", "check that this is the whole and unchanged JSON document")};
}

/// Watches the parser's events for what nlohmann-json lets through: deep nesting (whose dump() overflows the stack) and
/// repeated member names (of which the last would silently win). Throws at the first of them, so that a long text of opening
/// brackets costs no memory.
class StructureGuard {
public:
    StructureGuard(const Text& place, ErrorKind kind) : m_place{place}, m_kind{kind} {}

    /// Always true ("keep the value").
    bool operator()(int depth, Json::parse_event_t event, const Json& value) {
        switch (event) {
            case Json::parse_event_t::object_start: m_names.emplace_back(); [[fallthrough]];
            case Json::parse_event_t::array_start: checkDepth(depth + 1); break;  // the parser counts what stands around it
            case Json::parse_event_t::object_end: m_names.pop_back(); break;
            case Json::parse_event_t::key: checkName(value.get<std::string>()); break;
            case Json::parse_event_t::array_end:
            case Json::parse_event_t::value: break;
        }
        return true;
    }

private:
    void checkDepth(int level) const {
        if (level > deepestLevel) {
            throwBadJson(m_place, KC_TEXT("Json", "it is nested more than 64 levels deep"), m_kind);
        }
    }

    void checkName(const std::string& name) {
        if (!m_names.back().insert(name).second) {
            throwBadJson(m_place, KC_TEXT("Json", "the member \"%1\" is there twice").with(name), m_kind);
        }
    }

    const Text& m_place;
    ErrorKind m_kind;
    std::vector<std::set<std::string>> m_names;
};

/// `position` counts from 1; the parser's is one beyond the text when that ends where more was to come.
Text whatIsWrong(std::string_view text, std::size_t position) {
    if (text.empty()) {
        return KC_TEXT("Json", "it is no JSON document: it is empty");
    }
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
        return KC_TEXT("Json", "it is no JSON document: it holds nothing but blanks");
    }
    if (position <= text.size()) {
        return KC_TEXT("Json", "it is no JSON document: the fault is at byte %1 of %2").with(position).with(text.size());
    }
    return text.size() == 1 ? KC_TEXT("Json", "it is no JSON document: it ends too early (after 1 byte)")
                            : KC_TEXT("Json", "it is no JSON document: it ends too early (after %1 bytes)").with(text.size());
}

}  // namespace

Json parseStrictJson(std::string_view text, const Text& place, ErrorKind kind) {
    StructureGuard guard{place, kind};
    try {
        return Json::parse(text,
                           [&guard](int depth, Json::parse_event_t event, Json& parsed) { return guard(depth, event, parsed); });
    } catch (const Json::parse_error& error) {
        throwBadJson(place, whatIsWrong(text, error.byte), kind);
    } catch (const Json::exception&) {
        throwBadJson(place, KC_TEXT("Json", "it holds a number that cannot be represented"), kind);
    }
}

}  // namespace keyconvoy
