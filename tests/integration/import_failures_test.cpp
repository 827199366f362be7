#include "tests/integration/import_station.h"
#include "tests/support/fault_proxy.h"
#include "tests/support/token_shim.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using namespace std::chrono_literals;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using wrapping::KeySpec;

constexpr const char* deviceRemoved = "32";  // CKR_DEVICE_REMOVED

class ImportFailure : public ::testing::Test {
protected:
    [[nodiscard]] ImportRequest request(KeySpec keySpec = KeySpec::Hmac256) { return m_station.request(m_token, keySpec); }
    Failure failureOfRun(const ImportRequest& asked) { return failureOfRun(asked, m_person.context()); }
    Failure failureOfRun(const ImportRequest& asked, const RunContext& context) {
        return failureOf([&] { m_person.run(makeImportJob(asked, context)); });
    }
    [[nodiscard]] bool wasDone(const std::string& step) const {
        return std::ranges::any_of(m_person.seen,
                                   [&](const StepEvent& event) { return event.step == step && event.phase == StepPhase::Done; });
    }
    [[nodiscard]] bool tokenIsEmpty() { return m_token.openLoggedIn().objects().empty(); }

    ImportStation m_station;
    NssToken m_token;
    Operator m_person;
};

TEST_F(ImportFailure, WrongPinEndsBeforeAnythingIsMade) {
    m_person.pin = "wrong";
    EXPECT_EQ(failureOfRun(request()).code, "CKR_PIN_INCORRECT");
    EXPECT_TRUE(tokenIsEmpty());
}

TEST_F(ImportFailure, NoAtEachQuestionIsCancelledAndLeavesNothing) {
    for (const char* question : {"qualification.throw-away-keys", "import.review"}) {
        m_person.sayNoTo = question;
        const Failure failure = failureOfRun(request());
        EXPECT_EQ(failure.kind, ErrorKind::Cancelled) << question;
        EXPECT_THAT(toEnglish(failure.remedy), Not(HasSubstr("What this run left")));
        EXPECT_TRUE(tokenIsEmpty());
    }
    EXPECT_FALSE(wasDone("kms.create"));
}

TEST_F(ImportFailure, StopMidwayIsCancelledAndSaysWhatExists) {
    std::stop_source stop;
    RunContext context = m_person.context();
    context.stop = stop.get_token();
    context.observe = [&, observe = context.observe](const StepEvent& event) {
        observe(event);
        if (event.step == "kms.parameters" && event.phase == StepPhase::Done) {
            stop.request_stop();
        }
    };
    const Failure failure = failureOfRun(request(), context);
    EXPECT_EQ(failure.kind, ErrorKind::Cancelled);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("can be used with --key-id"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("can be used with --key 'pkcs11:"));
    EXPECT_FALSE(wasDone("token.wrap"));
}

TEST_F(ImportFailure, ModeThatTheEvidenceContradictsStopsBeforeTheLogin) {
    ImportRequest asked = request();
    asked.kms.mode = Mode::Production;
    const Failure failure = failureOfRun(asked);
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("--rehearsal"));
    EXPECT_FALSE(m_person.wasAsked("token.pin"));
}

TEST_F(ImportFailure, LabelInUseIsRefusedBeforeAnythingIsMade) {
    m_person.run(makeImportJob(request(), m_person.context()));
    m_person.seen.clear();
    const Failure failure = failureOfRun(request());
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("holds an object of this name already"));
    EXPECT_FALSE(wasDone("kms.create"));
}

TEST_F(ImportFailure, UnextractableKeyEndsWithTheReason) {
    const Json imported = m_person.run(makeImportJob(request(), m_person.context()));
    {
        pkcs11::Token token = m_token.openLoggedIn();
        token.seal(token.find(keyOf(imported)));
    }
    ImportRequest asked = request();
    asked.key = {.generateWithLabel = {}, .existing = keyOf(imported)};
    const Failure failure = failureOfRun(asked);
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("CKA_EXTRACTABLE is false"));
}

