#include "app/inventory/material_sheet.h"
#include "tests/integration/import_station.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using wrapping::KeySpec;
using wrapping::KeyUsage;

/// One key that one token can bring into KMS, and how far the import is then known to be right.
struct Import {
    TokenKind token;
    KeySpec keySpec;
    std::optional<KeyUsage> usage;
    const char* algorithm;
    const char* check;

    friend std::ostream& operator<<(std::ostream& stream, const Import& import) {
        return stream << import.token << " " << nameOf(wrapping::keySpecNames, import.keySpec);
    }
};

class ImportOfEachKind : public ::testing::TestWithParam<Import> {
protected:
    /// By the sheet alone the key is found again on the token and at KMS.
    void expectSheetOf(const Json& result) {
        const auto found = MaterialSheets{m_station.sheets()}.find(arnOf(result));
        ASSERT_EQ(found.size(), 1U);
        const MaterialSheet& sheet = found.front().sheet;
        EXPECT_EQ(result["materialSheet"]["file"], found.front().file.string());
        EXPECT_EQ(sheet.keyMaterialId.value_or(""), result["kms"].value("keyMaterialId", Json{}).is_null()
                                                        ? ""
                                                        : result["kms"]["keyMaterialId"].get<std::string>());
        EXPECT_EQ(sheet.importRequestId, result["import"]["requestId"]);
        EXPECT_EQ(sheet.parametersRequestId, result["parameters"]["requestId"]);
        EXPECT_EQ(sheet.check, GetParam().check);
        const pkcs11::KeySelector key{.label = pkcs11::ObjectLabel{sheet.keyLabel}, .id = sheet.keyId, .objectClass = {}};
        pkcs11::Token token = m_token.openLoggedIn();
        EXPECT_EQ(token.checkValue(token.find(key)).value, sheet.checkValue);
        EXPECT_EQ(sheet.token.serial, token.description().serial.str());
    }

    ImportStation m_station;
    TestToken m_token{GetParam().token};
    Operator m_person;
};

TEST_P(ImportOfEachKind, IsGeneratedWrappedImportedAndChecked) {
    ImportRequest request = m_station.request(m_token, GetParam().keySpec);
    request.kmsKey.usageForNew = GetParam().usage;
    const Json result = m_person.run(makeImportJob(request, m_person.context()));

    EXPECT_EQ(result["check"]["result"], GetParam().check);
    EXPECT_FALSE(result["check"]["doesNotShow"].get<std::string>().empty());
    EXPECT_EQ(result["wrapping"]["algorithm"], GetParam().algorithm);
    EXPECT_EQ(result["key"]["origin"], "generated on the token");
    EXPECT_EQ(result["token"], "software");
    EXPECT_EQ(result["mode"], "rehearsal");
    EXPECT_EQ(result["tokenKey"], "retained");
    EXPECT_EQ(m_station.client().describeKey(arnOf(result)).metadata.keyState, kms::KeyState::Enabled);
    EXPECT_NO_THROW(static_cast<void>(m_token.openLoggedIn().find(keyOf(result))));
    expectSheetOf(result);
}

constexpr const char* oaep1 = "RSAES_OAEP_SHA_1";
constexpr const char* oaep256 = "RSAES_OAEP_SHA_256";
constexpr const char* keyWrap1 = "RSA_AES_KEY_WRAP_SHA_1";
constexpr const char* keyWrap256 = "RSA_AES_KEY_WRAP_SHA_256";

INSTANTIATE_TEST_SUITE_P(
    SoftHsm, ImportOfEachKind,
    ::testing::Values(Import{TokenKind::SoftHsm, KeySpec::SymmetricDefault, {}, oaep1, "same-material-twice"},
                      Import{TokenKind::SoftHsm, KeySpec::Hmac224, {}, oaep1, "equal-mac"},
                      Import{TokenKind::SoftHsm, KeySpec::Hmac256, {}, oaep1, "equal-mac"},
                      Import{TokenKind::SoftHsm, KeySpec::Hmac384, {}, oaep1, "equal-mac"},
                      Import{TokenKind::SoftHsm, KeySpec::Hmac512, {}, oaep1, "equal-mac"},
                      Import{TokenKind::SoftHsm, KeySpec::EccNistP384, {}, keyWrap1, "equal-public-key"},
                      Import{TokenKind::SoftHsm, KeySpec::EccSecgP256k1, {}, keyWrap1, "equal-public-key"}));

