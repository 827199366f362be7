#include "core/hex.h"
#include "tests/support/token_fixture.h"

#include <gtest/gtest.h>
#include <set>

namespace keyconvoy::pkcs11 {
namespace {

using namespace keyconvoy::tests;

struct GenerationCase {
    TokenKind token;
    std::string name;
    KeyType type;
    KeyLifetime lifetime = KeyLifetime::SessionObject;
};
std::ostream& operator<<(std::ostream& stream, const GenerationCase& c) {
    return stream << c.name << " on " << c.token;
}

class Generation : public testing::TestWithParam<GenerationCase> {};

TEST_P(Generation, MakesAKeyThatReadsBackAsAskedFor) {
    TestToken fixture{GetParam().token};
    Token token = fixture.openLoggedIn();
    const GeneratedKey made =
        token.generate({.type = GetParam().type, .label = ObjectLabel{"target"}, .lifetime = GetParam().lifetime});
    EXPECT_EQ(made.description.label, "target");
    EXPECT_EQ(made.description.id.size(), 16U);
    EXPECT_EQ(made.description.type, GetParam().type);
    EXPECT_EQ(made.description.sensitive, true);
    EXPECT_EQ(made.description.extractable, true);
    EXPECT_EQ(made.description.tokenObject, GetParam().lifetime == KeyLifetime::TokenObject);
    EXPECT_EQ(token.origin(made.key), KeyOrigin::GeneratedHere);
    for (const Finding& finding : made.findings) {
        std::cout << toEnglish(finding.what) << "\n";
    }
    const CheckValueOutcome check = token.checkValue(made.key);
    std::cout << made.description.uri << " " << (check.value ? toHex(check.value->value) : toEnglish(check.whyNot)) << "\n";
}

std::vector<GenerationCase> cases() {
    std::vector<GenerationCase> all;
    for (const TokenKind token : {TokenKind::SoftHsm, TokenKind::Nss}) {
        for (const KeyLifetime lifetime : {KeyLifetime::SessionObject, KeyLifetime::TokenObject}) {
            const std::string suffix = lifetime == KeyLifetime::TokenObject ? "token" : "session";
            all.push_back({token, "AES256" + suffix, AesKey{256}, lifetime});
            for (const int bytes : {28, 32, 48, 64}) {
                all.push_back({token, "HMAC" + std::to_string(bytes) + suffix, GenericSecretKey{bytes}, lifetime});
            }
            all.push_back({token, "RSA2048" + suffix, RsaKeyPair{2048}, lifetime});
            for (const EcCurve curve : {EcCurve::P256, EcCurve::P384, EcCurve::P521, EcCurve::Secp256k1}) {
                all.push_back({token, "EC" + std::to_string(static_cast<int>(curve)) + suffix, EcKeyPair{curve}, lifetime});
            }
            all.push_back({token, "Ed25519" + suffix, Ed25519KeyPair{}, lifetime});
        }
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(All, Generation, testing::ValuesIn(cases()), [](const auto& test) {
    return test.param.name + (test.param.token == TokenKind::SoftHsm ? "SoftHsm" : "Nss");
});

}  // namespace
}  // namespace keyconvoy::pkcs11
