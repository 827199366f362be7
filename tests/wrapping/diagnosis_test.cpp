#include "wrapping/qualification/diagnosis.h"

#include "core/secret_bytes.h"
#include "tests/wrapping/openssl_wrap.h"
#include "wrapping/opening/open_envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::wrapping::qualification {
namespace {

using pkcs11::OaepHash;
using testing::HasSubstr;
using tests::joined;
using tests::keyWrap;
using tests::keyWrapWithPadding;
using tests::oaepEncrypt;

class DiagnosisTest : public testing::Test {
protected:
    static void SetUpTestSuite() { initialiseSecureHeap(); }

    [[nodiscard]] Bytes rsaPart(OaepHash hash, OaepHash mgf1Hash) const {
        return oaepEncrypt(*m_key, hash, mgf1Hash, m_sessionKey);
    }
    [[nodiscard]] std::string why(WrappingAlgorithm algorithm, const Bytes& blob) const {
        return toEnglish(whyNotOpened(*m_key, {algorithm, WrappingKeySpec::Rsa2048}, blob));
    }

    const opening::PkeyPtr m_key = opening::generateRsaKeyPair(2048);
    const Bytes m_sessionKey = Bytes(32, 0x5a);
    const Bytes m_keyWrapPart = keyWrapWithPadding(m_sessionKey, Bytes(67, 1));
};

TEST_F(DiagnosisTest, ASha1EnvelopeUnderASha256Name) {
    EXPECT_EQ(why(WrappingAlgorithm::RsaesOaepSha256, rsaPart(OaepHash::Sha1, OaepHash::Sha1)),
              "the blob is a SHA-1 envelope although SHA-256 was asked");
    EXPECT_EQ(why(WrappingAlgorithm::RsaAesKeyWrapSha256, joined(rsaPart(OaepHash::Sha1, OaepHash::Sha1), m_keyWrapPart)),
              "the blob is a SHA-1 envelope although SHA-256 was asked");
    EXPECT_EQ(why(WrappingAlgorithm::RsaesOaepSha1, rsaPart(OaepHash::Sha256, OaepHash::Sha256)),
              "the blob is a SHA-256 envelope although SHA-1 was asked");
}

TEST_F(DiagnosisTest, AMaskWithAnotherHash) {
    EXPECT_THAT(why(WrappingAlgorithm::RsaesOaepSha256, rsaPart(OaepHash::Sha256, OaepHash::Sha1)),
                HasSubstr("OAEP with SHA-256, but its mask (MGF1) uses SHA-1"));
    EXPECT_THAT(why(WrappingAlgorithm::RsaesOaepSha256, rsaPart(OaepHash::Sha1, OaepHash::Sha256)),
                HasSubstr("OAEP with SHA-1, but its mask (MGF1) uses SHA-256"));
}

TEST_F(DiagnosisTest, SwappedParts) {
    const Bytes swapped = joined(m_keyWrapPart, rsaPart(OaepHash::Sha256, OaepHash::Sha256));
    EXPECT_THAT(why(WrappingAlgorithm::RsaAesKeyWrapSha256, swapped), HasSubstr("swapped"));
}

TEST_F(DiagnosisTest, Rfc3394InPlaceOfRfc5649) {
    const Bytes blob = joined(rsaPart(OaepHash::Sha256, OaepHash::Sha256), keyWrap(m_sessionKey, Bytes(72, 5)));
    EXPECT_THAT(why(WrappingAlgorithm::RsaAesKeyWrapSha256, blob), HasSubstr("RFC 3394"));
}

TEST_F(DiagnosisTest, AKeyWrapThatIsNone) {
    const Bytes blob = joined(rsaPart(OaepHash::Sha256, OaepHash::Sha256), Bytes(80, 5));
    EXPECT_THAT(why(WrappingAlgorithm::RsaAesKeyWrapSha256, blob), HasSubstr("no RFC 5649 key wrap"));
}

TEST_F(DiagnosisTest, ASessionKeyOfAnotherSize) {
    const Bytes blob = joined(oaepEncrypt(*m_key, OaepHash::Sha256, OaepHash::Sha256, Bytes(16)), m_keyWrapPart);
    EXPECT_THAT(why(WrappingAlgorithm::RsaAesKeyWrapSha256, blob), HasSubstr("holds 16 bytes"));
}

TEST_F(DiagnosisTest, LengthsThatCannotBe) {
    EXPECT_THAT(why(WrappingAlgorithm::RsaesOaepSha256, Bytes(255)),
                HasSubstr("255 bytes where RSAES-OAEP under this key gives exactly 256"));
    EXPECT_THAT(why(WrappingAlgorithm::RsaAesKeyWrapSha256, Bytes(300)), HasSubstr("300 bytes"));
    EXPECT_THAT(why(WrappingAlgorithm::RsaAesKeyWrapSha256, {}), HasSubstr("0 bytes"));
}

TEST_F(DiagnosisTest, GarbageOpensWithNothing) {
    EXPECT_THAT(why(WrappingAlgorithm::RsaesOaepSha256, Bytes(256, 1)), HasSubstr("neither with SHA-256 nor with SHA-1"));
}

}  // namespace
}  // namespace keyconvoy::wrapping::qualification
