#include "app/ceremony/plan.h"
#include "tests/fuzz/fuzz_target.h"

#include <nlohmann/json.hpp>

using namespace keyconvoy;

/// Whatever the text: it is sound, or something is said of it; and what is sound can be shown.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const app::PlanReading reading = app::readPlan(asText({data, size}));
    for (const app::DocumentFinding& each : reading.findings) {
        fuzz::require(!each.finding.what.empty());
    }
    if (reading.isSound()) {
        fuzz::require(!reading.plan.keys.empty());
        fuzz::require(app::toJson(reading.plan).at("keys").size() == reading.plan.keys.size());
    }
    return 0;
}
