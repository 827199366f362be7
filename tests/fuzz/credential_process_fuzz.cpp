#include "core/bytes.h"
#include "kmsclient/credentials.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;
using namespace keyconvoy::kms;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SecureHeap heap = initialiseSecureHeap();
    static_cast<void>(heap);
    const auto credentials = fuzz::valueOrRefusal([&] { return parseProcessOutput(asText({data, size}), verbatim("a test")); });
    if (credentials) {
        fuzz::require(!credentials->accessKeyId.empty() && !credentials->secretAccessKey.empty());
    }
    return 0;
}
