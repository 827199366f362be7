#include "pkcs11/public_key.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto parts = fuzz::valueOrRefusal([&] { return pkcs11::parsePublicKey({data, size}); });
    fuzz::require(!parts || parts->rsa || !parts->ecPointOctetString.empty());
    return 0;
}
