#include "app/station/station.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::HasSubstr;

const std::string realAccount = "111122223333";
const std::string simulatorAccount = "000000000007";

kms::ConnectionEvidence connection(bool tls, bool header) {
    kms::ConnectionEvidence evidence;
    evidence.host = "kms.example";
    evidence.tls = tls;
    evidence.simulatorHeader = header;
    return evidence;
}

std::string causeOf(Mode mode, const std::string& account, const std::optional<std::string>& arn,
                    const kms::ConnectionEvidence& evidence) {
    try {
        checkMode(mode, account, arn, evidence);
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::Refused);
        return toEnglish(error.failure().cause);
    }
    return "(agrees)";
}

TEST(CheckMode, ProductionWithARealAccountOverTlsAgrees) {
    EXPECT_EQ(causeOf(Mode::Production, realAccount, std::nullopt, connection(true, false)), "(agrees)");
}

TEST(CheckMode, ProductionStopsAtEachSignOfASimulator) {
    const std::string simulatorKey = "arn:aws:kms:us-east-1:000000000000:key/12345678-1234-1234-1234-123456789012";
    EXPECT_THAT(causeOf(Mode::Production, simulatorAccount, std::nullopt, connection(true, false)), HasSubstr(simulatorAccount));
    EXPECT_THAT(causeOf(Mode::Production, realAccount, simulatorKey, connection(true, false)), HasSubstr(simulatorKey));
    EXPECT_THAT(causeOf(Mode::Production, realAccount, std::nullopt, connection(true, true)),
                HasSubstr("says that it is a simulator"));
    EXPECT_THAT(causeOf(Mode::Production, realAccount, std::nullopt, connection(false, false)), HasSubstr("plain http"));
}

TEST(CheckMode, RehearsalStopsWhereNothingSaysSimulator) {
    EXPECT_THAT(causeOf(Mode::Rehearsal, realAccount, std::nullopt, connection(true, false)), HasSubstr("looks like a real one"));
}

TEST(CheckMode, RehearsalAgreesWithAnySignOfASimulator) {
    EXPECT_EQ(causeOf(Mode::Rehearsal, simulatorAccount, std::nullopt, connection(true, false)), "(agrees)");
    EXPECT_EQ(causeOf(Mode::Rehearsal, realAccount, std::nullopt, connection(true, true)), "(agrees)");
    EXPECT_EQ(causeOf(Mode::Rehearsal, realAccount, std::nullopt, connection(false, false)), "(agrees)");
}

TEST(NarrowedToken, TakesWhatBothSayAndRefusesAContradiction) {
    const auto one = pkcs11::TokenSelector::parse("Site A");
    const auto both = narrowed(one, pkcs11::TokenSelector::parse("pkcs11:token=Site%20A;serial=77"));
    EXPECT_EQ(both.label, "Site A");
    EXPECT_EQ(both.serial, "77");
    EXPECT_EQ(narrowed(one, {}).label, "Site A");
    try {
        static_cast<void>(narrowed(one, pkcs11::TokenSelector::parse("Site B")));
        FAIL() << "two tokens were taken for one";
    } catch (const Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::InvalidInput);
        EXPECT_THAT(toEnglish(error.failure().cause), HasSubstr("Site B"));
    }
}

}  // namespace

}  // namespace keyconvoy::tests
