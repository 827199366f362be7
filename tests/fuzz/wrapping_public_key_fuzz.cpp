#include "tests/fuzz/fuzz_target.h"
#include "wrapping/wrapping_public_key.h"

#include <algorithm>

using namespace keyconvoy;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const ByteView input{data, size};
    const auto key =
        fuzz::valueOrRefusal([&] { return wrapping::WrappingPublicKey::fromDer(input, KC_TEXT("Fuzz", "the wrapping key")); });
    if (key) {
        fuzz::require(std::ranges::equal(key->der(), input));
        fuzz::require(!key->rsa().modulus.empty() && !key->rsa().exponent.empty());
    }
    return 0;
}
