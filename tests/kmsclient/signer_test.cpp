#include "kmsclient/signer.h"

#include "core/fingerprint.h"
#include "core/hex.h"
#include "tests/kmsclient/failure_matchers.h"

#include <gtest/gtest.h>
#include <ostream>

namespace keyconvoy::kms {
namespace {

/// Signatures that two independent implementations (botocore's among them) agree on; access key AKIDEXAMPLE,
/// 2026-01-02T03:04:05Z, us-east-1.
struct Vector {
    const char* name;
    const char* service;
    Headers headers;
    std::string body;
    std::string sessionToken;
    std::string bodySha256, canonicalRequestSha256, signingKey, signature;  ///< empty where it is not known
    friend std::ostream& operator<<(std::ostream& out, const Vector& vector) { return out << vector.name; }
};

const Headers kmsHeaders{{"host", "kms.us-east-1.amazonaws.com"},
                         {"content-type", "application/x-amz-json-1.1"},
                         {"x-amz-target", "TrentService.GetParametersForImport"}};
const std::string kmsBody =
    R"({"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab","WrappingAlgorithm":"RSAES_OAEP_SHA_256","WrappingKeySpec":"RSA_4096"})";
constexpr std::string_view secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
constexpr std::string_view date = "20260102T030405Z";

const std::vector<Vector> vectors{
    {"Kms", "kms", kmsHeaders, kmsBody, "", "afc5ccf97918595027784ba3401910d1eb788185f1991e34680bd435c7ae7b33",
     "a29c607b23a3206888f46850048f023f65be4a6a99db56c2f23bcfc0ffcedf14",
     "11430ad8a00c2d57affadef989330e493df112710a5c800ad0feba27ebe1c9fe",
     "8caa7a754f5c0e4b51cbcaf681b3d7ba9b2d9961e7b705b930976522eac3d5c6"},
    {"KmsWithSessionToken", "kms", kmsHeaders, kmsBody, "EXAMPLESESSIONTOKEN",
     "afc5ccf97918595027784ba3401910d1eb788185f1991e34680bd435c7ae7b33", "",
     "11430ad8a00c2d57affadef989330e493df112710a5c800ad0feba27ebe1c9fe",
     "ab36e9001dd301da7395fbdf863a439648b364ec089ffe6ec4e8e75567ec55cf"},
    {"Sts", "sts",
     Headers{{"host", "sts.us-east-1.amazonaws.com"}, {"content-type", "application/x-www-form-urlencoded; charset=utf-8"}},
     "Action=GetCallerIdentity&Version=2011-06-15", "", "ab821ae955788b0e33ebd34c208442ccfc2d406e2edc5e7a39bd6458fbb4f843",
     "8950aa637e8c92025b0538006475e7a6bfe500443fed4346748d7411aba800df",
     "62c165e601367dda03398cd7330e6ccfba2e091a8e51b3f1a9de329b315a815a",
     "b57eccc771c57ff3d2d1121eb0768f9b5a596f1e2aa97e452275256232edfb15"}};

class SignerVectorTest : public testing::TestWithParam<Vector> {
protected:
    void SetUp() override { initialiseSecureHeap(); }

