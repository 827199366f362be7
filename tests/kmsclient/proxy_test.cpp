#include "kmsclient/proxy.h"

#include "tests/kmsclient/surroundings.h"

#include <gtest/gtest.h>

namespace keyconvoy::kms {
namespace {

class ProxyTest : public testing::Test {
protected:
    [[nodiscard]] std::string forUrl(const char* url) const {
        return proxyFor(m_surroundings.environment(), Endpoint::parse(url, verbatim("test")));
    }
    tests::Surroundings m_surroundings;
};

TEST_F(ProxyTest, ComesFromTheEnvironment) {
    EXPECT_EQ(forUrl("https://kms.example"), "");
    m_surroundings.variables["ALL_PROXY"] = "socks5h://all:1";
    EXPECT_EQ(forUrl("https://kms.example"), "socks5h://all:1");
    m_surroundings.variables["HTTPS_PROXY"] = "http://upper:1";
    EXPECT_EQ(forUrl("https://kms.example"), "http://upper:1");
    m_surroundings.variables["https_proxy"] = "http://lower:1";
    EXPECT_EQ(forUrl("https://kms.example"), "http://lower:1");
}

TEST_F(ProxyTest, IsNeverUsedForThisMachine) {
    m_surroundings.variables["HTTPS_PROXY"] = "http://proxy:1";
    for (const char* url :
         {"http://127.0.0.1:1", "http://localhost:1", "https://localhost:1", "https://127.1.2.3", "https://[::1]:1"}) {
        EXPECT_EQ(forUrl(url), "") << url;
    }
}

TEST_F(ProxyTest, IsLeftOutForTheNamesInNoProxy) {
    m_surroundings.variables["HTTPS_PROXY"] = "http://proxy:1";
    for (const char* list : {"*", "kms.example", ".example", "example", "other, kms.example", "KMS.Example:443", "a,,example"}) {
        m_surroundings.variables["NO_PROXY"] = list;
        EXPECT_EQ(forUrl("https://kms.example"), "") << list;
    }
    for (const char* list : {"ms.example", "kms.example:8443", "other", ".", ",", "kms"}) {
        m_surroundings.variables["NO_PROXY"] = list;
        EXPECT_EQ(forUrl("https://kms.example"), "http://proxy:1") << list;
    }
}

TEST_F(ProxyTest, IsReportedWithoutItsPassword) {
    EXPECT_EQ(withoutUserInfo("http://name:p@ss@proxy:3128"), "http://proxy:3128");
    EXPECT_EQ(withoutUserInfo("name:pass@proxy:3128"), "proxy:3128");
    EXPECT_EQ(withoutUserInfo("http://proxy:3128"), "http://proxy:3128");
    EXPECT_EQ(withoutUserInfo(""), "");
}

}  // namespace
}  // namespace keyconvoy::kms
