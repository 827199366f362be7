#include "core/error.h"
#include "tests/support/token_fixture.h"

#include <gtest/gtest.h>

namespace keyconvoy::pkcs11 {
namespace {

using namespace keyconvoy::tests;

constexpr WrapRecipe oaepSha1{.method = WrapMethod::Oaep, .hash = OaepHash::Sha1};
constexpr WrapRecipe padSha1{.method = WrapMethod::TwoStepPad, .hash = OaepHash::Sha1};
constexpr WrapRecipe kwpSha1{.method = WrapMethod::TwoStepKwp, .hash = OaepHash::Sha1};

/// Two tokens: of one SoftHSM module, or one of SoftHSM and one of NSS.
class TwoTokens {
public:
    TwoTokens(TokenKind from, TokenKind to) : m_to{to} {
        m_store.addToken("First");
        m_store.addToken("Second");
        m_softHsm = Module::load(m_store.profile());
        if (from == TokenKind::Nss || to == TokenKind::Nss) {
            m_nss = std::make_unique<NssStore>();
            m_nssModule = Module::load(m_nss->profile());
        }
        m_first = open(from, "First");
        m_second = open(to, "Second");
    }
    Token& first() { return *m_first; }
    Token& second() { return *m_second; }
    /// As a later run finds it.
    Token& secondOpenedAgain() {
        m_second.reset();
        m_second = open(m_to, "Second");
        return *m_second;
    }

private:
    std::unique_ptr<Token> open(TokenKind kind, const std::string& label) {
        const bool nss = kind == TokenKind::Nss;
        auto token = std::make_unique<Token>(
            Token::open(nss ? m_nssModule : m_softHsm, TokenSelector::parse(nss ? NssStore::label : std::string_view{label})));
        EXPECT_EQ(token->logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
        return token;
    }

    TokenKind m_to;
    SoftHsmStore m_store;
    std::unique_ptr<NssStore> m_nss;
    std::shared_ptr<Module> m_softHsm;
    std::shared_ptr<Module> m_nssModule;
    std::unique_ptr<Token> m_first;
    std::unique_ptr<Token> m_second;
};

struct BackupCase {
    std::string name;
    TokenKind from;
    TokenKind to;
    KeyType type;
    WrapRecipe wrap;
    WrapRecipe unwrap;
    std::string refusal;  ///< the code where this pair cannot
};
std::ostream& operator<<(std::ostream& stream, const BackupCase& c) {
    return stream << c.name;
}

class Backup : public testing::TestWithParam<BackupCase> {};

TEST_P(Backup, GivesTheSameKeyOnTheSecondToken) {
    const BackupCase& c = GetParam();
    TwoTokens tokens{c.from, c.to};
    const GeneratedKey key = tokens.first().generate({.type = c.type, .label = ObjectLabel{"kept"}});
    const Bytes publicKey = key.description.objectClass == ObjectClass::PrivateKey ? tokens.first().publicKey(key.key) : Bytes{};
    const BackupTransportKey transport = tokens.second().makeBackupTransportKey(2048);
    EXPECT_EQ(tokens.second().describe(transport.privateKey).unwrap, true);
    EXPECT_EQ(tokens.second().describe(transport.privateKey).decrypt, false);
    const WrappedKey wrapped = tokens.first().wrap(key.key, {.expected = transport.publicKey, .onToken = {}}, c.wrap);
    const auto before = tokens.second().objects();
    const auto restore = [&] {
        return tokens.second().unwrapBackup(transport, wrapped.blob, c.unwrap, {.type = c.type, .label = ObjectLabel{"kept"}},
                                            key.description.id, publicKey);
    };
    if (!c.refusal.empty()) {
        try {
            static_cast<void>(restore());
            FAIL() << "this pair can do it now: declare it";
        } catch (const Error& error) {
            EXPECT_EQ(error.failure().code, c.refusal) << error.what();
        }
        EXPECT_EQ(tokens.second().objects(), before) << "nothing half-made stays";
        return;
    }
    const GeneratedKey copy = restore();
    EXPECT_EQ(tokens.second().origin(copy.key), KeyOrigin::RestoredFromBackupHere);
    EXPECT_EQ(copy.description.id, key.description.id);
    EXPECT_EQ(copy.description.extractable, true);
    EXPECT_EQ(copy.description.sensitive, true);
    EXPECT_EQ(copy.description.alwaysSensitive, false) << "it came from outside";
    EXPECT_EQ(copy.description.tokenObject, true);
    const CheckValueOutcome there = tokens.second().checkValue(copy.key);
    ASSERT_TRUE(there.value);
    EXPECT_EQ(there.value, tokens.first().checkValue(key.key).value);
}

/// SoftHSM 2.6 reports no length of a key that it unwrapped.
TEST(BackupOfUnknownLength, HasItsCheckValueOnceItsTypeIsNoted) {
    TwoTokens tokens{TokenKind::SoftHsm, TokenKind::SoftHsm};
    const KeyRequest request{.type = GenericSecretKey{48}, .label = ObjectLabel{"kept"}};
    const GeneratedKey key = tokens.first().generate(request);
    const BackupTransportKey transport = tokens.second().makeBackupTransportKey(2048);
    const WrappedKey wrapped = tokens.first().wrap(key.key, {.expected = transport.publicKey, .onToken = {}}, oaepSha1);
    static_cast<void>(tokens.second().unwrapBackup(transport, wrapped.blob, oaepSha1, request, key.description.id, {}));

    Token& later = tokens.secondOpenedAgain();
    const KeyReference copy = later.find(KeySelector{.label = ObjectLabel{"kept"}, .id = {}, .objectClass = {}});
    ASSERT_FALSE(later.describe(copy).type) << "this SoftHSM reports it: choose another token for this test";
    EXPECT_FALSE(later.checkValue(copy).value);
    later.noteType(copy, GenericSecretKey{48});
    EXPECT_EQ(later.describe(copy).type, KeyType{GenericSecretKey{48}});
    EXPECT_EQ(later.checkValue(copy).value, tokens.first().checkValue(key.key).value);
    later.noteType(copy, GenericSecretKey{32});
    EXPECT_NE(later.checkValue(copy).value, tokens.first().checkValue(key.key).value) << "another length, another hash";
}

TEST(BackupOfUnknownLength, WhatTheTokenReportsIsLeftAsItIs) {
    TwoTokens tokens{TokenKind::SoftHsm, TokenKind::SoftHsm};
    const GeneratedKey key = tokens.first().generate({.type = AesKey{256}, .label = ObjectLabel{"own"}});
    const CheckValueOutcome before = tokens.first().checkValue(key.key);
    tokens.first().noteType(key.key, GenericSecretKey{48});
    EXPECT_EQ(tokens.first().describe(key.key).type, KeyType{AesKey{256}});
    EXPECT_EQ(tokens.first().checkValue(key.key).value, before.value);
}

std::vector<BackupCase> backupCases() {
    using enum TokenKind;
    const KeyType p256 = EcKeyPair{EcCurve::P256};
    const KeyType p384 = EcKeyPair{EcCurve::P384};
    return {
        {"AesSoftHsmToSoftHsm", SoftHsm, SoftHsm, AesKey{256}, oaepSha1, oaepSha1, ""},
        {"HmacSoftHsmToSoftHsm", SoftHsm, SoftHsm, GenericSecretKey{32}, oaepSha1, oaepSha1, ""},
        {"P384SoftHsmToSoftHsm", SoftHsm, SoftHsm, p384, padSha1, padSha1, ""},
        {"P256SoftHsmToSoftHsm", SoftHsm, SoftHsm, p256, padSha1, padSha1, ""},
        {"Rsa2048SoftHsmToSoftHsm", SoftHsm, SoftHsm, RsaKeyPair{2048}, padSha1, padSha1, ""},
        {"AesSoftHsmToNss", SoftHsm, Nss, AesKey{256}, oaepSha1, oaepSha1, ""},
        {"HmacSoftHsmToNss", SoftHsm, Nss, GenericSecretKey{48}, oaepSha1, oaepSha1, ""},
        {"Rsa2048SoftHsmToNss", SoftHsm, Nss, RsaKeyPair{2048}, padSha1, kwpSha1, ""},
        {"P384SoftHsmToNss", SoftHsm, Nss, p384, padSha1, kwpSha1, ""},
        {"AesNssToSoftHsm", Nss, SoftHsm, AesKey{256}, oaepSha1, oaepSha1, ""},
        {"HmacNssToSoftHsm", Nss, SoftHsm, GenericSecretKey{64}, oaepSha1, oaepSha1, ""},
        {"P256NssToSoftHsm", Nss, SoftHsm, p256, kwpSha1, padSha1, ""},
        {"P384NssToSoftHsm", Nss, SoftHsm, p384, kwpSha1, padSha1, ""},
        {"Rsa2048NssToSoftHsm", Nss, SoftHsm, RsaKeyPair{2048}, kwpSha1, padSha1, ""},
    };
}

INSTANTIATE_TEST_SUITE_P(Pairs, Backup, testing::ValuesIn(backupCases()), [](const auto& test) { return test.param.name; });

TEST(BackupRefusals, ABlobOfAnotherTransportKeyIsRefusedAndLeavesNothing) {
    TwoTokens tokens{TokenKind::SoftHsm, TokenKind::SoftHsm};
    const GeneratedKey key = tokens.first().generate({.type = AesKey{256}, .label = ObjectLabel{"kept"}});
    const BackupTransportKey right = tokens.second().makeBackupTransportKey(2048);
    const BackupTransportKey wrong = tokens.second().makeBackupTransportKey(2048);
    const Bytes blob = tokens.first().wrap(key.key, {.expected = wrong.publicKey, .onToken = {}}, oaepSha1).blob;
    const auto before = tokens.second().objects();
    EXPECT_THROW(static_cast<void>(tokens.second().unwrapBackup(
                     right, blob, oaepSha1, {.type = AesKey{256}, .label = ObjectLabel{"kept"}}, key.description.id, {})),
                 Error);
    EXPECT_EQ(tokens.second().objects(), before);
}

TEST(BackupRefusals, ALabelThatIsTakenOnTheSecondTokenIsRefused) {
    TwoTokens tokens{TokenKind::SoftHsm, TokenKind::SoftHsm};
    const GeneratedKey key = tokens.first().generate({.type = AesKey{256}, .label = ObjectLabel{"kept"}});
    static_cast<void>(tokens.second().generate({.type = AesKey{256}, .label = ObjectLabel{"kept"}}));
    const BackupTransportKey transport = tokens.second().makeBackupTransportKey(2048);
    const Bytes blob = tokens.first().wrap(key.key, {.expected = transport.publicKey, .onToken = {}}, oaepSha1).blob;
    try {
        static_cast<void>(tokens.second().unwrapBackup(
            transport, blob, oaepSha1, {.type = AesKey{256}, .label = ObjectLabel{"kept"}}, key.description.id, {}));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Refused);
    }
}

TEST(BackupRefusals, ABlobThatHoldsAKeyOfAnotherSizeIsRemovedAgain) {
    TwoTokens tokens{TokenKind::SoftHsm, TokenKind::Nss};
    const GeneratedKey key = tokens.first().generate({.type = AesKey{128}, .label = ObjectLabel{"kept"}});
    const BackupTransportKey transport = tokens.second().makeBackupTransportKey(2048);
    const Bytes blob = tokens.first().wrap(key.key, {.expected = transport.publicKey, .onToken = {}}, oaepSha1).blob;
    const auto before = tokens.second().objects();
    try {
        static_cast<void>(tokens.second().unwrapBackup(
            transport, blob, oaepSha1, {.type = AesKey{256}, .label = ObjectLabel{"kept"}}, key.description.id, {}));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Integrity);
    }
    EXPECT_EQ(tokens.second().objects(), before);
}

}  // namespace
}  // namespace keyconvoy::pkcs11
