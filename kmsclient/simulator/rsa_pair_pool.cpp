#include "kmsclient/simulator/rsa_pair_pool.h"

#include "core/error.h"

#include <openssl/rsa.h>
#include <utility>

namespace keyconvoy::kms::simulator {

namespace {

int goOnUnlessStopped(EVP_PKEY_CTX* context) {
    const auto* stop = static_cast<const std::stop_token*>(EVP_PKEY_CTX_get_app_data(context));
    return stop->stop_requested() ? 0 : 1;
}

int sizeBits(std::size_t shelf) {
    return static_cast<int>(8 * wrapping::modulusBytes(static_cast<wrapping::WrappingKeySpec>(shelf)));
}

/// Null when stopped.
PkeyPtr generatePair(int bits, std::stop_token stop) {
    const PkeyContextPtr context{EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)};
    checkCrypto(EVP_PKEY_keygen_init(context.get()), "EVP_PKEY_keygen_init");
    checkCrypto(EVP_PKEY_CTX_set_rsa_keygen_bits(context.get(), bits), "EVP_PKEY_CTX_set_rsa_keygen_bits");
    EVP_PKEY_CTX_set_app_data(context.get(), &stop);
    EVP_PKEY_CTX_set_cb(context.get(), &goOnUnlessStopped);
    EVP_PKEY* key = nullptr;
    if (EVP_PKEY_generate(context.get(), &key) != 1 && !stop.stop_requested()) {
        throw CryptoError{"EVP_PKEY_generate"};
    }
    return PkeyPtr{key};
}

}  // namespace

RsaPairPool::RsaPairPool(std::size_t ready) : m_ready{ready}, m_refiller{[this](const std::stop_token& stop) { refill(stop); }} {
}

PkeyPtr RsaPairPool::take(wrapping::WrappingKeySpec spec) {
    const auto index = static_cast<std::size_t>(spec);
    {
        const std::lock_guard lock{m_mutex};
        Shelf& shelf = m_shelves.at(index);
        shelf.used = true;
        m_changed.notify_one();
        if (!shelf.pairs.empty()) {
            PkeyPtr pair = std::move(shelf.pairs.front());
            shelf.pairs.pop_front();
            return pair;
        }
    }
    return generatePair(sizeBits(index), {});
}

const RsaPairPool::Shelf* RsaPairPool::shelfToFill() const {
    for (const Shelf& shelf : m_shelves) {
        if (shelf.used && shelf.pairs.size() < m_ready) {
            return &shelf;
        }
    }
    return nullptr;
}

void RsaPairPool::refill(const std::stop_token& stop) {
    std::unique_lock lock{m_mutex};
    while (m_changed.wait(lock, stop, [this] { return shelfToFill() != nullptr; }) && !stop.stop_requested()) {
        const auto index = static_cast<std::size_t>(shelfToFill() - m_shelves.data());
        lock.unlock();
        PkeyPtr pair;
        try {
            pair = generatePair(sizeBits(index), stop);
        } catch (const Error&) {
            return;  // take() makes its own and tells its caller what is wrong
        }
        lock.lock();
        if (pair != nullptr) {
            m_shelves.at(index).pairs.push_back(std::move(pair));
        }
    }
}

}  // namespace keyconvoy::kms::simulator
