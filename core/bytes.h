#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace keyconvoy {

using Bytes = std::vector<std::uint8_t>;  ///< octets that need no secrecy; secrets live in SecretBytes
using ByteView = std::span<const std::uint8_t>;

/// The octets of a text, without copying it.
[[nodiscard]] inline ByteView asBytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Octets seen as text, without copying them.
[[nodiscard]] inline std::string_view asText(ByteView bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace keyconvoy
