#include "kmsclient/model.h"

#include "kmsclient/model_names.h"

#include <gtest/gtest.h>

namespace keyconvoy::kms {
namespace {

TEST(ModelNamesTest, EveryRowGoesBothWays) {
    for (const auto& row : keyStateNames) {
        EXPECT_EQ(awsName(row.value), row.name);
        EXPECT_EQ(valueNamed(keyStateNames, row.name), row.value);
    }
    for (const auto& row : expirationModelNames) {
        EXPECT_EQ(awsName(row.value), row.name);
        EXPECT_EQ(valueNamed(expirationModelNames, row.name), row.value);
    }
    for (const auto& row : importTypeNames) {
        EXPECT_EQ(awsName(row.value), row.name);
        EXPECT_EQ(valueNamed(importTypeNames, row.name), row.value);
    }
}

TEST(ConnectionEvidenceTest, SummarisesTls) {
    ConnectionEvidence evidence;
    EXPECT_EQ(evidence.tlsSummary(), "none (plain http)");
    evidence.tls = true;
    EXPECT_EQ(evidence.tlsSummary(), "private or intercepted");
    evidence.amazonRoot = true;
    EXPECT_EQ(evidence.tlsSummary(), "amazon");
}

}  // namespace
}  // namespace keyconvoy::kms
