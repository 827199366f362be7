#include "core/bytes.h"
#include "core/strict_json.h"
#include "tests/fuzz/fuzz_target.h"

#include <nlohmann/json.hpp>

using namespace keyconvoy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto value = fuzz::valueOrRefusal([&] { return parseStrictJson(asText({data, size}), KC_TEXT("Fuzz", "the input")); });
    if (value) {
        const std::string written = value->dump();
        fuzz::require(parseStrictJson(written, KC_TEXT("Fuzz", "what was written")).dump() == written);
    }
    return 0;
}
