#include "core/base64.h"
#include "core/fingerprint.h"
#include "core/hex.h"
#include "tests/fuzz/fuzz_target.h"

#include <algorithm>
#include <cctype>

using namespace keyconvoy;

namespace {

std::string lowerCase(std::string_view text) {
    std::string result{text};
    std::ranges::transform(result, result.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return result;
}

void readAsText(std::string_view text) {
    if (const auto bytes = fromHex(text)) {
        fuzz::require(toHex(*bytes) == lowerCase(text));
    }
    if (const auto bytes = fromBase64(text)) {
        fuzz::require(toBase64(*bytes) == text);
    }
    if (const auto fingerprint = Fingerprint::parse(text)) {
        fuzz::require(Fingerprint::parse(fingerprint->hexGroups()) == fingerprint);
    }
}

void writeAsText(ByteView bytes) {
    const auto fromDigits = fromHex(toHex(bytes));
    fuzz::require(fromDigits && std::ranges::equal(*fromDigits, bytes));
    const auto fromGroups = fromBase64(toBase64(bytes));
    fuzz::require(fromGroups && std::ranges::equal(*fromGroups, bytes));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    readAsText(asText({data, size}));
    writeAsText({data, size});
    return 0;
}
