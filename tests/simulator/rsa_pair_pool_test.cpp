#include "kmsclient/simulator/rsa_pair_pool.h"

#include "tests/simulator/key_material.h"

#include <gtest/gtest.h>
#include <mutex>
#include <set>
#include <vector>

namespace keyconvoy::tests {

namespace {

using kms::simulator::RsaPairPool;
using wrapping::WrappingKeySpec;

TEST(RsaPairPool, GivesNoPairTwice) {
    kms::simulator::prepareMemory();
    RsaPairPool pool{2};
    std::mutex mutex;
    std::set<Bytes> seen;
    {
        std::vector<std::jthread> takers;
        for (int i = 0; i < 3; ++i) {
            takers.emplace_back([&] {
                for (int j = 0; j < 3; ++j) {
                    const PkeyPtr pair = pool.take(WrappingKeySpec::Rsa2048);
                    const std::lock_guard lock{mutex};
                    EXPECT_EQ(EVP_PKEY_get_bits(pair.get()), 2048);
                    seen.insert(spkiOf(*pair));
                }
            });
        }
    }
    EXPECT_EQ(seen.size(), 9U);
}

TEST(RsaPairPool, GivesTheSizeAskedFor) {
    kms::simulator::prepareMemory();
    RsaPairPool pool{0};
    EXPECT_EQ(EVP_PKEY_get_bits(pool.take(WrappingKeySpec::Rsa3072).get()), 3072);
    EXPECT_EQ(EVP_PKEY_get_bits(pool.take(WrappingKeySpec::Rsa4096).get()), 4096);
}

TEST(RsaPairPool, BreaksOffAGenerationWhenItEnds) {
    kms::simulator::prepareMemory();
    for (int i = 0; i < 3; ++i) {
        RsaPairPool pool{16};
        static_cast<void>(pool.take(WrappingKeySpec::Rsa2048));  // now sixteen more are being made
    }
}

}  // namespace

}  // namespace keyconvoy::tests
