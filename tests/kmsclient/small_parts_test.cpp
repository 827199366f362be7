#include "core/c_handle.h"
#include "core/fingerprint.h"
#include "kmsclient/amazon_roots.h"
#include "kmsclient/environment.h"
#include "kmsclient/http_date.h"
#include "kmsclient/retry.h"
#include "kmsclient/tls_evidence.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

namespace keyconvoy::kms {
namespace {

using namespace std::chrono;

TEST(RetryDelayTest, DoublesUpToTwentySecondsAndTakesARandomPart) {
    EXPECT_EQ(retryDelay(1, 0.5), 500ms);
    EXPECT_EQ(retryDelay(2, 0.5), 1s);
    EXPECT_EQ(retryDelay(3, 0.25), 1s);
    EXPECT_EQ(retryDelay(6, 0.5), 10s);
    EXPECT_EQ(retryDelay(100, 0.5), 10s);
    EXPECT_EQ(retryDelay(1, 0.0), 0ms);
    EXPECT_EQ(retryDelay(1, 7.0), 1s);
}

TEST(PropagationDelayTest, BacksOffForFiveMinutesInAll) {
    PropagationDelay propagation;
    milliseconds total{0};
    EXPECT_EQ(propagation.next(), 1s);
    EXPECT_EQ(propagation.next(), 2s);
    EXPECT_EQ(propagation.next(), 4s);
    total = 7s;
    for (auto delay = propagation.next(); delay > 0ms; delay = propagation.next()) {
        EXPECT_LE(delay, 30s);
        total += delay;
    }
    EXPECT_LE(total, 5min);
    EXPECT_GT(total, 4min);
    EXPECT_EQ(propagation.next(), 0ms);
}

TEST(HttpDateTest, ReadsTheThreeForms) {
    const auto expected = parseRfc3339("1994-11-06T08:49:37Z");
    EXPECT_EQ(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), expected);
    EXPECT_EQ(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"), expected);
    EXPECT_EQ(parseHttpDate("Sun Nov  6 08:49:37 1994"), expected);
    for (const char* text : {"", "now", "Sun, 06 Foo 1994 08:49:37 GMT"}) {
        EXPECT_FALSE(parseHttpDate(text)) << text;
    }
}

TEST(EnvironmentTest, AnEmptyVariableCountsAsAbsent) {
    const Environment environment = [](const std::string& name) -> std::optional<std::string> {
        return name == "A" ? std::optional<std::string>{""} : name == "B" ? std::optional<std::string>{"b"} : std::nullopt;
    };
    EXPECT_FALSE(lookUp(environment, "A"));
    EXPECT_EQ(lookUpFirst(environment, {"A", "C", "B"}), "b");
    EXPECT_FALSE(lookUpFirst(environment, {"A", "C"}));
    EXPECT_TRUE(isTrue("True"));
    EXPECT_FALSE(isTrue("1"));
    EXPECT_FALSE(isTrue(std::nullopt));
    EXPECT_EQ(trimmed(" \t a b \r\n"), "a b");
    EXPECT_EQ(trimmed("  "), "");
}

/// SHA-256 of the SubjectPublicKeyInfo of a certificate file; absent when the file is not there.
std::optional<Fingerprint> keyOfInstalled(const AmazonRoot& root) {
    const std::string path = "/usr/share/ca-certificates/mozilla/" + std::string{root.name} + ".crt";
    const CHandle<std::FILE, std::fclose> file{std::fopen(path.c_str(), "r")};
    if (!file) {
        return std::nullopt;
    }
    const CHandle<X509, X509_free> certificate{PEM_read_X509(file.get(), nullptr, nullptr, nullptr)};
    unsigned char* data = nullptr;
    const int length = certificate ? i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate.get()), &data) : 0;
    if (length <= 0) {
        return std::nullopt;
    }
    const Fingerprint fingerprint = Fingerprint::of({data, static_cast<std::size_t>(length)});
    OPENSSL_free(data);
    return fingerprint;
}

TEST(AmazonRootsTest, AreThoseThatAreInstalledHere) {
    for (const AmazonRoot& root : amazonRoots) {
        const auto installed = keyOfInstalled(root);
        ASSERT_TRUE(installed) << root.name << ": the package ca-certificates is needed";
        EXPECT_EQ(installed->hex(), root.keySha256) << root.name;
        EXPECT_TRUE(isAmazonRoot(*installed));
    }
    EXPECT_FALSE(isAmazonRoot(Fingerprint{}));
}

}  // namespace
}  // namespace keyconvoy::kms
