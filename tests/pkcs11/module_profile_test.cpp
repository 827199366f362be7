#include "pkcs11/module_profile.h"

#include "core/error.h"
#include "core/files.h"
#include "pkcs11/token.h"
#include "tests/support/token_fixture.h"

#include <fstream>
#include <gtest/gtest.h>

namespace keyconvoy::pkcs11 {
namespace {

struct ProfileFile {
    explicit ProfileFile(std::string_view content) { std::ofstream{path()} << content; }
    [[nodiscard]] std::filesystem::path path() const { return folder.path() / "module.toml"; }
    TemporaryFolder folder{"keyconvoy-profile-"};
};

Failure failureOf(std::string_view content) {
    const ProfileFile file{content};
    try {
        static_cast<void>(ModuleProfile::fromTomlFile(file.path()));
        ADD_FAILURE() << "it was read: " << content;
    } catch (const Error& error) {
        return error.failure();
    }
    return {};
}

TEST(ModuleProfile, ReadsAllThatThereIs) {
    const ProfileFile file{
        "library = \"/usr/lib/libtoken.so\"\ninit = \"configdir='x'\"\n[environment]\nVENDOR_CONF = \"/etc/v=1\"\n"};
    const ModuleProfile profile = ModuleProfile::fromTomlFile(file.path());
    EXPECT_EQ(profile.library, "/usr/lib/libtoken.so");
    EXPECT_EQ(profile.initString, "configdir='x'");
    ASSERT_EQ(profile.environment.size(), 1U);
    EXPECT_EQ(profile.environment.front().name, "VENDOR_CONF");
    EXPECT_EQ(profile.environment.front().value, "/etc/v=1");
}

TEST(ModuleProfile, TakesABareLibraryName) {
    const ProfileFile file{"library = \"libtoken.so\""};
    const ModuleProfile profile = ModuleProfile::fromTomlFile(file.path());
    EXPECT_EQ(profile.library, "libtoken.so");
    EXPECT_FALSE(profile.initString);
    EXPECT_TRUE(profile.environment.empty());
}

TEST(ModuleProfile, LoadsARealModule) {
    const tests::NssStore store;
    const ProfileFile file{"library = \"" + tests::NssStore::library().string() + "\"\ninit = \"" + *store.profile().initString +
                           "\"\n"};
    const auto module = Module::load(ModuleProfile::fromTomlFile(file.path()));
    EXPECT_EQ(Token::open(module, TokenSelector::parse(tests::NssStore::label)).description().model, "NSS 3");
}

TEST(ModuleProfile, AMissingFileIsNotFound) {
    try {
        static_cast<void>(ModuleProfile::fromTomlFile("/nowhere/module.toml"));
        FAIL();
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::NotFound);
    }
}

TEST(ModuleProfile, RefusesWhatItDoesNotKnowWithItsPlace) {
    const Failure failure = failureOf("library = \"/a/b.so\"\npin = \"1234\"\n");
    EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
    EXPECT_NE(toEnglish(failure.place).find("line 2"), std::string::npos) << toEnglish(failure.place);
    EXPECT_NE(toEnglish(failure.cause).find("'pin'"), std::string::npos);
    EXPECT_EQ((toEnglish(failure.cause) + toEnglish(failure.remedy)).find("1234"), std::string::npos);
}

TEST(ModuleProfile, RefusesBadValues) {
    EXPECT_EQ(failureOf("").kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failureOf("library = 7").kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failureOf("library = \"\"").kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failureOf("library = \"build/evil.so\"").kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failureOf("library = \"./evil.so\"").kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failureOf("library = \"/a.so\"\nenvironment = \"x\"").kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failureOf("library = \"/a.so\"\n[environment]\nA = 1").kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failureOf("library = ").kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failureOf("library = \"/a.so\"\nlibrary = \"/b.so\"").kind, ErrorKind::InvalidInput);
    EXPECT_EQ(failureOf("library = \"/a.so\"\n[environment]\nLD_PRELOAD = \"/x.so\"").kind, ErrorKind::Refused);
}

TEST(ModuleVariable, ParsesAnAssignment) {
    const ModuleVariable variable = ModuleVariable::parse("A=b=c");
    EXPECT_EQ(variable.name, "A");
    EXPECT_EQ(variable.value, "b=c");
    EXPECT_EQ(ModuleVariable::parse("A=").value, "");
}

TEST(ModuleVariable, RefusesWhatIsNoneAndTheLoadersOwn) {
    for (const std::string_view text : {"", "A", "=b"}) {
        EXPECT_THROW(static_cast<void>(ModuleVariable::parse(text)), Error) << text;
    }
    for (const std::string_view text : {"LD_PRELOAD=/x.so", "LD_LIBRARY_PATH=/x", "LD_AUDIT=x"}) {
        try {
            static_cast<void>(ModuleVariable::parse(text));
            FAIL() << text;
        } catch (const Error& error) {
            EXPECT_EQ(error.kind(), ErrorKind::Refused);
        }
    }
}

}  // namespace
}  // namespace keyconvoy::pkcs11