TEST_F(ImportFailure, ExistingKeyOfAnotherTypeIsRefused) {
    const Json imported = m_person.run(makeImportJob(request(), m_person.context()));
    ImportRequest asked = request(KeySpec::SymmetricDefault);
    asked.key = {.generateWithLabel = {}, .existing = keyOf(imported)};
    EXPECT_THAT(toEnglish(failureOfRun(asked).cause), HasSubstr("does not fit the key spec SYMMETRIC_DEFAULT"));
}

TEST_F(ImportFailure, UnknownKmsKeyIsNotFound) {
    ImportRequest asked = request();
    asked.kmsKey.existing = kms::KeyIdentifier::parse("12345678-1234-1234-1234-123456789012");
    const Failure failure = failureOfRun(asked);
    EXPECT_EQ(failure.kind, ErrorKind::NotFound);
    EXPECT_EQ(failure.code, "NotFoundException");
    EXPECT_FALSE(failure.requestId.empty());
    EXPECT_FALSE(m_person.wasAsked("token.pin"));
}

TEST_F(ImportFailure, KmsKeyOfAnotherRegionOrAccountIsRefusedWithoutAsking) {
    ImportRequest asked = request();
    asked.kmsKey.existing =
        kms::KeyIdentifier::parse("arn:aws:kms:eu-west-1:000000000000:key/12345678-1234-1234-1234-123456789012");
    EXPECT_THAT(toEnglish(failureOfRun(asked).cause), HasSubstr("it lives in Region eu-west-1"));
    asked.kmsKey.existing =
        kms::KeyIdentifier::parse("arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012");
    EXPECT_THAT(toEnglish(failureOfRun(asked).cause), HasSubstr("it belongs to account 111122223333"));
}

TEST_F(ImportFailure, KmsKeyOfAnotherSpecIsRefused) {
    ImportRequest asked = request(KeySpec::Hmac256);
    asked.kmsKey.existing = m_station.createKey(KeySpec::Hmac384);
    EXPECT_THAT(toEnglish(failureOfRun(asked).cause), HasSubstr("its key spec is HMAC_384, but HMAC_256 was named"));
    EXPECT_TRUE(tokenIsEmpty());
}

TEST_F(ImportFailure, ImpossibleCombinationIsRefusedBeforeTheModuleIsLoaded) {
    ImportRequest asked = request(KeySpec::SymmetricDefault);
    asked.wrapping.algorithm = wrapping::WrappingAlgorithm::RsaAesKeyWrapSha256;
    asked.token.module.library = "/nonexistent.so";
    EXPECT_EQ(failureOfRun(asked).kind, ErrorKind::Refused);
    EXPECT_TRUE(m_person.seen.empty());
}

TEST_F(ImportFailure, ParametersThatExpireMeanwhileAreRefusedBeforeTheImport) {
    std::chrono::hours jump{0};
    RunContext context = m_person.context();
    context.clock = [&] { return systemNow() + jump; };
    context.observe = [&, observe = context.observe](const StepEvent& event) {
        observe(event);
        if (event.step == "token.wrap" && event.phase == StepPhase::Done) {
            jump = 25h;
        }
    };
    const Failure failure = failureOfRun(request(), context);
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("they expired at"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("can be used with --key-id"));
}

TEST_F(ImportFailure, AnotherWrappingKeyThanThePinnedOneWrapsNothing) {
    ImportRequest asked = request();
    asked.wrapping.pinnedWrappingKey = Fingerprint::of(asBytes("another"));
    EXPECT_THAT(toEnglish(failureOfRun(asked).cause), HasSubstr("it is not the key that was named"));
    EXPECT_FALSE(wasDone("token.wrap"));
}

TEST_F(ImportFailure, ReplyOfTheImportThatIsLostIsAskedForAgain) {
    FaultProxy proxy{m_station.port()};
    ImportRequest asked = request();
    asked.kms = m_station.kmsThrough(proxy.url());
    proxy.inject(Fault::CutAfterRequest, "ImportKeyMaterial");
    const Json result = m_person.run(makeImportJob(asked, m_person.context()));
    EXPECT_EQ(result["import"]["attempts"], 2);
    EXPECT_EQ(result["check"]["result"], "equal-mac");
}

