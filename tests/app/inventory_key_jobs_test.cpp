#include "app/inventory/key_jobs.h"

#include "app/station/to_json.h"
#include "tests/app/inventory_support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {
namespace {

using ::testing::HasSubstr;

class KeyJobs : public ::testing::TestWithParam<TokenKind> {
protected:
    Json generate(wrapping::KeySpec spec, const std::string& label) {
        return m_person.run(
            app::makeGenerateKeyJob({stationOf(m_token), spec, std::nullopt, pkcs11::ObjectLabel{label}}, m_person.context()));
    }
    Json list() { return m_person.run(app::makeListKeysJob({stationOf(m_token)}, m_person.context())); }
    Json show(const std::string& label) {
        pkcs11::KeySelector selector;
        selector.label = pkcs11::ObjectLabel{label};
        return m_person.run(app::makeShowKeyJob({stationOf(m_token), selector}, m_person.context()));
    }

    TestToken m_token{GetParam()};
    Operator m_person;
};

TEST_P(KeyJobs, GenerateTellsOriginAttributesAndCheckValue) {
    const Json result = generate(wrapping::KeySpec::SymmetricDefault, "payments");
    EXPECT_EQ(result["token"], "software");
    EXPECT_EQ(result["key"]["origin"], "generated on the token");
    EXPECT_EQ(result["key"]["keySpec"], "SYMMETRIC_DEFAULT");
    EXPECT_EQ(result["key"]["attributes"]["sensitive"], true);
    EXPECT_EQ(result["key"]["attributes"]["extractable"], true);
    EXPECT_THAT(result["key"]["checkValue"]["method"].get<std::string>(), HasSubstr("AES-CMAC"));
    EXPECT_EQ(result["key"]["checkValue"]["value"].get<std::string>().size(), 10U);
}

TEST_P(KeyJobs, GenerateGivesThePublicHalfOfAKeyPair) {
    const Json result = generate(wrapping::KeySpec::EccNistP256, "signing");
    EXPECT_EQ(result["keyUsage"], "SIGN_VERIFY");
    EXPECT_EQ(result["key"]["publicKeySha256"], result["key"]["checkValue"]["value"]);
}

TEST_P(KeyJobs, ShownLaterAKeyIsNotSaidToBeGeneratedInThisRun) {
    const Json generated = generate(wrapping::KeySpec::Hmac256, "mac");
    const Json shown = show("mac");
    EXPECT_EQ(shown["key"]["origin"], "not generated in this run");
    EXPECT_EQ(shown["key"]["checkValue"], generated["key"]["checkValue"]);
    EXPECT_EQ(shown["key"]["id"], generated["key"]["id"]);
}

TEST_P(KeyJobs, ListGivesTypedKeysThatAgreeWithTheJson) {
    generate(wrapping::KeySpec::EccNistP256, "two");
    const auto job = app::makeListKeysJob({stationOf(m_token)}, m_person.context());
    const Json result = m_person.run(*job);
    ASSERT_EQ(job->keys().size(), result["keys"].size());
    for (std::size_t i = 0; i < job->keys().size(); ++i) {
        EXPECT_EQ(app::toJson(job->keys()[i]), result["keys"][i]);
    }
}

TEST_P(KeyJobs, ListNamesEveryKey) {
    generate(wrapping::KeySpec::SymmetricDefault, "one");
    generate(wrapping::KeySpec::EccNistP256, "two");
    const Json result = list();
    std::vector<std::string> keys;
    for (const Json& key : result["keys"]) {
        keys.push_back(key["label"].get<std::string>() + ", " + key["class"].get<std::string>());
    }
    EXPECT_THAT(keys, ::testing::UnorderedElementsAre("one, secret key", "two, private key", "two, public key"));
}

TEST_P(KeyJobs, ALabelThatIsTakenIsRefused) {
    generate(wrapping::KeySpec::SymmetricDefault, "payments");
    const Failure failure = failureOf([&] { generate(wrapping::KeySpec::Hmac256, "payments"); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_EQ(list()["keys"].size(), 1U);
}

TEST_P(KeyJobs, AKeyThatIsNotThereIsNotFound) {
    EXPECT_EQ(failureOf([&] { show("nobody's"); }).kind, ErrorKind::NotFound);
}

TEST_P(KeyJobs, AWrongPinEndsTheJobAfterOneTry) {
    m_person.pin = "00000000";
    const Failure failure = failureOf([&] { generate(wrapping::KeySpec::SymmetricDefault, "payments"); });
    EXPECT_EQ(failure.code, "CKR_PIN_INCORRECT");
    EXPECT_EQ(m_person.asked.size(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Tokens, KeyJobs, ::testing::Values(TokenKind::SoftHsm, TokenKind::Nss),
                         ::testing::PrintToStringParamName());

TEST(GenerateKeyJob, RefusesAUsageThatKmsDoesNotHave) {
    app::GenerateKeyRequest request;
    request.keySpec = wrapping::KeySpec::Hmac256;
    request.keyUsage = wrapping::KeyUsage::SignVerify;
    request.label = pkcs11::ObjectLabel{"mac"};
    EXPECT_EQ(failureOf([&] { static_cast<void>(app::makeGenerateKeyJob(request, {})); }).kind, ErrorKind::InvalidInput);
}

TEST(GenerateKeyJob, RefusesAnEmptyLabel) {
    EXPECT_EQ(failureOf([&] { static_cast<void>(app::makeGenerateKeyJob({}, {})); }).kind, ErrorKind::InvalidInput);
}

TEST(GenerateKeyJob, WhatATokenCannotGenerateIsItsOwnRefusal) {  // NSS has no secp256k1
    const NssToken token;
    Operator person;
    const Failure failure = failureOf([&] {
        person.run(app::makeGenerateKeyJob(
            {stationOf(token), wrapping::KeySpec::EccSecgP256k1, std::nullopt, pkcs11::ObjectLabel{"coin"}}, person.context()));
    });
    EXPECT_THAT(failure.code, HasSubstr("CKR_"));
}

}  // namespace
}  // namespace keyconvoy::tests