INSTANTIATE_TEST_SUITE_P(
    Nss, ImportOfEachKind,
    ::testing::Values(Import{TokenKind::Nss, KeySpec::SymmetricDefault, {}, oaep256, "same-material-twice"},
                      Import{TokenKind::Nss, KeySpec::Hmac224, {}, oaep256, "equal-mac"},
                      Import{TokenKind::Nss, KeySpec::Hmac256, {}, oaep256, "equal-mac"},
                      Import{TokenKind::Nss, KeySpec::Hmac384, {}, oaep256, "equal-mac"},
                      Import{TokenKind::Nss, KeySpec::Hmac512, {}, oaep256, "equal-mac"},
                      Import{TokenKind::Nss, KeySpec::Rsa2048, {}, keyWrap256, "equal-public-key"},
                      Import{TokenKind::Nss, KeySpec::Rsa3072, KeyUsage::EncryptDecrypt, keyWrap256, "equal-public-key"},
                      Import{TokenKind::Nss, KeySpec::EccNistP256, {}, oaep256, "equal-public-key"},
                      Import{TokenKind::Nss, KeySpec::EccNistP384, KeyUsage::KeyAgreement, oaep256, "equal-public-key"},
                      Import{TokenKind::Nss, KeySpec::EccNistP521, {}, keyWrap256, "equal-public-key"}));

/// What a token cannot do, declared: each ends before a key that is kept is made, on the token or in KMS.
struct Refusal {
    TokenKind token;
    KeySpec keySpec;
    const char* because;

    friend std::ostream& operator<<(std::ostream& stream, const Refusal& refusal) {
        return stream << refusal.token << " " << nameOf(wrapping::keySpecNames, refusal.keySpec);
    }
};

class ImportThatATokenCannotDo : public ::testing::TestWithParam<Refusal> {
protected:
    ImportStation m_station;
    TestToken m_token{GetParam().token};
    Operator m_person;
};

