#include "app/ceremony/check_after_import.h"
#include "app/handover/wrap_job.h"
#include "app/station/token_jobs.h"
#include "tests/integration/import_station.h"
#include "tests/pkcs11/raw_key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::HasSubstr;
using wrapping::KeySpec;

/// The whole way of a trusted wrapping key: KMS gives it, the security officer puts it on the token, a key is wrapped under it
/// there (bare OAEP; SoftHSM knows SHA-1 only), and the blob is imported by somebody else.
class TrustedWrappingKeyRoute : public ::testing::Test {
protected:
    void fetchParameters(KeySpec keySpec) {
        m_kmsKey = m_station.createKey(keySpec).str();
        const kms::ImportParameters parameters = m_station.client().getParametersForImport(
            m_kmsKey, wrapping::WrappingAlgorithm::RsaesOaepSha1, wrapping::WrappingKeySpec::Rsa2048);
        writeNewFile(publicKeyFile(), parameters.publicKey);
        writeNewFile(importTokenFile(), parameters.importToken);
        m_validTo = parameters.parametersValidTo;
    }
    Json trust() {
        return m_person.run(makeTrustJob({stationOf(m_token), publicKeyFile(), std::nullopt, m_blessed}, m_person.context()));
    }
    [[nodiscard]] WrapRequest wrapRequest(KeySpec keySpec) const {
        WrapRequest request;
        request.token = stationOf(m_token);
        request.keySpec = keySpec;
        request.algorithm = wrapping::WrappingAlgorithm::RsaesOaepSha1;
        request.allowSha1 = Sha1Permission{"this token knows SHA-1 only"};
        request.wrappingPublicKeyFile = publicKeyFile();
        request.importTokenFile = importTokenFile();
        request.parametersValidTo = m_validTo;
        request.kmsKeyId = m_kmsKey;
        request.wrappingKeyOnToken = pkcs11::KeySelector{.label = m_blessed, .id = {}, .objectClass = {}};
        request.outputFolder = m_folder.path();
        request.qualificationFolder = m_station.qualifications();
        return request;
    }
    Json wrap(WrapRequest request) { return m_person.run(makeWrapJob(std::move(request), m_person.context())); }
    void import() const {
        kms::ImportKeyMaterialRequest call;
        call.keyId = m_kmsKey;
        call.importToken = readFile(importTokenFile(), 10'000);
        call.encryptedKeyMaterial = readFile(m_folder.path() / "EncryptedKeyMaterial.bin", 10'000);
        call.expirationModel = kms::ExpirationModel::KeyMaterialDoesNotExpire;
        static_cast<void>(m_station.client().importKeyMaterial(call));
    }
    Json check(const Json& wrapped, CheckWish wish) {
        CheckRequest request;
        request.token = stationOf(m_token);
        request.kms = m_station.kms();
        request.key = keyOf(wrapped);
        request.kmsKeyId = m_kmsKey;
        request.check = wish;
        request.wrapping = m_station.wrapping(m_token);
        request.qualificationFolder = m_station.qualifications();
        return m_person.run(makeCheckJob(request, m_person.context()));
    }
    [[nodiscard]] std::filesystem::path publicKeyFile() const { return m_folder.path() / "WrappingPublicKey.bin"; }
    [[nodiscard]] std::filesystem::path importTokenFile() const { return m_folder.path() / "ImportToken.bin"; }

    const pkcs11::ObjectLabel m_blessed{"KMS wrapping key"};
    ImportStation m_station;
    SoftHsmToken m_token;
    TemporaryFolder m_folder{"keyconvoy-trusted"};
    Operator m_person;
    std::string m_kmsKey;
    TimePoint m_validTo;
};

TEST_F(TrustedWrappingKeyRoute, EndsWithAnImportedAndCheckedKey) {
    fetchParameters(KeySpec::Hmac256);
    EXPECT_EQ(trust()["key"]["attributes"]["trusted"], true);
    WrapRequest request = wrapRequest(KeySpec::Hmac256);
    request.key.generateWithLabel = pkcs11::ObjectLabel{"orders"};
    const Json wrapped = wrap(request);
    EXPECT_THAT(wrapped["wrapping"]["recipe"].get<std::string>(), HasSubstr("CKM_RSA_PKCS_OAEP (SHA-1)"));
    EXPECT_EQ(wrapped["wrapping"]["sha1Reason"], "this token knows SHA-1 only");
    import();
    EXPECT_EQ(check(wrapped, CheckWish::Strongest)["check"]["result"], "equal-mac");
}

TEST_F(TrustedWrappingKeyRoute, TakesAKeyThatMayBeWrappedUnderTrustedKeysOnly) {
    fetchParameters(KeySpec::SymmetricDefault);
    trust();
    {
        const pkcs11::Token loggedIn = m_token.openLoggedIn();
        const RawSession raw{m_token.module(), m_token.label()};
        raw.generateAes("guarded", {CKA_SIGN, CKA_WRAP_WITH_TRUSTED});
    }
    WrapRequest request = wrapRequest(KeySpec::SymmetricDefault);
    request.key.existing = pkcs11::KeySelector{.label = pkcs11::ObjectLabel{"guarded"}, .id = {}, .objectClass = {}};
    WrapRequest unblessed = request;
    unblessed.wrappingKeyOnToken.reset();
    const Failure failure = failureOf([&] { wrap(unblessed); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("--wrapping-key"));

    const Json wrapped = wrap(request);
    EXPECT_EQ(wrapped["key"]["attributes"]["wrapWithTrusted"], true);
    import();
    EXPECT_EQ(check(wrapped, CheckWish::WorksOnly)["check"]["result"], "works");
}

}  // namespace

}  // namespace keyconvoy::tests
