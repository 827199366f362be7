#include "tests/cli/cli_fixture.h"

#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

class KmsBadInput : public WithKms {
protected:
    /// Into a KMS key that is there: DescribeKey comes first.
    [[nodiscard]] Arguments importInto(const std::string& keyId) const { return quickImport() + Arguments{"--key-id", keyId}; }
    [[nodiscard]] bool tokenIsEmpty() const {
        return run(Arguments{"key", "list", "--json"} + login()).json()["result"]["keys"].empty();
    }
};

TEST_F(KmsBadInput, UnknownKeyIsNotFound) {
    expectFailure(runImport(importInto("0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")),
                  {.exitCode = 3, .fragments = {"NotFoundException", "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"}});
    EXPECT_TRUE(tokenIsEmpty());
}

TEST_F(KmsBadInput, KeyOfAnotherSpecIsRefused) {
    expectFailure(runImport(importInto(newKmsKey("HMAC_256"))), {.exitCode = 4, .fragments = {"HMAC_256", "SYMMETRIC_DEFAULT"}});
    EXPECT_TRUE(tokenIsEmpty());
}

TEST_F(KmsBadInput, KeyOfAnotherRegionIsToldApart) {
    expectFailure(runImport(importInto("arn:aws:kms:eu-central-1:000000000000:key/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0")),
                  {.exitCode = 2, .fragments = {"eu-central-1", "--region"}});
}

TEST_F(KmsBadInput, WrongRegionIsNamed) {
    Arguments arguments = quickImport();
    *std::ranges::find(arguments, simulator().region()) = "mars-north-1";  // the simulator is all Regions that there are
    expectFailure(runImport(arguments), {.exitCode = 4, .fragments = {"SignatureDoesNotMatch", "--region"}});
}

TEST_F(KmsBadInput, WrongSecretIsRefused) {
    Surroundings surroundings = account();
    surroundings.environment["AWS_SECRET_ACCESS_KEY"] = "wrong";
    expectFailure(run(quickImport(), surroundings), {.exitCode = 4, .fragments = {"SignatureDoesNotMatch"}});
}

TEST_F(KmsBadInput, UnknownAccessKeyIsRefused) {
    Surroundings surroundings = account();
    surroundings.environment["AWS_ACCESS_KEY_ID"] = "AKIAUNKNOWN";
    expectFailure(run(quickImport(), surroundings), {.exitCode = 4, .fragments = {"InvalidClientTokenId"}});
}

TEST_F(KmsBadInput, MissingCredentialsAreToldWithThePlacesLookedAt) {
    expectFailure(run(quickImport()), {.exitCode = 3, .fragments = {"credentials"}});
}

TEST_F(KmsBadInput, ExpiredCredentialsAreTold) {
    const std::string process = home()
                                    .write("expired",
                                           "#!/bin/sh\n"
                                           "echo '{\"Version\": 1, \"AccessKeyId\": \"AKIAX\", \"SecretAccessKey\": \"s\", "
                                           "\"SessionToken\": \"t\", \"Expiration\": \"2020-01-01T00:00:00Z\"}'\n")
                                    .string();
    std::filesystem::permissions(process, std::filesystem::perms::owner_all);
    home().write("aws-config", "[default]\ncredential_process = " + process + "\n");
    expectFailure(run(quickImport()), {.exitCode = 4, .fragments = {"credential_process", "ended at 2020-01-01"}});
}

TEST_F(KmsBadInput, NobodyListeningIsUnavailable) {
    Arguments arguments = quickImport();
    *std::ranges::find(arguments, proxy().url()) = "http://127.0.0.1:1";
    expectFailure(run(arguments, account()), {.exitCode = 5, .fragments = {"127.0.0.1:1"}});
}

TEST_F(KmsBadInput, PlainHttpToAnotherMachineIsRefused) {
    Arguments arguments = quickImport();
    *std::ranges::find(arguments, proxy().url()) = "http://kms.example.org";
    expectFailure(run(arguments, account()), {.exitCode = 4, .fragments = {"http://kms.example.org", "https"}});
}

/// What a network does to the reply of one operation.
struct BadNetwork {
    const char* name;
    Fault fault;
    const char* operation;
    int exitCode;
};
std::ostream& operator<<(std::ostream& stream, const BadNetwork& bad) {
    return stream << bad.name;
}

class BadReply : public WithKms, public testing::WithParamInterface<BadNetwork> {};

/// By then the KMS key exists, so that its ARN must be told.
TEST_P(BadReply, EndsWithPlaceCauseRemedyAndTheKmsKey) {
    proxy().inject(GetParam().fault, GetParam().operation, 100);
    // Only where nothing will ever come is the time short: elsewhere a busy machine would run into it.
    const bool waitsInVain = GetParam().fault == Fault::Silence;
    const Finished finished = runImport(quickImport() + (waitsInVain ? Arguments{"--reply-timeout", "1"} : Arguments{}));
    expectFailure(finished, {.exitCode = GetParam().exitCode, .fragments = {GetParam().operation, "127.0.0.1", "arn:aws:kms:"}});
    EXPECT_LT(finished.out.size(), 10'000U);  // not the ten megabytes
}

INSTANTIATE_TEST_SUITE_P(Network, BadReply,
                         testing::Values(BadNetwork{"Garbage", Fault::Garbage, "GetParametersForImport", 6},
                                         BadNetwork{"GarbageBody", Fault::GarbageBody, "GetParametersForImport", 6},
                                         BadNetwork{"HalfAJson", Fault::Half, "GetParametersForImport", 6},
                                         BadNetwork{"CutReply", Fault::CutReply, "GetParametersForImport", 5},
                                         BadNetwork{"TenMegabytes", Fault::TenMegabytes, "GetParametersForImport", 6},
                                         BadNetwork{"Nothing", Fault::Nothing, "GetParametersForImport", 5},
                                         BadNetwork{"Silence", Fault::Silence, "GetParametersForImport", 5},
                                         BadNetwork{"DroppedAfterTheRequest", Fault::CutAfterRequest, "GetParametersForImport",
                                                    5},
                                         BadNetwork{"ServerError", Fault::ServerError, "GetParametersForImport", 5},
                                         BadNetwork{"ImportDropped", Fault::Nothing, "ImportKeyMaterial", 5},
                                         BadNetwork{"ImportGarbage", Fault::GarbageBody, "ImportKeyMaterial", 6}),
                         [](const testing::TestParamInfo<BadNetwork>& row) { return std::string{row.param.name}; });

}  // namespace

}  // namespace keyconvoy::tests
