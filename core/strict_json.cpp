#include "core/strict_json.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace keyconvoy {

namespace {

constexpr int deepestLevel = 64;

/// Watches the parser's events for what nlohmann-json lets through: deep nesting (whose dump() overflows the stack) and
/// repeated member names (of which the last would silently win).
class StructureGuard {
public:
    /// Always true ("keep the value"); the first fault is remembered.
    bool operator()(int depth, Json::parse_event_t event, const Json& value) {
        if (depth > deepestLevel) {
            note(KC_TEXT("Json", "it is nested more than 64 levels deep"));
        }
        switch (event) {
            case Json::parse_event_t::object_start: m_names.emplace_back(); break;
            case Json::parse_event_t::object_end: m_names.pop_back(); break;
            case Json::parse_event_t::key:
                if (!m_names.back().insert(value.get<std::string>()).second) {
                    note(KC_TEXT("Json", "the member \"%1\" is there twice").with(value.get<std::string>()));
                }
                break;
            case Json::parse_event_t::array_start:
            case Json::parse_event_t::array_end:
            case Json::parse_event_t::value: break;
        }
        return true;
    }

    [[nodiscard]] const Text& fault() const { return m_fault; }

private:
    void note(Text fault) {
        if (m_fault.empty()) {
            m_fault = std::move(fault);
        }
    }

    std::vector<std::set<std::string>> m_names;
    Text m_fault;
};

[[noreturn]] void throwBadJson(const Text& place, Text cause, ErrorKind kind) {
    throw Error{kind, place, std::move(cause), KC_TEXT("Json", "check that this is the whole and unchanged JSON document")};
}

}  // namespace

Json parseStrictJson(std::string_view text, const Text& place, ErrorKind kind) {
    StructureGuard guard;
    Json value;
    try {
        value = Json::parse(text, [&guard](int depth, Json::parse_event_t event, Json& parsed) { return guard(depth, event, parsed); });
    } catch (const Json::parse_error& error) {
        throwBadJson(place, KC_TEXT("Json", "it is no JSON document: the fault is at byte %1 of %2").with(error.byte).with(text.size()), kind);
    } catch (const Json::exception&) {
        throwBadJson(place, KC_TEXT("Json", "it holds a number that cannot be represented"), kind);
    }
    if (!guard.fault().empty()) {
        throwBadJson(place, guard.fault(), kind);
    }
    return value;
}

}  // namespace keyconvoy
