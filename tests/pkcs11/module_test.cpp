#include "core/error.h"
#include "core/files.h"
#include "tests/support/token_fixture.h"
#include "tests/support/token_shim.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>

namespace keyconvoy::pkcs11 {
namespace {

using namespace keyconvoy::tests;

/// Loads, and gives the failure; nothing is printed by anybody meanwhile.
Failure failureOfLoading(const ModuleProfile& profile) {
    testing::internal::CaptureStderr();
    Failure failure;
    try {
        static_cast<void>(Module::load(profile));
        ADD_FAILURE() << "it loaded";
    } catch (const Error& error) {
        failure = error.failure();
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
    EXPECT_FALSE(failure.place.empty());
    EXPECT_FALSE(failure.cause.empty());
    EXPECT_FALSE(failure.remedy.empty());
    return failure;
}

TEST(LoadModule, DescribesTheModuleAndItsFile) {
    SoftHsmToken fixture;
    const ModuleDescription& description = fixture.module()->description();
    EXPECT_EQ(description.manufacturer, "SoftHSM");
    EXPECT_EQ(description.cryptokiVersion, "2.40");
    EXPECT_EQ(description.sha256, Fingerprint::of(readFile(SoftHsmStore::library(), 100'000'000)));
    EXPECT_TRUE(std::filesystem::equivalent(description.path, SoftHsmStore::library()));
}

TEST(LoadModule, AMissingFileIsNotFound) {
    const Failure failure = failureOfLoading({.library = "/nowhere/libtoken.so", .initString = {}, .environment = {}});
    EXPECT_EQ(failure.kind, ErrorKind::NotFound);
    EXPECT_NE(toEnglish(failure.place).find("/nowhere/libtoken.so"), std::string::npos);
}

TEST(LoadModule, ABareNameThatTheLoaderDoesNotFindIsNotFound) {
    EXPECT_EQ(failureOfLoading({.library = "libkeyconvoy-nowhere.so", .initString = {}, .environment = {}}).kind,
              ErrorKind::NotFound);
}

TEST(LoadModule, AFileThatIsNoLibraryIsInvalid) {
    const TemporaryFolder folder{"keyconvoy-module-"};
    std::ofstream{folder.path() / "text.so"} << "not a library";
    const Failure failure = failureOfLoading({.library = folder.path() / "text.so", .initString = {}, .environment = {}});
    EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
    EXPECT_FALSE(failure.serviceText.empty()) << "what the loader said";
}

TEST(LoadModule, ALibraryThatIsNoPkcs11ModuleIsInvalid) {
    const Failure failure = failureOfLoading({.library = "libcrypto.so.3", .initString = {}, .environment = {}});
    EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
    EXPECT_NE(toEnglish(failure.cause).find("no PKCS#11 module"), std::string::npos);
}

TEST(LoadModule, SoftHsmRefusesAnyInitialisationString) {
    SoftHsmToken fixture;
    for (const char* text : {"", "configdir='sql:/tmp'"}) {
        ModuleProfile profile = fixture.profile();
        profile.initString = text;
        const Failure failure = failureOfLoading(profile);
        EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
        EXPECT_EQ(failure.code, "CKR_ARGUMENTS_BAD");
    }
}

TEST(LoadModule, NssNeedsItsInitialisationString) {
    NssToken fixture;
    ModuleProfile profile = fixture.profile();
    profile.initString.reset();
    EXPECT_EQ(failureOfLoading(profile).kind, ErrorKind::InvalidInput);
}

TEST(LoadModule, AnInitialisationStringThatCrashesNssIsRefusedBefore) {
    NssToken fixture;
    for (const char* text : {"", "nonsense", "certPrefix=''"}) {
        ModuleProfile profile = fixture.profile();
        profile.initString = text;
        const Failure failure = failureOfLoading(profile);
        EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
        EXPECT_NE(toEnglish(failure.remedy).find("configdir="), std::string::npos);
    }
}

TEST(LoadModule, AnNssFolderThatIsNotThereIsNamedByItsWholeCode) {
    NssToken fixture;
    ModuleProfile profile = fixture.profile();
    profile.initString = "configdir='sql:/nowhere' certPrefix='' keyPrefix='' secmod='secmod.db' flags= ";
    const Failure failure = failureOfLoading(profile);
    EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failure.code, "CKR_NSS_CERTDB_FAILED") << "libp11 alone would say 0x534351";
}

TEST(LoadModule, ASoftHsmWithoutItsFolderIsUnavailable) {
    SoftHsmToken fixture;
    ModuleProfile profile = fixture.profile();
    profile.environment = {{"SOFTHSM2_CONF", "/nowhere/softhsm2.conf"}};
    const Failure failure = failureOfLoading(profile);
    EXPECT_EQ(failure.code, "CKR_GENERAL_ERROR");
    EXPECT_EQ(failure.kind, ErrorKind::Unavailable);
    EXPECT_NE(toEnglish(failure.remedy).find("SOFTHSM2_CONF"), std::string::npos);
}

TEST(LoadModule, CanLoadAgainAfterAFailure) {
    SoftHsmToken fixture;
    ModuleProfile wrong = fixture.profile();
    wrong.initString = "x";
    static_cast<void>(failureOfLoading(wrong));
    EXPECT_EQ(fixture.openLoggedIn().loginState(), LoginState::LoggedInHere);
}

TEST(LoadModule, TwiceGivesTheSameModule) {
    SoftHsmToken fixture;
    const auto first = Module::load(fixture.profile());
    EXPECT_EQ(first, Module::load(fixture.profile()));
    ModuleProfile other = fixture.profile();
    other.environment = {{"SOFTHSM2_CONF", "/nowhere/other.conf"}};
    EXPECT_EQ(failureOfLoading(other).kind, ErrorKind::Refused);
    EXPECT_EQ(fixture.open().loginState(), LoginState::NotLoggedIn) << "the refusal changed nothing";
}

TEST(LoadModule, RefusesLoaderVariablesHoweverTheyCame) {
    SoftHsmToken fixture;
    ModuleProfile profile = fixture.profile();
    profile.environment.push_back({"LD_PRELOAD", "/tmp/evil.so"});
    EXPECT_EQ(failureOfLoading(profile).kind, ErrorKind::Refused);
    EXPECT_EQ(std::getenv("LD_PRELOAD"), nullptr);
}

TEST(ListTokens, ShowsEveryTokenWithItsState) {
    SoftHsmStore store;
    store.addToken("First");
    store.addToken("Second");
    const auto tokens = Module::load(store.profile())->tokens();
    ASSERT_EQ(tokens.size(), 3U) << "SoftHSM always shows one uninitialised token more";
    const auto first = std::ranges::find(tokens, "First", &TokenDescription::label);
    ASSERT_NE(first, tokens.end());
    EXPECT_EQ(first->manufacturer, "SoftHSM project");
    EXPECT_EQ(first->model, "SoftHSM v2");
    EXPECT_EQ(first->serial.str().size(), 16U);
    EXPECT_EQ(first->userPin, PinState::Fine);
    EXPECT_EQ(first->officerPin, PinState::Fine);
    EXPECT_TRUE(first->initialised && first->loginRequired && first->software);
    EXPECT_FALSE(first->pinPad || first->writeProtected);
    EXPECT_EQ(std::ranges::count(first->flags, "CKF_LOGIN_REQUIRED"), 1);
    EXPECT_EQ(first->uri,
              "pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial=" + first->serial.str() + ";token=First");
    EXPECT_EQ(std::ranges::count(tokens, false, &TokenDescription::initialised), 1);
}

TEST(ListTokens, SaysOfNssThatItIsSoftware) {
    NssToken fixture;
    EXPECT_TRUE(fixture.open().description().software);
}

TEST(ListTokens, OneBrokenReaderDoesNotHideTheOthers) {
    SoftHsmStore store;
    store.addToken("First");
    const auto module = Module::load(shimmed(store.profile(), {{"fail", "C_GetTokenInfo:2:30"}}));
    static_cast<void>(module->tokens());
    const auto bent = Module::load(shimmed(store.profile(), {{"fail", "C_GetTokenInfo:2:30"}}));
    EXPECT_EQ(bent, module);
    const auto tokens = module->tokens();
    EXPECT_EQ(tokens.size(), 2U);
}

TEST(OpenToken, TheSameNameTwiceIsRefusedWithBothShown) {
    SoftHsmStore store;
    store.addToken("Twin");
    store.addToken("Twin");
    const auto module = Module::load(store.profile());
    try {
        static_cast<void>(Token::open(module, TokenSelector::parse("Twin")));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Refused);
        const std::string cause = toEnglish(error.failure().cause);
        for (const TokenDescription& token : module->tokens()) {
            EXPECT_NE(cause.find(token.serial.str()), std::string::npos) << cause;
        }
    }
    for (const TokenDescription& token : module->tokens()) {
        if (token.initialised) {
            EXPECT_EQ(Token::open(module, TokenSelector::parse(token.uri)).description().serial, token.serial);
        }
    }
}

TEST(OpenToken, AnUnknownNameIsNotFoundAndWhatIsThereIsShown) {
    SoftHsmToken fixture{"Present"};
    try {
        static_cast<void>(Token::open(fixture.module(), TokenSelector::parse("Absent")));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::NotFound);
        EXPECT_NE(toEnglish(error.failure().cause).find("Present"), std::string::npos);
    }
}

