#include "core/secret_bytes.h"

#include "core/error.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <openssl/crypto.h>

namespace keyconvoy {
namespace {

class SecretBytesTest : public testing::Test {
protected:
    SecretBytesTest() { initialiseSecureHeap(); }
};

TEST(SecretBytesWithoutHeap, AreRefusedRatherThanPutIntoOrdinaryMemory) {
    ASSERT_EQ(CRYPTO_secure_malloc_initialized(), 0) << "this test needs a process of its own, as ctest gives it";
    try {
        const SecretBytes secret{16};
        FAIL() << "ordinary memory was taken";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Internal);
    }
}

TEST_F(SecretBytesTest, BeginAsZerosInTheSecureHeap) {
    const SecretBytes secret{48};
    EXPECT_EQ(CRYPTO_secure_allocated(secret.view().data()), 1);
    EXPECT_TRUE(std::ranges::all_of(secret.view(), [](std::uint8_t octet) { return octet == 0; }));
}

TEST_F(SecretBytesTest, CopyAndCloneHoldTheSameOctetsElsewhere) {
    const SecretBytes secret = SecretBytes::copyOf(asBytes("1234"));
    const SecretBytes clone = secret.clone();
    EXPECT_EQ(asText(secret.view()), "1234");
    EXPECT_EQ(asText(clone.view()), "1234");
    EXPECT_NE(secret.view().data(), clone.view().data());
}

TEST_F(SecretBytesTest, MovingLeavesNothingBehind) {
    SecretBytes from = SecretBytes::copyOf(asBytes("1234"));
    const SecretBytes to{std::move(from)};
    EXPECT_EQ(asText(to.view()), "1234");
    EXPECT_TRUE(from.empty());
}

TEST_F(SecretBytesTest, AssigningGivesTheOldOctetsBackAtOnce) {
    const std::size_t before = CRYPTO_secure_used();
    SecretBytes target = SecretBytes::copyOf(asBytes("old secret"));
    SecretBytes source = SecretBytes::copyOf(asBytes("1234"));
    target = std::move(source);
    EXPECT_EQ(asText(target.view()), "1234");
    EXPECT_TRUE(source.empty());
    target = SecretBytes{};
    EXPECT_TRUE(target.empty());
    EXPECT_EQ(CRYPTO_secure_used(), before);
}

TEST_F(SecretBytesTest, AssigningToItselfKeepsTheOctets) {
    SecretBytes secret = SecretBytes::copyOf(asBytes("1234"));
    SecretBytes& same = secret;
    secret = std::move(same);
    EXPECT_EQ(asText(secret.view()), "1234");
}

TEST_F(SecretBytesTest, TruncatingWipesTheRest) {
    SecretBytes secret = SecretBytes::copyOf(asBytes("12345678"));
    const std::uint8_t* const data = secret.view().data();
    secret.truncate(4);
    EXPECT_EQ(asText(secret.view()), "1234");
    EXPECT_TRUE(std::all_of(data + 4, data + 8, [](std::uint8_t octet) { return octet == 0; }));
    secret.truncate(100);
    EXPECT_EQ(secret.size(), 4U);
}

TEST_F(SecretBytesTest, DestructionWipes) {
    const std::uint8_t* data = nullptr;
    {
        const SecretBytes secret = SecretBytes::copyOf(asBytes("a secret of some length, longer than the heap's own links"));
        data = secret.view().data();
    }
    // The page stays mapped: the secure heap is one mapping for the life of the process.
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(data), 57).find("secret"), std::string_view::npos);
    EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(data), 57).find("links"), std::string_view::npos);
}

TEST_F(SecretBytesTest, NothingIsAllowed) {
    const SecretBytes none;
    EXPECT_TRUE(none.empty());
    EXPECT_TRUE(none.clone().empty());
    EXPECT_TRUE(SecretBytes{0}.empty());
}

TEST_F(SecretBytesTest, AFullHeapIsAnError) {
    EXPECT_THROW(SecretBytes{1U << 20U}, Error);
}

TEST_F(SecretBytesTest, SettingUpTheHeapAgainSaysTheSame) {
    EXPECT_EQ(initialiseSecureHeap().locked, initialiseSecureHeap().locked);
}

}  // namespace
}  // namespace keyconvoy
