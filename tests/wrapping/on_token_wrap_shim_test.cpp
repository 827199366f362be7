#include "tests/support/token_fixture.h"
#include "tests/support/token_shim.h"
#include "wrapping/on_token_wrap.h"
#include "wrapping/opening/open_envelope.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// What a wrap does when the token lies or goes away.
namespace keyconvoy::wrapping {
namespace {

using tests::TokenKind;

Failure failureOfWrapOn(const tests::ShimOptions& options) {
    tests::TestToken store{TokenKind::Nss};
    auto token = pkcs11::Token::open(pkcs11::Module::load(tests::shimmed(store.profile(), options)), store.selector());
    static_cast<void>(token.logIn(tests::pinOf(tests::userPin), pkcs11::FinalTryConsent::NotGiven));
    const auto key = token
                         .generate({.type = pkcs11::AesKey{256},
                                    .label = pkcs11::ObjectLabel{"target"},
                                    .lifetime = pkcs11::KeyLifetime::SessionObject,
                                    .purpose = pkcs11::KeyPurpose::CheckValueOnly})
                         .key;
    const auto pair = opening::generateRsaKeyPair(2048);
    const auto publicKey = WrappingPublicKey::fromDer(opening::publicKeyDer(*pair), KC_TEXT("Tests", "the test's wrapping key"));
    const WrapPlan plan{.keySpec = KeySpec::SymmetricDefault,
                        .choice = {WrappingAlgorithm::RsaesOaepSha256, WrappingKeySpec::Rsa2048},
                        .recipe = {}};
    try {
        static_cast<void>(wrapOnToken(token, key, plan, publicKey, std::nullopt));
    } catch (const Error& error) {
        return error.failure();
    }
    ADD_FAILURE() << "nothing was thrown";
    return {};
}

TEST(OnTokenWrapOnABentToken, AWrappingKeyThatReadsBackAsAnotherIsAnIntegrityError) {
    const std::string otherModulus(512, 'c');  // CKA_MODULUS is 0x120
    EXPECT_EQ(failureOfWrapOn({{"lie", "120:" + otherModulus}}).kind, ErrorKind::Integrity);
}

TEST(OnTokenWrapOnABentToken, ATokenRemovedDuringTheWrapIsUnavailable) {
    const Failure failure = failureOfWrapOn({{"fail", "C_WrapKey:1:32"}});
    EXPECT_EQ(failure.kind, ErrorKind::Unavailable);
    EXPECT_EQ(failure.code, "CKR_DEVICE_REMOVED");
}

TEST(OnTokenWrapOnABentToken, ATokenThatRefusesItsRecipeNamesTheMechanism) {
    const Failure failure = failureOfWrapOn({{"no-mechanism", "9"}});
    EXPECT_EQ(failure.code, "CKR_MECHANISM_INVALID");
    EXPECT_THAT(toEnglish(failure.place) + toEnglish(failure.cause), testing::HasSubstr("CKM_RSA_PKCS_OAEP"));
}

}  // namespace
}  // namespace keyconvoy::wrapping
