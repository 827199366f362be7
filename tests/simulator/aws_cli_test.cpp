#include "core/base64.h"
#include "core/files.h"
#include "core/hex.h"
#include "tests/simulator/kms.h"
#include "tests/simulator/simulator_process.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Debian's AWS CLI drives the simulator; OpenSSL's command line wraps. The CLI's model is of 2022: it knows neither ImportType
/// nor ListKeyRotations.
namespace keyconvoy::tests {

namespace {

class AwsCli : public testing::Test {
protected:
    std::vector<std::string> environment() const {
        return {"PATH=/usr/bin:/bin",
                "HOME=" + m_folder.path().string(),
                "AWS_CONFIG_FILE=/dev/null",
                "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
                "AWS_EC2_METADATA_DISABLED=true",
                "AWS_DEFAULT_REGION=us-east-1",
                "AWS_ACCESS_KEY_ID=" + m_simulator.text("accessKeyId"),
                "AWS_SECRET_ACCESS_KEY=" + m_simulator.text("secretAccessKey")};
    }
    Ended aws(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), {"/usr/bin/aws", "--endpoint-url", m_simulator.text("url"), "--output", "json"});
        return run(arguments, environment());
    }
    Json must(const std::vector<std::string>& arguments) const {
        const Ended ended = aws(arguments);
        EXPECT_EQ(ended.exitCode, 0) << ended.errors;
        return ended.output.empty() ? Json{} : Json::parse(ended.output);
    }
    void openssl(std::vector<std::string> arguments) const {
        arguments.insert(arguments.begin(), "/usr/bin/openssl");
        const Ended ended = run(arguments, environment());
        ASSERT_EQ(ended.exitCode, 0) << ended.errors;
    }
    std::string file(const char* name) const { return (m_folder.path() / name).string(); }
    std::string createKey(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> arguments{"kms", "create-key", "--origin", "EXTERNAL"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        return must(arguments).at("KeyMetadata").at("KeyId");
    }
    /// Writes the files `public` and `token`.
    void getParameters(const std::string& id, const char* algorithm = "RSAES_OAEP_SHA_256",
                       const char* region = "us-east-1") const {
        const Json reply = must({"kms", "get-parameters-for-import", "--key-id", id, "--wrapping-algorithm", algorithm,
                                 "--wrapping-key-spec", "RSA_2048", "--region", region});
        std::filesystem::remove(file("public"));
        std::filesystem::remove(file("token"));
        writeNewFile(file("public"), fromBase64(reply.at("PublicKey").get<std::string>()).value());
        writeNewFile(file("token"), fromBase64(reply.at("ImportToken").get<std::string>()).value());
    }
    void wrap(const char* plaintext) const {
        openssl({"pkeyutl", "-encrypt", "-in", file(plaintext), "-inkey", file("public"), "-keyform", "DER", "-pubin", "-pkeyopt",
                 "rsa_padding_mode:oaep", "-pkeyopt", "rsa_oaep_md:sha256", "-pkeyopt", "rsa_mgf1_md:sha256", "-out",
                 file("wrapped")});
    }
    /// RSA_AES_KEY_WRAP_SHA_256 of a PKCS#8 file, as the KMS Developer Guide has it.
    void wrapKeyPair(const char* pkcs8) const {
        openssl({"rand", "-out", file("temporary"), "32"});
        wrap("temporary");
        const std::string key = toHex(readFile(file("temporary"), 32));
        openssl({"enc", "-id-aes256-wrap-pad", "-K", key, "-iv", "A65959A6", "-in", file(pkcs8), "-out", file("behind")});
        Bytes both = readFile(file("wrapped"), 256);
        const Bytes behind = readFile(file("behind"), 4096);
        both.insert(both.end(), behind.begin(), behind.end());
        std::filesystem::remove(file("wrapped"));
        writeNewFile(file("wrapped"), both);
    }
    Ended import(const std::string& id, const char* region = "us-east-1") const {
        return aws({"kms", "import-key-material", "--key-id", id, "--encrypted-key-material", "fileb://" + file("wrapped"),
                    "--import-token", "fileb://" + file("token"), "--expiration-model", "KEY_MATERIAL_DOES_NOT_EXPIRE",
                    "--region", region});
    }

    TemporaryFolder m_folder{"keyconvoy-aws-cli-"};
    SimulatorProcess m_simulator;
};

TEST_F(AwsCli, IsTheVersionThatThisWasTriedWith) {
    EXPECT_THAT(aws({"--version"}).output, testing::StartsWith("aws-cli/2.9.19 "));
}

TEST_F(AwsCli, KnowsWhoItIs) {
    const Json identity = must({"sts", "get-caller-identity"});
    EXPECT_EQ(identity.at("Account"), "000000000000");
    EXPECT_EQ(identity.at("Arn"), "arn:aws:iam::000000000000:user/rehearsal");
}

TEST_F(AwsCli, ImportsAKeyThatOpensslWrappedAndUsesIt) {
    const std::string id = createKey();
    getParameters(id);
    openssl({"rand", "-out", file("key"), "32"});
    wrap("key");
    const Ended imported = import(id);
    EXPECT_EQ(imported.exitCode, 0) << imported.errors;
    EXPECT_EQ(must({"kms", "describe-key", "--key-id", id}).at("KeyMetadata").at("KeyState"), "Enabled");
    const std::string sealed = must({"kms", "encrypt", "--key-id", id, "--plaintext", "Y2VyZW1vbnk="}).at("CiphertextBlob");
    EXPECT_EQ(must({"kms", "decrypt", "--ciphertext-blob", sealed}).at("Plaintext"), "Y2VyZW1vbnk=");
    must({"kms", "delete-imported-key-material", "--key-id", id});
    const Ended refused = aws({"kms", "encrypt", "--key-id", id, "--plaintext", "AA=="});
    EXPECT_EQ(refused.exitCode, 254);
    EXPECT_THAT(refused.errors,
                testing::HasSubstr("An error occurred (KMSInvalidStateException) when calling the Encrypt operation: "
                                   "arn:aws:kms:us-east-1:000000000000:key/" +
                                   id + " is pending import."));
}

TEST_F(AwsCli, ImportsAKeyThatEnds) {
    const std::string id = createKey();
    getParameters(id);
    openssl({"rand", "-out", file("key"), "32"});
    wrap("key");
    const std::string end = toRfc3339(systemNow() + std::chrono::hours{48});
    must({"kms", "import-key-material", "--key-id", id, "--encrypted-key-material", "fileb://" + file("wrapped"),
          "--import-token", "fileb://" + file("token"), "--expiration-model", "KEY_MATERIAL_EXPIRES", "--valid-to", end});
    const std::string validTo = must({"kms", "describe-key", "--key-id", id}).at("KeyMetadata").at("ValidTo");
    EXPECT_EQ(parseRfc3339(validTo), parseRfc3339(end));
}

TEST_F(AwsCli, ShowsTheErrorsAsTheyCome) {
    const Ended unknown = aws({"kms", "describe-key", "--key-id", "nonsense"});
    EXPECT_EQ(unknown.exitCode, 254);
    EXPECT_THAT(unknown.errors,
                testing::HasSubstr(
                    "An error occurred (NotFoundException) when calling the DescribeKey operation: Invalid keyId 'nonsense'"));
    const std::string id = createKey();
    getParameters(id);
    openssl({"rand", "-out", file("key"), "31"});
    wrap("key");
    EXPECT_THAT(
        import(id).errors,
        testing::HasSubstr("An error occurred (InvalidCiphertextException) when calling the ImportKeyMaterial operation"));
    writeNewFile(file("garbage"), Bytes(100, 7));
    const Ended badToken =
        aws({"kms", "import-key-material", "--key-id", id, "--encrypted-key-material", "fileb://" + file("wrapped"),
             "--import-token", "fileb://" + file("garbage"), "--expiration-model", "KEY_MATERIAL_DOES_NOT_EXPIRE"});
    EXPECT_THAT(badToken.errors, testing::HasSubstr("(InvalidImportTokenException)"));
}

/// The CLI's way to the simulator for a secret that is no longer right.
TEST_F(AwsCli, WithAWrongSecretIsRefused) {
    std::vector<std::string> wrong = environment();
    wrong.back() = "AWS_SECRET_ACCESS_KEY=guessed";
    const Ended ended = run({"/usr/bin/aws", "--endpoint-url", m_simulator.text("url"), "kms", "list-keys"}, wrong);
    EXPECT_THAT(ended.errors, testing::HasSubstr("(InvalidSignatureException)"));
}

TEST_F(AwsCli, MakesMacsWithAnImportedHmacKey) {
    const std::string id = createKey({"--key-spec", "HMAC_256", "--key-usage", "GENERATE_VERIFY_MAC"});
    getParameters(id);
    writeNewFile(file("key"), Bytes(32, 0x41));
    wrap("key");
    EXPECT_EQ(import(id).exitCode, 0);
    const Json reply = must({"kms", "generate-mac", "--key-id", id, "--mac-algorithm", "HMAC_SHA_256", "--message",
                             toBase64(asBytes("imported HMAC"))});
    EXPECT_EQ(reply.at("Mac"), "ENxqMGYJSHcFnD/E+bdO3tCxRrwoMQaCgBgiHYTQTPw=");
}

TEST_F(AwsCli, TakesParametersInEveryAlgorithm) {
    const std::string symmetric = createKey();
    const std::string signing = createKey({"--key-spec", "RSA_2048", "--key-usage", "SIGN_VERIFY"});
    for (const char* algorithm : {"RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"}) {
        getParameters(symmetric, algorithm);
        EXPECT_EQ(readFile(file("public"), 4096).size(), 294U) << algorithm;
    }
    for (const char* algorithm : {"RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256"}) {
        getParameters(signing, algorithm);
        EXPECT_EQ(readFile(file("public"), 4096).size(), 294U) << algorithm;
    }
    const Ended refused = aws({"kms", "get-parameters-for-import", "--key-id", symmetric, "--wrapping-algorithm",
                               "RSAES_PKCS1_V1_5", "--wrapping-key-spec", "RSA_2048"});
    EXPECT_THAT(refused.errors,
                testing::HasSubstr("(ValidationException) when calling the GetParametersForImport operation: Wrapping algorithm "
                                   "RSAES_PKCS1_V1_5 and wrapping key spec RSA_2048 cannot be used to import a SYMMETRIC_DEFAULT "
                                   "key."));
}

TEST_F(AwsCli, SignsWithAnImportedRsaKeyWhatOpensslVerifies) {
    openssl({"genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", file("pair")});
    openssl({"pkcs8", "-topk8", "-nocrypt", "-in", file("pair"), "-outform", "DER", "-out", file("pkcs8")});
    openssl({"pkey", "-in", file("pair"), "-pubout", "-out", file("pair-public")});
    const std::string id = createKey({"--key-spec", "RSA_2048", "--key-usage", "SIGN_VERIFY"});
    getParameters(id, "RSA_AES_KEY_WRAP_SHA_256");
    wrapKeyPair("pkcs8");
    const Ended imported = import(id);
    ASSERT_EQ(imported.exitCode, 0) << imported.errors;
    writeNewFile(file("message"), Bytes(40, 0x6d));
    const Json reply = must({"kms", "sign", "--key-id", id, "--message", "fileb://" + file("message"), "--signing-algorithm",
                             "RSASSA_PKCS1_V1_5_SHA_256"});
    writeNewFile(file("signature"), fromBase64(reply.at("Signature").get<std::string>()).value());
    openssl({"dgst", "-sha256", "-verify", file("pair-public"), "-signature", file("signature"), file("message")});
}

TEST_F(AwsCli, ReplicatesAKeyAndImportsItsMaterialThere) {
    const std::string id = createKey({"--multi-region"});
    getParameters(id);
    openssl({"rand", "-out", file("key"), "32"});
    wrap("key");
    EXPECT_EQ(import(id).exitCode, 0);
    const Json replica = must({"kms", "replicate-key", "--key-id", id, "--replica-region", "eu-west-1"}).at("ReplicaKeyMetadata");
    EXPECT_EQ(replica.at("Arn"), "arn:aws:kms:eu-west-1:000000000000:key/" + id);
    getParameters(id, "RSAES_OAEP_SHA_256", "eu-west-1");
    wrap("key");
    const Ended imported = import(id, "eu-west-1");
    EXPECT_EQ(imported.exitCode, 0) << imported.errors;
    const std::string sealed = must({"kms", "encrypt", "--key-id", id, "--plaintext", "Y2VyZW1vbnk="}).at("CiphertextBlob");
    EXPECT_EQ(must({"kms", "decrypt", "--ciphertext-blob", sealed, "--region", "eu-west-1"}).at("Plaintext"), "Y2VyZW1vbnk=");
}

TEST_F(AwsCli, NamesAndTagsKeys) {
    const std::string id = createKey({"--tags", "TagKey=site,TagValue=A"});
    must({"kms", "create-alias", "--alias-name", "alias/orders", "--target-key-id", id});
    EXPECT_EQ(must({"kms", "describe-key", "--key-id", "alias/orders"}).at("KeyMetadata").at("KeyId"), id);
    EXPECT_EQ(must({"kms", "list-aliases", "--key-id", id}).at("Aliases").at(0).at("AliasName"), "alias/orders");
    must({"kms", "tag-resource", "--key-id", id, "--tags", "TagKey=owner,TagValue=treasury"});
    must({"kms", "untag-resource", "--key-id", id, "--tag-keys", "site"});
    EXPECT_EQ(must({"kms", "list-resource-tags", "--key-id", id}).at("Tags"),
              Json::array({{{"TagKey", "owner"}, {"TagValue", "treasury"}}}));
    must({"kms", "delete-alias", "--alias-name", "alias/orders"});
    EXPECT_THAT(aws({"kms", "describe-key", "--key-id", "alias/orders"}).errors, testing::HasSubstr("(NotFoundException)"));
}

}  // namespace

}  // namespace keyconvoy::tests