TEST(OpenToken, ASelectorWithoutMembersTakesTheOnlyToken) {
    SoftHsmToken fixture{"Only"};
    EXPECT_EQ(Token::open(fixture.module(), TokenSelector{}).description().label, "Only");
}

TEST(Mechanisms, AreListedByName) {
    NssToken fixture;
    const auto mechanisms = fixture.open().mechanisms();
    const auto oaep = std::ranges::find(mechanisms, "CKM_RSA_PKCS_OAEP", &Mechanism::name);
    ASSERT_NE(oaep, mechanisms.end());
    EXPECT_EQ(oaep->type, 9U);
    EXPECT_EQ(std::ranges::count(oaep->abilities, "wrap"), 1);
    EXPECT_EQ(std::ranges::count(mechanisms, "CKM_AES_KEY_WRAP_KWP", &Mechanism::name), 1);
}

TEST(TokenStillThere, NoticesAnotherTokenInTheSlot) {
    SoftHsmStore store;
    store.addToken("First");
    const auto module = Module::load(shimmed(store.profile(), {{"serial", "exchanged"}, {"serial-from", "4"}}));
    const Token token = Token::open(module, TokenSelector::parse("First"));
    token.checkStillThere();
    try {
        token.checkStillThere();
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
        EXPECT_NE(toEnglish(error.failure().cause).find("exchanged"), std::string::npos);
    }
}

