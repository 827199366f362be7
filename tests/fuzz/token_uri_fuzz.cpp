#include "core/bytes.h"
#include "pkcs11/module_profile.h"
#include "pkcs11/token.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;
using namespace keyconvoy::pkcs11;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text = asText({data, size});
    static_cast<void>(fuzz::valueOrRefusal([&] { return TokenSelector::parse(text); }));
    static_cast<void>(fuzz::valueOrRefusal([&] { return KeyUri::parse(text); }));
    if (const auto variable = fuzz::valueOrRefusal([&] { return ModuleVariable::parse(text); })) {
        fuzz::require(variable->name + "=" + variable->value == text);
        fuzz::require(!variable->name.starts_with("LD_"));
    }
    return 0;
}
