#include "tests/simulator/row.h"

#include <array>
#include <cmath>

/// ExpirationModel and ValidTo of ImportKeyMaterial.
namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;

const Bytes material = filled(32, 0x41);

Json until(double time) {
    return {{"ExpirationModel", "KEY_MATERIAL_EXPIRES"}, {"ValidTo", time}};
}

void refused(const Kms& kms, const Json& more, const std::string& text) {
    expectError(kms.import(kms.createKey(), material, more), "ValidationException", text);
}

void omittedModelExpires(Kms& kms) {
    const std::string id = kms.createKey();
    kms.mustImport(id, material, {{"ValidTo", std::floor(seconds(kms.now() + 24h))}});
    EXPECT_EQ(kms.metadata(id).at("ExpirationModel"), "KEY_MATERIAL_EXPIRES");
}

void expiresNeedsValidTo(Kms& kms) {
    const std::string text = "A validTo date must be set if the ExpirationModel is KEY_MATERIAL_EXPIRES";
    refused(kms, {{"ExpirationModel", "KEY_MATERIAL_EXPIRES"}}, text);
    refused(kms, Json::object(), text);
}

void neverForbidsValidTo(Kms& kms) {
    refused(kms, forEver({{"ValidTo", seconds(kms.now() + 24h)}}),
            "A validTo date cannot be set if the ExpirationModel is KEY_MATERIAL_DOES_NOT_EXPIRE");
}

void validToInTheFuture(Kms& kms) {
    refused(kms, until(seconds(kms.now() - 1s)), "ValidTo must be in the future");
    refused(kms, until(0), "ValidTo must be in the future");
}

void atMost365Days(Kms& kms) {
    refused(kms, until(seconds(kms.now() + 365 * 24h + 1min)), "ValidTo must be less than 365 days in the future");
    refused(kms, until(1e300), "ValidTo must be less than 365 days in the future");
    kms.mustImport(kms.createKey(), material, until(seconds(kms.now() + 365 * 24h - 1h)));
}

void exactly365Days(Kms& kms) {
    kms.freeze();
    refused(kms, until(seconds(kms.now() + 365 * 24h)), "ValidTo must be less than 365 days in the future");
    kms.mustImport(kms.createKey(), material, until(seconds(kms.now() + 365 * 24h - 1s)));
}

void fractionIsDropped(Kms& kms) {
    const std::string id = kms.createKey();
    const double whole = std::floor(seconds(kms.now() + 24h));
    kms.mustImport(id, material, until(whole + 0.75));
    EXPECT_EQ(kms.metadata(id).at("ValidTo").get<double>(), whole);
    EXPECT_EQ(kms.materials(id).at(0).at("ValidTo").get<double>(), whole);
}

void changedByReimport(Kms& kms) {
    const std::string id = kms.createKey();
    kms.mustImport(id, material, until(seconds(kms.now() + 24h)));
    kms.mustImport(id, material, forEver());
    EXPECT_EQ(kms.metadata(id).at("ExpirationModel"), "KEY_MATERIAL_DOES_NOT_EXPIRE");
    EXPECT_FALSE(kms.metadata(id).contains("ValidTo"));
}

void noMinimumLeadTime(Kms& kms) {
    const std::string id = kms.createKey();
    kms.mustImport(id, material, until(seconds(kms.now() + 15s)));
    EXPECT_EQ(kms.state(id), "Enabled");
    kms.advance(16s);
    EXPECT_EQ(kms.state(id), "PendingImport");
    EXPECT_FALSE(kms.metadata(id).contains("ExpirationModel"));
}

constexpr std::array<Row, 9> rows{{
    {"OmittedModelExpires", "ExpirationModel omitted = KEY_MATERIAL_EXPIRES", &omittedModelExpires},
    {"ExpiresNeedsValidTo", "KEY_MATERIAL_EXPIRES needs ValidTo", &expiresNeedsValidTo},
    {"NeverForbidsValidTo", "KEY_MATERIAL_DOES_NOT_EXPIRE forbids ValidTo", &neverForbidsValidTo},
    {"ValidToInTheFuture", "ValidTo in the future", &validToInTheFuture},
    {"AtMost365Days", "ValidTo at most 365 days after the request", &atMost365Days},
    {"Exactly365Days", "ValidTo exactly 365 days after the request: not known of AWS, so refused", &exactly365Days},
    {"FractionIsDropped", "Fraction of a second: accepted, then dropped", &fractionIsDropped},
    {"ChangedByReimport", "Changing expiry later: a new import of the same material, nothing deleted first", &changedByReimport},
    {"NoMinimumLeadTime", "Minimum lead time: none; effect within seconds of ValidTo", &noMinimumLeadTime},
}};

using Expiration = RowTest;

TEST_P(Expiration, FollowsKmssRules) {
    Kms kms;
    GetParam().check(kms);
}

INSTANTIATE_TEST_SUITE_P(Rows, Expiration, testing::ValuesIn(rowsToMeet(rows)), &nameOfRow);

TEST(ExpirationRows, AreComplete) {
    expectRows(rows, 9, 0);
}

}  // namespace

}  // namespace keyconvoy::tests
