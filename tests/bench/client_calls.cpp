#include "core/c_handle.h"
#include "core/files.h"
#include "core/secret_bytes.h"
#include "core/strict_json.h"
#include "kmsclient/kms_client.h"
#include "kmsclient/signer.h"
#include "tests/simulator/simulator_process.h"

#include <algorithm>
#include <curl/curl.h>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <stdexcept>

/// What the client costs. One call through it against the same request by libcurl alone, both on a connection that stays open;
/// how many connections its calls take; and `keyconvoy kms list` of 1,000 keys. Prints one JSON object.
namespace {

using namespace keyconvoy;
using keyconvoy::tests::SimulatorProcess;
using Microseconds = std::chrono::duration<double, std::micro>;
using SteadyClock = std::chrono::steady_clock;

constexpr std::size_t keyCount = 1'000;
constexpr int calls = 3'000;

/// Without variables and files of this machine.
kms::ClientOptions optionsFor(const SimulatorProcess& simulator) {
    kms::ClientOptions options;
    options.region = simulator.text("region");
    options.endpointUrl = simulator.text("url");
    options.credentials = kms::ExplicitCredentials{.accessKeyId = simulator.text("accessKeyId"),
                                                   .secretAccessKey = simulator.text("secretAccessKey"),
                                                   .sessionToken = std::nullopt};
    return options;
}

std::size_t collect(char* octets, std::size_t size, std::size_t count, void* target) {
    static_cast<std::string*>(target)->append(octets, size * count);
    return size * count;
}

/// DescribeKey by libcurl alone: signed once, sent again and again.
class RawCall {
public:
    RawCall(const SimulatorProcess& simulator, const std::string& keyId) : m_body{Json{{"KeyId", keyId}}.dump()} {
        const std::string url = simulator.text("url") + "/";
        kms::Headers headers{{"host", url.substr(7, url.size() - 8)},
                             {"content-type", "application/x-amz-json-1.1"},
                             {"x-amz-target", "TrentService.DescribeKey"}};
        const std::string secret = simulator.text("secretAccessKey");
        kms::sign(headers, m_body, {simulator.text("accessKeyId"), asBytes(secret), {}}, {simulator.text("region"), "kms"},
                  systemNow());
        for (const auto& [name, value] : headers) {
            m_headers.reset(curl_slist_append(m_headers.release(), (name + ": " + value).c_str()));
        }
        curl_easy_setopt(m_handle.get(), CURLOPT_URL, url.c_str());
        curl_easy_setopt(m_handle.get(), CURLOPT_HTTPHEADER, m_headers.get());
        curl_easy_setopt(m_handle.get(), CURLOPT_POSTFIELDS, m_body.c_str());
        curl_easy_setopt(m_handle.get(), CURLOPT_WRITEFUNCTION, &collect);
        curl_easy_setopt(m_handle.get(), CURLOPT_WRITEDATA, &m_reply);
        curl_easy_setopt(m_handle.get(), CURLOPT_PROXY, "");
    }

    void operator()() {
        m_reply.clear();
        long status = 0;
        if (curl_easy_perform(m_handle.get()) != CURLE_OK ||
            curl_easy_getinfo(m_handle.get(), CURLINFO_RESPONSE_CODE, &status) != CURLE_OK || status != 200) {
            throw std::runtime_error{"libcurl: " + std::to_string(status) + " " + m_reply};
        }
    }

private:
    std::string m_body, m_reply;
    CHandle<curl_slist, curl_slist_free_all> m_headers;
    CHandle<CURL, curl_easy_cleanup> m_handle{curl_easy_init()};
};

template <class Call>
double microsecondsOf(Call call) {
    const auto begin = SteadyClock::now();
    call();
    return Microseconds{SteadyClock::now() - begin}.count();
}

double medianOf(std::vector<double> times) {
    std::ranges::nth_element(times, times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2));
    return times[times.size() / 2];
}

/// The client ends of all TCP connections to this port of loopback that there are, or were a minute ago.
std::set<std::string> clientEnds(int port) {
    std::ostringstream wanted;
    wanted << "0100007F:" << std::hex << std::uppercase << port;
    std::set<std::string> ends;
    std::ifstream table{"/proc/net/tcp"};
    for (std::string line; std::getline(table, line);) {
        std::istringstream fields{line};
        std::string number, local, remote;
        fields >> number >> local >> remote;
        if (local == wanted.str()) {
            ends.insert(remote);
        } else if (remote == wanted.str()) {
            ends.insert(local);
        }
    }
    return ends;
}

double secondsOfList(const SimulatorProcess& simulator) {
    const TemporaryFolder home{"keyconvoy-bench-"};
    tests::Ended ended;
    const double time = microsecondsOf([&] {
        ended = tests::run(
            {KEYCONVOY_PROGRAM, "kms", "list", "--json", "--quiet", "--rehearsal", "--endpoint-url", simulator.text("url"),
             "--region", simulator.text("region")},
            {"HOME=" + home.path().string(), "AWS_CONFIG_FILE=/dev/null", "AWS_SHARED_CREDENTIALS_FILE=/dev/null",
             "AWS_ACCESS_KEY_ID=" + simulator.text("accessKeyId"), "AWS_SECRET_ACCESS_KEY=" + simulator.text("secretAccessKey")});
    });
    const std::size_t listed = ended.exitCode == 0 ? Json::parse(ended.output).at("result").at("keys").size() : 0;
    if (listed != keyCount) {
        throw std::runtime_error{"kms list: " + std::to_string(listed) + " keys; " + ended.errors};
    }
    return time / 1e6;
}

std::vector<std::string> createKeys(const SimulatorProcess& simulator) {
    kms::KmsClient client{optionsFor(simulator), systemNow};
    std::vector<std::string> keys(keyCount);
    std::ranges::generate(keys, [&client] { return client.createKey({}).metadata.arn; });
    return keys;
}

Json measure() {
    const SimulatorProcess simulator;
    const std::vector<std::string> keys = createKeys(simulator);
    const std::set<std::string> before = clientEnds(simulator.port());
    kms::KmsClient client{optionsFor(simulator), systemNow};
    RawCall raw{simulator, keys.front()};
    std::vector<double> ours, theirs;
    for (int i = 0; i < calls; ++i) {  // in turns, so that both meet the same machine
        ours.push_back(microsecondsOf([&] { static_cast<void>(client.describeKey(keys.front())); }));
        theirs.push_back(microsecondsOf([&] { raw(); }));
    }
    std::size_t opened = 0;
    for (const std::string& end : clientEnds(simulator.port())) {
        opened += before.contains(end) ? 0U : 1U;
    }
    std::vector<double> lists;
    for (int i = 0; i < 5; ++i) {
        lists.push_back(secondsOfList(simulator));
    }
    return {
        {"call_us", medianOf(ours)}, {"libcurl_us", medianOf(theirs)}, {"overhead_ms", (medianOf(ours) - medianOf(theirs)) / 1e3},
        {"calls", 2 * calls},        {"connections", opened},          {"list_s", medianOf(lists)}};
}

}  // namespace

int main() {
    static_cast<void>(initialiseSecureHeap());
    std::cout << measure().dump() << '\n';
    return 0;
}
