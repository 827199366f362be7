#include "app/handover/aws_command.h"
#include "app/handover/import_parameters.h"
#include "core/error.h"
#include "core/files.h"
#include "wrapping/opening/open_envelope.h"

#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::HasSubstr;

constexpr const char* keyArn = "arn:aws:kms:us-east-1:111122223333:key/12345678-1234-1234-1234-123456789012";

std::string json(const std::string& validTo, const std::string& publicKey = "AQID", const std::string& importToken = "BAUG") {
    return R"({"KeyId": ")" + std::string{keyArn} + R"(", "PublicKey": ")" + publicKey + R"(", "ImportToken": ")" + importToken +
           R"(", "ParametersValidTo": )" + validTo + "}";
}

std::string causeOf(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return toEnglish(error.failure().place) + ": " + toEnglish(error.failure().cause);
    }
    return "(taken)";
}

std::string causeOfJson(const std::string& text) {
    return causeOf([&] { static_cast<void>(parseParametersJson(text, "parameters.json")); });
}

TEST(ParametersJson, OfCliVersion2IsRead) {
    const HandedParameters parameters = parseParametersJson(json(R"("2027-06-17T12:00:00.250000+00:00")"), "parameters.json");
    EXPECT_EQ(parameters.publicKey, (Bytes{1, 2, 3}));
    EXPECT_EQ(parameters.importToken, (Bytes{4, 5, 6}));
    EXPECT_EQ(parameters.validTo, parseRfc3339("2027-06-17T12:00:00.250Z"));
    EXPECT_EQ(parameters.keyId, keyArn);
    EXPECT_TRUE(parameters.fromOneReply);
}

TEST(ParametersJson, OfCliVersion1IsRead) {
    EXPECT_EQ(parseParametersJson(json("1813060800.25"), "p").validTo, parseRfc3339("2027-06-15T12:00:00.250Z"));
    EXPECT_EQ(parseParametersJson(json("1.8130608E9"), "p").validTo, parseRfc3339("2027-06-15T12:00:00Z"));
}

TEST(ParametersJson, MembersOfLaterModelsAreIgnored) {
    std::string text = json("1813060800");
    text.insert(1, R"("Novelty": {"a": [1]}, )");
    EXPECT_EQ(causeOfJson(text), "(taken)");
}

TEST(ParametersJson, EachWrongMemberIsNamed) {
    EXPECT_THAT(causeOfJson(json("1813060800", "AQ")), HasSubstr("member PublicKey: it is no Base64"));
    EXPECT_THAT(causeOfJson(json("1813060800", "")), HasSubstr("member PublicKey"));
    EXPECT_THAT(causeOfJson(json("1813060800", "AQID", "!!!!")), HasSubstr("member ImportToken"));
    EXPECT_THAT(causeOfJson(json("\"2027-06-17\"")), HasSubstr("member ParametersValidTo"));
    EXPECT_THAT(causeOfJson(json("1e300")), HasSubstr("member ParametersValidTo"));
    EXPECT_THAT(causeOfJson(json("-1")), HasSubstr("member ParametersValidTo"));
    EXPECT_THAT(causeOfJson(R"({"PublicKey": "AQID"})"), HasSubstr("member ImportToken: it is missing"));
    EXPECT_THAT(causeOfJson(R"({"PublicKey": 1})"), HasSubstr("it is no string"));
    EXPECT_NE(causeOfJson("[]"), "(taken)");
    EXPECT_NE(causeOfJson("not json"), "(taken)");
    EXPECT_NE(causeOfJson(json("1813060800") + "x"), "(taken)");
    EXPECT_NE(causeOfJson(R"({"PublicKey": "AQID", "PublicKey": "AQID"})"), "(taken)");
}

class ConsoleFiles : public ::testing::Test {
protected:
    [[nodiscard]] std::filesystem::path put(const std::string& name, ByteView content) const {
        writeNewFile(m_folder.path() / name, content);
        return m_folder.path() / name;
    }
    [[nodiscard]] static std::string cause(const std::filesystem::path& publicKey, const std::filesystem::path& importToken) {
        return causeOf([&] { static_cast<void>(readConsoleFiles(publicKey, importToken)); });
    }
    [[nodiscard]] static Bytes publicKey() {
        return wrapping::opening::publicKeyDer(*wrapping::opening::generateRsaKeyPair(2048));
    }

    TemporaryFolder m_folder{"keyconvoy-console"};
};

TEST_F(ConsoleFiles, AreTaken) {
    EXPECT_EQ(cause(put("key", publicKey()), put("token", asBytes("token"))), "(taken)");
}

TEST_F(ConsoleFiles, OneFileForBothIsRefusedNamingBothOptions) {
    const std::filesystem::path file = put("key", publicKey());
    EXPECT_THAT(cause(file, file), HasSubstr("options --wrapping-public-key and --import-token: both name the same file"));
    std::filesystem::create_symlink(file, m_folder.path() / "link");
    EXPECT_THAT(cause(file, m_folder.path() / "link"), HasSubstr("both name the same file"));
}

TEST_F(ConsoleFiles, SwappedOnesAreSaidToBeSwapped) {
    EXPECT_THAT(cause(put("token", asBytes("token")), put("key", publicKey())), HasSubstr("the two files are swapped"));
}

