#include "app/station/token_jobs.h"

#include "app/station/module_places.h"
#include "tests/app/inventory_support.h"
#include "tests/support/token_shim.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

TEST(ListTokens, SaysThatASoftwareTokenIsOne) {
    const SoftHsmToken token;
    const Json list = toJson(app::listTokens(token.profile()));
    const auto found = std::ranges::find_if(list["tokens"], [&](const Json& row) { return row["label"] == token.label(); });
    ASSERT_NE(found, list["tokens"].end());
    EXPECT_EQ((*found)["kind"], "software");
    EXPECT_EQ((*found)["software"], true);
    EXPECT_EQ((*found)["userPin"], "fine");
    EXPECT_THAT((*found)["flags"].get<std::vector<std::string>>(), Contains("CKF_LOGIN_REQUIRED"));
    EXPECT_EQ(list["module"]["sha256"].get<std::string>().size(), 64U);
}

TEST(ListTokens, OfAModuleThatIsNotThereIsNotFound) {
    pkcs11::ModuleProfile profile;
    profile.library = "/nowhere/libtoken.so";
    EXPECT_EQ(failureOf([&] { static_cast<void>(app::listTokens(profile)); }).kind, ErrorKind::NotFound);
}

TEST(FindModules, NamesThoseOfSoftHsmAndNssOnceWithWhatNssNeeds) {
    const auto modules = app::findModules();
    const auto isSame = [](const std::filesystem::path& library) {
        return [library](const app::FoundModule& module) { return std::filesystem::equivalent(module.library, library); };
    };
    EXPECT_EQ(std::ranges::count_if(modules, isSame(SoftHsmStore::library())), 1);
    const auto nss = std::ranges::find_if(modules, isSame(NssStore::library()));
    ASSERT_NE(nss, modules.end());
    EXPECT_THAT(nss->initString, HasSubstr("configdir='sql:"));
}

TEST(ShowToken, ListsMechanismsAndSaysThatListsProveNothing) {
    const NssToken token;
    const Json shown = toJson(app::showToken(stationOf(token)));
    EXPECT_EQ(shown["token"]["label"], NssStore::label);
    EXPECT_EQ(shown["token"]["login"], "not logged in");
    std::vector<std::string> names;
    for (const Json& mechanism : shown["mechanisms"]) {
        names.push_back(mechanism["name"].get<std::string>());
    }
    EXPECT_THAT(names, Contains("CKM_RSA_PKCS_OAEP"));
    EXPECT_THAT(shown["mechanismsNote"].get<std::string>(), HasSubstr("token qualify"));
}

TEST(ShowToken, TellsTheStateOfThePinInWords) {
    SoftHsmToken token;
    pkcs11::Token open = token.open();
    EXPECT_EQ(open.logIn(pinOf("00000000"), pkcs11::FinalTryConsent::NotGiven), pkcs11::LoginOutcome::WrongPin);
    const Json shown = toJson(app::TokenDetails{open.module().description(), open.description(), open.loginState(), {}});
    EXPECT_EQ(shown["token"]["userPin"], "a wrong PIN was entered since the last login");
}

TEST(ShowToken, OfATokenThatIsNotThereIsNotFound) {
    const SoftHsmToken token;
    EXPECT_EQ(failureOf([&] {
                  static_cast<void>(app::showToken({token.profile(), pkcs11::TokenSelector::parse("another label")}));
              }).kind,
              ErrorKind::NotFound);
}

TEST(ShowToken, ALockedPinIsSaid) {
    const SoftHsmToken token;
    const app::TokenStation bent{shimmed(token.profile(), {{"user-pin", "locked"}}), token.selector()};
    EXPECT_EQ(toJson(app::showToken(bent))["token"]["userPin"], "locked");
}

}  // namespace
}  // namespace keyconvoy::tests
