#include "app/station/qualification_store.h"

#include "app/station/state_files.h"
#include "core/error.h"
#include "core/files.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using app::QualificationStore;
using wrapping::qualification::Combination;
using wrapping::qualification::Result;
using wrapping::qualification::TokenIdentity;

Combination aes() {
    return {wrapping::KeySpec::SymmetricDefault,
            {wrapping::WrappingAlgorithm::RsaesOaepSha256, wrapping::WrappingKeySpec::Rsa4096}};
}

TokenIdentity someToken() {
    return {std::string(64, 'a'), std::string(64, 'b'), "0123456789abcdef", "Model X", "1.2"};
}

Result someResult() {
    Result result;
    result.combination = aes();
    result.token = someToken();
    result.date = *parseRfc3339("2027-06-17T12:00:00.250Z");
    result.attempts = {{pkcs11::WrapRecipe{}, true, KC_TEXT("Test", "it came back"), ""}};
    result.chosen = pkcs11::WrapRecipe{};
    result.explanation = KC_TEXT("Test", "it can");
    return result;
}

class QualificationStoreTest : public ::testing::Test {
protected:
    [[nodiscard]] std::filesystem::path onlyFile() const {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::directory_iterator{kept()}) {
            files.push_back(entry.path());
        }
        EXPECT_EQ(files.size(), 1U);
        return files.front();
    }
    [[nodiscard]] std::filesystem::path kept() const { return m_folder.path() / "some where" / "qualifications"; }
    [[nodiscard]] QualificationStore store() const { return QualificationStore{kept()}; }

    TemporaryFolder m_folder{"keyconvoy-store-"};
};

TEST_F(QualificationStoreTest, FindsWhatWasKept) {
    store().keep(someResult());
    const auto found = store().find(someToken(), aes());
    ASSERT_TRUE(found);
    EXPECT_EQ(found->date, someResult().date);
    EXPECT_EQ(found->chosen, someResult().chosen);
    EXPECT_EQ(toEnglish(found->explanation), "it can");
}

TEST_F(QualificationStoreTest, FindsNothingInAFolderThatIsNotThere) {
    EXPECT_FALSE(store().find(someToken(), aes()));
}

TEST_F(QualificationStoreTest, FindsNothingForAnotherModuleTokenModelOrFirmware) {
    store().keep(someResult());
    for (std::string TokenIdentity::*member : {&TokenIdentity::moduleSha256, &TokenIdentity::moduleSettings,
                                               &TokenIdentity::serial, &TokenIdentity::model, &TokenIdentity::firmwareVersion}) {
        TokenIdentity changed = someToken();
        changed.*member += "x";
        EXPECT_FALSE(store().find(changed, aes()));
    }
}

TEST_F(QualificationStoreTest, FindsNothingForAnotherCombination) {
    store().keep(someResult());
    Combination other = aes();
    other.choice.keySpec = wrapping::WrappingKeySpec::Rsa2048;
    EXPECT_FALSE(store().find(someToken(), other));
}

TEST_F(QualificationStoreTest, ReplacesAnOlderResultAndLeavesNoDraft) {
    store().keep(someResult());
    Result newer = someResult();
    newer.attempts.front().qualified = false;
    newer.chosen.reset();
    store().keep(newer);
    static_cast<void>(onlyFile());
    EXPECT_FALSE(store().find(someToken(), aes())->chosen);
}

TEST_F(QualificationStoreTest, IgnoresADamagedFile) {
    store().keep(someResult());
    const std::string whole{asText(readFile(onlyFile(), 1U << 20U))};
    for (const std::string& content : {std::string{}, std::string{"{"}, whole.substr(0, whole.size() / 2), std::string{"[1]"},
                                       std::string{"{\"schema\": 7}"}, std::string(2U << 20U, ' ')}) {
        std::ofstream{onlyFile(), std::ios::trunc} << content;
        EXPECT_FALSE(store().find(someToken(), aes())) << content.substr(0, 40);
    }
}

TEST_F(QualificationStoreTest, IgnoresAnUnreadableFile) {
    store().keep(someResult());
    const std::filesystem::path file = onlyFile();
    std::filesystem::remove(file);
    std::filesystem::create_directory(file);
    EXPECT_FALSE(store().find(someToken(), aes()));
}

TEST_F(QualificationStoreTest, IgnoresAResultOfAnotherTokenUnderThisName) {
    store().keep(someResult());
    const std::filesystem::path file = onlyFile();
    Json json = *app::readStateFile(file);
    json["token"]["serial"] = "fedcba9876543210";
    app::replaceStateFile(file, json);
    EXPECT_FALSE(store().find(someToken(), aes()));
}

TEST_F(QualificationStoreTest, SaysWhereItCannotWrite) {
    std::ofstream{m_folder.path() / "some where"} << "a file where a folder should be";
    try {
        store().keep(someResult());
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Unavailable);
        EXPECT_NE(toEnglish(error.failure().place).find("some where"), std::string::npos);
    }
}

TEST(DefaultStateFolder, FollowsTheXdgSpecification) {
    ::setenv("XDG_STATE_HOME", "/somewhere/state", 1);
    EXPECT_EQ(app::defaultStateFolder(), "/somewhere/state/keyconvoy");
    ::setenv("XDG_STATE_HOME", "relative/is/ignored", 1);
    ::setenv("HOME", "/home/officer", 1);
    EXPECT_EQ(app::defaultStateFolder(), "/home/officer/.local/state/keyconvoy");
    ::unsetenv("XDG_STATE_HOME");
    ::unsetenv("HOME");
    EXPECT_THROW(static_cast<void>(app::defaultStateFolder()), Error);
}

}  // namespace
}  // namespace keyconvoy::tests