    [[nodiscard]] Headers headersToSign() const {
        Headers headers = GetParam().headers;
        headers["x-amz-date"] = date;
        if (!GetParam().sessionToken.empty()) {
            headers["x-amz-security-token"] = GetParam().sessionToken;
        }
        return headers;
    }
    [[nodiscard]] SigningScope scope() const { return {.region = "us-east-1", .service = GetParam().service}; }
    [[nodiscard]] SecretBytes key() const { return signingKey(asBytes(secret), date, scope()); }
};

TEST_P(SignerVectorTest, HashesTheBody) {
    EXPECT_EQ(Fingerprint::of(asBytes(GetParam().body)).hex(), GetParam().bodySha256);
    EXPECT_TRUE(canonicalRequest(headersToSign(), GetParam().body).ends_with("\n" + GetParam().bodySha256));
}

TEST_P(SignerVectorTest, WritesTheCanonicalRequest) {
    const std::string hash = Fingerprint::of(asBytes(canonicalRequest(headersToSign(), GetParam().body))).hex();
    if (!GetParam().canonicalRequestSha256.empty()) {
        EXPECT_EQ(hash, GetParam().canonicalRequestSha256);
    }
    EXPECT_TRUE(
        stringToSign(date, scope(), canonicalRequest(headersToSign(), GetParam().body)).ends_with("/aws4_request\n" + hash));
}

TEST_P(SignerVectorTest, DerivesTheSigningKey) {
    EXPECT_EQ(toHex(key().view()), GetParam().signingKey);
}

TEST_P(SignerVectorTest, SignsTheString) {
    const std::string text = stringToSign(date, scope(), canonicalRequest(headersToSign(), GetParam().body));
    EXPECT_EQ(signature(key(), text), GetParam().signature);
}

TEST_P(SignerVectorTest, AddsItAllToTheHeaders) {
    Headers headers = GetParam().headers;
    const SigningIdentity identity{
        .accessKeyId = "AKIDEXAMPLE", .secretAccessKey = asBytes(secret), .sessionToken = asBytes(GetParam().sessionToken)};
    sign(headers, GetParam().body, identity, scope(), *parseRfc3339("2026-01-02T03:04:05.999Z"));
    EXPECT_EQ(headers.at("x-amz-date"), date);
    EXPECT_EQ(headers.contains("x-amz-security-token"), !GetParam().sessionToken.empty());
    EXPECT_EQ(headers.at("authorization"),
              "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/us-east-1/" + std::string{GetParam().service} +
                  "/aws4_request, SignedHeaders=" + signedHeaderList(headersToSign()) + ", Signature=" + GetParam().signature);
}

INSTANTIATE_TEST_SUITE_P(Published, SignerVectorTest, testing::ValuesIn(vectors), tests::rowName);

TEST(SignerTest, BlanksInHeaderValuesAreTrimmedAndMadeOne) {
    const std::string text = canonicalRequest({{"host", "h"}, {"x-amz-a", " \t a  b\t \tc  "}, {"x-amz-b", ""}}, "");
    EXPECT_EQ(text.substr(0, text.rfind('\n')), "POST\n/\n\nhost:h\nx-amz-a:a b c\nx-amz-b:\n\nhost;x-amz-a;x-amz-b");
}

TEST(SignerTest, ANameThatBeginsAnotherStandsBeforeIt) {
    EXPECT_EQ(signedHeaderList({{"accept-encoding", ""}, {"accept", ""}, {"host", ""}}), "accept;accept-encoding;host");
}

TEST(SignerTest, AgreesWithBotocoreOnOddHeadersAndALargeBody) {
    initialiseSecureHeap();
    Headers headers{{"host", "127.0.0.1:8080"},
                    {"content-type", "application/x-amz-json-1.1"},
                    {"x-amz-target", "TrentService.X"},
                    {"x-amz-a", "  a \t  b  "},
                    {"x-amz-ab", ""},
                    {"accept", "*/*"},
                    {"accept-encoding", "x"}};
    const SigningIdentity identity{
        .accessKeyId = "AK", .secretAccessKey = asBytes("s/+ecret"), .sessionToken = asBytes("tok/en==")};
    sign(headers, std::string(70'000, 'z'), identity, {.region = "eu-central-1", .service = "kms"},
         *parseRfc3339("2026-11-21T23:59:59Z"));
    // Computed once with the botocore of Debian's awscli 2.9.19.
    EXPECT_TRUE(
        headers.at("authorization").ends_with("Signature=74feb9d35bcca4045c21fbfca0c073dd02b6e940d0bdb73084c8e5d2694a3e34"));
}

TEST(SignerTest, EveryPartCountsForTheSignature) {
    initialiseSecureHeap();
    const auto signatureOf = [](const Headers& headers, std::string_view body, std::string_view key, const std::string& region) {
        const SigningScope scope{.region = region, .service = "kms"};
        return signature(signingKey(asBytes(key), date, scope), stringToSign(date, scope, canonicalRequest(headers, body)));
    };
    const std::string base = signatureOf(kmsHeaders, kmsBody, secret, "us-east-1");
    Headers otherTarget = kmsHeaders;
    otherTarget["x-amz-target"] = "TrentService.DescribeKey";
    EXPECT_NE(signatureOf(otherTarget, kmsBody, secret, "us-east-1"), base);
    EXPECT_NE(signatureOf(kmsHeaders, kmsBody + " ", secret, "us-east-1"), base);
    EXPECT_NE(signatureOf(kmsHeaders, kmsBody, "other", "us-east-1"), base);
    EXPECT_NE(signatureOf(kmsHeaders, kmsBody, secret, "eu-central-1"), base);
}

}  // namespace
}  // namespace keyconvoy::kms
