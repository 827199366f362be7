#include "kmsclient/kms_error.h"
#include "kmsclient/operation.h"

#include <algorithm>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <set>

/// The table of meanings against the complete list of exceptions.
namespace keyconvoy::kms {
namespace {

struct Documented {
    const char* operation;
    std::vector<const char*> exceptions;
};

/// AWS KMS API Reference (2014-11-01), the errors of each operation.
const std::vector<Documented> ofKms{
    {"CreateKey",
     {"MalformedPolicyDocumentException", "DependencyTimeoutException", "InvalidArnException", "UnsupportedOperationException",
      "KMSInternalException", "LimitExceededException", "TagException", "CustomKeyStoreNotFoundException",
      "CustomKeyStoreInvalidStateException", "CloudHsmClusterInvalidConfigurationException",
      "XksKeyInvalidConfigurationException", "XksKeyAlreadyInUseException", "XksKeyNotFoundException"}},
    {"DescribeKey", {"NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException"}},
    {"GetParametersForImport",
     {"InvalidArnException", "UnsupportedOperationException", "DependencyTimeoutException", "NotFoundException",
      "KMSInternalException", "KMSInvalidStateException"}},
    {"ImportKeyMaterial",
     {"InvalidArnException", "UnsupportedOperationException", "DependencyTimeoutException", "NotFoundException",
      "KMSInternalException", "KMSInvalidStateException", "InvalidCiphertextException", "IncorrectKeyMaterialException",
      "ExpiredImportTokenException", "InvalidImportTokenException"}},
    {"DeleteImportedKeyMaterial",
     {"InvalidArnException", "UnsupportedOperationException", "DependencyTimeoutException", "NotFoundException",
      "KMSInternalException", "KMSInvalidStateException"}},
    {"ListKeyRotations",
     {"NotFoundException", "InvalidArnException", "InvalidMarkerException", "KMSInternalException", "KMSInvalidStateException",
      "UnsupportedOperationException"}},
    {"RotateKeyOnDemand",
     {"NotFoundException", "DisabledException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
      "KMSInvalidStateException", "UnsupportedOperationException", "LimitExceededException", "ConflictException"}},
    {"GetKeyRotationStatus",
     {"NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
      "KMSInvalidStateException", "UnsupportedOperationException"}},
    {"ListKeys", {"DependencyTimeoutException", "KMSInternalException", "InvalidMarkerException"}},
    {"ListAliases",
     {"DependencyTimeoutException", "InvalidMarkerException", "KMSInternalException", "InvalidArnException",
      "NotFoundException"}},
    {"CreateAlias",
     {"DependencyTimeoutException", "AlreadyExistsException", "NotFoundException", "InvalidAliasNameException",
      "KMSInternalException", "LimitExceededException", "KMSInvalidStateException"}},
    {"UpdateAlias",
     {"DependencyTimeoutException", "NotFoundException", "KMSInternalException", "LimitExceededException",
      "KMSInvalidStateException"}},
    {"DeleteAlias", {"DependencyTimeoutException", "NotFoundException", "KMSInternalException", "KMSInvalidStateException"}},
    {"ReplicateKey",
     {"AlreadyExistsException", "DisabledException", "InvalidArnException", "KMSInvalidStateException", "KMSInternalException",
      "LimitExceededException", "MalformedPolicyDocumentException", "NotFoundException", "TagException",
      "UnsupportedOperationException"}},
    {"UpdatePrimaryRegion",
     {"DisabledException", "InvalidArnException", "KMSInvalidStateException", "KMSInternalException", "NotFoundException",
      "UnsupportedOperationException"}},
    {"TagResource",
     {"KMSInternalException", "NotFoundException", "InvalidArnException", "KMSInvalidStateException", "LimitExceededException",
      "TagException"}},
    {"UntagResource",
     {"KMSInternalException", "NotFoundException", "InvalidArnException", "KMSInvalidStateException", "TagException"}},
    {"ListResourceTags", {"KMSInternalException", "NotFoundException", "InvalidArnException", "InvalidMarkerException"}},
    {"GetPublicKey",
     {"NotFoundException", "DisabledException", "KeyUnavailableException", "DependencyTimeoutException",
      "UnsupportedOperationException", "InvalidArnException", "InvalidGrantTokenException", "InvalidKeyUsageException",
      "KMSInternalException", "KMSInvalidStateException"}},
    {"GenerateMac",
     {"NotFoundException", "DisabledException", "KeyUnavailableException", "InvalidKeyUsageException",
      "InvalidGrantTokenException", "KMSInternalException", "KMSInvalidStateException", "DryRunOperationException"}},
    {"VerifyMac",
     {"NotFoundException", "DisabledException", "KeyUnavailableException", "InvalidKeyUsageException",
      "InvalidGrantTokenException", "KMSInternalException", "KMSInvalidMacException", "KMSInvalidStateException",
      "DryRunOperationException"}},
    {"Sign",
     {"NotFoundException", "DisabledException", "KeyUnavailableException", "DependencyTimeoutException",
      "InvalidKeyUsageException", "InvalidGrantTokenException", "KMSInternalException", "KMSInvalidStateException",
      "DryRunOperationException"}},
    {"Verify",
     {"NotFoundException", "DisabledException", "KeyUnavailableException", "DependencyTimeoutException",
      "InvalidKeyUsageException", "InvalidGrantTokenException", "KMSInternalException", "KMSInvalidStateException",
      "KMSInvalidSignatureException", "DryRunOperationException"}},
    {"Encrypt",
     {"NotFoundException", "DisabledException", "KeyUnavailableException", "DependencyTimeoutException",
      "InvalidKeyUsageException", "InvalidGrantTokenException", "KMSInternalException", "KMSInvalidStateException",
      "DryRunOperationException"}},
    {"Decrypt",
     {"NotFoundException", "DisabledException", "InvalidCiphertextException", "KeyUnavailableException", "IncorrectKeyException",
      "InvalidKeyUsageException", "DependencyTimeoutException", "InvalidGrantTokenException", "KMSInternalException",
      "KMSInvalidStateException", "DryRunOperationException"}},
    {"DeriveSharedSecret",
     {"NotFoundException", "DisabledException", "KeyUnavailableException", "DependencyTimeoutException",
      "InvalidGrantTokenException", "InvalidKeyUsageException", "KMSInternalException", "KMSInvalidStateException",
      "DryRunOperationException"}},
    {"EnableKey",
     {"NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException", "LimitExceededException",
      "KMSInvalidStateException"}},
    {"DisableKey",
     {"NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
      "KMSInvalidStateException"}},
    {"ScheduleKeyDeletion",
     {"NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
      "KMSInvalidStateException"}},
    {"CancelKeyDeletion",
     {"NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
      "KMSInvalidStateException"}},
    {"PutKeyPolicy",
     {"NotFoundException", "InvalidArnException", "MalformedPolicyDocumentException", "DependencyTimeoutException",
      "UnsupportedOperationException", "KMSInternalException", "LimitExceededException", "KMSInvalidStateException"}},
    {"GetKeyPolicy",
     {"NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
      "KMSInvalidStateException"}},
    {"UpdateKeyDescription",
     {"NotFoundException", "InvalidArnException", "DependencyTimeoutException", "KMSInternalException",
      "KMSInvalidStateException"}},
};

/// AWS STS API Reference (2011-06-15); GetCallerIdentity has none of its own.
const std::vector<Documented> ofSts{
    {"GetCallerIdentity", {}},
    {"AssumeRole", {"ExpiredTokenException", "MalformedPolicyDocument", "PackedPolicyTooLarge", "RegionDisabledException"}},
    {"AssumeRoleWithWebIdentity",
     {"ExpiredTokenException", "IDPCommunicationError", "IDPRejectedClaim", "InvalidIdentityToken", "MalformedPolicyDocument",
      "PackedPolicyTooLarge", "RegionDisabledException"}},
};

/// What every operation can end in: the errors common to AWS services, in the names of JSON services and those of query services.
const std::vector<const char*> common{"AccessDenied",
                                      "AccessDeniedException",
                                      "ExpiredToken",
                                      "ExpiredTokenException",
                                      "IncompleteSignature",
                                      "IncompleteSignatureException",
                                      "InternalFailure",
                                      "InternalServerError",
                                      "InvalidAction",
                                      "InvalidClientTokenId",
                                      "InvalidSignatureException",
                                      "MissingAuthenticationToken",
                                      "MissingAuthenticationTokenException",
                                      "NotAuthorized",
                                      "NotAuthorizedException",
                                      "OptInRequired",
                                      "RequestExpired",
                                      "RequestTimeTooSkewed",
                                      "SerializationException",
                                      "ServiceUnavailable",
                                      "ServiceUnavailableException",
                                      "SignatureDoesNotMatch",
                                      "UnknownOperationException",
                                      "UnrecognizedClientException",
                                      "ValidationError",
                                      "ValidationException"};

/// The names of throttling that AWS's SDKs know, but for LimitExceededException, which is a quota of KMS.
const std::vector<const char*> throttling{"BandwidthLimitExceeded",
                                          "EC2ThrottledException",
                                          "PriorRequestNotComplete",
                                          "ProvisionedThroughputExceededException",
                                          "RequestLimitExceeded",
                                          "RequestThrottled",
                                          "RequestThrottledException",
                                          "SlowDown",
                                          "ThrottledException",
                                          "Throttling",
                                          "ThrottlingException",
                                          "TooManyRequestsException",
                                          "TransactionInProgressException"};

std::set<std::string> everything() {
    std::set<std::string> all;
    for (const auto& list : {common, throttling}) {
        all.insert(list.begin(), list.end());
    }
    for (const auto& table : {ofKms, ofSts}) {
        for (const Documented& row : table) {
            all.insert(row.exceptions.begin(), row.exceptions.end());
        }
    }
    return all;
}

TEST(ExceptionMeaningsTest, AreOfExactlyWhatIsDocumented) {
    std::vector<std::string> known;
    for (const ExceptionMeaning& row : exceptionMeanings()) {
        known.emplace_back(row.code);
    }
    EXPECT_THAT(known, testing::UnorderedElementsAreArray(everything()));
    EXPECT_EQ(exceptionMeaning("NoSuchException"), nullptr);
    EXPECT_EQ(exceptionMeaning(""), nullptr);
}

/// So that an operation that is added brings its exceptions along.
TEST(ExceptionMeaningsTest, TheListHasEveryOperationOfTheClient) {
    std::vector<std::string> listed;
    std::vector<std::string> called;
    for (const auto& table : {ofKms, ofSts}) {
        for (const Documented& row : table) {
            listed.emplace_back(row.operation);
        }
    }
    for (const OperationFacts& facts : operationTable()) {
        called.emplace_back(facts.name);
    }
    EXPECT_THAT(called, testing::UnorderedElementsAreArray(listed));
}

TEST(ExceptionMeaningsTest, OfEachOperationsExceptionsNameACauseAndARemedyInWords) {
    for (const auto& table : {ofKms, ofSts}) {
        for (const Documented& row : table) {
            for (const char* code : row.exceptions) {
                HttpReply reply;
                reply.status = 400;
                const Failure failure = kmsError(reply, {.code = code, .text = "its text", .requestId = "r-1"},
                                                 "kms:" + std::string{row.operation}, KC_TEXT("Test", "KMS"))
                                            .failure();
                EXPECT_GT(toEnglish(failure.cause).size(), 10U) << row.operation << " " << code;
                EXPECT_GT(toEnglish(failure.remedy).size(), 10U) << row.operation << " " << code;
                EXPECT_EQ((toEnglish(failure.cause) + toEnglish(failure.remedy)).find('%'), std::string::npos);
                EXPECT_EQ(failure.serviceText + failure.requestId, "its textr-1");
            }
        }
    }
}

TEST(ExceptionMeaningsTest, EachHasACauseAndARemedyAndStandsOnce) {
    std::set<std::string_view> seen;
    for (const ExceptionMeaning& row : exceptionMeanings()) {
        EXPECT_TRUE(seen.insert(row.code).second) << row.code;
        EXPECT_FALSE(row.code.empty());
        EXPECT_FALSE(row.cause.empty()) << row.code;
        EXPECT_FALSE(row.remedy.empty()) << row.code;
    }
}

TEST(ExceptionMeaningsTest, OnlyTheseAreRetried) {
    for (const ExceptionMeaning& row : exceptionMeanings()) {
        const bool retried = row.retry == RetryClass::Transient || row.retry == RetryClass::Throttled;
        EXPECT_EQ(retried, row.kind == ErrorKind::Unavailable && row.code != "InvalidMarkerException") << row.code;
    }
    EXPECT_EQ(exceptionMeaning("LimitExceededException")->retry, RetryClass::Never);
    EXPECT_EQ(exceptionMeaning("NotFoundException")->retry, RetryClass::AfterCreation);
    EXPECT_EQ(exceptionMeaning("RequestExpired")->retry, RetryClass::ClockCorrected);
    EXPECT_EQ(exceptionMeaning("ExpiredTokenException")->retry, RetryClass::CredentialsRenewed);
}

}  // namespace
}  // namespace keyconvoy::kms
