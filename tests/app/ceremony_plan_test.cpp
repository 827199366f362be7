#include "app/ceremony/checks.h"
#include "app/ceremony/import_plan.h"
#include "app/ceremony/key_on_token.h"
#include "app/ceremony/kms_access.h"
#include "app/ceremony/wrapping_route.h"
#include "tests/app/inventory_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using namespace app;
using namespace wrapping;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const TimePoint now = *parseRfc3339("2027-01-01T12:00:00Z");

ImportRequest requestFor(KeySpec keySpec) {
    ImportRequest request;
    request.keySpec = keySpec;
    request.key.generateWithLabel = pkcs11::ObjectLabel{"key"};
    return request;
}

std::vector<std::string> namesOf(const std::vector<WrappingChoice>& choices) {
    std::vector<std::string> names;
    for (const WrappingChoice& choice : choices) {
        names.emplace_back(nameOf(wrappingAlgorithmNames, choice.algorithm));
    }
    return names;
}

TEST(WrappingCandidates, HoldNoSha1WithoutPermission) {
    EXPECT_THAT(namesOf(wrappingCandidates(KeySpec::SymmetricDefault, {})), ElementsAre("RSAES_OAEP_SHA_256"));
    EXPECT_THAT(namesOf(wrappingCandidates(KeySpec::Rsa2048, {})), ElementsAre("RSA_AES_KEY_WRAP_SHA_256"));
    EXPECT_THAT(namesOf(wrappingCandidates(KeySpec::EccNistP384, {})),
                ElementsAre("RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_256"));
}

TEST(WrappingCandidates, PutSha1LastEvenWithPermission) {
    WrappingWish wish;
    wish.allowSha1 = Sha1Permission{"the token knows no other"};
    EXPECT_THAT(namesOf(wrappingCandidates(KeySpec::EccNistP384, wish)),
                ElementsAre("RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_256", "RSAES_OAEP_SHA_1", "RSA_AES_KEY_WRAP_SHA_1"));
}

TEST(WrappingCandidates, AreTheNamedAlgorithmAlone) {
    WrappingWish wish;
    wish.algorithm = WrappingAlgorithm::RsaAesKeyWrapSha256;
    EXPECT_THAT(namesOf(wrappingCandidates(KeySpec::EccNistP384, wish)), ElementsAre("RSA_AES_KEY_WRAP_SHA_256"));
}