TEST_F(ImportFailure, ImportWhoseCheckFailsHasItsSheetAndIsCompletedByALaterCheck) {
    FaultProxy proxy{m_station.port()};
    ImportRequest asked = request();
    asked.kms = m_station.kmsThrough(proxy.url());
    proxy.inject(Fault::EmptyObject, "GenerateMac");
    const auto job = makeImportJob(asked, m_person.context());
    const Failure failure = failureOf([&] { m_person.run(*job); });
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("its material sheet is "));
    EXPECT_THAT(toEnglish(failure.remedy), Not(HasSubstr("can be used with")));
    ASSERT_TRUE(job->outcome());
    EXPECT_FALSE(job->outcome()->check);
    const std::vector<FiledSheet> sheets = MaterialSheets{m_station.sheets()}.find();
    ASSERT_EQ(sheets.size(), 1U);
    EXPECT_EQ(sheets[0].sheet.keyArn, job->outcome()->kmsKey.arn);
    EXPECT_FALSE(sheets[0].sheet.check);

    const Json check = m_person.run(makeCheckJob(checkOf(asked, *job->leftBehind()), m_person.context()));
    const Json whole = withCheck(job->result(), check);
    EXPECT_EQ(whole["check"]["result"], "equal-mac");
    EXPECT_EQ(whole["endedAt"], check["checkedAt"]);
    EXPECT_EQ(whole["import"], job->result()["import"]);
    EXPECT_GE(whole["findings"].size(), check["findings"].size());
}

class ImportBehindABadNetwork : public ImportFailure, public ::testing::WithParamInterface<Fault> {};

TEST_P(ImportBehindABadNetwork, EndsWithAClearFailureAndSaysWhatExists) {
    FaultProxy proxy{m_station.port()};
    ImportRequest asked = request();
    asked.kms = m_station.kmsThrough(proxy.url());
    proxy.inject(GetParam(), "GetParametersForImport", 100);
    const Failure failure = failureOfRun(asked);
    EXPECT_TRUE(failure.kind == ErrorKind::Unavailable || failure.kind == ErrorKind::Integrity) << toEnglish(failure.cause);
    EXPECT_FALSE(toEnglish(failure.place).empty());
    EXPECT_FALSE(toEnglish(failure.cause).empty());
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("can be used with --key-id"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("can be used with --key 'pkcs11:"));
}

INSTANTIATE_TEST_SUITE_P(Faults, ImportBehindABadNetwork,
                         ::testing::Values(Fault::Garbage, Fault::GarbageBody, Fault::Half, Fault::TenMegabytes, Fault::Nothing,
                                           Fault::CutAfterRequest),
                         ::testing::PrintToStringParamName());

TEST_F(ImportFailure, CreateKeyWhoseReplyIsLostIsNotRepeatedAndItsKeyIsFound) {
    FaultProxy proxy{m_station.port()};
    ImportRequest asked = request();
    asked.kms = m_station.kmsThrough(proxy.url());
    proxy.inject(Fault::CutAfterRequest, "CreateKey", 100);
    const Json result = m_person.run(makeImportJob(asked, m_person.context()));
    EXPECT_EQ(result["check"]["result"], "equal-mac");
    EXPECT_THAT(findingsOf(result), HasSubstr("CreateKey got no reply but was carried out"));
    EXPECT_EQ(std::ranges::count(proxy.operations(), "CreateKey"), 1);
}

TEST_F(ImportFailure, CreateKeyOfWhichNothingIsFoundIsToldAsAKeyThatMayExist) {
    FaultProxy proxy{m_station.port()};
    ImportRequest asked = request();
    asked.kms = m_station.kmsThrough(proxy.url());
    proxy.inject(Fault::CutAfterRequest, "CreateKey");
    proxy.inject(Fault::Garbage, "ListKeys", 100);
    const Failure failure = failureOfRun(asked);
    EXPECT_EQ(failure.kind, ErrorKind::Unavailable);
    EXPECT_TRUE(failure.outcomeUnknown);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("a KMS key may have been created"));
    EXPECT_EQ(std::ranges::count(proxy.operations(), "CreateKey"), 1);
}

