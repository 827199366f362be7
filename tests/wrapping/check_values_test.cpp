#include "wrapping/qualification/check_values.h"

#include "core/hex.h"
#include "tests/wrapping/vectors.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::wrapping::qualification {
namespace {

using pkcs11::CheckValue;
using pkcs11::CheckValueMethod;
using tests::caseName;
using tests::hexMember;
using tests::loadVectors;

struct Counts {
    int valid = 0;
    int invalid = 0;
    int unusable = 0;  ///< keys that AES does not have
};

/// `macOf` gives nothing for a key that it cannot take.
template <class MacOf>
Counts runMacFile(const std::string& name, MacOf macOf) {
    Counts counts;
    const Json file = loadVectors("wycheproof/" + name + ".json");
    for (const Json& group : file.at("testGroups")) {
        const auto tagBytes = group.at("tagSize").get<std::size_t>() / 8;
        for (const Json& vector : group.at("tests")) {
            SCOPED_TRACE(caseName(vector));
            const std::optional<Bytes> mac = macOf(hexMember(vector, "key"), hexMember(vector, "msg"));
            if (!mac) {
                EXPECT_EQ(vector.at("result"), "invalid");
                ++counts.unusable;
                continue;
            }
            const Bytes tag = hexMember(vector, "tag");
            const bool equal = std::ranges::equal(ByteView{*mac}.first(tagBytes), tag);
            EXPECT_EQ(equal, vector.at("result") == "valid");
            ++(equal ? counts.valid : counts.invalid);
        }
    }
    return counts;
}

struct HmacFile {
    const char* name;
    MacHash hash;
    int invalid;
};

std::ostream& operator<<(std::ostream& out, const HmacFile& file) {
    return out << file.name;
}

class HmacVectorsTest : public testing::TestWithParam<HmacFile> {};

TEST_P(HmacVectorsTest, WholeWycheproofFile) {
    const Counts counts = runMacFile(GetParam().name, [](const Bytes& key, const Bytes& message) {
        return std::optional{hmac(GetParam().hash, key, message)};
    });
    EXPECT_EQ(counts.valid, 66);
    EXPECT_EQ(counts.invalid, GetParam().invalid);
    EXPECT_EQ(counts.unusable, 0);
}

INSTANTIATE_TEST_SUITE_P(Wycheproof, HmacVectorsTest,
                         testing::Values(HmacFile{"hmac_sha224_test", MacHash::Sha224, 106},
                                         HmacFile{"hmac_sha256_test", MacHash::Sha256, 108},
                                         HmacFile{"hmac_sha384_test", MacHash::Sha384, 108},
                                         HmacFile{"hmac_sha512_test", MacHash::Sha512, 108}),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST(AesCmac, WholeWycheproofFile) {
    const Counts counts = runMacFile("aes_cmac_test", [](const Bytes& key, const Bytes& message) {
        const bool fits = key.size() == 16 || key.size() == 24 || key.size() == 32;
        return fits ? std::optional{aesCmac(key, message)} : std::nullopt;
    });
    EXPECT_EQ(counts.valid, 63);
    EXPECT_EQ(counts.invalid + counts.unusable, 248);
}

TEST(AesEcb, TheExampleOfFips197) {
    const Bytes key = fromHex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f").value();
    const Bytes block = fromHex("00112233445566778899aabbccddeeff").value();
    EXPECT_EQ(toHex(aesEncryptBlock(key, block)), "8ea2b7ca516745bfeafc49904b496089");
    EXPECT_ANY_THROW(static_cast<void>(aesEncryptBlock(key, Bytes(15))));
}

Bytes firstOf(const Bytes& whole, std::size_t count) {
    return {whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(count)};
}

const Bytes zeroBlock(16);

TEST(CheckValues, AreFoundByEachMethod) {
    const Bytes aes(32, 0x42);
    EXPECT_TRUE(hasCheckValue(aes, {CheckValueMethod::AesCmacZeroBlock, firstOf(aesCmac(aes, zeroBlock), 5)}));
    EXPECT_TRUE(hasCheckValue(aes, {CheckValueMethod::AesEcbZeroBlock, firstOf(aesEncryptBlock(aes, zeroBlock), 3)}));
    EXPECT_TRUE(hasCheckValue(Bytes(28, 7),
                              {CheckValueMethod::HmacZeroBlock, firstOf(hmac(MacHash::Sha224, Bytes(28, 7), zeroBlock), 5)}));
    EXPECT_TRUE(hasCheckValue(Bytes(64, 7),
                              {CheckValueMethod::HmacZeroBlock, firstOf(hmac(MacHash::Sha512, Bytes(64, 7), zeroBlock), 5)}));
}

TEST(CheckValues, TheHmacIsThatOfTheKeysLengthWhereThereIsOne) {
    const Bytes key(32, 7);
    EXPECT_FALSE(hasCheckValue(key, {CheckValueMethod::HmacZeroBlock, firstOf(hmac(MacHash::Sha512, key, zeroBlock), 5)}));
    const Bytes odd(33, 7);
    EXPECT_TRUE(hasCheckValue(odd, {CheckValueMethod::HmacZeroBlock, firstOf(hmac(MacHash::Sha256, odd, zeroBlock), 5)}));
}

TEST(CheckValues, OtherKeysAndEmptyValuesDoNotMatch) {
    const Bytes key(32, 0x42);
    Bytes other = key;
    other.back() ^= 1U;
    const Bytes value = firstOf(aesCmac(key, zeroBlock), 5);
    EXPECT_FALSE(hasCheckValue(other, {CheckValueMethod::AesCmacZeroBlock, value}));
    EXPECT_FALSE(hasCheckValue(key, {CheckValueMethod::AesCmacZeroBlock, {}}));
    EXPECT_FALSE(hasCheckValue(key, {CheckValueMethod::AesCmacZeroBlock, Bytes(17)}));
    EXPECT_FALSE(hasCheckValue(Bytes(20, 1), {CheckValueMethod::AesCmacZeroBlock, value}));
    EXPECT_FALSE(hasCheckValue(key, {CheckValueMethod::SpkiSha256, value}));
}

}  // namespace
}  // namespace keyconvoy::wrapping::qualification
