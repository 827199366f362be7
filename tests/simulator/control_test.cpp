#include "kmsclient/simulator/control.h"

#include "kmsclient/simulator/crypto.h"
#include "tests/simulator/kms.h"
#include "tests/simulator/simulator_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace keyconvoy::tests {

namespace {

using namespace std::chrono_literals;
using namespace kms::simulator;

constexpr TimePoint start = std::chrono::sys_days{std::chrono::year{2027} / 6 / 17};

class ControlTest : public testing::Test {
protected:
    static HttpRequest request(const std::string& method, const std::string& target, const std::string& body = "") {
        return {.method = method,
                .target = target,
                .headers = {{"Host", "127.0.0.1:4711"}, {"Content-Type", "application/json"}},
                .body = body};
    }
    HttpReply ask(const std::string& method, const std::string& target, const std::string& body = "") {
        return m_control.answer(request(method, target, body));
    }
    Json must(const std::string& method, const std::string& target, const std::string& body = "") {
        const HttpReply reply = ask(method, target, body);
        EXPECT_LT(reply.status, 300) << reply.body;
        return Json::parse(reply.body);
    }
    /// The status; that it comes with a sentence is checked.
    int refusal(const HttpRequest& asked) {
        const HttpReply reply = m_control.answer(asked);
        EXPECT_FALSE(Json::parse(reply.body).at("error").get<std::string>().empty());
        return reply.status;
    }

