#include "app/handover/import_parameters.h"
#include "core/bytes.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parameters = fuzz::valueOrRefusal([&] {
        return app::parseParametersJson(asText({data, size}), "parameters.json");
    });
    if (parameters) {
        fuzz::require(!parameters->publicKey.empty() && !parameters->importToken.empty());
        fuzz::require(parameters->fromOneReply);
    }
    return 0;
}
