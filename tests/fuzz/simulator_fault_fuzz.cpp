#include "core/bytes.h"
#include "kmsclient/simulator/fault_json.h"
#include "tests/fuzz/fuzz_target.h"

#include <nlohmann/json.hpp>

using namespace keyconvoy;
using namespace keyconvoy::kms::simulator;

/// A fault as --fault has it: what is taken reads the same once it was written in JSON.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto fault = fuzz::valueOrRefusal([&] { return parseFault(asText({data, size})); });
    if (fault) {
        Json written = toJson(Faults::Listed{.id = 1, .fault = *fault});
        written.erase("id");
        Json again = toJson(Faults::Listed{.id = 1, .fault = faultFromJson(written)});
        again.erase("id");
        fuzz::require(written == again);
    }
    return 0;
}
