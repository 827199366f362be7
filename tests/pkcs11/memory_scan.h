#pragma once

#include "core/bytes.h"
#include "tests/support/sanitizers.h"

#include <cstddef>

namespace keyconvoy::tests {

/// A secret to look for that is not itself in memory: each octet is held with its bits turned.
class MaskedPattern {
public:
    /// Takes octets that were masked elsewhere, in a child process for example.
    [[nodiscard]] static MaskedPattern fromMasked(Bytes masked) { return MaskedPattern{std::move(masked)}; }
    [[nodiscard]] static MaskedPattern of(ByteView secret);
    static constexpr std::uint8_t mask = 0xff;

    [[nodiscard]] std::size_t size() const { return m_masked.size(); }
    /// One octet of the secret.
    [[nodiscard]] std::uint8_t octet(std::size_t at) const { return m_masked[at] ^ mask; }
    [[nodiscard]] bool matches(const std::uint8_t* candidate, std::size_t from, std::size_t count) const;

private:
    explicit MaskedPattern(Bytes masked) : m_masked{std::move(masked)} {}
    Bytes m_masked;
};

/// An address sanitizer's run-time comes between any two steps of a program, and what vector registers hold then is saved on the
/// stack: in such a build a scan finds copies that no other build makes.
inline constexpr bool sanitizerMakesCopies = underAddressSanitizer;

/// How often either half of the pattern stands in this process's readable memory (/proc/self/mem), the scan's own buffer left
/// out.
[[nodiscard]] std::size_t countInOwnMemory(const MaskedPattern& pattern);

}  // namespace keyconvoy::tests
