#include "app/record/chain.h"

#include "core/strict_json.h"

#include <array>
#include <limits>
#include <nlohmann/json.hpp>

namespace keyconvoy::app {

namespace {

constexpr std::array members{"n", "time", "zone", "monotonic", "mode", "station", "kind", "body", "previous"};

std::string inJson(const Json& value) {
    return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Mode modeIn(std::string_view name) {
    if (const auto mode = app::modeNamed(name)) {
        return *mode;
    }
    throw Error{ErrorKind::Integrity, {}, KC_TEXT("RecordChain", "its mode is neither production nor rehearsal"), {}};
}

TimePoint timeIn(const Json& value) {
    const auto time = parseRfc3339(value.get<std::string>());
    if (!time) {
        throw Error{ErrorKind::Integrity, {}, KC_TEXT("RecordChain", "its \"%1\" is no time").with("time"), {}};
    }
    return *time;
}

/// Neither negative nor with a fraction, and not larger than a count of milliseconds can be.
std::int64_t countIn(const Json& json, const char* member) {
    const Json& value = json.at(member);
    if (!value.is_number_unsigned() || value.get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
        throw Error{ErrorKind::Integrity, {}, KC_TEXT("RecordChain", "its \"%1\" is no whole number").with(member), {}};
    }
    return value.get<std::int64_t>();
}

/// Throws Json::exception or Error, without a place, for anything else.
RecordLine lineFrom(const Json& json) {
    if (!json.is_object() || json.size() != members.size() || !json.at("body").is_object()) {
        throw Error{
            ErrorKind::Integrity, {}, KC_TEXT("RecordChain", "it does not have exactly the members of a record's line"), {}};
    }
    RecordLine line;
    line.n = static_cast<std::uint64_t>(countIn(json, "n"));
    line.time = timeIn(json.at("time"));
    line.zone = json.at("zone").get<std::string>();
    line.monotonic = std::chrono::milliseconds{countIn(json, "monotonic")};
    line.mode = modeIn(json.at("mode").get<std::string>());
    line.station = json.at("station").get<std::string>();
    line.kind = json.at("kind").get<std::string>();
    line.body = inJson(json.at("body"));
    const auto previous = Fingerprint::parse(json.at("previous").get<std::string>());
    if (!previous) {
        throw Error{ErrorKind::Integrity, {}, KC_TEXT("RecordChain", "its \"%1\" is no SHA-256").with("previous"), {}};
    }
    line.previous = *previous;
    return line;
}

}  // namespace

Fingerprint rootOfRecord(Mode mode) {
    return Fingerprint::of(asBytes("keyconvoy record 1 " + std::string{toString(mode)} + "\n"));
}

std::string toLine(const RecordLine& line) {
    const std::array<std::string, members.size()> values{std::to_string(line.n),      inJson(toRfc3339Milliseconds(line.time)),
                                                         inJson(line.zone),           std::to_string(line.monotonic.count()),
                                                         inJson(toString(line.mode)), inJson(line.station),
                                                         inJson(line.kind),           line.body,
                                                         inJson(line.previous.hex())};
    std::string text = "{";
    for (std::size_t i = 0; i < members.size(); ++i) {
        text += (i == 0 ? "\"" : ",\"") + std::string{members.at(i)} + "\":" + values.at(i);
    }
    return text + "}\n";
}

Fingerprint hashOfLine(std::string_view lineWithLf) {
    return Fingerprint::of(asBytes(lineWithLf));
}

RecordLine ChainReader::take(std::string_view lineWithLf) {
    if (!lineWithLf.ends_with('\n')) {
        throw broken(KC_TEXT("RecordChain", "it is not whole: its line feed is missing"));
    }
    RecordLine line;
    try {
        line = lineFrom(parseStrictJson(lineWithLf.substr(0, lineWithLf.size() - 1), KC_TEXT("RecordChain", "record")));
    } catch (const Json::exception&) {
        throw broken(KC_TEXT("RecordChain", "a member is missing or of another kind"));
    } catch (const Error& error) {
        throw broken(error.failure().cause);
    }
    checkFollows(line);
    ++m_lines;
    m_head = hashOfLine(lineWithLf);
    m_mode = line.mode;
    m_station = line.station;
    return line;
}

void ChainReader::checkFollows(const RecordLine& line) const {
    if (line.n != m_lines + 1) {
        throw broken(KC_TEXT("RecordChain", "it calls itself line %1").with(std::to_string(line.n)));
    }
    if (line.previous != (m_lines == 0 ? rootOfRecord(line.mode) : m_head)) {
        throw broken(m_lines == 0 ? KC_TEXT("RecordChain", "it is no first line: it follows another one")
                                  : KC_TEXT("RecordChain",
                                            "it follows another line than the one before it, which was changed, or "
                                            "between which something was added or taken away"));
    }
    if (m_lines > 0 && (line.mode != m_mode || line.station != m_station)) {
        throw broken(KC_TEXT("RecordChain", "mode or station is another than in the lines before"));
    }
}

Error ChainReader::broken(Text cause) const {
    return Error{ErrorKind::Integrity, KC_TEXT("RecordChain", "record, line %1").with(std::to_string(m_lines + 1)),
                 std::move(cause),
                 KC_TEXT("RecordChain",
                         "what stands before this line still counts; find out who had the file since, and compare with "
                         "signed heads and with paper")};
}

}  // namespace keyconvoy::app