TEST(TokenStillThere, NoticesADeletedTokenFolder) {
    SoftHsmStore store;
    store.addToken("First");
    Token token = Token::open(Module::load(store.profile()), TokenSelector::parse("First"));
    ASSERT_EQ(token.logIn(pinOf(userPin), FinalTryConsent::NotGiven), LoginOutcome::LoggedIn);
    std::filesystem::remove_all(store.tokens());
    EXPECT_THROW(token.checkStillThere(), Error) << "SoftHSM's session still answers";
    EXPECT_THROW(static_cast<void>(token.generate({.type = AesKey{256}, .label = ObjectLabel{"k"}})), Error);
}

/// A rehearsal's module must not leave the next one looking at its tokens.
TEST(ModuleEnvironment, GoesWithTheModule) {
    const tests::SoftHsmStore store;
    ModuleProfile profile = store.profile();
    profile.environment.push_back(ModuleVariable::parse("KEYCONVOY_TEST_OF_VARIABLES=during"));
    ASSERT_EQ(std::getenv("KEYCONVOY_TEST_OF_VARIABLES"), nullptr);
    std::shared_ptr<Module> module = Module::load(profile);
    EXPECT_STREQ(std::getenv("KEYCONVOY_TEST_OF_VARIABLES"), "during");
    module.reset();
    EXPECT_EQ(std::getenv("KEYCONVOY_TEST_OF_VARIABLES"), nullptr);
    setenv("KEYCONVOY_TEST_OF_VARIABLES", "before", 1);
    module = Module::load(profile);
    module.reset();
    EXPECT_STREQ(std::getenv("KEYCONVOY_TEST_OF_VARIABLES"), "before");
    unsetenv("KEYCONVOY_TEST_OF_VARIABLES");
}

}  // namespace
}  // namespace keyconvoy::pkcs11
