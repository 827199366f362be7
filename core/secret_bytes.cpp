#include "core/secret_bytes.h"

#include "core/error.h"

#include <algorithm>
#include <openssl/crypto.h>
#include <utility>

namespace keyconvoy {

namespace {

constexpr std::size_t heapBytes = 1U << 17U;
constexpr std::size_t smallestBlock = 32;

[[noreturn]] void throwNoSecureMemory() {
    throw Error{ErrorKind::Internal, KC_TEXT("Memory", "secure memory"),
                KC_TEXT("Memory", "there is no locked memory left for a secret"),
                KC_TEXT("Memory", "close other sessions of this program, or raise the limit of locked memory (ulimit -l)")};
}

}  // namespace

SecretBytes::SecretBytes(std::size_t size) : m_size{size}, m_capacity{size} {
    if (size == 0) {
        return;
    }
    m_data = static_cast<std::uint8_t*>(OPENSSL_secure_zalloc(size));
    // Without an initialised secure heap the allocator silently uses the ordinary one (OPENSSL_secure_malloc(3)).
    if (m_data == nullptr || CRYPTO_secure_allocated(m_data) != 1) {
        OPENSSL_secure_clear_free(m_data, size);
        m_data = nullptr;
        throwNoSecureMemory();
    }
}

SecretBytes::SecretBytes(SecretBytes&& other) noexcept
    : m_data{std::exchange(other.m_data, nullptr)},
      m_size{std::exchange(other.m_size, 0)},
      m_capacity{std::exchange(other.m_capacity, 0)} {
}

SecretBytes& SecretBytes::operator=(SecretBytes&& other) noexcept {
    SecretBytes taken{std::move(other)};  // what was here before is wiped with it, at once
    std::swap(m_data, taken.m_data);
    std::swap(m_size, taken.m_size);
    std::swap(m_capacity, taken.m_capacity);
    return *this;
}

SecretBytes::~SecretBytes() {
    OPENSSL_secure_clear_free(m_data, m_capacity);
}

SecretBytes SecretBytes::copyOf(ByteView octets) {
    SecretBytes copy{octets.size()};
    std::ranges::copy(octets, copy.m_data);
    return copy;
}

void SecretBytes::truncate(std::size_t size) {
    if (size < m_size) {
        OPENSSL_cleanse(m_data + size, m_size - size);
        m_size = size;
    }
}

SecureHeap initialiseSecureHeap() {
    // 1: good; 2: there, but memory that could not be locked (OPENSSL_secure_malloc(3)).
    static const int outcome = CRYPTO_secure_malloc_init(heapBytes, smallestBlock);
    if (outcome == 0) {
        throwNoSecureMemory();
    }
    return SecureHeap{.locked = outcome == 1};
}

}  // namespace keyconvoy
