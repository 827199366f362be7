#include "pkcs11/token_uri.h"

#include "core/error.h"

#include <gtest/gtest.h>

namespace keyconvoy::pkcs11 {
namespace {

template <class Call>
Failure failureOf(Call call) {
    try {
        static_cast<void>(call());
        ADD_FAILURE() << "it was taken";
    } catch (const Error& error) {
        return error.failure();
    }
    return {};
}

Failure tokenFailure(std::string_view text) {
    return failureOf([&] { return TokenSelector::parse(text); });
}

TEST(TokenSelector, TakesABareLabel) {
    const TokenSelector selector = TokenSelector::parse("Vault 7; really");
    EXPECT_EQ(selector.label, "Vault 7; really");
    EXPECT_FALSE(selector.serial);
}

TEST(TokenSelector, TakesAUri) {
    const TokenSelector selector = TokenSelector::parse("pkcs11:token=My%20Token;serial=00A1;model=M;manufacturer=Some%20one");
    EXPECT_EQ(selector.label, "My Token");
    EXPECT_EQ(selector.serial, "00A1");
    EXPECT_EQ(selector.model, "M");
    EXPECT_EQ(selector.manufacturer, "Some one");
}

TEST(TokenSelector, AnEmptyUriMatchesAnyToken) {
    EXPECT_FALSE(TokenSelector::parse("pkcs11:").label);
}

TEST(TokenSelector, NeverTakesAPinAndNeverRepeatsIt) {
    for (const std::string_view text : {"pkcs11:token=T?pin-value=4711", "pkcs11:token=T;pin-value=4711"}) {
        const Failure failure = tokenFailure(text);
        EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
        EXPECT_EQ((toEnglish(failure.place) + toEnglish(failure.cause) + toEnglish(failure.remedy)).find("4711"),
                  std::string::npos);
    }
    EXPECT_NE(toEnglish(tokenFailure("pkcs11:token=T?pin-value=4711").cause).find("pin-value"), std::string::npos);
}

TEST(TokenSelector, RefusesWhatCouldMeanAnotherToken) {
    EXPECT_NE(toEnglish(tokenFailure("pkcs11:token=A;token=B").cause).find("twice"), std::string::npos);
    EXPECT_NE(toEnglish(tokenFailure("pkcs11:tokn=A").cause).find("'tokn'"), std::string::npos);
    for (const std::string_view text : {"", "pkcs11:token=%4", "pkcs11:token=%zz", "pkcs11:slot-id=3", "pkcs11:token=A;object=k",
                                        "pkcs11:token=A?module-path=/x.so", "pkcs11:token", "pkcs11:;",
                                        "pkcs11:token=A;"
                                        ";serial=1"}) {
        EXPECT_EQ(tokenFailure(text).kind, ErrorKind::InvalidInput) << text;
    }
    EXPECT_EQ(tokenFailure("pkcs11:token=" + std::string(40, 'x')).kind, ErrorKind::InvalidInput)
        << "labels have at most 32 bytes";
}

TEST(KeyUri, HoldsTokenAndKey) {
    const KeyUri uri = KeyUri::parse("pkcs11:token=T;object=my%20key;id=%01%ff;type=private");
    EXPECT_EQ(uri.token.label, "T");
    EXPECT_EQ(uri.key.label, ObjectLabel{"my key"});
    EXPECT_EQ(uri.key.id, (Bytes{0x01, 0xff}));
    EXPECT_EQ(uri.key.objectClass, ObjectClass::PrivateKey);
}

TEST(KeyUri, MayBeABareLabel) {
    const KeyUri named = KeyUri::parse("my key");
    EXPECT_EQ(named.key.label, ObjectLabel{"my key"});
    EXPECT_EQ(named.key.id, std::nullopt);
    EXPECT_EQ(named.token.label, std::nullopt) << "which token is meant must be said elsewhere";
}

TEST(KeyUri, KnowsTheTypesThatRfc7512Names) {
    EXPECT_EQ(KeyUri::parse("pkcs11:object=k;type=secret-key").key.objectClass, ObjectClass::SecretKey);
    EXPECT_EQ(KeyUri::parse("pkcs11:object=k;type=public").key.objectClass, ObjectClass::PublicKey);
    EXPECT_EQ(KeyUri::parse("pkcs11:object=k;type=cert").key.objectClass, ObjectClass::Certificate);
    EXPECT_EQ(KeyUri::parse("pkcs11:object=k;type=data").key.objectClass, ObjectClass::Data);
}

TEST(KeyUri, RefusesWhatNamesNoKey) {
    for (const std::string_view text : {"", "pkcs11:", "pkcs11:token=T", "pkcs11:type=private", "pkcs11:object=k;type=odd",
                                        "pkcs11:object=k;object=l", "pkcs11:object=k?pin-source=/x"}) {
        EXPECT_EQ(failureOf([&] { return KeyUri::parse(text); }).kind, ErrorKind::InvalidInput) << text;
    }
}

TEST(ObjectUri, ComesBackAsItWent) {
    CK_TOKEN_INFO token{};
    std::fill(std::begin(token.label), std::end(token.label), ' ');
    token.label[0] = 'T';
    const std::string text = objectUri(token, ObjectClass::SecretKey, "a;b %?", Bytes{0x00, 0x7f, 0x80});
    const KeyUri uri = KeyUri::parse(text);
    EXPECT_EQ(uri.token.label, "T");
    EXPECT_EQ(uri.key.label, ObjectLabel{"a;b %?"});
    EXPECT_EQ(uri.key.id, (Bytes{0x00, 0x7f, 0x80}));
    EXPECT_EQ(uri.key.objectClass, ObjectClass::SecretKey);
}

}  // namespace
}  // namespace keyconvoy::pkcs11