TEST_P(ImportThatATokenCannotDo, IsRefusedWithTheReasonAndLeavesNothing) {
    const Failure failure =
        failureOf([&] { m_person.run(makeImportJob(m_station.request(m_token, GetParam().keySpec), m_person.context())); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_EQ(toEnglish(failure.cause), "it cannot wrap such a key in any allowed way");
    std::string tried;
    for (const FailureDetail& detail : failure.details) {
        tried += toEnglish(detail.subject) + ": " + toEnglish(detail.what) + "\n";
    }
    EXPECT_THAT(tried, HasSubstr(GetParam().because));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("nothing is ever wrapped outside the token"));
    EXPECT_FALSE(m_person.wasAsked("import.review"));
    EXPECT_TRUE(m_token.openLoggedIn().objects().empty());
}

INSTANTIATE_TEST_SUITE_P(Declared, ImportThatATokenCannotDo,
                         ::testing::Values(Refusal{TokenKind::SoftHsm, KeySpec::Rsa2048, "zero bytes behind it"},
                                           Refusal{TokenKind::SoftHsm, KeySpec::EccNistP256, "RSA_AES_KEY_WRAP_SHA_1"},
                                           Refusal{TokenKind::SoftHsm, KeySpec::EccNistP521, "RSA_AES_KEY_WRAP_SHA_1"},
                                           Refusal{TokenKind::SoftHsm, KeySpec::EccNistEdwards25519, "ECC_NIST_EDWARDS25519"},
                                           Refusal{TokenKind::Nss, KeySpec::EccSecgP256k1, "ECC_SECG_P256K1"},
                                           Refusal{TokenKind::Nss, KeySpec::EccNistEdwards25519, "ECC_NIST_EDWARDS25519"}));

class ImportJob : public ::testing::Test {
protected:
    Json import(const ImportRequest& request) { return m_person.run(makeImportJob(request, m_person.context())); }

    ImportStation m_station;
    NssToken m_token;
    Operator m_person;
};

TEST_F(ImportJob, StepsAreTheDataFlowOfTheDesign) {
    import(m_station.request(m_token, KeySpec::Hmac256));
    std::vector<std::string> done;
    for (const StepEvent& event : m_person.seen) {
        if (event.phase == StepPhase::Done) {
            done.push_back(event.step);
        }
    }
    EXPECT_THAT(done, ElementsAre("plan", "token.open", "kms.identity", "token.login", "token.key", "token.qualification",
                                  "review", "token.generate", "kms.create", "kms.parameters", "token.wrap", "kms.import", "sheet",
                                  "check", "token.residue", "done"));
}

TEST_F(ImportJob, ReviewShowsEverythingThatMatters) {
    import(m_station.request(m_token, KeySpec::SymmetricDefault));
    const std::string review = m_person.textOf("import.review");
    for (const char* shown : {"mode: rehearsal", "software", "to be generated on the token, SYMMETRIC_DEFAULT", "to be created",
                              "account 000000000000", "RSAES_OAEP_SHA_256", "RSA_2048", "wrap 112, key 256", "expires, UTC",
                              "weekday", "30 days and 0 hours", "same-material-twice"}) {
        EXPECT_THAT(review, HasSubstr(shown));
    }
}

TEST_F(ImportJob, ExpiryIsTheSameAfterTheSecondImport) {
    const Json result = import(m_station.request(m_token, KeySpec::SymmetricDefault));
    const kms::KeyMetadata key = m_station.client().describeKey(arnOf(result)).metadata;
    ASSERT_TRUE(key.validTo);
    EXPECT_EQ(toRfc3339(*key.validTo), result["import"]["validTo"]);
    EXPECT_EQ(result["import"]["expirationModel"], "KEY_MATERIAL_EXPIRES");
    EXPECT_EQ(key.currentKeyMaterialId, result["kms"]["keyMaterialId"].get<std::string>());
}

TEST_F(ImportJob, NeverIsSaidAndSent) {
    ImportRequest request = m_station.request(m_token, KeySpec::SymmetricDefault);
    request.expiry = Expiry{NeverExpires{}};
    const Json result = import(request);
    EXPECT_THAT(m_person.textOf("import.review"), HasSubstr("never: KMS keeps this material until somebody deletes it"));
    EXPECT_EQ(m_station.client().describeKey(arnOf(result)).metadata.expirationModel, "KEY_MATERIAL_DOES_NOT_EXPIRE");
    EXPECT_TRUE(result["import"]["validTo"].is_null());
}

TEST_F(ImportJob, DescriptionGoesWithTheMaterial) {
    ImportRequest request = m_station.request(m_token, KeySpec::SymmetricDefault);
    request.keyMaterialDescription = "made in May";
    const Json result = import(request);
    const kms::KeyRotations materials = m_station.client().listKeyRotations(arnOf(result), true);
    ASSERT_EQ(materials.rotations.size(), 1U);
    EXPECT_EQ(materials.rotations[0].keyMaterialDescription, "made in May");
}

TEST_F(ImportJob, WorksIsEnoughWhereChosen) {
    for (const KeySpec keySpec : {KeySpec::SymmetricDefault, KeySpec::Hmac256, KeySpec::EccNistP256}) {
        ImportRequest request = m_station.request(m_token, keySpec);
        request.key.generateWithLabel = pkcs11::ObjectLabel{std::string{nameOf(wrapping::keySpecNames, keySpec)}};
        request.check = CheckWish::WorksOnly;
        const Json result = import(request);
        EXPECT_EQ(result["check"]["result"], "works");
        EXPECT_THAT(result["check"]["doesNotShow"].get<std::string>(), HasSubstr("is the token's key"));
    }
}

TEST_F(ImportJob, ExistingKeysAreImportedWithTheirOrigin) {
    const Json first = import(m_station.request(m_token, KeySpec::Hmac256));
    ImportRequest request = m_station.request(m_token, KeySpec::Hmac256);
    request.key = {.generateWithLabel = {}, .existing = keyOf(first)};
    request.kmsKey.existing = m_station.createKey(KeySpec::Hmac256);
    const Json second = import(request);
    EXPECT_EQ(second["key"]["origin"], "not generated in this run");
    EXPECT_EQ(second["key"]["id"], first["key"]["id"]);
    EXPECT_EQ(second["kms"]["createdInThisRun"], false);
    EXPECT_EQ(second["qualification"]["reused"], true);
    EXPECT_EQ(second["check"]["result"], "equal-mac");
    EXPECT_THAT(second["findings"].dump(), AllOf(HasSubstr("imported into another KMS key already"), HasSubstr(arnOf(first))));
}

TEST_F(ImportJob, TheSameMaterialIsTakenAgainByTheSameKmsKey) {
    const Json first = import(m_station.request(m_token, KeySpec::SymmetricDefault));
    ImportRequest request = m_station.request(m_token, KeySpec::SymmetricDefault);
    request.key = {.generateWithLabel = {}, .existing = keyOf(first)};
    request.kmsKey.existing = kms::KeyIdentifier::parse(arnOf(first));
    request.expiry = Expiry::parse("P60D");
    const Json second = import(request);
    EXPECT_EQ(second["kms"]["keyMaterialId"], first["kms"]["keyMaterialId"]);
    EXPECT_THAT(second["findings"].dump(), Not(HasSubstr("another KMS key")));
    EXPECT_EQ(toRfc3339(*m_station.client().describeKey(arnOf(first)).metadata.validTo), second["import"]["validTo"]);
}

TEST_F(ImportJob, QualificationNamesItsThrowAwayKeysFirstAndReportsThem) {
    const Json result = import(m_station.request(m_token, KeySpec::SymmetricDefault));
    EXPECT_THAT(m_person.textOf("qualification.throw-away-keys"), HasSubstr("AES-256"));
    const Json& keys = result["qualification"]["tried"][0]["throwAwayKeys"];
    ASSERT_FALSE(keys.empty());
    EXPECT_EQ(keys[0]["id"].get<std::string>().size(), 32U);
}

TEST(ImportOnSoftHsm, WithoutPermissionForSha1IsRefusedAndSaysWhatWouldDo) {
    const ImportStation station;
    const SoftHsmToken token;
    Operator person;
    ImportRequest request = station.request(token, KeySpec::SymmetricDefault);
    request.wrapping.allowSha1.reset();
    const Failure failure = failureOf([&] { person.run(makeImportJob(request, person.context())); });
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.remedy),
                HasSubstr("can do RSAES_OAEP_SHA_1: keyconvoy token qualify --key-spec SYMMETRIC_DEFAULT"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("with --allow-sha1 REASON"));
    for (const FailureDetail& detail : failure.details) {
        EXPECT_THAT(toEnglish(detail.subject), Not(HasSubstr("SHA_1"))) << "what nobody allowed is not tried for advice either";
    }
}

