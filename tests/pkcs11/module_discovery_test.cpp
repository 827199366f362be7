#include "pkcs11/module_discovery.h"
#include "core/files.h"
#include "tests/support/token_fixture.h"

#include <algorithm>
#include <cstdlib>
#include <gtest/gtest.h>
#include <unistd.h>

namespace keyconvoy::tests {
namespace {

using pkcs11::ConfiguredModule;

/// A user's own p11-kit configuration (p11-kit.conf(5)): $XDG_CONFIG_HOME/pkcs11/modules/*.module.
class ConfiguredModules : public ::testing::Test {
protected:
    ConfiguredModules() {
        std::filesystem::create_directories(m_folder.path() / "pkcs11/modules");
        ::setenv("XDG_CONFIG_HOME", m_folder.path().c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread, one process
    }

    void configure(const std::string& name, const std::string& text) {
        writeNewFile(m_folder.path() / "pkcs11/modules" / (name + ".module"), asBytes(text));
    }
    /// A copy, so that it is no module that the machine's own configuration names already.
    std::filesystem::path copiedModule() {
        const std::filesystem::path copy = m_folder.path() / "libcopied.so";
        std::filesystem::copy_file(SoftHsmStore::library(), copy);
        return copy;
    }
    static std::optional<ConfiguredModule> found(const std::string& name) {
        const auto modules = pkcs11::configuredModules();
        const auto row = std::ranges::find(modules, name, &ConfiguredModule::name);
        return row == modules.end() ? std::nullopt : std::optional{*row};
    }

    TemporaryFolder m_folder{"keyconvoy-p11-kit-"};
};

TEST_F(ConfiguredModules, ThoseOfThisMachineHaveANameAndAFileAndAreNoTrustModules) {
    for (const ConfiguredModule& module : pkcs11::configuredModules()) {
        EXPECT_FALSE(module.name.empty());
        EXPECT_TRUE(module.library.is_absolute() && std::filesystem::exists(module.library)) << module.library;
        EXPECT_NE(module.name, "p11-kit-trust");
    }
}

TEST_F(ConfiguredModules, HaveTheNameOfTheirConfigurationAndAFullPath) {
    if (::getuid() == 0) {
        GTEST_SKIP() << "p11-kit reads no user's configuration for root";
    }
    const auto copy = copiedModule();
    configure("site-hsm", "module: " + copy.string() + "\n");
    const auto module = found("site-hsm");
    ASSERT_TRUE(module);
    EXPECT_EQ(module->library, copy);
}

TEST_F(ConfiguredModules, AModuleThatCannotBeLoadedIsLeftOut) {
    configure("gone", "module: /nowhere/libgone.so\n");
    EXPECT_FALSE(found("gone"));
}

TEST_F(ConfiguredModules, ThoseThatHoldTrustedCertificatesOnlyAreLeftOut) {
    configure("roots", "module: " + copiedModule().string() + "\ntrust-policy: yes\n");
    EXPECT_FALSE(found("roots"));
}

TEST_F(ConfiguredModules, AModuleCanBeUsedAfterItWasFound) {
    static_cast<void>(pkcs11::configuredModules());
    SoftHsmToken token;
    EXPECT_EQ(token.open().description().label, token.label());
    static_cast<void>(pkcs11::configuredModules());
    EXPECT_FALSE(token.module()->tokens().empty());
}

}  // namespace
}  // namespace keyconvoy::tests
