#include "core/secret_bytes.h"
#include "kmsclient/simulator/material.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;
using namespace keyconvoy::kms::simulator;

/// The first octet chooses the key spec; the rest is the plaintext that came out of an envelope.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SecureHeap heap = initialiseSecureHeap();
    static_cast<void>(heap);
    if (size > 0) {
        const wrapping::KeySpec spec = wrapping::keySpecNames.at(data[0] % wrapping::keySpecNames.size()).value;
        static_cast<void>(parseMaterial(spec, ByteView{data, size}.subspan(1)));
    }
    return 0;
}
