#include "core/secret_bytes.h"
#include "tests/fuzz/fuzz_target.h"
#include "wrapping/envelope_layout.h"
#include "wrapping/opening/open_envelope.h"

#include <array>

using namespace keyconvoy;
using namespace keyconvoy::wrapping;

namespace {

/// The first octet of the input chooses among these, so that committed inputs keep their meaning.
constexpr std::array specs{WrappingKeySpec::Rsa2048, WrappingKeySpec::Rsa3072, WrappingKeySpec::Rsa4096,
                           WrappingKeySpec::Rsa2048};

WrappingChoice choiceOf(unsigned int octet) {
    return {wrappingAlgorithmNames.at(octet & 3U).value, specs.at((octet >> 2U) & 3U)};
}

void split(WrappingChoice choice, unsigned int octet, ByteView blob) {
    const KeySpec keySpec = keySpecNames.at(octet % keySpecNames.size()).value;
    static_cast<void>(fuzz::valueOrRefusal([&] {
        checkBlobLength(blob, keySpec, choice);
        return 0;
    }));
    if (const auto parts = splitEnvelope(blob, choice)) {
        fuzz::require(parts->rsaPart.size() == modulusBytes(choice.keySpec));
        fuzz::require(parts->rsaPart.size() + parts->keyWrapPart.size() == blob.size());
    }
}

void open(WrappingAlgorithm algorithm, ByteView blob) {
    static const opening::PkeyPtr key = opening::generateRsaKeyPair(2048);
    static_cast<void>(opening::openEnvelope(*key, {algorithm, WrappingKeySpec::Rsa2048}, blob));
}

/// The key first, then what it wraps: RFC 5649 vectors are among the committed inputs.
void unwrap(ByteView input) {
    constexpr std::size_t keyBytes = 32;
    if (input.size() < keyBytes) {
        return;
    }
    const ByteView wrapped = input.subspan(keyBytes);
    if (const auto plain = opening::keyUnwrapWithPadding(input.first(keyBytes), wrapped)) {
        fuzz::require(!plain->empty() && plain->size() + 8 <= wrapped.size());
    }
    static_cast<void>(opening::keyUnwrap(input.first(keyBytes), wrapped));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SecureHeap heap = initialiseSecureHeap();
    static_cast<void>(heap);
    if (size < 2) {
        return 0;
    }
    const ByteView rest = ByteView{data, size}.subspan(2);
    const WrappingChoice choice = choiceOf(data[0]);
    split(choice, data[1], rest);
    if ((data[1] & 0x80U) != 0) {
        open(choice.algorithm, rest);  // slow: an RSA operation
    } else {
        unwrap(rest);
    }
    return 0;
}
