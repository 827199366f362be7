#include "kmsclient/shared_config.h"

#include "core/files.h"
#include "tests/kmsclient/failure_matchers.h"

#include <ostream>

namespace keyconvoy::kms {
namespace {

using tests::fails;
using tests::failureOf;

const SharedConfig::Section& section(const SharedConfig& config, const char* name) {
    static const SharedConfig::Section none;
    const auto* found = config.section(name);
    EXPECT_NE(found, nullptr) << name;
    return found == nullptr ? none : *found;
}

TEST(SharedConfigTest, ReadsSectionsAndSettings) {
    const auto config = SharedConfig::parse(
        "\xEF\xBB\xBF# comment\r\n[default]\r\nRegion = eu-central-1\r\n; another\n\n[profile two]\na=b=c\nd : e # not a "
        "comment\nempty =\n",
        "f");
    EXPECT_EQ(section(config, "default").at("region"), "eu-central-1");
    EXPECT_EQ(section(config, "profile two").at("a"), "b=c");
    EXPECT_EQ(section(config, "profile two").at("d"), "e # not a comment");
    EXPECT_EQ(section(config, "profile two").at("empty"), "");
    EXPECT_EQ(config.section("none"), nullptr);
    EXPECT_TRUE(config.present());
}

TEST(SharedConfigTest, IndentedLinesContinueAValue) {
    const auto config = SharedConfig::parse(
        "[services s]\nkms =\n  endpoint_url = http://127.0.0.1:1\n\n\tother=2\nsts =\n  endpoint_url = https://sts\n", "f");
    EXPECT_EQ(nestedSetting(section(config, "services s").at("kms"), "endpoint_url"), "http://127.0.0.1:1");
    EXPECT_EQ(nestedSetting(section(config, "services s").at("kms"), "other"), "2");
    EXPECT_EQ(nestedSetting(section(config, "services s").at("sts"), "endpoint_url"), "https://sts");
    EXPECT_FALSE(nestedSetting(section(config, "services s").at("sts"), "other"));
}

struct BadFile {
    const char* name;
    const char* text;
    const char* words;
    friend std::ostream& operator<<(std::ostream& out, const BadFile& file) { return out << file.name; }
};

class BadSharedConfigTest : public testing::TestWithParam<BadFile> {};

TEST_P(BadSharedConfigTest, NamesFileAndLine) {
    const auto failure = failureOf([] { return SharedConfig::parse(GetParam().text, "/home/a/.aws/config"); });
    EXPECT_TRUE(fails(failure, ErrorKind::InvalidInput, GetParam().words));
    EXPECT_TRUE(fails(failure, ErrorKind::InvalidInput, "file /home/a/.aws/config, line 2"));
}

INSTANTIATE_TEST_SUITE_P(Lines, BadSharedConfigTest,
                         testing::Values(BadFile{"NoHeader", "\na = b\n", "before the first [section]"},
                                         BadFile{"OpenHeader", "[a]\n[b\n", "written [name]"},
                                         BadFile{"EmptyHeader", "[a]\n[ ]\n", "written [name]"},
                                         BadFile{"SameHeader", "[a]\n[a]\n", "[a] is there twice"},
                                         BadFile{"NoSeparator", "[a]\nb\n", "neither a [section] nor"},
                                         BadFile{"NoName", "[a]\n= b\n", "neither a [section] nor"}),
                         tests::rowName);

TEST(SharedConfigTest, TheSameSettingTwiceIsRefused) {
    EXPECT_TRUE(fails(failureOf([] { return SharedConfig::parse("[a]\nb=1\nB=2\n", "f"); }), ErrorKind::InvalidInput,
                      "setting b is there twice"));
}

TEST(SharedConfigTest, AMissingFileIsEmptyAndAFolderIsRefused) {
    const TemporaryFolder folder{"config"};
    const auto config = SharedConfig::load(folder.path() / "none");
    EXPECT_FALSE(config.present());
    EXPECT_TRUE(config.sections().empty());
    EXPECT_TRUE(failureOf([&] { return SharedConfig::load(folder.path()); }));
}

}  // namespace
}  // namespace keyconvoy::kms