TEST_F(ConsoleFiles, PublicKeyInPlaceOfTheImportTokenIsRefused) {
    EXPECT_THAT(cause(put("key", publicKey()), put("copy", publicKey())), HasSubstr("holds a public key, as"));
}

TEST_F(ConsoleFiles, MissingOneIsNamed) {
    const std::filesystem::path file = put("key", publicKey());
    EXPECT_THAT(cause(file, m_folder.path() / "none"), HasSubstr("none: it cannot be opened"));
}

class ConsoleFolder : public ::testing::Test {
protected:
    void put(const std::string& name, const std::string& content = "content") const {
        std::ofstream{m_folder.path() / name} << content;
    }
    [[nodiscard]] HandedParameters read() const { return readConsoleFolder(m_folder.path()); }
    [[nodiscard]] std::string cause() const {
        return causeOf([this] { static_cast<void>(read()); });
    }

    TemporaryFolder m_folder{"keyconvoy-handover"};
};

TEST_F(ConsoleFolder, OfTodayIsRead) {
    put("WrappingPublicKey.bin", "key");
    put("ImportToken.bin", "token");
    put("README.txt");
    const HandedParameters parameters = read();
    EXPECT_EQ(asText(parameters.publicKey), "key");
    EXPECT_EQ(asText(parameters.importToken), "token");
    EXPECT_FALSE(parameters.keyId);
    EXPECT_FALSE(parameters.validTo);
    EXPECT_FALSE(parameters.fromOneReply);
}

TEST_F(ConsoleFolder, OfOlderConsolesIsReadAndNamesTheKey) {
    const std::string suffix = "12345678-1234-1234-1234-123456789012_05021030";
    put("wrappingKey_" + suffix, "key");
    put("importToken_" + suffix, "token");
    put("README_" + suffix + ".txt");
    const HandedParameters parameters = read();
    EXPECT_EQ(asText(parameters.importToken), "token");
    EXPECT_EQ(parameters.keyId, "12345678-1234-1234-1234-123456789012");
}

TEST_F(ConsoleFolder, WithTokenOfAnotherDownloadHoldsNoPair) {
    put("wrappingKey_12345678-1234-1234-1234-123456789012_05021030");
    put("importToken_12345678-1234-1234-1234-123456789012_05021031");
    EXPECT_THAT(cause(), HasSubstr("holds no wrapping key with its import token"));
}

TEST_F(ConsoleFolder, WithTwoDownloadsIsRefused) {
    put("WrappingPublicKey.bin");
    put("ImportToken.bin");
    put("wrappingKey_12345678-1234-1234-1234-123456789012_05021030");
    put("importToken_12345678-1234-1234-1234-123456789012_05021030");
    EXPECT_THAT(cause(), HasSubstr("more than one pair"));
}

TEST_F(ConsoleFolder, EmptyOrMissingIsNotFound) {
    EXPECT_THAT(cause(), HasSubstr("holds no wrapping key"));
    EXPECT_THAT(causeOf([this] { static_cast<void>(readConsoleFolder(m_folder.path() / "missing")); }),
                HasSubstr("no such folder"));
}

TEST_F(ConsoleFolder, WithAnEmptyFileIsRefused) {
    put("WrappingPublicKey.bin", "");
    put("ImportToken.bin");
    EXPECT_THAT(cause(), HasSubstr("WrappingPublicKey.bin: it is empty"));
}

TEST(ShellQuoted, LeavesSafeTextAloneAndQuotesTheRest) {
    EXPECT_EQ(shellQuoted("fileb:///media/a_b/Key-1.bin"), "fileb:///media/a_b/Key-1.bin");
    EXPECT_EQ(shellQuoted("a b"), "'a b'");
    EXPECT_EQ(shellQuoted("it's $HOME"), "'it'\\''s $HOME'");
    EXPECT_EQ(shellQuoted(""), "''");
    EXPECT_EQ(shellQuoted("~/x"), "'~/x'");
}

TEST(AwsImportCommand, NamesFilesAndExpiry) {
    AwsImport import{.keyId = keyArn, .encryptedKeyMaterial = "my media/E.bin", .importToken = "T.bin", .validTo = {}};
    EXPECT_EQ(awsImportCommand(import), "aws kms import-key-material --region us-east-1 --key-id " + std::string{keyArn} +
                                            " --encrypted-key-material 'fileb://my media/E.bin' --import-token fileb://T.bin"
                                            " --expiration-model KEY_MATERIAL_DOES_NOT_EXPIRE");
    import.validTo = parseRfc3339("2027-06-17T12:00:00Z");
    EXPECT_THAT(awsImportCommand(import), HasSubstr("--expiration-model KEY_MATERIAL_EXPIRES --valid-to 2027-06-17T12:00:00Z"));
}

TEST(AwsImportCommand, NamesNoRegionThatNobodyTold) {
    const AwsImport import{
        .keyId = "12345678-1234-1234-1234-123456789012", .encryptedKeyMaterial = "E.bin", .importToken = "T.bin", .validTo = {}};
    EXPECT_THAT(awsImportCommand(import), ::testing::StartsWith("aws kms import-key-material --key-id 12345678-"));
}

}  // namespace

}  // namespace keyconvoy::tests