TEST_F(ImportFailure, TokenPulledAtTheWrapSaysWhatExistsAndTheRunCanBeTakenUp) {
    ImportRequest asked = request(KeySpec::SymmetricDefault);
    asked.token.module =
        shimmed(m_token.profile(), {{"fail", std::string{"C_WrapKey:2:"} + deviceRemoved}});  // 1 is the qualification's
    const Failure failure = failureOfRun(asked);
    EXPECT_EQ(failure.kind, ErrorKind::Unavailable);
    EXPECT_EQ(failure.code, "CKR_DEVICE_REMOVED");
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("can be used with --key-id"));
    EXPECT_FALSE(wasDone("kms.import"));

    ImportRequest again = request(KeySpec::SymmetricDefault);
    again.key = {.generateWithLabel = {},
                 .existing = pkcs11::KeySelector{.label = pkcs11::ObjectLabel{"imported"}, .id = {}, .objectClass = {}}};
    again.kmsKey.existing = m_station.createKey(KeySpec::SymmetricDefault);
    EXPECT_EQ(m_person.run(makeImportJob(again, m_person.context()))["check"]["result"], "same-material-twice");
}

TEST_F(ImportFailure, TokenThatChangesBehindTheRunIsNoticed) {
    ImportRequest asked = request();
    asked.token.module = shimmed(m_token.profile(), {{"serial", "another"}, {"serial-from", "14"}});
    const Failure failure = failureOfRun(asked);
    EXPECT_EQ(failure.kind, ErrorKind::Unavailable) << toEnglish(failure.cause);
    EXPECT_FALSE(wasDone("done"));
}

/// The import is done and checked by then: its result must not be lost over what another program did.
TEST_F(ImportFailure, ObjectThatAppearsMeanwhileIsAWarningInTheResult) {
    RunContext context = m_person.context();
    context.observe = [&, observe = context.observe](const StepEvent& event) {
        observe(event);
        if (event.step == "check" && event.phase == StepPhase::Done) {
            pkcs11::Token token = m_token.openLoggedIn();
            static_cast<void>(token.generate({.type = pkcs11::AesKey{}, .label = pkcs11::ObjectLabel{"somebody else's"}}));
        }
    };
    const Json result = m_person.run(makeImportJob(request(), context));
    EXPECT_THAT(result["residue"].get<std::string>(), HasSubstr("somebody else's"));
    EXPECT_THAT(findingsOf(result), HasSubstr("warning: the token holds something else than before"));
    EXPECT_TRUE(wasDone("done"));
}

TEST_F(ImportFailure, StopRequestedAfterTheCheckDoesNotTakeTheResult) {
    std::stop_source stop;
    RunContext context = m_person.context();
    context.stop = stop.get_token();
    context.observe = [&, observe = context.observe](const StepEvent& event) {
        observe(event);
        if (event.step == "check" && event.phase == StepPhase::Done) {
            stop.request_stop();
        }
    };
    EXPECT_EQ(m_person.run(makeImportJob(request(), context))["tokenKey"], "retained");
}

TEST_F(ImportFailure, StoppedBeforeKmsWasSeenToHoldTheMaterialNothingIsClaimed) {
    std::stop_source stop;
    RunContext context = m_person.context();
    context.stop = stop.get_token();
    context.observe = [&, observe = context.observe](const StepEvent& event) {
        observe(event);
        if (event.step == "kms.import" && event.phase == StepPhase::Done) {
            stop.request_stop();
        }
    };
    const Failure failure = failureOfRun(request(), context);
    EXPECT_EQ(failure.kind, ErrorKind::Cancelled);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("KMS was not seen to hold the material"));
    EXPECT_THAT(toEnglish(failure.remedy), Not(HasSubstr("do not import again")));
}

}  // namespace

}  // namespace keyconvoy::tests
