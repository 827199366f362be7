#include "kmsclient/endpoint.h"

#include "tests/kmsclient/failure_matchers.h"
#include "tests/kmsclient/surroundings.h"

#include <ostream>

namespace keyconvoy::kms {
namespace {

using tests::fails;
using tests::failureOf;

class EndpointTest : public testing::Test {
protected:
    [[nodiscard]] Endpoints resolve(const EndpointOptions& options = {}) const {
        const Environment environment = m_surroundings.environment();
        return resolveEndpoints(options, environment, Profile::load(environment, std::nullopt));
    }
    [[nodiscard]] Endpoints resolveUrl(const std::string& url) const {
        return resolve({.region = "us-east-1", .endpointUrl = url});
    }
    tests::Surroundings m_surroundings;
};

TEST_F(EndpointTest, TheRegionComesFromOptionVariablesProfileInThisOrder) {
    EXPECT_TRUE(fails(failureOf([&] { return resolve(); }), ErrorKind::InvalidInput, "no Region is set"));
    m_surroundings.writeConfig("[default]\nregion=eu-west-4\n");
    EXPECT_EQ(resolve().region, "eu-west-4");
    m_surroundings.variables["AWS_DEFAULT_REGION"] = "eu-west-3";
    EXPECT_EQ(resolve().region, "eu-west-3");
    m_surroundings.variables["AWS_REGION"] = "eu-west-2";
    EXPECT_EQ(resolve().region, "eu-west-2");
    EXPECT_EQ(resolve({.region = "eu-west-1", .endpointUrl = {}}).region, "eu-west-1");
    m_surroundings.variables["AWS_REGION"] = "";
    EXPECT_EQ(resolve().region, "eu-west-3");
}

TEST_F(EndpointTest, WhatIsNoRegionIsRefused) {
    for (const char* region :
         {"Frankfurt", "EU-CENTRAL-1", "eu.central.1", "eu-central-1@evil.example", "-", "useast1", "eu-central-1/"}) {
        EXPECT_TRUE(fails(failureOf([&] { return resolve({.region = region, .endpointUrl = {}}); }), ErrorKind::InvalidInput,
                          "no name of a Region"))
            << region;
    }
}

struct Derived {
    const char* region;
    bool fips, dualStack;
    const char* kms;
    const char* sts;
    friend std::ostream& operator<<(std::ostream& out, const Derived& row) {
        return out << row.region << row.fips << row.dualStack;
    }
};

class DerivedEndpointTest : public EndpointTest, public testing::WithParamInterface<Derived> {};

TEST_P(DerivedEndpointTest, FollowsThePartition) {
    m_surroundings.variables["AWS_USE_FIPS_ENDPOINT"] = GetParam().fips ? "true" : "false";
    m_surroundings.variables["AWS_USE_DUALSTACK_ENDPOINT"] = GetParam().dualStack ? "TRUE" : "";
    const Endpoints endpoints = resolve({.region = GetParam().region, .endpointUrl = {}});
    EXPECT_EQ(endpoints.kms.url(), GetParam().kms);
    EXPECT_EQ(endpoints.sts.url(), GetParam().sts);
    EXPECT_FALSE(endpoints.custom);
}

INSTANTIATE_TEST_SUITE_P(
    Partitions, DerivedEndpointTest,
    testing::Values(
        Derived{"eu-central-1", false, false, "https://kms.eu-central-1.amazonaws.com", "https://sts.eu-central-1.amazonaws.com"},
        Derived{"us-east-1", true, false, "https://kms-fips.us-east-1.amazonaws.com", "https://sts-fips.us-east-1.amazonaws.com"},
        Derived{"us-east-1", false, true, "https://kms.us-east-1.api.aws", "https://sts.us-east-1.api.aws"},
        Derived{"us-east-1", true, true, "https://kms-fips.us-east-1.api.aws", "https://sts-fips.us-east-1.api.aws"},
        Derived{"xx-future-9", false, false, "https://kms.xx-future-9.amazonaws.com", "https://sts.xx-future-9.amazonaws.com"},
        Derived{"cn-north-1", false, false, "https://kms.cn-north-1.amazonaws.com.cn", "https://sts.cn-north-1.amazonaws.com.cn"},
        Derived{"cn-northwest-1", false, true, "https://kms.cn-northwest-1.api.amazonwebservices.com.cn",
                "https://sts.cn-northwest-1.api.amazonwebservices.com.cn"},
        Derived{"us-gov-west-1", true, false, "https://kms-fips.us-gov-west-1.amazonaws.com",
                "https://sts.us-gov-west-1.amazonaws.com"},
        Derived{"eusc-de-east-1", false, false, "https://kms.eusc-de-east-1.amazonaws.eu",
                "https://sts.eusc-de-east-1.amazonaws.eu"},
        Derived{"us-iso-east-1", false, false, "https://kms.us-iso-east-1.c2s.ic.gov", "https://sts.us-iso-east-1.c2s.ic.gov"},
        Derived{"us-isob-east-1", false, false, "https://kms.us-isob-east-1.sc2s.sgov.gov",
                "https://sts.us-isob-east-1.sc2s.sgov.gov"},
        Derived{"eu-isoe-west-1", false, false, "https://kms.eu-isoe-west-1.cloud.adc-e.uk",
                "https://sts.eu-isoe-west-1.cloud.adc-e.uk"},
        Derived{"us-isof-south-1", false, false, "https://kms.us-isof-south-1.csp.hci.ic.gov",
                "https://sts.us-isof-south-1.csp.hci.ic.gov"}));

TEST_F(EndpointTest, TheKmsEndpointComesFromOptionVariablesAndProfileInThisOrder) {
    m_surroundings.variables["AWS_REGION"] = "us-east-1";
    m_surroundings.writeConfig("[default]\nendpoint_url=https://profile.example\n");
    EXPECT_EQ(resolve().kms.url(), "https://profile.example");
    m_surroundings.writeConfig(
        "[default]\nendpoint_url=https://profile.example\nservices=s\n[services s]\nkms =\n  "
        "endpoint_url=https://service.example\n");
    EXPECT_EQ(resolve().kms.url(), "https://service.example");
    EXPECT_EQ(resolve().sts.url(), "https://profile.example");
    m_surroundings.variables["AWS_ENDPOINT_URL"] = "https://general.example";
    EXPECT_EQ(resolve().kms.url(), "https://general.example");
    EXPECT_EQ(resolve().sts.url(), "https://general.example");
    m_surroundings.variables["AWS_ENDPOINT_URL_KMS"] = "https://own.example";
    EXPECT_EQ(resolve().kms.url(), "https://own.example");
    EXPECT_EQ(resolve().sts.url(), "https://general.example");
    m_surroundings.variables["AWS_ENDPOINT_URL_STS"] = "https://sts.example";
    EXPECT_EQ(resolve().sts.url(), "https://sts.example");
    const Endpoints byOption = resolve({.region = {}, .endpointUrl = "https://option.example"});
    EXPECT_EQ(byOption.kms.url(), "https://option.example");
    EXPECT_EQ(byOption.sts.url(), "https://sts.example");
    EXPECT_TRUE(byOption.custom);
}

TEST_F(EndpointTest, StsGoesWhereKmsGoesUnlessItHasItsOwn) {
    m_surroundings.variables["AWS_ENDPOINT_URL"] = "https://general.example";
    EXPECT_EQ(resolveUrl("http://127.0.0.1:4566").sts.url(), "http://127.0.0.1:4566");
    m_surroundings.variables.erase("AWS_ENDPOINT_URL");
    m_surroundings.variables["AWS_ENDPOINT_URL_KMS"] = "https://own.example";
    EXPECT_EQ(resolve({.region = "us-east-1", .endpointUrl = {}}).sts.url(), "https://own.example");
    m_surroundings.variables.erase("AWS_ENDPOINT_URL_KMS");
    m_surroundings.variables["AWS_ENDPOINT_URL_STS"] = "https://sts.example";
    EXPECT_EQ(resolve({.region = "us-east-1", .endpointUrl = {}}).kms.url(), "https://kms.us-east-1.amazonaws.com");
}

TEST_F(EndpointTest, ConfiguredEndpointsCanBeIgnored) {
    m_surroundings.variables["AWS_REGION"] = "us-east-1";
    m_surroundings.variables["AWS_ENDPOINT_URL"] = "https://general.example";
    m_surroundings.variables["AWS_ENDPOINT_URL_STS"] = "https://sts.example";
    m_surroundings.variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "true";
    EXPECT_EQ(resolve().kms.url(), "https://kms.us-east-1.amazonaws.com");
    EXPECT_EQ(resolve().sts.url(), "https://sts.us-east-1.amazonaws.com");
    EXPECT_EQ(resolve({.region = {}, .endpointUrl = "https://option.example"}).kms.url(), "https://option.example");
    m_surroundings.variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false";
    EXPECT_EQ(resolve().kms.url(), "https://general.example");
    m_surroundings.variables.erase("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS");
    m_surroundings.writeConfig("[default]\nignore_configured_endpoint_urls=true\n");
    EXPECT_EQ(resolve().kms.url(), "https://kms.us-east-1.amazonaws.com");
}

TEST_F(EndpointTest, ACustomEndpointExcludesTheSwitches) {
    m_surroundings.variables["AWS_USE_FIPS_ENDPOINT"] = "true";
    EXPECT_TRUE(fails(failureOf([&] { return resolveUrl("https://own.example"); }), ErrorKind::InvalidInput,
                      "FIPS switch exclude each other"));
    m_surroundings.variables["AWS_USE_FIPS_ENDPOINT"] = "false";
    m_surroundings.writeConfig("[default]\nuse_dualstack_endpoint=true\n");
    EXPECT_TRUE(fails(failureOf([&] { return resolveUrl("https://own.example"); }), ErrorKind::InvalidInput,
                      "dual-stack switch exclude each other"));
}

TEST_F(EndpointTest, PlainHttpGoesToThisMachineOnly) {
    for (const char* url : {"http://127.0.0.1:4566", "http://127.255.255.254", "http://[::1]:80/", "http://localhost:1",
                            "HTTP://LOCALHOST:65535"}) {
        EXPECT_FALSE(resolveUrl(url).kms.tls) << url;
    }
    for (const char* url : {"http://kms.us-east-1.amazonaws.com", "http://128.0.0.1", "http://localhost.example", "http://[::2]",
                            "http://0.0.0.0:1", "http://127.0.0.1.example"}) {
        EXPECT_TRUE(fails(failureOf([&] { return resolveUrl(url); }), ErrorKind::Refused, "only to this machine")) << url;
    }
}

TEST_F(EndpointTest, AUrlHasSchemeHostAndPortAndNothingElse) {
    for (const char* url : {"kms.example", "ftp://kms.example", "https://", "https://a/b", "https://a?b", "https://user@a",
                            "https://a:b", "https://a:0", "https://a:65536", "https://a:", "https://[::1", "https://[x]",
                            "https://a b", "https://[::1]x", "https://a\r\nb"}) {
        EXPECT_TRUE(fails(failureOf([&] { return resolveUrl(url); }), ErrorKind::InvalidInput, "--endpoint-url")) << url;
    }
    EXPECT_EQ(resolveUrl("https://KMS.example:443/").kms.url(), "https://kms.example");
    EXPECT_EQ(resolveUrl("https://kms.example:8443").kms.hostHeader(), "kms.example:8443");
    EXPECT_EQ(resolveUrl("https://[fe80::1]:8443").kms.hostHeader(), "[fe80::1]:8443");
    EXPECT_EQ(resolveUrl("http://127.0.0.1").kms.hostHeader(), "127.0.0.1");
}

}  // namespace
}  // namespace keyconvoy::kms
