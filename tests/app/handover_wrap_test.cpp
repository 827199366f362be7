#include "app/handover/wrap_job.h"
#include "core/base64.h"
#include "tests/app/inventory_support.h"
#include "wrapping/opening/open_envelope.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace keyconvoy::tests {

namespace {

using namespace app;
using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using wrapping::WrappingAlgorithm;
using wrapping::WrappingKeySpec;

constexpr const char* keyArn = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012";

/// A station without network: parameters from a file, a token, a folder for what goes out. The wrapping key pair is the test's
/// own.
class WrapOffline : public ::testing::Test {
protected:
    void SetUp() override { prepareProcess(); }

    [[nodiscard]] Bytes wrappingKey() const { return wrapping::opening::publicKeyDer(*m_pair); }

    std::filesystem::path writeJson(const Bytes& publicKey, TimePoint validTo) const {
        const std::filesystem::path file = m_folder.path() / "parameters.json";
        std::ofstream{file} << Json{
            {"KeyId", keyArn},
            {"PublicKey", toBase64(publicKey)},
            {"ImportToken", toBase64(asBytes("an import token"))},
            {"ParametersValidTo",
             toRfc3339(validTo)}}.dump();
        return file;
    }

    [[nodiscard]] WrapRequest request(WrappingAlgorithm algorithm = WrappingAlgorithm::RsaesOaepSha256) {
        WrapRequest request;
        request.token = stationOf(m_token);
        request.key.generateWithLabel = pkcs11::ObjectLabel{"carried by hand"};
        request.algorithm = algorithm;
        request.parametersJson = writeJson(wrappingKey(), systemNow() + 23h);
        request.expiry = Expiry::parse("P30D");
        request.outputFolder = out();
        request.qualificationFolder = m_folder.path() / "qualifications";
        return request;
    }
    [[nodiscard]] Failure failureOfRun(WrapRequest asked) {
        return failureOf([&] { m_person.run(makeWrapJob(std::move(asked), m_person.context())); });
    }
    /// A run in which `action` happens right after `step`.
    [[nodiscard]] Failure failureOfRunWith(WrapRequest asked, const std::string& step, const std::function<void()>& action,
                                           std::stop_token stop = {}) {
        RunContext context = m_person.context();
        context.stop = std::move(stop);
        context.observe = [&action, &step, observe = context.observe](const StepEvent& event) {
            observe(event);
            if (event.step == step && event.phase == StepPhase::Done) {
                action();
            }
        };
        return failureOf([&] { m_person.run(makeWrapJob(std::move(asked), std::move(context))); });
    }
    [[nodiscard]] std::filesystem::path out() const { return m_out.path(); }
    [[nodiscard]] bool nothingWasWritten() const { return std::filesystem::is_empty(out()); }

