#include "app/ceremony/public_key.h"
#include "tests/integration/import_station.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::HasSubstr;
using wrapping::KeySpec;

class CheckAgain : public ::testing::Test {
protected:
    Json import(KeySpec keySpec) { return m_person.run(makeImportJob(m_station.request(m_token, keySpec), m_person.context())); }
    Json check(const CheckRequest& request) { return m_person.run(makeCheckJob(request, m_person.context())); }
    Failure failureOfCheck(const CheckRequest& request) {
        return failureOf([&] { check(request); });
    }
    /// A key of the same kind that was never imported.
    pkcs11::KeySelector anotherKey(KeySpec keySpec) {
        pkcs11::Token token = m_token.openLoggedIn();
        const pkcs11::GeneratedKey key = token.generate({.type = tokenKeyType(keySpec),
                                                         .label = pkcs11::ObjectLabel{"another"},
                                                         .purpose = tokenKeyPurpose(keySpec, usualUsage(keySpec))});
        pkcs11::KeySelector selector;
        selector.id = key.description.id;
        return selector;
    }

    ImportStation m_station;
    NssToken m_token;
    Operator m_person;
};

class CheckOfEachKind : public CheckAgain, public ::testing::WithParamInterface<KeySpec> {};

TEST_P(CheckOfEachKind, HoldsAgainAndRefusesAnotherKey) {
    const Json imported = import(GetParam());
    CheckRequest request = m_station.checkRequest(m_token, imported);
    const Json result = check(request);
    EXPECT_EQ(result["check"]["result"], imported["check"]["result"]);
    EXPECT_EQ(result["key"]["origin"], "not generated in this run");

    request.key = anotherKey(GetParam());
    const Failure failure = failureOfCheck(request);
    EXPECT_EQ(failure.kind, ErrorKind::Integrity) << toEnglish(failure.cause);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("do not use this KMS key"));
}

INSTANTIATE_TEST_SUITE_P(KeySpecs, CheckOfEachKind,
                         ::testing::Values(KeySpec::SymmetricDefault, KeySpec::Hmac384, KeySpec::EccNistP256),
                         [](const auto& tested) { return std::string{nameOf(wrapping::keySpecNames, tested.param)}; });

TEST_F(CheckAgain, OfASymmetricKeyAsksFirstAndRepeatsTheExpiry) {
    const Json imported = import(KeySpec::SymmetricDefault);
    check(m_station.checkRequest(m_token, imported));
    EXPECT_THAT(m_person.textOf("check.review"), HasSubstr(imported["import"]["validTo"].get<std::string>()));
    EXPECT_EQ(toRfc3339(*m_station.client().describeKey(arnOf(imported)).metadata.validTo), imported["import"]["validTo"]);
}

TEST_F(CheckAgain, OfOtherKeysImportsNothingAndAsksNothing) {
    const Json imported = import(KeySpec::Hmac256);
    Operator another;
    const Json result = another.run(makeCheckJob(m_station.checkRequest(m_token, imported), another.context()));
    EXPECT_FALSE(another.wasAsked("check.review"));
    EXPECT_TRUE(result["wrapping"].is_null());
}

TEST_F(CheckAgain, IsRefusedWhileAMaterialIsPendingRotation) {
    const Json imported = import(KeySpec::SymmetricDefault);
    kms::KmsClient client = m_station.client();
    const kms::ImportParameters parameters = client.getParametersForImport(
        arnOf(imported), wrapping::WrappingAlgorithm::RsaesOaepSha256, wrapping::WrappingKeySpec::Rsa2048);
    kms::ImportKeyMaterialRequest next;
    next.keyId = arnOf(imported);
    next.importToken = parameters.importToken;
    next.encryptedKeyMaterial = PublicKey{parameters.publicKey}.encryptOaepSha256(randomBytes(32));
    next.expirationModel = kms::ExpirationModel::KeyMaterialDoesNotExpire;
    next.importType = kms::ImportType::NewKeyMaterial;
    static_cast<void>(client.importKeyMaterial(next));

    const Failure failure = failureOfCheck(m_station.checkRequest(m_token, imported));
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("waits to be rotated in"));
}

TEST_F(CheckAgain, OfAKeyWithoutMaterialIsRefused) {
    const Json imported = import(KeySpec::Hmac256);
    static_cast<void>(m_station.client().deleteImportedKeyMaterial(arnOf(imported), std::nullopt));
    const Failure failure = failureOfCheck(m_station.checkRequest(m_token, imported));
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("PendingImport"));
}

TEST_F(CheckAgain, TakesASealedKeyWhereNothingIsWrapped) {
    const Json imported = import(KeySpec::Hmac256);
    {
        pkcs11::Token token = m_token.openLoggedIn();
        token.seal(token.find(keyOf(imported)));
    }
    EXPECT_EQ(check(m_station.checkRequest(m_token, imported))["check"]["result"], "equal-mac");
}

TEST_F(CheckAgain, WithAnAliasIsRefused) {
    CheckRequest request;
    request.kmsKeyId = "alias/mine";
    EXPECT_EQ(failureOfCheck(request).kind, ErrorKind::InvalidInput);
}

}  // namespace

}  // namespace keyconvoy::tests