TEST(CheckWrappingWish, RefusesWhatKmsDoesNotAcceptNamingTheRule) {
    WrappingWish wish;
    wish.algorithm = WrappingAlgorithm::RsaAesKeyWrapSha256;
    const Failure failure = failureOf([&] { checkWrappingWish(KeySpec::SymmetricDefault, wish); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_FALSE(toEnglish(failure.cause).empty());
}

TEST(CheckWrappingWish, RefusesSha1WithoutPermissionAndPermissionWithoutAReason) {
    WrappingWish wish;
    wish.algorithm = WrappingAlgorithm::RsaesOaepSha1;
    EXPECT_EQ(failureOf([&] { checkWrappingWish(KeySpec::SymmetricDefault, wish); }).kind, ErrorKind::Refused);
    wish.allowSha1 = Sha1Permission{"  "};
    EXPECT_EQ(failureOf([&] { checkWrappingWish(KeySpec::SymmetricDefault, wish); }).kind, ErrorKind::InvalidInput);
    wish.allowSha1 = Sha1Permission{"the token knows no other"};
    EXPECT_NO_THROW(checkWrappingWish(KeySpec::SymmetricDefault, wish));
}

TEST(CheckImportRequest, RefusesAUsageThatTheKeySpecLacks) {
    ImportRequest request = requestFor(KeySpec::Hmac256);
    request.kmsKey.usageForNew = KeyUsage::SignVerify;
    EXPECT_THAT(toEnglish(failureOf([&] { checkImportRequest(request, now); }).cause),
                HasSubstr("no HMAC_256 key with the usage SIGN_VERIFY"));
}

TEST(CheckImportRequest, RefusesADescriptionOfMaterialThatIsNotSymmetric) {
    ImportRequest request = requestFor(KeySpec::EccNistP256);
    request.keyMaterialDescription = "first";
    EXPECT_EQ(failureOf([&] { checkImportRequest(request, now); }).kind, ErrorKind::Refused);
    request.keySpec = KeySpec::SymmetricDefault;
    EXPECT_NO_THROW(checkImportRequest(request, now));
    request.keyMaterialDescription = "\"quoted\"";
    EXPECT_EQ(failureOf([&] { checkImportRequest(request, now); }).kind, ErrorKind::InvalidInput);
    request.keyMaterialDescription = std::string(257, 'a');
    EXPECT_EQ(failureOf([&] { checkImportRequest(request, now); }).kind, ErrorKind::InvalidInput);
}

TEST(CheckImportRequest, RefusesAPinTogetherWithASecondImport) {
    ImportRequest request = requestFor(KeySpec::SymmetricDefault);
    request.wrapping.pinnedWrappingKey = Fingerprint{};
    EXPECT_THAT(toEnglish(failureOf([&] { checkImportRequest(request, now); }).cause), HasSubstr("same-material-twice"));
    request.check = CheckWish::WorksOnly;
    EXPECT_NO_THROW(checkImportRequest(request, now));
}

TEST(CheckImportRequest, RefusesAnExpiryInThePast) {
    ImportRequest request = requestFor(KeySpec::SymmetricDefault);
    request.expiry = Expiry{now - 1h};
    EXPECT_EQ(failureOf([&] { checkImportRequest(request, now); }).kind, ErrorKind::InvalidInput);
}

kms::KeyMetadata kmsKey() {
    kms::KeyMetadata key;
    key.arn = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012";
    key.origin = "EXTERNAL";
    key.keySpec = "SYMMETRIC_DEFAULT";
    key.keyUsage = "ENCRYPT_DECRYPT";
    key.keyState = kms::KeyState::PendingImport;
    key.keyStateName = "PendingImport";
    return key;
}

TEST(CheckImportTarget, TakesAnExternalKeyOfTheSpecThatWaitsForMaterial) {
    EXPECT_THAT(checkImportTarget(kmsKey(), requestFor(KeySpec::SymmetricDefault)), IsEmpty());
}

TEST(CheckImportTarget, RefusesAnotherOriginSpecOrState) {
    const ImportRequest request = requestFor(KeySpec::SymmetricDefault);
    kms::KeyMetadata key = kmsKey();
    key.origin = "AWS_KMS";
    EXPECT_THAT(toEnglish(failureOf([&] { static_cast<void>(checkImportTarget(key, request)); }).cause), HasSubstr("AWS_KMS"));
    key = kmsKey();
    key.keySpec = "HMAC_256";
    EXPECT_THAT(toEnglish(failureOf([&] { static_cast<void>(checkImportTarget(key, request)); }).cause), HasSubstr("HMAC_256"));
}

Failure refusalInState(kms::KeyState state) {
    kms::KeyMetadata key = kmsKey();
    key.keyState = state;
    key.keyStateName = awsName(state);
    key.deletionDate = parseRfc3339("2027-06-17T12:00:00Z");
    return failureOf([&] { static_cast<void>(checkImportTarget(key, requestFor(KeySpec::SymmetricDefault))); });
}

TEST(CheckImportTarget, SaysOfAKeyAboutToBeDeletedHowItIsKept) {
    const Failure failure = refusalInState(kms::KeyState::PendingDeletion);
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("scheduled for 2027-06-17T12:00:00Z (PendingDeletion)"));
    EXPECT_THAT(toEnglish(failure.remedy), AllOf(HasSubstr("aws kms cancel-key-deletion --key-id " + kmsKey().arn),
                                                 HasSubstr("Disabled"), HasSubstr("PendingImport where material is missing")));
    EXPECT_THAT(toEnglish(refusalInState(kms::KeyState::PendingReplicaDeletion).remedy), HasSubstr("cancel-key-deletion"));
}

TEST(CheckImportTarget, AsksToWaitOnlyInStatesThatPassByThemselves) {
    using enum kms::KeyState;
    for (const kms::KeyState state : {Creating, Updating}) {
        EXPECT_THAT(toEnglish(refusalInState(state).remedy), HasSubstr("passes by itself"));
    }
    EXPECT_THAT(toEnglish(refusalInState(Unavailable).remedy), HasSubstr("describe-key"));
}

TEST(StateRefusal, HasARemedyOfItsOwnForEachState) {
    kms::KeyMetadata key = kmsKey();
    EXPECT_THAT(toEnglish(stateRefusal(key).failure().remedy), HasSubstr("keyconvoy import --key-id " + key.arn));
    key.keyState = kms::KeyState::Disabled;
    EXPECT_THAT(toEnglish(stateRefusal(key).failure().remedy), HasSubstr("aws kms enable-key --key-id " + key.arn));
}

TEST(CheckImportTarget, RefusesANewTokenKeyForAKmsKeyThatHadMaterial) {
    kms::KeyMetadata key = kmsKey();
    key.currentKeyMaterialId = std::string(64, 'a');
    ImportRequest request = requestFor(KeySpec::SymmetricDefault);
    EXPECT_THAT(toEnglish(failureOf([&] { static_cast<void>(checkImportTarget(key, request)); }).cause),
                HasSubstr("given material before"));
    request.key = {.generateWithLabel = {}, .existing = pkcs11::KeySelector{}};
    EXPECT_NO_THROW(static_cast<void>(checkImportTarget(key, request)));
}

TEST(CheckImportTarget, SaysThatADisabledKeyGetsEnabledAndThatReplicasNeedTheMaterialToo) {
    kms::KeyMetadata key = kmsKey();
    key.keyState = kms::KeyState::Disabled;
    key.multiRegion = true;
    ImportRequest request = requestFor(KeySpec::SymmetricDefault);
    request.key = {.generateWithLabel = {}, .existing = pkcs11::KeySelector{}};
    EXPECT_EQ(checkImportTarget(key, request).size(), 2U);
}

TEST(CheckAfterImport, ResultDependsOnTheKindOfMaterial) {
    EXPECT_EQ(checkFor(KeySpec::SymmetricDefault, CheckWish::Strongest), CheckResult::SameMaterialTwice);
    EXPECT_EQ(checkFor(KeySpec::Hmac384, CheckWish::Strongest), CheckResult::EqualMac);
    EXPECT_EQ(checkFor(KeySpec::Rsa3072, CheckWish::Strongest), CheckResult::EqualPublicKey);
    EXPECT_EQ(checkFor(KeySpec::EccNistEdwards25519, CheckWish::Strongest), CheckResult::EqualPublicKey);
    EXPECT_EQ(checkFor(KeySpec::Rsa3072, CheckWish::WorksOnly), CheckResult::Works);
}

TEST(CheckAfterImport, EachResultSaysWhatItDoesNotShow) {
    for (const CheckResult result :
         {CheckResult::EqualPublicKey, CheckResult::EqualMac, CheckResult::SameMaterialTwice, CheckResult::Works}) {
        EXPECT_THAT(toEnglish(whatItDoesNotShow(result)), HasSubstr("it does not")) << toString(result);
    }
    EXPECT_THAT(toEnglish(whatItDoesNotShow(CheckResult::SameMaterialTwice)),
                HasSubstr("this program having sent the token's own blobs"));
}

pkcs11::ObjectSummary object(const std::string& label, std::uint8_t id, bool tokenObject = true) {
    return {pkcs11::ObjectClass::SecretKey, label, Bytes{id}, "AES-256", tokenObject};
}

std::vector<std::string> changes(const std::vector<pkcs11::ObjectSummary>& before,
                                 const std::vector<pkcs11::ObjectSummary>& after) {
    std::vector<std::string> english;
    for (const Text& change : unexpectedChanges(before, after, Bytes{2})) {
        english.push_back(toEnglish(change));
    }
    return english;
}

TEST(UnexpectedChanges, AreNoneForTheKeyOfTheRun) {
    EXPECT_THAT(unexpectedChanges({object("a", 1)}, {object("a", 1), object("b", 2)}, Bytes{2}), IsEmpty());
    EXPECT_THAT(unexpectedChanges({object("a", 1)}, {object("a", 1)}, Bytes{1}), IsEmpty());
}

TEST(UnexpectedChanges, NameNewAndMissingObjectsAndForgottenSessionObjects) {
    EXPECT_THAT(changes({object("a", 1)}, {object("a", 1), object("b", 2), object("c", 3)}),
                ElementsAre(HasSubstr("new: secret key AES-256 \"c\", ID 03")));
    EXPECT_THAT(changes({object("a", 1)}, {object("b", 2)}), ElementsAre(HasSubstr("gone: secret key AES-256 \"a\"")));
    EXPECT_THAT(changes({}, {object("b", 2, false)}), ElementsAre(HasSubstr("new")));
}

TEST(PauseBetweenParameters, IsFourSecondsExceptOnThisMachine) {
    EXPECT_EQ(pauseBetweenParameters("https://kms.us-east-1.amazonaws.com"), 4s);
    EXPECT_EQ(pauseBetweenParameters("http://127.0.0.1:8080"), 0s);
}

}  // namespace

}  // namespace keyconvoy::tests