    NssToken m_token;
    wrapping::opening::PkeyPtr m_pair = wrapping::opening::generateRsaKeyPair(2048);
    TemporaryFolder m_folder{"keyconvoy-offline"};
    TemporaryFolder m_out{"keyconvoy-out"};
    Operator m_person;
};

TEST_F(WrapOffline, WritesABlobThatOpensToTheKeyAndTheExactCommand) {
    const Json result = m_person.run(makeWrapJob(request(), m_person.context()));

    const Bytes blob = readFile(out() / "EncryptedKeyMaterial.bin", 10'000);
    const auto opened =
        wrapping::opening::openEnvelope(*m_pair, {WrappingAlgorithm::RsaesOaepSha256, WrappingKeySpec::Rsa2048}, blob);
    ASSERT_TRUE(opened);
    EXPECT_EQ(opened->size(), 32U);
    EXPECT_EQ(readFile(out() / "ImportToken.bin", 100),
              (Bytes{asBytes("an import token").begin(), asBytes("an import token").end()}));

    EXPECT_EQ(result["command"], "aws kms import-key-material --region us-east-1 --key-id " + std::string{keyArn} +
                                     " --encrypted-key-material fileb://EncryptedKeyMaterial.bin"
                                     " --import-token fileb://ImportToken.bin"
                                     " --expiration-model KEY_MATERIAL_EXPIRES --valid-to " +
                                     result["validTo"].get<std::string>());
    EXPECT_EQ(result["periodCountsFrom"], "wrappedAt");
    EXPECT_THAT(m_person.textOf("wrap.review"), HasSubstr("this wrap, not the import call"));
    EXPECT_EQ(result["token"], "software");
    EXPECT_EQ(result["key"]["origin"], "generated on the token");
    EXPECT_EQ(result["parameters"]["publicKeySha256"], Fingerprint::of(wrappingKey()).hex());
    EXPECT_EQ(result["parameters"]["fromOneReply"], true);
    EXPECT_TRUE(m_person.wasAsked("wrap.review"));
    EXPECT_THAT(m_person.textOf("wrap.review"), HasSubstr(Fingerprint::of(wrappingKey()).words()));
}

TEST_F(WrapOffline, ATimeThatNoImportTokenHasIsRefusedWhenAPersonGaveItAndTakenForAWrongClockElse) {
    std::ofstream{m_folder.path() / "WrappingPublicKey.bin"} << asText(wrappingKey());
    std::ofstream{m_folder.path() / "ImportToken.bin"} << "token";
    WrapRequest asked = request();
    asked.parametersJson = writeJson(wrappingKey(), systemNow() + 30h);
    EXPECT_THAT(findingsOf(m_person.run(makeWrapJob(asked, m_person.context()))), HasSubstr("the clock is behind"));
    asked = request();
    asked.key.generateWithLabel = pkcs11::ObjectLabel{"another"};
    asked.outputFolder = m_folder.path();
    asked.parametersJson.reset();
    asked.consoleFolder = m_folder.path();
    asked.parametersValidTo = systemNow() + 30h;
    const Failure failure = failureOfRun(asked);
    EXPECT_EQ(failure.kind, ErrorKind::InvalidInput);
    EXPECT_THAT(toEnglish(failure.place), HasSubstr("--parameters-valid-to"));
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("more than 24 hours ahead"));
}

TEST_F(WrapOffline, WarnsOfADollarInTheTokensFileName) {
    const std::filesystem::path key = m_folder.path() / "key.bin";
    const std::filesystem::path token = m_folder.path() / "token-$day.bin";
    std::ofstream{key} << asText(wrappingKey());
    std::ofstream{token} << "token";
    WrapRequest asked = request();
    asked.parametersJson.reset();
    asked.wrappingPublicKeyFile = key;
    asked.importTokenFile = token;
    asked.parametersValidTo = systemNow() + 1h;
    EXPECT_THAT(findingsOf(m_person.run(makeWrapJob(asked, m_person.context()))), HasSubstr("has a $ in its name"));
}

TEST_F(WrapOffline, AlgorithmThatKmsDoesNotTakeForTheKeySpecIsRefusedWithWhatToFetch) {
    const Failure failure = failureOfRun(request(WrappingAlgorithm::RsaAesKeyWrapSha256));
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("have the parameters fetched"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("RSAES_OAEP_SHA_256 and RSA_4096"));
}

TEST_F(WrapOffline, TakesConsoleFilesAndSaysWhatBindsThem) {
    std::ofstream{m_folder.path() / "WrappingPublicKey.bin"} << asText(wrappingKey());
    std::ofstream{m_folder.path() / "ImportToken.bin"} << "token";
    WrapRequest asked = request();
    asked.parametersJson.reset();
    asked.consoleFolder = m_folder.path();
    asked.parametersValidTo = systemNow() + 1h;
    const Json result = m_person.run(makeWrapJob(asked, m_person.context()));
    EXPECT_EQ(result["parameters"]["fromOneReply"], false);
    EXPECT_EQ(result["parameters"]["importTokenSha256"], Fingerprint::of(asBytes("token")).hex());
    EXPECT_THAT(findingsOf(result), HasSubstr("nothing here shows that wrapping key and import token came from one call"));
    EXPECT_THAT(result["command"].get<std::string>(), HasSubstr("--key-id KEY-ID"));
    EXPECT_THAT(findingsOf(result), HasSubstr("KEY-ID"));
    EXPECT_FALSE(std::filesystem::exists(out() / "ImportToken.bin")) << "it came as a file already";
}

TEST_F(WrapOffline, ReusesAKeptQualificationWithoutAsking) {
    m_person.run(makeWrapJob(request(), m_person.context()));
    EXPECT_TRUE(m_person.wasAsked("qualification.throw-away-keys"));
    Operator next;
    WrapRequest again = request();
    const TemporaryFolder elsewhere{"keyconvoy-out"};
    again.outputFolder = elsewhere.path();
    again.key.generateWithLabel = pkcs11::ObjectLabel{"another"};
    const Json result = next.run(makeWrapJob(again, next.context()));
    EXPECT_FALSE(next.wasAsked("qualification.throw-away-keys"));
    EXPECT_EQ(result["qualification"]["reused"], true);
}

TEST_F(WrapOffline, ConsoleFilesWithoutTheirEndAreRefused) {
    std::ofstream{m_folder.path() / "WrappingPublicKey.bin"} << asText(wrappingKey());
    std::ofstream{m_folder.path() / "ImportToken.bin"} << "token";
    WrapRequest asked = request();
    asked.parametersJson.reset();
    asked.consoleFolder = m_folder.path();
    EXPECT_THAT(toEnglish(failureOfRun(asked).remedy), HasSubstr("--parameters-valid-to"));
}

TEST_F(WrapOffline, ExpiredParametersAreRefusedBeforeTheTokenIsTouched) {
    WrapRequest asked = request();
    writeJson(wrappingKey(), systemNow() - 1min);
    const Failure failure = failureOfRun(asked);
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("they expired at"));
    EXPECT_TRUE(m_person.seen.empty());
    EXPECT_TRUE(nothingWasWritten());
}

