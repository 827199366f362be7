#pragma once

#include "kmsclient/simulator/crypto.h"
#include "wrapping/wrapping_algorithm.h"

#include <array>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <thread>

namespace keyconvoy::kms::simulator {

/// Wrapping key pairs, each given out once. After the first use of a size a thread keeps `ready` pairs of it in store, so that
/// only the first caller waits for a generation (RSA_4096: about a second). Any thread.
class RsaPairPool {
public:
    explicit RsaPairPool(std::size_t ready);
    RsaPairPool(const RsaPairPool&) = delete;
    RsaPairPool& operator=(const RsaPairPool&) = delete;
    ~RsaPairPool() = default;  ///< a generation under way is broken off

    [[nodiscard]] PkeyPtr take(wrapping::WrappingKeySpec spec);

private:
    struct Shelf {
        std::deque<PkeyPtr> pairs;
        bool used = false;
    };

    void refill(const std::stop_token& stop);
    [[nodiscard]] const Shelf* shelfToFill() const;

    std::size_t m_ready;
    std::mutex m_mutex;
    std::condition_variable_any m_changed;
    std::array<Shelf, 3> m_shelves;  ///< by WrappingKeySpec
    std::jthread m_refiller;         ///< last, so that it ends before what it uses
};

}  // namespace keyconvoy::kms::simulator