    SimulatedClock m_clock{[] { return start; }};
    Service m_service{{.readyPairs = 0}, [this] { return m_clock.now(); }};
    Control m_control{m_clock, m_service};
};

TEST_F(ControlTest, TellsAndSetsTheClock) {
    EXPECT_EQ(must("GET", "/clock").dump(), R"({"now":"2027-06-17T00:00:00.000Z","stands":false})");
    EXPECT_EQ(must("PUT", "/clock", R"({"now":"2030-01-01T01:00:00+01:00","stands":true})").dump(),
              R"({"now":"2030-01-01T00:00:00.000Z","stands":true})");
    EXPECT_EQ(must("POST", "/clock/advance", R"({"by":"25h"})").at("now"), "2030-01-02T01:00:00.000Z");
    EXPECT_EQ(must("POST", "/clock/advance", R"({"by":"-250ms"})").at("now"), "2030-01-02T00:59:59.750Z");
    EXPECT_EQ(must("PUT", "/clock", R"({"stands":false})").at("stands"), false);
    EXPECT_EQ(m_clock.now(), parseRfc3339("2030-01-02T00:59:59.750Z"));
}

TEST_F(ControlTest, SetsListsAndRemovesFaults) {
    const Json first = must("POST", "/faults", R"({"kind":"throttling","operation":"DescribeKey","calls":2})");
    EXPECT_EQ(first.dump(), R"({"id":1,"kind":"throttling","operation":"DescribeKey","calls":2})");
    EXPECT_EQ(ask("POST", "/faults", R"({"kind":"stale-reads"})").status, 201);
    EXPECT_EQ(must("GET", "/faults").at("faults").size(), 2U);
    must("DELETE", "/faults/1");
    EXPECT_EQ(must("GET", "/faults").dump(), R"({"faults":[{"id":2,"kind":"stale-reads"}]})");
    must("DELETE", "/faults");
    EXPECT_TRUE(must("GET", "/faults").at("faults").empty());
}

TEST_F(ControlTest, RefusesWhatItCannotDo) {
    for (const char* body : {"", "{", "[]", "{}", R"({"now":7})", R"({"now":"soon"})", R"({"stands":"yes"})",
                             R"({"now":"2030-01-01T00:00:00Z","zone":"UTC"})", R"({"now":"9500-01-01T00:00:00Z"})",
                             R"({"now":"2030-01-01T00:00:00Z","now":"2031-01-01T00:00:00Z"})"}) {
        EXPECT_EQ(refusal(request("PUT", "/clock", body)), 400) << body;
    }
    EXPECT_EQ(m_clock.now(), start);
    for (const char* body : {"{}", R"({"by":25})", R"({"by":"25"})", R"({"by":"1h","at":"2h"})", R"({"by":"99999999d"})"}) {
        EXPECT_EQ(refusal(request("POST", "/clock/advance", body)), 400) << body;
    }
    EXPECT_EQ(refusal(request("POST", "/faults", R"({"kind":"flood"})")), 400);
    EXPECT_EQ(refusal(request("DELETE", "/faults/1")), 404);
    EXPECT_EQ(refusal(request("DELETE", "/faults/x")), 404);
    EXPECT_EQ(refusal(request("GET", "/")), 404);
    EXPECT_EQ(refusal(request("PATCH", "/clock", "{}")), 404);
}

TEST_F(ControlTest, RefusesPagesInBrowsers) {
    const auto withHeader = [](const char* name, const char* value) {
        HttpRequest asked = request("DELETE", "/faults");
        asked.headers.insert(asked.headers.begin(), {name, value});
        return asked;
    };
    EXPECT_EQ(refusal(withHeader("Origin", "https://example.com")), 403);
    EXPECT_EQ(refusal(withHeader("Origin", "null")), 403);
    EXPECT_EQ(refusal(withHeader("Sec-Fetch-Site", "cross-site")), 403);
    EXPECT_EQ(refusal(withHeader("Sec-Fetch-Site", "same-site")), 403);
    for (const char* host :
         {"", "example.com", "example.com:4711", "127.0.0.1.example.com:4711", "10.0.0.1:4711", "127.evil:1"}) {
        EXPECT_EQ(refusal(withHeader("Host", host)), 403) << host;
    }
    HttpRequest form = request("POST", "/faults", R"({"kind":"throttling"})");
    form.headers.back().second = "text/plain";
    EXPECT_EQ(refusal(form), 415);
    EXPECT_TRUE(m_service.faults().list().empty());
    for (const char* host : {"127.0.0.1", "127.0.0.1:1", "localhost:4711", "[::1]:4711", "[::1]"}) {
        EXPECT_EQ(m_control.answer(withHeader("Host", host)).status, 200) << host;
    }
    EXPECT_EQ(m_control.answer(withHeader("Sec-Fetch-Site", "none")).status, 200) << "somebody typed the address";
}

// ------------------------------------------------------------------------------------------------------------- program

int portOf(const std::string& url) {
    return std::stoi(url.substr(url.rfind(':') + 1));
}

RawReply ask(const SimulatorProcess& simulator, const std::string& method, const std::string& target, const std::string& body) {
    const RawRequest request{.method = method,
                             .target = target,
                             .headers = {{"Host", "127.0.0.1"},
                                         {"Content-Type", "application/json"},
                                         {"Connection", "close"},
                                         {"Content-Length", std::to_string(body.size())}},
                             .body = body};
    return parseReply(exchange(portOf(simulator.text("controlUrl")), request.octets()));
}

TEST(ControlProgram, ListensWhereItWasToldTo) {
    const SimulatorProcess simulator{{"--control", "127.0.0.1:0"}};
    EXPECT_THAT(simulator.text("controlUrl"), testing::MatchesRegex("http://127\\.0\\.0\\.1:[0-9]+"));
    EXPECT_EQ(ask(simulator, "PUT", "/clock", R"({"now":"2030-01-01T00:00:00Z","stands":true})").status, 200);
    EXPECT_EQ(Json::parse(ask(simulator, "GET", "/clock", "").body).at("now"), "2030-01-01T00:00:00.000Z");
    EXPECT_NE(ask(simulator, "GET", "/clock", "").header("x-keyconvoy-simulator"), "");
}

TEST(ControlProgram, IsThereOnlyWhenAskedFor) {
    const SimulatorProcess simulator;
    EXPECT_FALSE(simulator.ready().contains("controlUrl"));
    EXPECT_EQ(run({simulatorPath(), "--control", "0.0.0.0:0"}, {}).exitCode, 2);
}

TEST(ControlProgram, TakesTimeAndFaultsAtTheStart) {
    const SimulatorProcess simulator{{"--control", "127.0.0.1:0", "--time", "2031-03-09T08:07:06Z", "--time-stands", "--fault",
                                      "throttling,operation=ListKeys,calls=2", "--fault=stale-reads"}};
    EXPECT_EQ(ask(simulator, "GET", "/clock", "").body, "{\"now\":\"2031-03-09T08:07:06.000Z\",\"stands\":true}\n");
    EXPECT_EQ(Json::parse(ask(simulator, "GET", "/faults", "").body).at("faults").size(), 2U);
}

}  // namespace

}  // namespace keyconvoy::tests