TEST_F(WrapOffline, ExistingOutputIsRefusedBeforeTheTokenIsTouched) {
    std::ofstream{out() / "ImportToken.bin"} << "older";
    EXPECT_EQ(failureOfRun(request()).kind, ErrorKind::Refused);
    EXPECT_TRUE(m_person.seen.empty());
    EXPECT_FALSE(std::filesystem::exists(out() / "EncryptedKeyMaterial.bin"));
}

TEST_F(WrapOffline, StoppedAfterTheFilesWereWrittenComesToItsEnd) {
    std::stop_source stop;
    RunContext context = m_person.context();
    context.stop = stop.get_token();
    context.observe = [&, observe = context.observe](const StepEvent& event) {
        observe(event);
        if (event.step == "handover.write" && event.phase == StepPhase::Done) {
            stop.request_stop();
        }
    };
    EXPECT_EQ(m_person.run(makeWrapJob(request(), std::move(context)))["tokenKey"], "retained");
}

TEST_F(WrapOffline, FailureAfterTheFilesWereWrittenNamesAllAndLeavesNothingToBeMadeAgain) {
    const Failure failure = failureOfRunWith(request(), "handover.write", [] {
        throw Error{ErrorKind::Unavailable, Text{}, Text{}, Text{}};
    });
    EXPECT_EQ(failure.kind, ErrorKind::Unavailable);
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr((out() / "EncryptedKeyMaterial.bin").string()));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr((out() / "ImportToken.bin").string()));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("can be used with --key 'pkcs11:"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("with: aws kms import-key-material --region us-east-1"));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("Nothing of it is to be made again"));
    EXPECT_EQ(readFile(out() / "EncryptedKeyMaterial.bin", 10'000).size(), 256U);
    EXPECT_EQ(readFile(out() / "ImportToken.bin", 100).size(), 15U);
}

TEST_F(WrapOffline, StoppedBeforeTheFilesAreWrittenLeavesNone) {
    std::stop_source stop;
    const Failure failure = failureOfRunWith(
        request(), "token.wrap", [&stop] { stop.request_stop(); }, stop.get_token());
    EXPECT_EQ(failure.kind, ErrorKind::Cancelled);
    EXPECT_THAT(toEnglish(failure.remedy), Not(HasSubstr("EncryptedKeyMaterial.bin")));
    EXPECT_TRUE(nothingWasWritten());
}

TEST_F(WrapOffline, SecondFileThatCannotBeWrittenTakesTheFirstWithIt) {
    const auto putInTheWay = [this] { std::ofstream{out() / "ImportToken.bin"} << "somebody else's"; };
    const Failure failure = failureOfRunWith(request(), "token.wrap", putInTheWay);
    EXPECT_EQ(failure.kind, ErrorKind::Refused);
    EXPECT_THAT(toEnglish(failure.place), HasSubstr("ImportToken.bin"));
    EXPECT_THAT(toEnglish(failure.remedy), Not(HasSubstr("EncryptedKeyMaterial.bin")));
    EXPECT_THAT(toEnglish(failure.remedy), HasSubstr("can be used with --key 'pkcs11:"));
    EXPECT_FALSE(std::filesystem::exists(out() / "EncryptedKeyMaterial.bin"));
    EXPECT_EQ(asText(readFile(out() / "ImportToken.bin", 100)), "somebody else's");
}

TEST_F(WrapOffline, WrappingKeyThatIsNotOnTheTokenIsRefusedBeforeAKeyIsMade) {
    WrapRequest asked = request();
    asked.wrappingKeyOnToken = pkcs11::KeySelector{.label = pkcs11::ObjectLabel{"blessed"}, .id = {}, .objectClass = {}};
    const Failure failure = failureOfRun(asked);
    EXPECT_EQ(failure.kind, ErrorKind::NotFound);
    EXPECT_THAT(toEnglish(failure.cause), HasSubstr("blessed"));
    EXPECT_FALSE(m_person.wasAsked("wrap.review"));
    EXPECT_TRUE(m_token.openLoggedIn().objects().empty());
}

TEST_F(WrapOffline, AnotherWrappingKeyOnTheTokenThanInTheFileIsRefusedBeforeAKeyIsMade) {
    {
        pkcs11::Token token = m_token.openLoggedIn();
        static_cast<void>(token.generate({.type = pkcs11::RsaKeyPair{2048}, .label = pkcs11::ObjectLabel{"another"}}));
    }
    WrapRequest asked = request();
    asked.wrappingKeyOnToken = pkcs11::KeySelector{.label = pkcs11::ObjectLabel{"another"}, .id = {}, .objectClass = {}};
    EXPECT_EQ(failureOfRun(asked).kind, ErrorKind::Integrity);
    EXPECT_FALSE(m_person.wasAsked("wrap.review"));
    EXPECT_EQ(m_token.openLoggedIn().objects().size(), 2U) << "the pair that was there";
}

TEST_F(WrapOffline, MissingOutputFolderIsFoundBeforeTheTokenIsTouched) {
    WrapRequest asked = request();
    asked.outputFolder = out() / "missing";
    EXPECT_EQ(failureOfRun(asked).kind, ErrorKind::NotFound);
    EXPECT_TRUE(m_person.seen.empty());
}

TEST_F(WrapOffline, AnotherKeyThanThePinnedOneIsRefused) {
    WrapRequest asked = request();
    asked.pinnedWrappingKey = Fingerprint::of(asBytes("another key"));
    EXPECT_THAT(toEnglish(failureOfRun(asked).cause), HasSubstr("not the key that was named"));
    EXPECT_TRUE(m_person.seen.empty());
}

TEST_F(WrapOffline, ParametersOfAnotherKmsKeyAreRefused) {
    WrapRequest asked = request();
    asked.kmsKeyId = "87654321-1234-1234-1234-123456789012";
    EXPECT_THAT(toEnglish(failureOfRun(asked).cause), HasSubstr("given for another key"));
    asked.kmsKeyId = "12345678-1234-1234-1234-123456789012";
    EXPECT_NO_THROW(m_person.run(makeWrapJob(asked, m_person.context())));
}

TEST_F(WrapOffline, ACombinationThatKmsRefusesIsRefusedNamingTheRule) {
    EXPECT_EQ(failureOfRun(request(WrappingAlgorithm::RsaAesKeyWrapSha256)).kind, ErrorKind::Refused);
    EXPECT_TRUE(m_person.seen.empty());
}

TEST_F(WrapOffline, PublicKeysThatAreNoneAreRefused) {
    Bytes truncated = wrappingKey();
    truncated.pop_back();
    const WrapRequest asked = request();
    writeJson(truncated, systemNow() + 1h);
    EXPECT_EQ(failureOfRun(asked).kind, ErrorKind::InvalidInput);
    writeJson(wrapping::opening::publicKeyDer(*wrapping::opening::generateRsaKeyPair(1024)), systemNow() + 1h);
    EXPECT_EQ(failureOfRun(asked).kind, ErrorKind::InvalidInput);
    EXPECT_TRUE(m_person.seen.empty());
}

TEST_F(WrapOffline, NoAtTheReviewLeavesNothing) {
    m_person.sayNoTo = "wrap.review";
    EXPECT_EQ(failureOfRun(request()).kind, ErrorKind::Cancelled);
    EXPECT_TRUE(nothingWasWritten());
    EXPECT_TRUE(m_token.openLoggedIn().objects().empty());
}

TEST_F(WrapOffline, OneSourceOfParametersIsNeeded) {
    WrapRequest asked = request();
    asked.consoleFolder = m_folder.path();
    EXPECT_EQ(failureOfRun(asked).kind, ErrorKind::InvalidInput);
    asked.consoleFolder.reset();
    asked.parametersJson.reset();
    EXPECT_EQ(failureOfRun(asked).kind, ErrorKind::InvalidInput);
    asked.importTokenFile = "ImportToken.bin";
    EXPECT_EQ(failureOfRun(asked).kind, ErrorKind::InvalidInput);
}

TEST_F(WrapOffline, NeitherOrBothKeySourcesAreRefused) {
    WrapRequest asked = request();
    asked.key.existing = pkcs11::KeySelector{};
    EXPECT_THAT(toEnglish(failureOfRun(asked).cause), HasSubstr("both"));
    asked.key = {};
    EXPECT_THAT(toEnglish(failureOfRun(asked).cause), HasSubstr("neither"));
}

}  // namespace

}  // namespace keyconvoy::tests
