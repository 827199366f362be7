#include "app/rehearsal/rehearsal_plan.h"

namespace keyconvoy::app {
namespace {

using wrapping::KeySpec;
using wrapping::WrappingAlgorithm;

WrappingWish sha1(WrappingAlgorithm algorithm) {
    WrappingWish wish;
    wish.algorithm = algorithm;
    wish.allowSha1 = Sha1Permission{"rehearsal on a token that knows SHA-1 only"};
    return wish;
}

WrappingWish sha256(WrappingAlgorithm algorithm) {
    WrappingWish wish;
    wish.algorithm = algorithm;
    return wish;
}

}  // namespace

std::vector<RehearsedKey> rehearsedKeys() {
    using enum FreshTokenKind;
    return {
        {SoftHsm, KeySpec::SymmetricDefault, sha1(WrappingAlgorithm::RsaesOaepSha1)},
        {SoftHsm, KeySpec::Hmac256, sha1(WrappingAlgorithm::RsaesOaepSha1)},
        {SoftHsm, KeySpec::EccNistP384, sha1(WrappingAlgorithm::RsaAesKeyWrapSha1)},
        {Nss, KeySpec::SymmetricDefault, sha256(WrappingAlgorithm::RsaesOaepSha256)},
        {Nss, KeySpec::EccNistP256, sha256(WrappingAlgorithm::RsaAesKeyWrapSha256)},
        {Nss, KeySpec::Rsa2048, sha256(WrappingAlgorithm::RsaAesKeyWrapSha256)},
        {SoftHsm, KeySpec::Rsa2048, sha1(WrappingAlgorithm::RsaAesKeyWrapSha1), Expectation::RefusedByOldSoftHsm},
    };
}

}  // namespace keyconvoy::app