/// One line per way that was tried, and behind them the throw-away keys that the HSM's audit log names.
TEST(ImportOnSoftHsm, ARefusedKeyHasEachWayThatWasTriedInALineOfItsOwn) {
    const ImportStation station;
    const SoftHsmToken token;
    Operator person;
    const Failure failure =
        failureOf([&] { person.run(makeImportJob(station.request(token, KeySpec::Rsa2048), person.context())); });
    std::vector<std::string> codes;
    std::vector<std::string> throwAwayKeys;
    for (const FailureDetail& detail : failure.details) {
        if (toEnglish(detail.subject).starts_with("throw-away key")) {
            throwAwayKeys.push_back(toEnglish(detail.what));
        } else {
            EXPECT_THAT(toEnglish(detail.subject), HasSubstr("RSA_2048 by RSA_AES_KEY_WRAP_SHA_"));
            codes.push_back(detail.code);
        }
    }
    EXPECT_GE(codes.size(), 6U) << "two hashes, each natively and in two steps in two ways";
    EXPECT_THAT(codes, testing::Contains("CKR_MECHANISM_INVALID"));
    ASSERT_FALSE(throwAwayKeys.empty());
    EXPECT_THAT(throwAwayKeys.front(), AllOf(HasSubstr("with the ID "), HasSubstr("destroyed at ")));
}

TEST(ImportOnSoftHsm, KeepsTheReasonForSha1) {
    const ImportStation station;
    const SoftHsmToken token;
    Operator person;
    const Json result = person.run(makeImportJob(station.request(token, KeySpec::Hmac256), person.context()));
    EXPECT_EQ(result["wrapping"]["sha1Reason"], "this token knows SHA-1 only");
    EXPECT_THAT(findingsOf(result), HasSubstr("SHA-1 is used in OAEP"));
    EXPECT_THAT(person.textOf("import.review"), HasSubstr("SHA-1 because: this token knows SHA-1 only"));
}

/// The Date header of a reply is cut to whole seconds and this clock differs from it: neither may show in the result's times.
TEST(Import, TellsAllItsTimesByOneClock) {
    const ImportStation station;
    const TestToken token{TokenKind::Nss};
    Operator person;
    for (const std::chrono::milliseconds ahead : {-40'400ms, 40'400ms}) {
        RunContext context = person.context();
        context.clock = [ahead] { return systemNow() + ahead; };
        ImportRequest request = station.request(token, KeySpec::Hmac256);
        request.key.generateWithLabel = pkcs11::ObjectLabel{"clock " + std::to_string(ahead.count())};
        const Json result = person.run(makeImportJob(request, std::move(context)));

        const auto time = [&result](const char* pointer) {
            return parseRfc3339(result.at(Json::json_pointer{pointer}).get<std::string>()).value();
        };
        EXPECT_LE(time("/startedAt"), time("/import/time"));
        EXPECT_LE(time("/import/time"), time("/endedAt"));
        EXPECT_LE(time("/import/validTo") - time("/import/time"), std::chrono::days{30});
        EXPECT_GE(time("/import/validTo") - time("/import/time"), std::chrono::days{30} - 1s);
    }
}

}  // namespace

}  // namespace keyconvoy::tests
