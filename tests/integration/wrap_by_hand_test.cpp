#include "app/handover/aws_command.h"
#include "app/handover/wrap_job.h"
#include "core/base64.h"
#include "kmsclient/key_arn.h"
#include "tests/integration/import_station.h"

#include <cstdlib>
#include <fstream>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sys/wait.h>

/// The hand-over as people do it: the wrap offline, and its command in a shell with Debian's AWS CLI.
namespace keyconvoy::tests {

namespace {

using namespace app;
using ::testing::HasSubstr;
using wrapping::KeySpec;

class WrapByHand : public ::testing::Test {
protected:
    void SetUp() override { std::filesystem::create_directory(out()); }

    /// With all that a shell would trip over but a dollar, which the AWS CLI itself takes for a variable.
    [[nodiscard]] std::filesystem::path out() const { return m_folder.path() / "it's \"A & B\"; day *1 (`x`)"; }

    [[nodiscard]] WrapRequest request(const std::string& keyArn) {
        const kms::ImportParameters parameters = m_station.client().getParametersForImport(
            keyArn, wrapping::WrappingAlgorithm::RsaesOaepSha256, wrapping::WrappingKeySpec::Rsa2048);
        const std::filesystem::path file = m_folder.path() / "parameters.json";
        std::ofstream{file} << Json{{"KeyId", keyArn},
                                    {"PublicKey", toBase64(parameters.publicKey)},
                                    {"ImportToken", toBase64(parameters.importToken)},
                                    {"ParametersValidTo", toRfc3339(parameters.parametersValidTo)}}
                                   .dump();
        WrapRequest request;
        request.token = stationOf(m_token);
        request.key.generateWithLabel = pkcs11::ObjectLabel{"carried by hand"};
        request.parametersJson = file;
        request.expiry = Expiry::parse("P30D");
        request.outputFolder = out();
        request.qualificationFolder = m_station.qualifications();
        return request;
    }

    /// What bash says of the command, as it was printed; the AWS CLI gets endpoint and credentials from its surroundings, but no
    /// Region.
    [[nodiscard]] int runInShell(const std::string& command, const std::string& options = {}) const {
        const kms::ClientOptions client = m_station.kms().client;
        const std::filesystem::path script = m_folder.path() / "script.sh";
        std::ofstream{script} << "exec >'" << log().string() << "' 2>&1\n"
                              << "unset AWS_REGION AWS_DEFAULT_REGION AWS_PROFILE\n"
                              << "export HOME='" << m_folder.path().string() << "' AWS_CONFIG_FILE=/dev/null "
                              << "AWS_SHARED_CREDENTIALS_FILE=/dev/null AWS_EC2_METADATA_DISABLED=true AWS_PAGER= "
                              << "AWS_ACCESS_KEY_ID='" << client.credentials->accessKeyId << "' AWS_SECRET_ACCESS_KEY='"
                              << client.credentials->secretAccessKey << "'\n"
                              << "aws() { /usr/bin/aws --endpoint-url '" << *client.endpointUrl << "' \"$@\"; }\n"
                              << command << "\n";
        const int status = std::system(("/bin/bash " + options + " '" + script.string() + "'").c_str());
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    [[nodiscard]] std::filesystem::path log() const { return m_folder.path() / "log"; }
    [[nodiscard]] std::string said() const {
        std::ifstream file{log()};
        return {std::istreambuf_iterator<char>{file}, {}};
    }

    ImportStation m_station;
    NssToken m_token;
    TemporaryFolder m_folder{"keyconvoy-by-hand"};
    Operator m_person;
};

TEST_F(WrapByHand, ThePrintedCommandImportsTheKeyAsItStands) {
    const std::string arn = m_station.createKey(KeySpec::SymmetricDefault).str();
    const Json result = m_person.run(makeWrapJob(request(arn), m_person.context()));
    const std::string command = result["command"];
    EXPECT_THAT(command, HasSubstr(" --region " + std::string{kms::KeyArn::parse(arn).value().region()} + " "));

    ASSERT_EQ(runInShell(command, "-n"), 0) << command;
    ASSERT_EQ(runInShell("cd " + shellQuoted(out().string()) + "\n" + command), 0) << command << "\n" << said();
    const kms::KeyMetadata key = m_station.client().describeKey(arn).metadata;
    EXPECT_EQ(key.keyState, kms::KeyState::Enabled);
    EXPECT_EQ(key.validTo, parseRfc3339(result["validTo"].get<std::string>()));
}

/// From this machine, which has no network, to one that has: another folder, another mount point.
TEST_F(WrapByHand, TheCommandWorksWhereverTheFilesAreCarried) {
    const std::string arn = m_station.createKey(KeySpec::SymmetricDefault).str();
    WrapRequest asked = request(arn);
    asked.outputFolder = std::filesystem::relative(out());
    const Json result = m_person.run(makeWrapJob(std::move(asked), m_person.context()));
    EXPECT_EQ(result["encryptedKeyMaterialFile"], (out() / "EncryptedKeyMaterial.bin").string());
    EXPECT_EQ(result["importTokenFile"], (out() / "ImportToken.bin").string());
    const std::filesystem::path elsewhere = m_folder.path() / "carried here";
    std::filesystem::create_directory(elsewhere);
    for (const char* file : {"EncryptedKeyMaterial.bin", "ImportToken.bin"}) {
        std::filesystem::rename(out() / file, elsewhere / file);
    }
    ASSERT_EQ(runInShell("cd " + shellQuoted(elsewhere.string()) + "\n" + result["command"].get<std::string>()), 0) << said();
}

}  // namespace

}  // namespace keyconvoy::tests
