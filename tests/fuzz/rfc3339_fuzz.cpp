#include "core/bytes.h"
#include "core/clock.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (const auto time = parseRfc3339(asText({data, size}))) {
        fuzz::require(parseRfc3339(toRfc3339Milliseconds(*time)) == time);
        fuzz::require(!toLocalTime(*time).empty());
        fuzz::require(!weekdayName(*time).empty());
    }
    return 0;
}
