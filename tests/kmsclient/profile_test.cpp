#include "kmsclient/profile.h"

#include "tests/kmsclient/failure_matchers.h"
#include "tests/kmsclient/surroundings.h"

namespace keyconvoy::kms {
namespace {

using tests::fails;
using tests::failureOf;

class ProfileTest : public testing::Test {
protected:
    [[nodiscard]] Profile load(const std::optional<std::string>& named = std::nullopt) const {
        return Profile::load(m_surroundings.environment(), named);
    }
    tests::Surroundings m_surroundings;
};

TEST_F(ProfileTest, IsTheDefaultOneUnlessNamed) {
    m_surroundings.writeConfig(
        "[default]\nregion=us-east-1\n[profile a]\nregion=eu-west-1\n[profile \"b c\"]\nregion=eu-west-2\n");
    EXPECT_EQ(load().setting("region"), "us-east-1");
    EXPECT_EQ(load("a").setting("region"), "eu-west-1");
    EXPECT_EQ(load("b c").setting("region"), "eu-west-2");
    m_surroundings.variables["AWS_DEFAULT_PROFILE"] = "b c";
    EXPECT_EQ(load().setting("region"), "eu-west-2");
    m_surroundings.variables["AWS_PROFILE"] = "a";
    EXPECT_EQ(load().setting("region"), "eu-west-1");
    EXPECT_FALSE(load().namedByOption());
    EXPECT_TRUE(load("default").namedByOption());
}

TEST_F(ProfileTest, TheCredentialsFileWinsOverTheConfigurationFile) {
    m_surroundings.writeConfig("[default]\nregion=us-east-1\noutput=json\n");
    m_surroundings.writeCredentials("[default]\nregion=eu-west-1\n");
    EXPECT_EQ(load().setting("region"), "eu-west-1");
    EXPECT_EQ(load().configFileSetting("region"), "us-east-1");
    EXPECT_EQ(load().setting("output"), "json");
    EXPECT_FALSE(load().setting("none"));
}

TEST_F(ProfileTest, FilesElsewhereAreFound) {
    std::filesystem::rename(m_surroundings.home() / ".aws", m_surroundings.home() / "other");
    std::filesystem::create_directory(m_surroundings.home() / ".aws");
    m_surroundings.writeConfig("[default]\nregion=us-east-1\n");
    std::filesystem::rename(m_surroundings.home() / ".aws" / "config", m_surroundings.home() / "other" / "c");
    m_surroundings.variables["AWS_CONFIG_FILE"] = "~/other/c";
    EXPECT_EQ(load().setting("region"), "us-east-1");
    EXPECT_EQ(load().configFile().path(), m_surroundings.home() / "other" / "c");
}

TEST_F(ProfileTest, OneThatIsNowhereIsNamedWithBothFiles) {
    m_surroundings.writeConfig("[default]\n[a]\n");
    const auto failure = failureOf([&] { return load("a"); });  // [a] without "profile" is no profile in the configuration file
    EXPECT_TRUE(fails(failure, ErrorKind::NotFound, "AWS profile \"a\""));
    EXPECT_TRUE(fails(failure, ErrorKind::NotFound, ".aws/config"));
    EXPECT_TRUE(fails(failure, ErrorKind::NotFound, ".aws/credentials (not there)"));
    m_surroundings.variables["AWS_PROFILE"] = "b";
    EXPECT_TRUE(fails(failureOf([&] { return load(); }), ErrorKind::NotFound, "check AWS_PROFILE"));
    m_surroundings.writeCredentials("[b]\n");
    EXPECT_EQ(load().name(), "b");
}

TEST_F(ProfileTest, ServicesSectionsGiveSettingsPerService) {
    m_surroundings.writeConfig("[default]\nservices = s\n[services s]\nkms =\n  endpoint_url = http://127.0.0.1:1\n");
    EXPECT_EQ(load().serviceSetting("kms", "endpoint_url"), "http://127.0.0.1:1");
    EXPECT_FALSE(load().serviceSetting("sts", "endpoint_url"));
}

TEST_F(ProfileTest, WithoutAnyFileThereIsAnEmptyDefault) {
    EXPECT_EQ(load().name(), "default");
    EXPECT_FALSE(load().setting("region"));
}

}  // namespace
}  // namespace keyconvoy::kms
