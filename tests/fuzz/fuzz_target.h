#pragma once

#include "core/error.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>

/// What libFuzzer and replay_main.cpp call with each input.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace keyconvoy::fuzz {

/// A property that must hold for every input; the fuzzer reports an abort.
inline void require(bool property) {
    if (!property) {
        std::abort();
    }
}

/// What `parse` gives, or nothing when it refuses the input with an Error for the reader of a message. Anything else that is
/// thrown ends the program, and so does an Error that says too little or blames this program.
template <class Parse>
auto valueOrRefusal(Parse parse) -> std::optional<decltype(parse())> {
    try {
        return parse();
    } catch (const Error& error) {
        require(error.kind() != ErrorKind::Internal);
        require(!error.failure().place.empty() && !error.failure().cause.empty() && !error.failure().remedy.empty());
        return std::nullopt;
    }
}

}  // namespace keyconvoy::fuzz
