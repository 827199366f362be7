#include "kmsclient/simulator/duration.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

namespace keyconvoy::kms::simulator {

namespace {

using namespace std::chrono_literals;

struct Unit {
    std::string_view name;
    std::chrono::milliseconds length;
};
/// "ms" stands before "s" and "m", which it ends and begins with.
constexpr std::array<Unit, 5> units{{{"ms", 1ms}, {"d", 24h}, {"h", 1h}, {"m", 1min}, {"s", 1s}}};

}  // namespace

std::optional<std::chrono::milliseconds> parseDuration(std::string_view text) {
    if (text == "0") {
        return 0ms;
    }
    const auto* unit = std::ranges::find_if(units, [text](const Unit& candidate) { return text.ends_with(candidate.name); });
    if (unit == units.end()) {
        return std::nullopt;
    }
    text.remove_suffix(unit->name.size());
    if (text.starts_with('+') && !text.starts_with("+-")) {
        text.remove_prefix(1);
    }
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    constexpr std::int64_t most = 100'000'000;  // keeps the product far from overflow
    if (error != std::errc{} || end != text.data() + text.size() || count > most || count < -most) {
        return std::nullopt;
    }
    return count * unit->length;
}

std::string toDuration(std::chrono::milliseconds duration) {
    if (duration == 0ms) {
        return "0";
    }
    for (const Unit& unit : {units[1], units[2], units[3], units[4]}) {
        if (duration % unit.length == 0ms) {
            return std::to_string(duration / unit.length) + std::string{unit.name};
        }
    }
    return std::to_string(duration.count()) + "ms";
}

}  // namespace keyconvoy::kms::simulator
