#pragma once

#include "core/bytes.h"

#include <array>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace keyconvoy {

/// A SHA-256 digest (FIPS 180-4) used to name a file, a key or a document.
struct Fingerprint {
    std::array<std::uint8_t, 32> digest{};

    [[nodiscard]] static Fingerprint of(ByteView bytes);
    /// 64 hexadecimal digits of either case; blanks and colons between them are allowed, as people type and paste them.
    [[nodiscard]] static std::optional<Fingerprint> parse(std::string_view text);

    [[nodiscard]] std::string hex() const;        ///< 64 lower-case digits
    [[nodiscard]] std::string hexGroups() const;  ///< sixteen groups of four digits, for reading aloud
    [[nodiscard]] std::string words() const;      ///< 32 words of the PGP word list, two-syllable and three-syllable in turn

    friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

}  // namespace keyconvoy
