#include "app/record/chain.h"
#include "tests/fuzz/fuzz_target.h"

using namespace keyconvoy;

/// Lines of any octets: each is refused, or can be written again and is then the same to every reader.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view rest = asText({data, size});
    app::ChainReader chain;
    while (!rest.empty()) {
        const std::size_t end = rest.find('\n');
        const std::string_view line = rest.substr(0, end == std::string_view::npos ? end : end + 1);
        rest.remove_prefix(line.size());
        const auto taken = fuzz::valueOrRefusal([&] { return chain.take(line); });
        if (!taken) {
            return 0;
        }
        fuzz::require(chain.head() == app::hashOfLine(line));
        fuzz::require(app::toLine(*taken).ends_with("\"}\n"));
    }
    return 0;
}
