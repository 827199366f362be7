#include "kmsclient/key_arn.h"

#include "tests/kmsclient/failure_matchers.h"

#include <vector>

namespace keyconvoy::kms {
namespace {

using tests::fails;
using tests::failureOf;

const std::string uuid = "1234abcd-12ab-34cd-56ef-1234567890ab";
const std::string multiRegionId = "mrk-1234abcd12ab34cd56ef1234567890ab";

TEST(KeyArnTest, GivesItsParts) {
    const auto arn = KeyArn::parse("arn:aws-cn:kms:cn-north-1:111122223333:key/" + uuid);
    ASSERT_TRUE(arn);
    EXPECT_EQ(arn->partition(), "aws-cn");
    EXPECT_EQ(arn->region(), "cn-north-1");
    EXPECT_EQ(arn->account(), "111122223333");
    EXPECT_EQ(arn->keyId(), uuid);
    EXPECT_TRUE(KeyArn::parse("arn:aws:kms:us-east-1:111122223333:key/" + multiRegionId));
}

TEST(KeyArnTest, TakesNothingElse) {
    for (const std::string& text : std::vector<std::string>{
             std::string{}, uuid, "arn:aws:s3:us-east-1:111122223333:key/" + uuid,
             "arn:aws:kms:us-east-1:11112222333:key/" + uuid, "arn:aws:kms::111122223333:key/" + uuid,
             "arn:aws:kms:us-east-1:111122223333:alias/name", "arn:aws:kms:us-east-1:111122223333:key/" + uuid + "0",
             "arn:aws:kms:us-east-1:111122223333:key/" + uuid + ":x", "arn:evil:kms:us-east-1:111122223333:key/" + uuid,
             "arn:aws:kms:us-east-1/:111122223333:key/" + uuid,
             "arn:aws:kms:us-east-1:111122223333:key/1234ABCD-12ab-34cd-56ef-1234567890ab"}) {
        EXPECT_FALSE(KeyArn::parse(text)) << text;
    }
}

TEST(KeyIdentifierTest, TakesKeyIdsAndArns) {
    for (const std::string& text :
         std::vector<std::string>{uuid, multiRegionId, "arn:aws:kms:us-east-1:111122223333:key/" + uuid}) {
        EXPECT_EQ(KeyIdentifier::parse(text).str(), text);
    }
    EXPECT_FALSE(KeyIdentifier::parse(uuid).arn());
    EXPECT_TRUE(KeyIdentifier::parse("arn:aws:kms:us-east-1:111122223333:key/" + uuid).arn());
}

TEST(KeyIdentifierTest, RefusesAnAliasAndSaysHowToResolveIt) {
    for (const char* text : {"alias/payments", "arn:aws:kms:us-east-1:111122223333:alias/payments"}) {
        EXPECT_TRUE(fails(failureOf([&] { return KeyIdentifier::parse(text); }), ErrorKind::InvalidInput,
                          std::string{"aws kms describe-key --key-id "} + text))
            << text;
    }
}

TEST(KeyIdentifierTest, RefusesWhatIsNeitherIdNorArn) {
    for (const std::string& text : std::vector<std::string>{std::string{}, std::string{"payments"}, uuid.substr(1),
                                                            "1234ABCD-12AB-34CD-56EF-1234567890AB", "mrk-" + uuid, uuid + "\n"}) {
        EXPECT_TRUE(fails(failureOf([&] { return KeyIdentifier::parse(text); }), ErrorKind::InvalidInput,
                          "neither a key ID nor a key ARN"))
            << text;
    }
}

TEST(SimulatorAccountTest, IsOneOfTheFirstTen) {
    EXPECT_TRUE(isSimulatorAccount("000000000000"));
    EXPECT_TRUE(isSimulatorAccount("000000000009"));
    EXPECT_FALSE(isSimulatorAccount("000000000010"));
    EXPECT_FALSE(isSimulatorAccount("111122223333"));
    EXPECT_FALSE(isSimulatorAccount("00000000000"));
    EXPECT_FALSE(isSimulatorAccount("00000000000x"));
}

}  // namespace
}  // namespace keyconvoy::kms
