#pragma once

#include "core/bytes.h"

#include <cstddef>

namespace keyconvoy {

/// Secret octets (a PIN, never a target key) in OpenSSL's secure heap: locked, left out of core files, wiped. A second copy is
/// visible in the source as clone().
class SecretBytes {
public:
    SecretBytes() = default;                 ///< empty
    explicit SecretBytes(std::size_t size);  ///< zeros; throws Error(Internal) when the heap is full or not initialised
    SecretBytes(const SecretBytes&) = delete;
    SecretBytes& operator=(const SecretBytes&) = delete;
    SecretBytes(SecretBytes&& other) noexcept;
    SecretBytes& operator=(SecretBytes&& other) noexcept;
    ~SecretBytes();

    /// Copies the octets in; the caller wipes its own copy.
    [[nodiscard]] static SecretBytes copyOf(ByteView octets);
    [[nodiscard]] SecretBytes clone() const { return copyOf(view()); }

    [[nodiscard]] ByteView view() const noexcept { return {m_data, m_size}; }
    [[nodiscard]] std::span<std::uint8_t> writable() noexcept { return {m_data, m_size}; }
    [[nodiscard]] std::size_t size() const noexcept { return m_size; }
    [[nodiscard]] bool empty() const noexcept { return m_size == 0; }
    /// Shortens to the first `size` octets and wipes the rest.
    void truncate(std::size_t size);

private:
    std::uint8_t* m_data = nullptr;
    std::size_t m_size = 0;
    std::size_t m_capacity = 0;
};

/// Sets up the secure heap once per process (OpenSSL, CRYPTO_secure_malloc_init). `locked` is false when the memory could not
/// be locked against swapping; throws Error(Internal) when there is no secure heap at all.
struct SecureHeap {
    bool locked = false;
};
SecureHeap initialiseSecureHeap();

}  // namespace keyconvoy
