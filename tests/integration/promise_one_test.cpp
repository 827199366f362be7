#include "core/c_handle.h"
#include "core/hex.h"
#include "tests/integration/import_station.h"
#include "tests/support/token_shim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#include <set>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using wrapping::KeySpec;

using PkeyPtr = CHandle<EVP_PKEY, EVP_PKEY_free>;
using PkeyContextPtr = CHandle<EVP_PKEY_CTX, EVP_PKEY_CTX_free>;
using BuilderPtr = CHandle<OSSL_PARAM_BLD, OSSL_PARAM_BLD_free>;
using ParametersPtr = CHandle<OSSL_PARAM, OSSL_PARAM_free>;
using NumberPtr = CHandle<BIGNUM, BN_free>;

/// SHA-256 of the SubjectPublicKeyInfo of an RSA key with this modulus and the exponent 65537, as KMS writes it.
std::string fingerprintOf(const std::string& modulusHex) {
    const Bytes modulus = fromHex(modulusHex).value();
    const NumberPtr n{BN_bin2bn(modulus.data(), static_cast<int>(modulus.size()), nullptr)};
    const NumberPtr e{BN_new()};
    BN_set_word(e.get(), 65537);
    const BuilderPtr builder{OSSL_PARAM_BLD_new()};
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
    OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
    const ParametersPtr parameters{OSSL_PARAM_BLD_to_param(builder.get())};
    const PkeyContextPtr context{EVP_PKEY_CTX_new_from_name(nullptr, "RSA", nullptr)};
    EVP_PKEY* made = nullptr;
    EVP_PKEY_fromdata_init(context.get());
    EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get());
    const PkeyPtr key{made};
    Bytes der(static_cast<std::size_t>(i2d_PUBKEY(key.get(), nullptr)));
    unsigned char* position = der.data();
    i2d_PUBKEY(key.get(), &position);
    return Fingerprint::of(der).hex();
}

struct Recorded {
    TokenKind token;
    KeySpec keySpec;
    int wrappingKeys;  ///< how many KMS wrapping keys the job uses

    friend std::ostream& operator<<(std::ostream& stream, const Recorded& recorded) {
        return stream << recorded.token << " " << nameOf(wrapping::keySpecNames, recorded.keySpec);
    }
};

/// The whole import job over a token whose every call is recorded. The qualification, which opens throw-away keys on purpose,
/// runs before the recording begins.
class PromiseOne : public ::testing::TestWithParam<Recorded> {
protected:
    [[nodiscard]] std::filesystem::path recording() const { return m_folder.path() / "calls.jsonl"; }

    Json importRecorded(const std::string& label) {
        ImportRequest request = m_station.request(m_token, GetParam().keySpec);
        request.token.module = shimmed(m_token.profile(), {{"record", recording().string()}});
        request.key.generateWithLabel = pkcs11::ObjectLabel{label};
        return m_person.run(makeImportJob(request, m_person.context()));
    }

    TemporaryFolder m_folder{"keyconvoy-recording"};
    ImportStation m_station;
    TestToken m_token{GetParam().token};
    Operator m_person;
};

TEST_P(PromiseOne, NoSecretIsReadAndTheKeyIsWrappedUnderKmsKeysOnly) {
    importRecorded("first, to qualify");
    std::filesystem::remove(recording());
    const Json result = importRecorded("second, watched");
    ASSERT_EQ(result["qualification"]["reused"], true);

    const std::vector<RecordedCall> calls = readRecording(recording());
    std::set<std::string> moduli;
    for (const RecordedCall& call : calls) {
        if (call.function == "C_WrapKey" && !call.modulus.empty()) {
            moduli.insert(call.modulus);
        }
    }
    EXPECT_EQ(moduli.size(), static_cast<std::size_t>(GetParam().wrappingKeys));
    const std::string named = result["wrapping"]["wrappingKeySha256"].get<std::string>() + " " + result["check"]["shows"].dump();
    for (const std::string& modulus : moduli) {
        EXPECT_THAT(named, HasSubstr(fingerprintOf(modulus))) << "the result names every wrapping key that was used";
    }
    EXPECT_THAT(promiseOneViolations(calls, {moduli.begin(), moduli.end()}), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(WholeJob, PromiseOne,
                         ::testing::Values(Recorded{TokenKind::SoftHsm, KeySpec::SymmetricDefault, 2},
                                           Recorded{TokenKind::SoftHsm, KeySpec::EccNistP384, 1},
                                           Recorded{TokenKind::Nss, KeySpec::SymmetricDefault, 2},
                                           Recorded{TokenKind::Nss, KeySpec::Hmac256, 1},
                                           Recorded{TokenKind::Nss, KeySpec::Rsa2048, 1},
                                           Recorded{TokenKind::Nss, KeySpec::EccNistP256, 1}));

}  // namespace

}  // namespace keyconvoy::tests
