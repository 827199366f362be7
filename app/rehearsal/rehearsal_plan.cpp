#include "app/rehearsal/rehearsal_plan.h"

namespace keyconvoy::app {
namespace {

using wrapping::KeySpec;
using wrapping::WrappingAlgorithm;
using wrapping::WrappingKeySpec;

/// RSA_4096 for the first key of each token, as in production; RSA_3072, of the same strength by NIST's table, for the others:
/// somebody watches, and each RSA-4096 key pair takes a second or more to make.
WrappingWish sha256(WrappingAlgorithm algorithm, WrappingKeySpec keySpec = WrappingKeySpec::Rsa3072) {
    WrappingWish wish;
    wish.algorithm = algorithm;
    wish.keySpec = keySpec;
    return wish;
}

WrappingWish sha1(WrappingAlgorithm algorithm, WrappingKeySpec keySpec = WrappingKeySpec::Rsa3072) {
    WrappingWish wish = sha256(algorithm, keySpec);
    wish.allowSha1 = Sha1Permission{"rehearsal on a token that knows SHA-1 only"};
    return wish;
}

}  // namespace

std::vector<RehearsedKey> rehearsedKeys() {
    using enum FreshTokenKind;
    return {
        {SoftHsm, KeySpec::SymmetricDefault, sha1(WrappingAlgorithm::RsaesOaepSha1, WrappingKeySpec::Rsa4096)},
        {SoftHsm, KeySpec::Hmac256, sha1(WrappingAlgorithm::RsaesOaepSha1)},
        {SoftHsm, KeySpec::EccNistP384, sha1(WrappingAlgorithm::RsaAesKeyWrapSha1)},
        {Nss, KeySpec::SymmetricDefault, sha256(WrappingAlgorithm::RsaesOaepSha256, WrappingKeySpec::Rsa4096)},
        {Nss, KeySpec::EccNistP256, sha256(WrappingAlgorithm::RsaAesKeyWrapSha256)},
        {Nss, KeySpec::Rsa2048, sha256(WrappingAlgorithm::RsaAesKeyWrapSha256)},
        {SoftHsm, KeySpec::Rsa2048, sha1(WrappingAlgorithm::RsaAesKeyWrapSha1), Expectation::RefusedByOldSoftHsm},
    };
}

}  // namespace keyconvoy::app
