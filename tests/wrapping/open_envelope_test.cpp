#include "wrapping/opening/open_envelope.h"

#include "core/hex.h"
#include "core/secret_bytes.h"
#include "tests/wrapping/openssl_wrap.h"
#include "tests/wrapping/vectors.h"
#include "wrapping/envelope_layout.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/err.h>
#include <openssl/x509.h>

namespace keyconvoy::wrapping::opening {
namespace {

using pkcs11::OaepHash;
using tests::caseName;
using tests::hexMember;
using tests::joined;
using tests::keyWrapWithPadding;
using tests::loadVectors;
using tests::oaepEncrypt;

std::optional<Bytes> plain(const std::optional<SecretBytes>& secret) {
    return secret ? std::optional{Bytes{secret->view().begin(), secret->view().end()}} : std::nullopt;
}

PkeyPtr privateKeyFrom(ByteView pkcs8) {
    const unsigned char* position = pkcs8.data();
    return PkeyPtr{d2i_AutoPrivateKey(nullptr, &position, static_cast<long>(pkcs8.size()))};
}

std::optional<OaepHash> hashNamed(const Json& group, const char* member) {
    const auto name = group.at(member).get<std::string>();
    return name == "SHA-1" ? std::optional{OaepHash::Sha1} : name == "SHA-256" ? std::optional{OaepHash::Sha256} : std::nullopt;
}

class OpenEnvelopeTest : public testing::Test {
protected:
    static void SetUpTestSuite() { initialiseSecureHeap(); }
};

// -------------------------------------------------------------------------------------------------------- published vectors

struct Counts {
    int opened = 0;
    int refused = 0;
    int labelled = 0;
    friend bool operator==(const Counts&, const Counts&) = default;
};

std::ostream& operator<<(std::ostream& out, const Counts& counts) {
    return out << counts.opened << " opened, " << counts.refused << " refused, " << counts.labelled << " with a label";
}

/// A ciphertext with a label must not open: KMS uses none.
Counts runOaepGroup(const Json& group, OaepHash hash, OaepHash mgf1Hash) {
    Counts counts;
    const PkeyPtr key = privateKeyFrom(hexMember(group, "privateKeyPkcs8"));
    for (const Json& vector : group.at("tests")) {
        SCOPED_TRACE(caseName(vector));
        const auto opened = plain(oaepDecryptMixed(*key, hash, mgf1Hash, hexMember(vector, "ct")));
        const bool labelled = !vector.at("label").get<std::string>().empty();
        const bool valid = vector.at("result") == "valid";
        if (valid && !labelled) {
            EXPECT_EQ(opened, hexMember(vector, "msg"));
            ++counts.opened;
        } else if (!valid && vector.at("result") == "acceptable") {
            EXPECT_TRUE(!opened || *opened == hexMember(vector, "msg"));
        } else {
            EXPECT_EQ(opened, std::nullopt);
            ++(labelled && valid ? counts.labelled : counts.refused);
        }
        EXPECT_EQ(ERR_peek_error(), 0U) << "left in the queue";
    }
    return counts;
}

struct OaepFile {
    const char* name;
    Counts counts;
};

std::ostream& operator<<(std::ostream& out, const OaepFile& file) {
    return out << file.name;
}

class OaepVectorsTest : public testing::TestWithParam<OaepFile> {
protected:
    static void SetUpTestSuite() { initialiseSecureHeap(); }
};

TEST_P(OaepVectorsTest, WholeWycheproofFile) {
    Counts counts;
    const Json file = loadVectors(std::string{"wycheproof/"} + GetParam().name + ".json");
    for (const Json& group : file.at("testGroups")) {
        const Counts each = runOaepGroup(group, hashNamed(group, "sha").value(), hashNamed(group, "mgfSha").value());
        counts.opened += each.opened;
        counts.refused += each.refused;
        counts.labelled += each.labelled;
    }
    EXPECT_EQ(counts, GetParam().counts);
}

INSTANTIATE_TEST_SUITE_P(Wycheproof, OaepVectorsTest,
                         testing::Values(OaepFile{"rsa_oaep_2048_sha1_mgf1sha1_test", {10, 19, 7}},
                                         OaepFile{"rsa_oaep_2048_sha256_mgf1sha256_test", {10, 19, 8}},
                                         OaepFile{"rsa_oaep_3072_sha256_mgf1sha256_test", {10, 19, 8}},
                                         OaepFile{"rsa_oaep_4096_sha256_mgf1sha256_test", {10, 19, 8}}),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST_F(OpenEnvelopeTest, WycheproofMiscHoldsTheSizesThatHaveNoFileOfTheirOwn) {
    int groups = 0;
    Counts counts;
    const Json file = loadVectors("wycheproof/rsa_oaep_misc_test.json");
    for (const Json& group : file.at("testGroups")) {
        const auto hash = hashNamed(group, "sha");
        const auto mgf1Hash = hashNamed(group, "mgfSha");
        if (group.at("keySize").get<int>() < 2048 || !hash || !mgf1Hash) {
            continue;
        }
        SCOPED_TRACE(group.at("keySize").dump() + " " + group.at("sha").dump() + " " + group.at("mgfSha").dump());
        const Counts each = runOaepGroup(group, *hash, *mgf1Hash);
        counts.opened += each.opened;
        counts.refused += each.refused;
        counts.labelled += each.labelled;
        ++groups;
    }
    EXPECT_EQ(groups, 16);
    EXPECT_EQ(counts, (Counts{42, 0, 14}));
}

struct KeyWrapFile {
    const char* name;
    std::optional<SecretBytes> (*unwrap)(ByteView key, ByteView wrapped);
    int valid;
    int invalid;
    int acceptable;
};

std::ostream& operator<<(std::ostream& out, const KeyWrapFile& file) {
    return out << file.name;
}

class KeyWrapVectorsTest : public testing::TestWithParam<KeyWrapFile> {
protected:
    static void SetUpTestSuite() { initialiseSecureHeap(); }
};

TEST_P(KeyWrapVectorsTest, WholeWycheproofFile) {
    int valid = 0;
    int invalid = 0;
    int acceptable = 0;
    const Json file = loadVectors(std::string{"wycheproof/"} + GetParam().name + ".json");
    for (const Json& group : file.at("testGroups")) {
        for (const Json& vector : group.at("tests")) {
            SCOPED_TRACE(caseName(vector));
            const auto opened = plain(GetParam().unwrap(hexMember(vector, "key"), hexMember(vector, "ct")));
            const Bytes message = hexMember(vector, "msg");
            if (vector.at("result") == "valid") {
                EXPECT_EQ(opened, message);
                ++valid;
            } else if (vector.at("result") == "invalid") {
                EXPECT_EQ(opened, std::nullopt);
                ++invalid;
            } else {
                EXPECT_TRUE(!opened || *opened == message);
                ++acceptable;
            }
        }
    }
    EXPECT_EQ(valid, GetParam().valid);
    EXPECT_EQ(invalid, GetParam().invalid);
    EXPECT_EQ(acceptable, GetParam().acceptable);
}

INSTANTIATE_TEST_SUITE_P(Wycheproof, KeyWrapVectorsTest,
                         testing::Values(KeyWrapFile{"aes_kwp_test", &keyUnwrapWithPadding, 77, 177, 0},
                                         KeyWrapFile{"aes_wrap_test", &keyUnwrap, 36, 126, 3}),
                         [](const auto& each) { return std::string{each.param.name}; });

TEST_F(OpenEnvelopeTest, TheExamplesOfTheRfcs) {
    int paddedOnes = 0;
    int plainOnes = 0;
    const Json file = loadVectors("keywrap-rfc3394-rfc5649.json");
    for (const Json& vector : file.at("vectors")) {
        SCOPED_TRACE(vector.at("name").get<std::string>());
        const bool padded = vector.at("mode") == "KWP";
        const Bytes key = hexMember(vector, "kek");
        const Bytes wrapped = hexMember(vector, "wrapped");
        EXPECT_EQ(plain(padded ? keyUnwrapWithPadding(key, wrapped) : keyUnwrap(key, wrapped)), hexMember(vector, "data"));
        EXPECT_EQ(plain(padded ? keyUnwrap(key, wrapped) : keyUnwrapWithPadding(key, wrapped)), std::nullopt);
        ++(padded ? paddedOnes : plainOnes);
    }
    EXPECT_EQ(paddedOnes, 2);
    EXPECT_EQ(plainOnes, 6);
}

// -------------------------------------------------------------------------------------------------------- whole envelopes

Bytes counting(std::size_t size) {
    Bytes octets(size);
    std::ranges::generate(octets, [i = 0]() mutable { return static_cast<std::uint8_t>(++i); });
    return octets;
}

Bytes seal(EVP_PKEY& key, WrappingChoice choice, ByteView plaintext) {
    const OaepHash hash = hashOf(choice.algorithm);
    if (familyOf(choice.algorithm) == WrappingFamily::RsaesOaep) {
        return oaepEncrypt(key, hash, hash, plaintext);
    }
    const Bytes sessionKey = counting(32);
    return joined(oaepEncrypt(key, hash, hash, sessionKey), keyWrapWithPadding(sessionKey, plaintext));
}

TEST_F(OpenEnvelopeTest, OpensWhatOpensslSealedByEachAlgorithmAndSize) {
    for (const auto& keySpec : wrappingKeySpecNames) {
        const PkeyPtr key = generateRsaKeyPair(static_cast<int>(modulusBytes(keySpec.value) * 8));
        for (const auto& algorithm : wrappingAlgorithmNames) {
            SCOPED_TRACE(std::string{algorithm.name} + " " + std::string{keySpec.name});
            const WrappingChoice choice{algorithm.value, keySpec.value};
            const Bytes plaintext = counting(familyOf(algorithm.value) == WrappingFamily::RsaesOaep ? 32 : 1217);
            const Bytes blob = seal(*key, choice, plaintext);
            EXPECT_EQ(blob.size(), blobBytes(choice, plaintext.size()));
            EXPECT_EQ(plain(openEnvelope(*key, choice, blob)), plaintext);
        }
    }
}

class WrongEnvelopeTest : public OpenEnvelopeTest {
protected:
    const PkeyPtr m_key = generateRsaKeyPair(2048);
    const WrappingChoice m_oaep{WrappingAlgorithm::RsaesOaepSha256, WrappingKeySpec::Rsa2048};
    const WrappingChoice m_keyWrap{WrappingAlgorithm::RsaAesKeyWrapSha256, WrappingKeySpec::Rsa2048};
    const Bytes m_plaintext = counting(67);
};

TEST_F(WrongEnvelopeTest, TheHashIsThatOfTheAlgorithm) {
    const WrappingChoice sha1{WrappingAlgorithm::RsaesOaepSha1, WrappingKeySpec::Rsa2048};
    EXPECT_EQ(plain(openEnvelope(*m_key, m_oaep, seal(*m_key, sha1, m_plaintext))), std::nullopt);
    EXPECT_EQ(plain(openEnvelope(*m_key, sha1, seal(*m_key, m_oaep, m_plaintext))), std::nullopt);
    EXPECT_EQ(plain(openEnvelope(*m_key, m_oaep, oaepEncrypt(*m_key, OaepHash::Sha256, OaepHash::Sha1, m_plaintext))),
              std::nullopt);
}

TEST_F(WrongEnvelopeTest, TheLengthMustBeExact) {
    for (const WrappingChoice& choice : {m_oaep, m_keyWrap}) {
        const Bytes blob = seal(*m_key, choice, m_plaintext);
        for (std::size_t length = 0; length < blob.size(); ++length) {
            EXPECT_EQ(plain(openEnvelope(*m_key, choice, ByteView{blob}.first(length))), std::nullopt) << length;
        }
        EXPECT_EQ(plain(openEnvelope(*m_key, choice, joined(blob, Bytes(1)))), std::nullopt);
        EXPECT_EQ(plain(openEnvelope(*m_key, choice, joined(blob, Bytes(8)))), std::nullopt);
    }
}

TEST_F(WrongEnvelopeTest, AnyChangedOctetIsRefused) {
    for (const WrappingChoice& choice : {m_oaep, m_keyWrap}) {
        const Bytes blob = seal(*m_key, choice, m_plaintext);
        for (std::size_t i = 0; i < blob.size(); i += 7) {
            Bytes changed = blob;
            changed[i] ^= 1U;
            EXPECT_EQ(plain(openEnvelope(*m_key, choice, changed)), std::nullopt) << i;
        }
    }
}

TEST_F(WrongEnvelopeTest, TheSessionKeyHas256Bits) {
    const Bytes shortKey = counting(16);
    const Bytes blob =
        joined(oaepEncrypt(*m_key, OaepHash::Sha256, OaepHash::Sha256, shortKey), keyWrapWithPadding(shortKey, m_plaintext));
    EXPECT_EQ(plain(openEnvelope(*m_key, m_keyWrap, blob)), std::nullopt);
}

TEST_F(WrongEnvelopeTest, TheOrderIsC1ThenC2) {
    const Bytes blob = seal(*m_key, m_keyWrap, m_plaintext);
    const auto parts = splitEnvelope(blob, m_keyWrap);
    EXPECT_EQ(plain(openEnvelope(*m_key, m_keyWrap, joined(parts->keyWrapPart, parts->rsaPart))), std::nullopt);
}

TEST_F(WrongEnvelopeTest, AnotherPairDoesNotOpenIt) {
    const PkeyPtr other = generateRsaKeyPair(2048);
    EXPECT_EQ(plain(openEnvelope(*other, m_oaep, seal(*m_key, m_oaep, m_plaintext))), std::nullopt);
}

TEST_F(WrongEnvelopeTest, KeysOfOtherSizesUnwrapNothing) {
    for (const std::size_t size : {0U, 8U, 31U, 33U}) {
        EXPECT_EQ(plain(keyUnwrapWithPadding(Bytes(size), Bytes(24))), std::nullopt) << size;
    }
}

}  // namespace
}  // namespace keyconvoy::wrapping::opening
