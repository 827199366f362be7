#include "kmsclient/rate_limiter.h"

#include "kmsclient/service_call.h"
#include "tests/kmsclient/kms_client_fixture.h"

namespace keyconvoy::kms {
namespace {

using namespace std::chrono;
using namespace std::chrono_literals;

const TimePoint start{hours{500'000}};

TEST(RateLimiterTest, LeavesTheIntervalBetweenTwoCallsOfOneQuota) {
    RateLimiter limiter;
    EXPECT_EQ(limiter.reserve("a", 4s, start), 0ms);
    EXPECT_EQ(limiter.reserve("a", 4s, start + 1s), 3s);
    EXPECT_EQ(limiter.reserve("a", 4s, start + 1s), 7s) << "the one before waits until 4 s";
    EXPECT_EQ(limiter.reserve("b", 4s, start + 1s), 0ms);
    EXPECT_EQ(limiter.reserve("a", 4s, start + 60s), 0ms);
}

TEST(RateLimiterTest, HoldsBackWhatWasTooMuch) {
    RateLimiter limiter;
    limiter.holdBack("a", 5s, start);
    EXPECT_EQ(limiter.reserve("a", 0ms, start + 1s), 4s);
    EXPECT_EQ(limiter.reserve("a", 0ms, start + 6s), 0ms);
}

TEST(RateLimiterTest, AClockThatIsSetBackDoesNotStopEverything) {
    RateLimiter limiter;
    EXPECT_EQ(limiter.reserve("a", 4s, start), 0ms);
    EXPECT_EQ(limiter.reserve("a", 4s, start - 1h), 0ms);
    EXPECT_EQ(limiter.reserve("a", 4s, start - 1h), 4s);
}

class QuotaTest : public KmsClientTest {
protected:
    QuotaTest() {
        m_options.endpointUrl = m_service.url();
        m_options.intervals[Operation::GetParametersForImport] = 4s;
    }
    [[nodiscard]] KmsClient client(const ClientSurroundings& surroundings) const {
        return KmsClient{m_options, m_surroundings.clock(), surroundings};
    }
    void parameters(KmsClient& client, const std::string& key = arn) {
        m_service.nextReply(200, R"({"KeyId":")" + key + R"(","ImportToken":"AQ==","PublicKey":"Ag==","ParametersValidTo":1})");
        static_cast<void>(
            client.getParametersForImport(key, wrapping::WrappingAlgorithm::RsaesOaepSha256, wrapping::WrappingKeySpec::Rsa2048));
    }
    ClientOptions m_options;
};

TEST_F(QuotaTest, IsSharedByTheClientsOfAProcess) {
    ClientSurroundings surroundings = m_surroundings.forClient();
    surroundings.limiter = std::make_shared<RateLimiter>();
    KmsClient one = client(surroundings);
    KmsClient other = client(surroundings);
    parameters(one);
    parameters(other);
    EXPECT_EQ(m_surroundings.waits(), std::vector<milliseconds>{4s});
    m_service.nextReply(200, metadata());
    static_cast<void>(one.describeKey(arn));  // another operation
    EXPECT_EQ(m_surroundings.waits().size(), 1U);
}

TEST_F(QuotaTest, OfAnotherAccountIsAnother) {
    KmsClient client = this->client(m_surroundings.forClient());
    parameters(client);
    parameters(client, "arn:aws:kms:us-east-1:000000000002:key/" + keyId);
    EXPECT_TRUE(m_surroundings.waits().empty());
}

TEST_F(QuotaTest, IsNoneOnThisMachineUnlessNamed) {
    m_options.intervals.clear();
    KmsClient client = this->client(m_surroundings.forClient());
    parameters(client);
    parameters(client);
    EXPECT_TRUE(m_surroundings.waits().empty());
}

TEST_F(QuotaTest, AThrottledCallLeavesAtLeastTheInterval) {
    KmsClient client = this->client(m_surroundings.forClient());
    m_service.nextReply(400, fault("ThrottlingException"));
    parameters(client);
    EXPECT_EQ(m_surroundings.waits(), std::vector<milliseconds>{4500ms});
}

TEST(CallIntervalsTest, ComeFromTheQuotasUnlessNamed) {
    CallIntervals intervals;
    EXPECT_EQ(intervals.of(Operation::GetParametersForImport), 4s);
    EXPECT_EQ(intervals.of(Operation::DescribeKey), 0ms);
    intervals.named[Operation::GetParametersForImport] = 1s;
    EXPECT_EQ(intervals.of(Operation::GetParametersForImport), 1s);
    intervals.byQuota = false;
    EXPECT_EQ(intervals.of(Operation::CreateKey), 0ms);
    EXPECT_EQ(intervals.of(Operation::GetParametersForImport), 1s);
}

}  // namespace
}  // namespace keyconvoy::kms
