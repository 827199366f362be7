#include "core/bytes.h"
#include "kmsclient/shared_config.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;
using namespace keyconvoy::kms;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto config = fuzz::valueOrRefusal([&] { return SharedConfig::parse(asText({data, size}), "/the/config"); });
    if (!config) {
        return 0;
    }
    for (const auto& [name, section] : config->sections()) {
        fuzz::require(config->section(name) == &section);
        for (const auto& [setting, value] : section) {
            fuzz::require(!setting.empty());
            static_cast<void>(nestedSetting(value, "endpoint_url"));
        }
    }
    return 0;
}
