#include "core/bytes.h"
#include "core/secret_bytes.h"
#include "kmsclient/simulator/control.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/fuzz/request_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>

using namespace keyconvoy;
namespace simulator = keyconvoy::kms::simulator;

namespace {

TimePoint fixedNow() {
    return std::chrono::sys_days{std::chrono::year{2027} / 6 / 17};
}

/// "METHOD target", headers, one a line, up to an empty line, body.
simulator::HttpRequest requestOf(std::string_view rest) {
    const std::string_view first = fuzz::takeLine(rest);
    const std::size_t blank = std::min(first.find(' '), first.size());
    simulator::HttpRequest request{.method = std::string{first.substr(0, blank)},
                                   .target = std::string{first.substr(std::min(blank + 1, first.size()))},
                                   .headers = {},
                                   .body = {}};
    fuzz::takeHeadersAndBody(rest, request);
    return request;
}

}  // namespace

/// The control interface answers everything with JSON and blames no request on itself; a page of a browser changes nothing.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const SecureHeap heap = initialiseSecureHeap();
    static_cast<void>(heap);
    simulator::SimulatedClock clock{fixedNow};
    static simulator::Service service{{.readyPairs = 0}, fixedNow};
    simulator::Control control{clock, service};
    const simulator::HttpRequest request = requestOf(asText({data, size}));
    const simulator::HttpReply reply = control.answer(request);
    fuzz::require(reply.status >= 200 && reply.status < 500);
    fuzz::require(Json::parse(reply.body).is_object());
    if (request.header("origin")) {
        fuzz::require(reply.status == 403 && clock.now() == fixedNow() && service.faults().list().empty());
    }
    service.faults().clear();
    return 0;
}
