#include "core/bytes.h"
#include "tests/fuzz/fuzz_target.h"
#include "wrapping/qualification/qualification.h"

#include <nlohmann/json.hpp>

using namespace keyconvoy;
using namespace keyconvoy::wrapping::qualification;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const Text place = KC_TEXT("Fuzz", "the file");
    const auto result = fuzz::valueOrRefusal([&] { return resultFromJson(parseStrictJson(asText({data, size}), place), place); });
    if (result) {
        const Json written = toJson(*result);
        fuzz::require(toJson(resultFromJson(written, place)) == written);
    }
    return 0;
}
