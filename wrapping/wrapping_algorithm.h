#pragma once

#include "core/name_table.h"
#include "pkcs11/token.h"

#include <cstddef>
#include <cstdint>

namespace keyconvoy::wrapping {

/// As KMS GetParametersForImport spells them (AlgorithmSpec). RSAES_PKCS1_V1_5 and SM2PKE are never used here.
enum class WrappingAlgorithm : std::uint8_t { RsaesOaepSha1, RsaesOaepSha256, RsaAesKeyWrapSha1, RsaAesKeyWrapSha256 };

inline constexpr NameTable<WrappingAlgorithm, 4> wrappingAlgorithmNames{{
    {WrappingAlgorithm::RsaesOaepSha1, "RSAES_OAEP_SHA_1"},
    {WrappingAlgorithm::RsaesOaepSha256, "RSAES_OAEP_SHA_256"},
    {WrappingAlgorithm::RsaAesKeyWrapSha1, "RSA_AES_KEY_WRAP_SHA_1"},
    {WrappingAlgorithm::RsaAesKeyWrapSha256, "RSA_AES_KEY_WRAP_SHA_256"},
}};
static_assert(hasNoRepeats(wrappingAlgorithmNames));

enum class WrappingKeySpec : std::uint8_t { Rsa2048, Rsa3072, Rsa4096 };

inline constexpr NameTable<WrappingKeySpec, 3> wrappingKeySpecNames{{
    {WrappingKeySpec::Rsa2048, "RSA_2048"},
    {WrappingKeySpec::Rsa3072, "RSA_3072"},
    {WrappingKeySpec::Rsa4096, "RSA_4096"},
}};
static_assert(hasNoRepeats(wrappingKeySpecNames));

enum class WrappingFamily : std::uint8_t { RsaesOaep, RsaAesKeyWrap };

[[nodiscard]] constexpr WrappingFamily familyOf(WrappingAlgorithm algorithm) {
    const bool oaep = algorithm == WrappingAlgorithm::RsaesOaepSha1 || algorithm == WrappingAlgorithm::RsaesOaepSha256;
    return oaep ? WrappingFamily::RsaesOaep : WrappingFamily::RsaAesKeyWrap;
}
[[nodiscard]] constexpr pkcs11::OaepHash hashOf(WrappingAlgorithm algorithm) {
    const bool sha1 = algorithm == WrappingAlgorithm::RsaesOaepSha1 || algorithm == WrappingAlgorithm::RsaAesKeyWrapSha1;
    return sha1 ? pkcs11::OaepHash::Sha1 : pkcs11::OaepHash::Sha256;
}
[[nodiscard]] constexpr WrappingAlgorithm algorithmOf(WrappingFamily family, pkcs11::OaepHash hash) {
    if (family == WrappingFamily::RsaesOaep) {
        return hash == pkcs11::OaepHash::Sha1 ? WrappingAlgorithm::RsaesOaepSha1 : WrappingAlgorithm::RsaesOaepSha256;
    }
    return hash == pkcs11::OaepHash::Sha1 ? WrappingAlgorithm::RsaAesKeyWrapSha1 : WrappingAlgorithm::RsaAesKeyWrapSha256;
}
[[nodiscard]] constexpr std::size_t modulusBytes(WrappingKeySpec spec) {
    return spec == WrappingKeySpec::Rsa2048 ? 256 : spec == WrappingKeySpec::Rsa3072 ? 384 : 512;
}
/// NIST SP 800-57 part 1 rev. 5, table 2: 112 for RSA-2048, 128 for RSA-3072; 4096 bits lie between 128 and 192 and count as 128.
[[nodiscard]] constexpr int strengthBits(WrappingKeySpec spec) {
    return spec == WrappingKeySpec::Rsa2048 ? 112 : 128;
}

}  // namespace keyconvoy::wrapping
